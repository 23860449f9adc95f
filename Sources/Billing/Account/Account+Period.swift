public import CivilTime
import Metering
public import Tariffs

extension Account {
  /// The next period to bill.
  struct DuePeriod {
    var days: BillingPeriod
    /// Whether it is the last before service stops.
    var isFinal: Bool
    /// Whether the energy is measured by intervals rather than by dials.
    var isByIntervals: Bool
  }

  /// The next period, if it ends on or before `through`.
  ///
  /// By dials a period runs from the last billed reading's local date to the closing reading's: the
  /// one nearest the cycle date, within the policy's window. By intervals it runs from cycle day to
  /// cycle day.
  static func nextPeriod(
    _ command: BillAccount, _ state: AccountState, _ clock: inout ZoneClock
  ) throws(BillingObstacle) -> DuePeriod? {
    guard let details = state.details, let served = state.serviceStart, state.closed == nil,
      !state.isFinallyBilled
    else { return nil }
    let start = state.billedThrough ?? state.firstDay(served: served, &clock)
    // What is billed up to the day asked for has no period that ends by then.
    guard start < command.through else { return nil }
    if let stop = state.serviceStop, stop <= start { return nil }
    let isByIntervals = state.isMeasuredByIntervals(on: start, &clock)
    let cycleDay = Int(details.cycleDay)
    let firstCycle = start.nextCycleStart(cycleDay: cycleDay)
    let window = Int(command.rules.cycleWindowDays(on: firstCycle))
    var target =
      isByIntervals ? firstCycle : (start + window).nextCycleStart(cycleDay: cycleDay)
    if let change = state.changeOfMetering(after: start, toIntervals: !isByIntervals, &clock) {
      target = min(target, change)
    }
    var isFinal = false
    if let stop = state.serviceStop, stop <= target {
      target = stop
      isFinal = true
    }
    if isByIntervals {
      guard target <= command.through else { return nil }
      return DuePeriod(
        days: BillingPeriod(start: start, end: target), isFinal: isFinal, isByIntervals: true)
    }
    guard command.through >= target - window else { return nil }
    guard
      let end = state.closingDay(
        after: start, near: target, window: window, &clock)
    else {
      guard target <= command.through else { return nil }
      throw state.missingReading(
        BillingPeriod(start: start, end: target), window: window, &clock)
    }
    guard end <= command.through else { return nil }
    return DuePeriod(
      days: BillingPeriod(start: start, end: end), isFinal: isFinal, isByIntervals: false)
  }
}

extension RuleSet {
  /// The policies in force on `day`, or what a book begins with.
  public func billingPolicies(on day: Day) -> Policies {
    policies(on: day) ?? Policies(version: 0, effectiveFrom: day)
  }
}

extension AccountState.Register {
  /// The index of the last reading on local days up to, not including, `end` that may be billed.
  func lastReading(before end: Instant) -> Int? {
    var index = readings.count - 1
    while index >= 0, readings[index].at >= end || readings[index].isQuestioned { index -= 1 }
    return index < 0 ? nil : index
  }
}

extension AccountState {
  /// The first day to bill: by dials that of the first reading, by intervals the first served with
  /// a meter.
  func firstDay(served: Day, _ clock: inout ZoneClock) -> Day {
    guard let first = meters.min(by: { $0.installed < $1.installed }) else { return served }
    let installed = clock.day(of: first.installed)
    return first.measure == .dials ? installed : max(served, installed)
  }

  /// Whether a meter with intervals measures the energy of `day`.
  func isMeasuredByIntervals(on day: Day, _ clock: inout ZoneClock) -> Bool {
    for index in meters.indices where meters[index].measure == .intervals {
      if clock.day(of: meters[index].installed) > day { continue }
      if let removed = meters[index].removed, clock.day(of: removed) <= day { continue }
      return true
    }
    return false
  }

  /// The day after `day` on which a meter of the other kind takes over.
  func changeOfMetering(after day: Day, toIntervals: Bool, _ clock: inout ZoneClock) -> Day? {
    var first: Day?
    let measure: Measure = toIntervals ? .intervals : .dials
    for index in meters.indices where meters[index].measure == measure {
      let installed = clock.day(of: meters[index].installed)
      if installed > day, first.map({ installed < $0 }) ?? true { first = installed }
    }
    return first
  }

  /// The local date nearest `target` on which every dial in service has a reading.
  ///
  /// Loops by index, here and below, because it runs for every account of every bill run.
  func closingDay(after start: Day, near target: Day, window: Int, _ clock: inout ZoneClock) -> Day?
  {
    let from = clock.midnight(of: target - window)
    let until = clock.midnight(of: target + window + 1)
    var best: Day?
    for meter in meters.indices where meters[meter].measure == .dials {
      for register in meters[meter].registers.indices
      where meters[meter].registers[register].isDial {
        var index = meters[meter].registers[register].readings.count - 1
        while index >= 0 {
          let at = meters[meter].registers[register].readings[index].at
          let isGood = !meters[meter].registers[register].readings[index].isQuestioned
          index -= 1
          guard at >= from else { break }
          guard at < until, isGood else { continue }
          let day = clock.day(of: at)
          guard day > start, day != best else { continue }
          if let best, (abs(best - target), best) < (abs(day - target), day) { continue }
          if isClosing(day, &clock) { best = day }
        }
      }
    }
    return best
  }

  /// Whether every dial in service has a reading on `day` that may be billed.
  private func isClosing(_ day: Day, _ clock: inout ZoneClock) -> Bool {
    let begin = clock.midnight(of: day)
    let end = clock.midnight(of: day + 1)
    for meter in meters.indices
    where meters[meter].measure == .dials && meters[meter].installed < begin {
      if let removed = meters[meter].removed, removed < end {
        guard meters[meter].isFinalReadingGood else { return false }
        continue
      }
      for register in meters[meter].registers.indices
      where meters[meter].registers[register].isDial {
        guard let last = meters[meter].registers[register].lastReading(before: end),
          meters[meter].registers[register].readings[last].at >= begin
        else { return false }
      }
    }
    return true
  }

  /// What is missing where no day closes the period.
  func missingReading(
    _ period: BillingPeriod, window: Int, _ clock: inout ZoneClock
  ) -> BillingObstacle {
    let from = clock.midnight(of: period.end - window)
    let until = clock.midnight(of: period.end + window + 1)
    for meter in meters where meter.measure == .dials && meter.installed < from {
      for register in meter.registers where register.isDial {
        let inWindow = register.readings.filter { $0.at >= from && $0.at < until }
        if let questioned = inWindow.first(where: \.isQuestioned) {
          return BillingObstacle(
            .questionedReading(
              register: register.spec.name, meter: meter.id, at: questioned.at), period)
        }
        guard meter.removed == nil, inWindow.isEmpty else { continue }
        return BillingObstacle(
          .missingReading(
            register: register.spec.name, meter: meter.id, near: period.end, window: window),
          period)
      }
    }
    guard let meter = meters.last(where: { $0.measure == .dials }), meter.removed == nil,
      let register = meter.registers.first(where: \.isDial)
    else { return BillingObstacle(.noMeter, period) }
    return BillingObstacle(
      .missingReading(
        register: register.spec.name, meter: meter.id, near: period.end, window: window), period)
  }
}

extension AccountState.Meter {
  /// Whether the readings at its removal may be billed.
  var isFinalReadingGood: Bool {
    registers.allSatisfy { !$0.isDial || !($0.readings.last?.isQuestioned ?? true) }
  }
}
