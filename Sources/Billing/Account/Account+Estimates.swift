import CivilTime
import Metering
import Tariffs

extension Account {
  /// The readings that stand in for those a bill lacks, where the policy lets it estimate them: an
  /// entry of their own, after which the bill can be made.
  ///
  /// Of an account that has its readings nothing is asked here. The estimates are of the first moment
  /// of the day that the other dials were read on; of the cycle date where none was. What is not of
  /// that day's past is not estimated, nor is what a customer delivers.
  ///
  /// - Throws: What keeps the bill from being made still.
  public static func estimate(
    for obstacle: BillingObstacle, _ command: BillAccount, _ state: AccountState
  ) throws(BillingObstacle) -> [Event] {
    let policies = command.rules.billingPolicies(on: obstacle.period.lastDay)
    guard case .missingReading(_, _, let near, let window) = obstacle.reason,
      let policy = policies.estimation
    else { throw obstacle }
    var clock = ZoneClock(command.zone)
    let day = state.lastDayRead(after: obstacle.period.start, near, window, &clock) ?? near
    guard day <= command.through, day <= command.issued else { throw obstacle }
    let missing = state.dialsNotRead(on: day, &clock)
    guard let first = missing.first else { throw obstacle }
    guard state.estimatedInARow(&clock) < Int(policy.billsInARow) else {
      let (register, meter) = state.names(of: first)
      throw BillingObstacle(
        .estimatedInARow(
          register: register, meter: meter, near: near, bills: Int(policy.billsInARow)),
        obstacle.period)
    }
    var events: [Event] = []
    for number in missing {
      let (name, meter) = state.names(of: number)
      let register = state.meters[Int(number.meter)].registers[Int(number.register)]
      guard let last = register.lastReading(before: clock.midnight(of: day)),
        last == register.readings.count - 1
      else { throw obstacle }
      guard let found = register.history(policy, since: last, on: day, window, &clock) else {
        throw BillingObstacle(
          .noHistory(register: name, meter: meter, near: near, method: policy.method),
          obstacle.period)
      }
      events.append(
        .readingRecorded(
          ReadingRecorded(
            register: number, at: clock.midnight(of: day),
            value: register.value(after: last, on: day, as: found, &clock), quality: .estimated,
            method: .computed,
            estimate: ReadingEstimate(
              policy.method, from: register.readings[found.lowerBound].place,
              until: register.readings[found.upperBound].place))))
    }
    // An estimate is for the bill that goes by it: without one there is none.
    var next = state
    next.append(events)
    var memory = BillMemory()
    guard try bill(command, next, &memory) else { throw obstacle }
    return events
  }
}

extension AccountState {
  /// The name of a register, and of its meter.
  fileprivate func names(of number: RegisterNumber) -> (register: String, meter: String) {
    let meter = meters[Int(number.meter)]
    return (meter.registers[Int(number.register)].spec.name, meter.id)
  }

  /// The last day around `near` on which some dial has a reading that may be billed.
  fileprivate func lastDayRead(
    after start: Day, _ near: Day, _ window: Int, _ clock: inout ZoneClock
  ) -> Day? {
    var last: Day?
    for meter in meters where meter.measure == .dials {
      for register in meter.registers where register.isDial {
        guard let index = register.lastReading(before: clock.midnight(of: near + window + 1))
        else { continue }
        let day = clock.day(of: register.readings[index].at)
        if day > start, day >= near - window, day > last ?? start { last = day }
      }
    }
    return last
  }

  /// The dials in service that have no reading on `day` that may be billed.
  func dialsNotRead(on day: Day, _ clock: inout ZoneClock) -> [RegisterNumber] {
    let begin = clock.midnight(of: day)
    let end = clock.midnight(of: day + 1)
    var numbers: [RegisterNumber] = []
    for (number, meter) in meters.enumerated()
    where meter.measure == .dials && meter.installed < begin && meter.removed ?? end >= end {
      for (index, register) in meter.registers.enumerated() where register.isDial {
        let last = register.lastReading(before: end)
        if let last, register.readings[last].at >= begin { continue }
        numbers.append(RegisterNumber(meter: UInt16(number), register: UInt16(index)))
      }
    }
    return numbers
  }

  /// How many of the latest bills close with an estimated reading.
  fileprivate func estimatedInARow(_ clock: inout ZoneClock) -> Int {
    var count = 0
    for bill in bills.reversed() {
      let begin = clock.midnight(of: bill.period.end)
      let end = clock.midnight(of: bill.period.end + 1)
      let isEstimated = meters.contains { meter in
        meter.registers.contains { register in
          register.readings.contains { $0.quality == .estimated && begin..<end ~= $0.at }
        }
      }
      guard isEstimated else { break }
      count += 1
    }
    return count
  }
}

extension AccountState.Register {
  /// The measured readings that an estimate goes by, by index; `nil` where there are none.
  ///
  /// - Parameters:
  ///   - last: The reading before the estimate, by index.
  ///   - window: How many days a reading may be off the same days of the year before.
  func history(
    _ policy: EstimationPolicy, since last: Int, on day: Day, _ window: Int,
    _ clock: inout ZoneClock
  ) -> ClosedRange<Int>? {
    var days: [(index: Int, day: Day)] = []
    for index in 0...last where readings[index].isMeasured {
      days.append((index, clock.day(of: readings[index].at)))
    }
    guard let latest = days.last, let earliest = days.first else { return nil }
    var (from, until) = (earliest, latest)
    switch policy.method {
    case .dailyAverage:
      let enough = days.last { $0.day <= latest.day - Int(policy.days) }
      from = enough ?? earliest
    case .sameMonthLastYear:
      let begin = clock.day(of: readings[last].at).lastYear
      func nearest(_ target: Day) -> (index: Int, day: Day)? {
        days.filter { abs($0.day - target) <= window }
          .min { abs($0.day - target) < abs($1.day - target) }
      }
      guard let first = nearest(begin), let second = nearest(day.lastYear) else { return nil }
      (from, until) = (first, second)
    }
    return from.day < until.day ? from.index...until.index : nil
  }

  /// What the register would show on `day`, if as much was used a day since reading `last` as over
  /// `history`; half a unit of its last decimal is one.
  func value(
    after last: Int, on day: Day, as history: ClosedRange<Int>, _ clock: inout ZoneClock
  ) -> Int64 {
    var used: Int128 = 0
    var before = readings[history.lowerBound].value
    for index in history.dropFirst() where readings[index].isMeasured {
      used += Int128((readings[index].value - before + spec.modulus) % spec.modulus)
      before = readings[index].value
    }
    let begin = clock.day(of: readings[history.lowerBound].at)
    let length = Int128(clock.day(of: readings[history.upperBound].at) - begin)
    let days = Int128(day - clock.day(of: readings[last].at))
    let more = (2 * used * days + length) / (2 * length)
    return Int64((Int128(readings[last].value) + more) % Int128(spec.modulus))
  }
}

extension AccountState.Reading {
  /// Whether it was measured, and may be billed.
  fileprivate var isMeasured: Bool { quality.isMeasured && !isQuestioned }
}

extension Day {
  /// The same date a year before; of February 29th the 28th.
  fileprivate var lastYear: Day { adding(months: -12, cycleDay: parts.day) }
}
