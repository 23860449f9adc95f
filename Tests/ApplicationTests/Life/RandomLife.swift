import CivilTime

/// Makes up what happens next: mostly what makes sense, and often enough what does not.
struct RandomLife {
  private var chance: SeededChance
  /// The present moment: it never goes back.
  private var now: Int
  /// How long a life may go on.
  static let ends = Day(iso: "2027-11-01")!
  private var last: LifeStep?

  init(seed: UInt64) {
    chance = SeededChance(seed: seed)
    now = NaiveClock.midnight(NaiveWorld.begins) + 9 * 3_600
  }

  /// Whether time has run out.
  var isOver: Bool { NaiveClock.day(now) >= Self.ends }

  private mutating func below(_ limit: Int) -> Int { chance.below(limit) }
  private mutating func one(in count: Int) -> Bool { chance.below(count) == 0 }

  /// The next step in `world`, and whether it asks for the last one again.
  mutating func next(_ world: NaiveWorld) -> (step: LifeStep, isAgain: Bool) {
    if let last, one(in: 8) {
      let step = LifeStep(at: now, command: last.command)
      self.last = nil
      return (step, true)
    }
    pass(world)
    let step = LifeStep(at: now, command: command(world))
    last = step
    return (step, false)
  }

  /// Time goes on, to the next turn of a cycle if it has been dull.
  private mutating func pass(_ world: NaiveWorld) {
    switch below(10) {
    case 0..<4: now += 60 * (1 + below(90))
    case 4..<8:
      let day = NaiveClock.day(now) + 1 + below(2)
      now = NaiveClock.instant(day, 3_600 * (3 + below(20)) + below(60) * 60)
    default:
      var day = NaiveClock.day(now) + 1
      let turn = world.accounts[below(world.accounts.count)].terms.cycleDay
      while day.parts.day != turn { day = day + 1 }
      now = NaiveClock.instant(day + below(3), 3_600 * (3 + below(20)))
    }
  }

  private mutating func command(_ world: NaiveWorld) -> LifeCommand {
    let number = below(world.accounts.count)
    let account = world.accounts[number]
    let today = NaiveClock.day(now)
    let reason = ["misread", "a call", "goodwill", ""][below(8) < 7 ? below(3) : 3]
    let approver = one(in: 25) ? "" : "dana"
    switch below(104) {
    case 100: return .publish(NaivePublication.allCases[below(NaivePublication.allCases.count)])
    case 101, 102: return exchange(number, account, today)
    case 103: return plan(number, account)
    case 0..<20: return readings(world, today)
    case 20..<34: return .bill(through: today - (one(in: 6) ? below(40) : 0))
    case 34..<48: return pay(number, account, today)
    case 48..<53:
      let day = today - below(6) + (one(in: 12) ? 9 : 0)
      return .returned(
        account: number, reference: reference(account), day: day, reason: one(in: 9) ? "" : "unpaid"
      )
    case 53..<56:
      return .adjust(
        account: number, amount: below(12_000) - 7_000, about: one(in: 2) ? 0 : invoice(account),
        reason: reason, approver: approver)
    case 56..<58:
      return .credit(
        account: number, amount: below(4_000) - 150, about: one(in: 2) ? 0 : invoice(account),
        reason: reason, approver: approver)
    case 58: return .writeOff(account: number, invoice: invoice(account), reason: reason)
    case 59..<62:
      return .dispute(
        account: number, invoice: invoice(account), amount: one(in: 2) ? nil : below(9_000) - 200,
        reason: reason)
    case 62..<65:
      let running = account.disputes.last { $0.outcome == nil }?.invoice
      return .resolve(
        account: number, invoice: running ?? invoice(account),
        outcome: ["upheld", "denied", "withdrawn"][below(3)],
        amount: one(in: 2) ? nil : below(9_000) - 100, reason: reason)
    case 65..<68: return plan(number, account, today, reason)
    case 68: return .breakPlan(account: number, reason: reason)
    case 69..<77: return .lateFees(isDry: one(in: 6))
    case 77..<79: return .why(account: number, invoice: invoice(account))
    case 79: return .reverseFee(account: number, invoice: invoice(account), reason: reason)
    case 80..<85: return correction(number, account, today, reason)
    case 85..<90:
      return .rebill(
        account: number, invoice: one(in: 4) ? invoice(account) : nil, isDry: one(in: 5))
    case 90..<92: return exemption(number, account, today)
    case 92..<94: return .enrol(account: number, from: today - below(60))
    case 94: return .leave(account: number)
    case 95: return .tell
    default: return end(number, world, today)
    }
  }

  /// Mostly one that there is.
  private mutating func invoice(_ account: NaiveAccount) -> Int {
    one(in: 15) ? account.invoices.count + 1 : 1 + below(max(1, account.invoices.count))
  }

  private mutating func reference(_ account: NaiveAccount) -> String {
    guard !account.payments.isEmpty, !one(in: 10) else { return "P-\(below(9_999))" }
    let count = account.payments.count
    return account.payments[one(in: 2) ? count - 1 : below(count)].reference
  }

  /// Mostly of an account whose period can be closed, near the turn of its cycle.
  private mutating func readings(_ world: NaiveWorld, _ today: Day) -> LifeCommand {
    let waiting = world.accounts.indices.filter { index in
      world.accounts[index].nextTurn.map { $0 - 2 <= today } ?? false
    }
    let number =
      waiting.isEmpty || one(in: 12)
      ? below(world.accounts.count) : waiting[below(waiting.count)]
    let account = world.accounts[number]
    var day = today
    if let turn = account.nextTurn, turn - 2 <= today {
      day = min(today, turn + below(one(in: 4) ? 5 : 2) - (one(in: 3) ? 2 : 0))
    } else if !one(in: 10) {
      // Nothing is due: what is known already, given again.
      day = account.readings[account.terms.registers[0]]?.keys.max() ?? today
    }
    if one(in: 25) { day = today + 1 + below(4) }
    var values: [String: Int] = [:]
    for register in account.terms.registers {
      let known = account.readings[register] ?? [:]
      let last = known.max { $0.key < $1.key }
      let days = max(1, day - (last?.key ?? day))
      let most = account.terms.customerClass == "commercial" ? 300 : 60
      let counted = one(in: 40) ? below(60_000) : below(days * most)
      values[register] =
        one(in: 60) ? 100_000 + below(9) : ((last?.value ?? 0) + counted) % 100_000
      if let same = known[day], !one(in: 8) { values[register] = same }
    }
    let meter = account.meters.count - 1
    return .readings(
      account: number, meter: one(in: 30) ? below(meter + 2) : meter, day: day, values: values)
  }

  /// Mostly of the meter in service, on the day it was read last or since.
  private mutating func exchange(
    _ number: Int, _ account: NaiveAccount, _ today: Day
  ) -> LifeCommand {
    let registers = account.terms.registers
    let last = account.readings[registers[0]]?.keys.max() ?? today
    let day = one(in: 8) ? last - below(4) : last + below(max(1, min(40, today - last + 1)))
    var finals: [String: Int] = [:]
    var starts: [String: Int] = [:]
    for register in registers {
      let known = account.readings[register] ?? [:]
      let value = known[day] ?? (known[last] ?? 0) + below(max(1, (day - last) * 50))
      finals[register] =
        (one(in: 25) ? value + 700 * below(60) : value) % (one(in: 40) ? 200_000 : 100_000)
      starts[register] = one(in: 2) ? below(30) : below(100_000)
    }
    let meter = account.meters.count - 1
    return .exchange(
      account: number, meter: one(in: 12) ? below(meter + 1) : meter, day: day, finals: finals,
      starts: starts)
  }

  /// Another plan from the day on that is billed next; one without times of day for who has no dials for
  /// them.
  private mutating func plan(_ number: Int, _ account: NaiveAccount) -> LifeCommand {
    let known = account.terms.registers.count > 1 ? ["R1", "R2", "FLAT"] : ["R1", "FLAT"]
    let turn = account.bills.last?.end ?? account.terms.begins
    return .plan(
      account: number, plan: one(in: 15) ? "NONE" : known[below(known.count)],
      from: one(in: 6) ? turn - 1 - below(40) : turn)
  }

  private mutating func pay(
    _ number: Int, _ account: NaiveAccount, _ today: Day
  ) -> LifeCommand {
    let isKnown = one(in: 12)
    let known = isKnown ? account.payments.last : nil
    let open = account.invoices.map(account.openInAll).filter { $0 > 0 }
    var amount = one(in: 3) || open.isEmpty ? below(20_000) : open[below(open.count)]
    if one(in: 30) { amount = -below(500) }
    var received = one(in: 3) ? nil : today - (one(in: 2) ? below(25) : 0)
    if one(in: 30) { received = today + 1 + below(9) }
    return .pay(
      account: number, reference: known?.reference ?? "P-\(account.payments.count)-\(below(9_999))",
      amount: one(in: 2) ? known?.amount ?? amount : amount,
      received: one(in: 2) ? known?.day ?? received : received,
      invoice: one(in: 3) ? invoice(account) : 0, byFile: one(in: 3))
  }

  private mutating func plan(
    _ number: Int, _ account: NaiveAccount, _ today: Day, _ reason: String
  ) -> LifeCommand {
    let count = 1 + below(3)
    let amount =
      max(1, account.balance / (count + (one(in: 4) ? 0 : 1))) + (one(in: 12) ? 9_999 : 0)
    let parts = (0..<count).map { index in
      (due: today + 5 + index * (5 + below(20)) - (one(in: 15) ? 9 : 0), amount: amount)
    }
    return .startPlan(account: number, parts: parts, reason: reason)
  }

  private mutating func correction(
    _ number: Int, _ account: NaiveAccount, _ today: Day, _ reason: String
  ) -> LifeCommand {
    let register = account.terms.registers[below(account.terms.registers.count)]
    let meter = one(in: 4) ? below(account.meters.count) : account.meters.count - 1
    let known = (account.meters[meter].readings[register] ?? [:]).sorted { $0.key < $1.key }
    let place = one(in: 2) ? known.count - 1 : below(known.count)
    let (day, value) = (known[place].key, known[place].value)
    var right = max(0, value + below(260) - 130)
    if one(in: 30) { right = below(120_000) }
    return .correct(
      account: number, meter: meter, register: register, day: one(in: 20) ? today - 1 : day,
      value: right,
      reason: reason, isVouchedFor: one(in: 10))
  }

  /// A grant, or the end of one that runs: mostly of the account's own jurisdictions.
  private mutating func exemption(
    _ number: Int, _ account: NaiveAccount, _ today: Day
  ) -> LifeCommand {
    let day = today - below(80) + (one(in: 6) ? 40 : 0)
    if !account.exemptions.isEmpty, one(in: 2) {
      let running = account.exemptions.lastIndex { $0.ended == nil }
      let place = one(in: 6) ? account.exemptions.count : running ?? 0
      return .endExemption(account: number, number: place + 1, day: day)
    }
    let own = account.terms.jurisdictions
    let jurisdiction = own.isEmpty || one(in: 12) ? "US-TX8" : own[below(own.count)]
    return .exempt(
      account: number, jurisdiction: jurisdiction, tax: one(in: 2) ? "sales" : nil, from: day)
  }

  private mutating func end(_ number: Int, _ world: NaiveWorld, _ today: Day) -> LifeCommand {
    // The end comes late: a life of many things is the better test.
    let isLate = today > Self.ends + -700 && number > 0
    switch below(6) {
    case 0:
      guard isLate || one(in: 12) else { return .stop(account: number, day: NaiveWorld.begins) }
      return .stop(account: number, day: today + below(30) - 8)
    case 1: return .close(account: number, day: today - below(4))
    case 2, 3: return .merge(account: number, into: below(world.accounts.count))
    case 4: return .unmerge(account: number)
    default: return .rebill(account: number, invoice: nil, isDry: false)
    }
  }
}

/// A small generator whose numbers do not depend on the machine.
struct SeededChance {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func below(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    // The low bits of such a generator are poor.
    return Int((state >> 33) % UInt64(max(1, limit)))
  }
}

extension NaiveAccount {
  /// What the registers of the meter in service showed.
  fileprivate var readings: [String: [Day: Int]] { meters[meters.count - 1].readings }

  /// The day near which a reading is wanted; `nil` where one is there, or none is wanted any more.
  fileprivate var nextTurn: Day? {
    guard closed == nil, !isFinallyBilled else { return nil }
    var turn = (bills.last?.end ?? terms.begins) + 6
    while turn.parts.day != terms.cycleDay { turn = turn + 1 }
    if let stop { turn = min(turn, stop) }
    let isThere = (-5...5).contains { readings[terms.registers[0]]?[turn + $0] != nil }
    return isThere ? nil : turn
  }
}
