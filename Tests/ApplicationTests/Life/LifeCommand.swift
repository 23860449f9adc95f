import CivilTime

/// A request of the model test, complete in itself: a list of them can be played again, in part too.
struct LifeStep: CustomStringConvertible {
  /// When, in seconds since 1970.
  var at: Int
  var command: LifeCommand

  var description: String { "\(NaiveClock.iso(at))  \(command)" }
}

/// What is asked. Accounts are named by their place among those of the world, invoices by ordinal.
enum LifeCommand {
  case publish(NaivePublication)
  case readings(account: Int, meter: Int, day: Day, values: [String: Int])
  case bill(through: Day)
  case pay(
    account: Int, reference: String, amount: Int, received: Day?, invoice: Int, byFile: Bool)
  case returned(account: Int, reference: String, day: Day, reason: String)
  case adjust(account: Int, amount: Int, about: Int, reason: String, approver: String)
  case credit(account: Int, amount: Int, about: Int, reason: String, approver: String)
  case writeOff(account: Int, invoice: Int, reason: String)
  case dispute(account: Int, invoice: Int, amount: Int?, reason: String)
  case resolve(account: Int, invoice: Int, outcome: String, amount: Int?, reason: String)
  case startPlan(account: Int, parts: [(due: Day, amount: Int)], reason: String)
  case breakPlan(account: Int, reason: String)
  case lateFees(isDry: Bool)
  case why(account: Int, invoice: Int)
  case reverseFee(account: Int, invoice: Int, reason: String)
  case exchange(
    account: Int, meter: Int, day: Day, finals: [String: Int], starts: [String: Int])
  case plan(account: Int, plan: String, from: Day)
  case correct(
    account: Int, meter: Int, register: String, day: Day, value: Int, reason: String,
    isVouchedFor: Bool)
  case rebill(account: Int, invoice: Int?, isDry: Bool)
  case stop(account: Int, day: Day)
  case close(account: Int, day: Day)
  case merge(account: Int, into: Int)
  case unmerge(account: Int)
  case enrol(account: Int, from: Day)
  case leave(account: Int)
  case exempt(account: Int, jurisdiction: String, tax: String?, from: Day)
  case endExemption(account: Int, number: Int, day: Day)
  case tell

  /// The account it is about; `nil` for a run over all of them.
  var account: Int? {
    switch self {
    case .readings(let account, _, _, _), .pay(let account, _, _, _, _, _),
      .returned(let account, _, _, _), .adjust(let account, _, _, _, _),
      .credit(let account, _, _, _, _), .writeOff(let account, _, _),
      .dispute(let account, _, _, _), .resolve(let account, _, _, _, _),
      .startPlan(let account, _, _), .breakPlan(let account, _), .why(let account, _),
      .reverseFee(let account, _, _), .correct(let account, _, _, _, _, _, _),
      .exchange(let account, _, _, _, _), .plan(let account, _, _),
      .rebill(let account, _, _), .stop(let account, _), .close(let account, _),
      .merge(let account, _), .unmerge(let account), .enrol(let account, _), .leave(let account),
      .exempt(let account, _, _, _), .endExemption(let account, _, _):
      account
    case .publish, .bill, .lateFees, .tell: nil
    }
  }

  /// The name of its kind.
  var name: String {
    let text = "\(self)"
    return String(text.prefix { $0 != "(" })
  }
}

/// The accounts of a model test, and what the model makes of a step.
struct NaiveWorld {
  static let begins = Day(iso: "2022-01-01")!
  var accounts: [NaiveAccount]
  /// What waits in the review queue: bills that cannot be made, by account and first day.
  var unbilled: Set<String> = []

  /// Four accounts of four kinds; `number` tells them from those of other worlds.
  init() {
    let kinds: [(String, [String], String, Int, [String], Int)] = [
      ("residential", ["US-TX8"], "R2", 1, ["on-peak", "off-peak"], 4_100),
      ("residential", ["US-ST", "US-ST-CITY"], "R1", 15, ["kwh"], 99_412),
      ("commercial", [], "R1", 28, ["kwh"], 100),
      ("public-authority", ["US-ST"], "R1", 5, ["kwh"], 0),
    ]
    accounts = kinds.enumerated().map { index, kind in
      NaiveAccount(
        NaiveAccount.Terms(
          id: "\(7_001 + index)", customerClass: kind.0, jurisdictions: kind.1, plan: kind.2,
          cycleDay: kind.3, registers: kind.4, begins: Self.begins, startReading: kind.5))
    }
  }

  /// Lets the model do a step, and says what the program must do.
  mutating func play(_ step: LifeStep) -> Expected {
    let today = NaiveClock.day(step.at)
    guard let number = step.command.account else { return run(step.command, step.at, today) }
    switch step.command {
    case .readings(_, let meter, let day, let values):
      return read(number, meter, day, values, step.at)
    case .pay(_, let reference, let amount, let received, let invoice, let byFile):
      // A file that names no moment cannot say "now": it says today.
      let day = received ?? today
      if byFile, amount <= 0 {
        // Such a row is not understood, and no account is asked.
        return Expected(
          wrongs: [Wrong("not-positive", "")], facts: ["accepted": "0", "rejected": "1"])
      }
      let at = received == nil && !byFile ? step.at : NaiveClock.instant(day, 43_200)
      var expected = accounts[number].pay(
        reference, amount, at: at, day: day, invoice: invoice, today: today)
      if byFile {
        expected.facts = [
          "accepted": expected.adds ? "1" : "0", "rejected": expected.wrongs.isEmpty ? "0" : "1",
        ]
      }
      return expected
    case .merge(_, let other): return accounts[number].merge(accounts[other].terms.id)
    case .why(_, let invoice):
      guard let decision = accounts[number].wouldDecide(invoice, at: step.at) else {
        return .refused([Wrong("unknown-invoice", "has no invoice")])
      }
      return Expected(facts: ["row": "\(min(8, decision.row))"])
    default: return accounts[number].play(step.command, today)
    }
  }

  private mutating func read(
    _ number: Int, _ meter: Int, _ day: Day, _ values: [String: Int], _ at: Int
  ) -> Expected {
    var expected = Expected()
    var (accepted, rejected) = (0, 0)
    for (register, value) in values {
      let (wrongs, isNew) = accounts[number].read(meter, register, day, value, at: at)
      accepted += isNew ? 1 : 0
      rejected += wrongs.isEmpty ? 0 : 1
      expected.wrongs.formUnion(wrongs.map { Wrong($0, "") })
    }
    expected.adds = accepted > 0
    expected.facts = ["accepted": "\(accepted)", "rejected": "\(rejected)"]
    return expected
  }

  private mutating func run(_ command: LifeCommand, _ at: Int, _ today: Day) -> Expected {
    var expected = Expected()
    switch command {
    case .publish(let publication):
      expected.adds = !accounts[0].rules.published.contains(publication)
      for index in accounts.indices { accounts[index].rules.published.insert(publication) }
    case .bill(let through):
      var made: [NaiveAccount.Invoice] = []
      var missing = 0
      for index in accounts.indices {
        let (invoices, isMissing) = accounts[index].bill(through: through, today: today)
        made += invoices
        missing += isMissing ? 1 : 0
      }
      expected.adds = !made.isEmpty
      expected.facts = [
        "invoices": "\(made.count)", "total": cents(made.map(\.total).sum),
        "missing": "\(missing)",
        "lines": "\(made.map { $0.rated.count + $0.taxes.count + $0.items.count }.sum)",
      ]
    case .lateFees(let isDry):
      let before = accounts
      let nights = accounts.indices.map { accounts[$0].night(at) }
      for row in 1...8 {
        expected.facts["row \(row)"] = "\(nights.map { $0.rows[row] ?? 0 }.sum)"
      }
      expected.facts["capped"] = "\(nights.map { $0.rows[9] ?? 0 }.sum)"
      expected.facts["amount"] = cents(nights.map(\.amount).sum)
      if isDry {
        accounts = before
      } else {
        expected.facts["reasons"] = "\(nights.map(\.reasons).sum)"
        expected.facts["broken"] = "\(nights.map(\.broken).sum)"
        expected.facts["statements"] = "\(nights.map(\.statements).sum)"
        expected.adds = nights.contains {
          $0.amount + $0.reasons + $0.broken + $0.statements > 0
        }
      }
    case .tell:
      let untold = accounts.map(\.untold).sum
      for index in accounts.indices { accounts[index].untold = 0 }
      expected = Expected(adds: untold > 0, facts: ["sent": "\(untold)"])
    default: break
    }
    return expected
  }
}

extension NaiveAccount {
  /// What follows of a request to the account alone.
  fileprivate mutating func play(_ command: LifeCommand, _ today: Day) -> Expected {
    switch command {
    case .returned(_, let reference, let day, let reason):
      returned(reference, day, reason, today: today)
    case .adjust(_, let amount, let about, let reason, let approver):
      adjust(amount, about: about, reason, approver: approver, today: today)
    case .credit(_, let amount, let about, let reason, let approver):
      credit(amount, about: about, reason, approver: approver, today: today)
    case .writeOff(_, let invoice, let reason): writeOff(invoice, reason, approver: "dana")
    case .dispute(_, let invoice, let amount, let reason):
      dispute(invoice, amount, reason, today: today)
    case .resolve(_, let invoice, let outcome, let amount, let reason):
      resolve(invoice, outcome, amount, reason, approver: "dana", today: today)
    case .startPlan(_, let parts, let reason): startPlan(parts, reason, today: today)
    case .breakPlan(_, let reason): breakPlan(reason, today: today)
    case .reverseFee(_, let invoice, let reason): reverseFee(invoice, reason)
    case .exchange(_, let meter, let day, let finals, let starts):
      exchange(meter, day, finals: finals, starts: starts)
    case .plan(_, let plan, let day): assign(plan, from: day)
    case .correct(_, let meter, let register, let day, let value, let reason, let isVouchedFor):
      correct(meter, register, day, value, reason, isVouchedFor: isVouchedFor)
    case .rebill(_, let invoice, let isDry): rebill(invoice, isDry: isDry, today: today)
    case .stop(_, let day): stop(day)
    case .close(_, let day): close(day)
    case .unmerge: unmerge()
    case .enrol(_, let day): enrol(from: day)
    case .leave: leave(today)
    case .exempt(_, let jurisdiction, let tax, let day):
      exempt(jurisdiction, tax: tax, from: day)
    case .endExemption(_, let number, let day): endExemption(number, on: day)
    default: .nothing
    }
  }
}
