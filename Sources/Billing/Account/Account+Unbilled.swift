public import CivilTime
import Metering
public import Tariffs

/// What an account was served and had not been billed at a close, as it is asked for.
public struct UnbilledRequest: Sendable {
  /// The first day that is not asked for.
  public var close: Day
  /// The days that are billed, in order: of the invoices that count.
  public var billed: [BillingPeriod]
  /// The rules in force.
  public var rules: RuleSet
  /// The version of the rules' stream that gave `rules`.
  public var rulesVersion: UInt64
  /// The account's zone.
  public var zone: ZoneRules

  /// What was unbilled at the beginning of `close`.
  public init(
    at close: Day, billed: [BillingPeriod], rules: RuleSet, rulesVersion: UInt64, zone: ZoneRules
  ) {
    self.close = close
    self.billed = billed
    self.rules = rules
    self.rulesVersion = rulesVersion
    self.zone = zone
  }
}

/// Days that were served and not billed.
public enum UnbilledDays: Sendable {
  /// What a bill over them would be, without taxes.
  case rated(Bill)
  /// They cannot be rated.
  case cannot(BillingObstacle)
}

extension Account {
  /// Hands over the days before a close that were served and are on no invoice that counts, rated by
  /// the direct method: as a bill over just these days, before tax. What a register shows at the close
  /// is, unless it was read that day, its last reading and its last measured daily average times the
  /// days since; intervals count as far as they were measured.
  ///
  /// Pure, and nothing of it is ever issued. DOMAIN section 7, *unbilled at close*.
  public static func unbilled(
    _ request: UnbilledRequest, _ state: AccountState, _ memory: inout BillMemory,
    _ body: (UnbilledDays) throws -> Void
  ) rethrows {
    memory.take(request.zone)
    guard let served = state.serviceStart, let details = state.details else { return }
    let end = state.serviceStop.map { min($0, request.close) } ?? request.close
    var start = state.firstDay(served: served, &memory.clock)
    for period in request.billed + [BillingPeriod(start: end, end: end)] {
      let until = min(period.start, end)
      while start < until {
        let isByIntervals = state.isMeasuredByIntervals(on: start, &memory.clock)
        let change = state.changeOfMetering(
          after: start, toIntervals: !isByIntervals, &memory.clock)
        let days = BillingPeriod(start: start, end: change.map { min($0, until) } ?? until)
        start = days.end
        do throws(BillingObstacle) {
          let measured = try state.measured(days, isByIntervals: isByIntervals, &memory.clock)
          guard measured.period.days > 0 else { continue }
          try memory.prepare(
            measured.period, isByIntervals: isByIntervals, request.rules, measured.state,
            waivers: state.waivers(of: measured.period, at: request))
        } catch {
          try body(.cannot(error))
          continue
        }
        let due = DuePeriod(
          days: memory.bill.input.period, isFinal: false, isByIntervals: isByIntervals)
        let taxation = memory.bill.input.taxation
        memory.bill.input.taxation = Taxation([])
        memory.bill.rated.rate(memory.bill.input)
        memory.bill.input.taxation = taxation
        let command = BillAccount(
          through: days.end, issued: request.close - 1, rules: request.rules,
          rulesVersion: request.rulesVersion, zone: request.zone)
        memory.bill.write(command, due, details, after: 0)
        memory.bill.waiting.removeAll(keepingCapacity: true)
        memory.bill.allocations.removeAll(keepingCapacity: true)
        try body(.rated(memory.bill))
      }
      start = max(start, period.end)
    }
  }
}

extension AccountState {
  /// What promotions waive on a bill of `period`, were it made at the close: of its bills a promotion
  /// has used up those that count then.
  fileprivate func waivers(of period: BillingPeriod, at request: UnbilledRequest) -> [Waiver] {
    receivables.promotions.filter { promotion in
      let used = promotion.bills.count { ordinal in
        invoice(ordinal).map { request.billed.contains($0.period) } ?? false
      }
      return promotion.ended.map { $0 >= request.close } ?? true
        && used < Int(promotion.enrolled.bills) && period.end > promotion.enrolled.from
    }.map { Waiver(component: $0.enrolled.component, promotion: $0.enrolled.promotion) }
  }

  /// The account as a bill over `days` builds on it, with what the dials show at their end; by intervals
  /// the days up to the last that is measured.
  fileprivate func measured(
    _ days: BillingPeriod, isByIntervals: Bool, _ clock: inout ZoneClock
  ) throws(BillingObstacle) -> (period: BillingPeriod, state: AccountState) {
    var state = rewound(to: days.start, &clock)
    guard isByIntervals else {
      let begin = clock.midnight(of: days.end)
      for number in dialsNotRead(on: days.end, &clock) {
        let (meter, register) = (Int(number.meter), Int(number.register))
        state.meters[meter].registers[register].estimate(on: days.end, at: begin, &clock)
      }
      return (days, state)
    }
    var end = days.end
    while end > days.start, !isMeasured(end - 1, &clock) { end = end - 1 }
    return (BillingPeriod(start: days.start, end: end), state)
  }

  /// Whether every channel in service has all intervals of a day.
  private func isMeasured(_ day: Day, _ clock: inout ZoneClock) -> Bool {
    let begin = clock.midnight(of: day)
    let end = clock.midnight(of: day + 1)
    for meter in meters where meter.measure == .intervals {
      let from = max(begin, meter.installed)
      let until = min(end, meter.removed ?? end)
      guard from < until else { continue }
      for register in meter.registers
      where register.isChannel && register.spec.direction == .import {
        let blocks = register.blocks(from: from, until: until)
        if register.gap(in: blocks, from: from, until: until) != nil { return false }
      }
    }
    return true
  }
}

extension AccountState.Register {
  /// The last measured daily average: between the last two measured readings a day or more apart.
  private static let lastAverage = EstimationPolicy(method: .dailyAverage, days: 1, billsInARow: 1)

  /// Adds what the register would show at the beginning of a day, were it used as much a day as between
  /// its last two measured readings; without two, what it showed last.
  fileprivate mutating func estimate(on day: Day, at moment: Instant, _ clock: inout ZoneClock) {
    guard let last = lastReading(before: moment) else { return }
    var estimate = readings[last]
    estimate.at = moment
    estimate.quality = .estimated
    if let found = history(Self.lastAverage, since: last, on: day, 0, &clock) {
      estimate.value = value(after: last, on: day, as: found, &clock)
    }
    readings.insert(estimate, at: (readings.firstIndex { $0.at >= moment }) ?? readings.count)
  }
}
