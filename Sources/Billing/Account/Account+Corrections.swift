public import CivilTime
public import Metering
import Money

/// A reading that turned out wrong, and what it should have been.
public struct CorrectReading: Hashable, Sendable {
  /// The reading as it should have been recorded.
  public var reading: NewReading
  /// Why.
  public var reason: String
  /// The most energy a day that is plausible, on both sides of it.
  public var dailyMaximum: Energy
  /// Whether an implausible value is vouched for.
  public var isVouchedFor: Bool

  /// A correction.
  public init(
    _ reading: NewReading, reason: String, dailyMaximum: Energy, isVouchedFor: Bool = false
  ) {
    self.reading = reading
    self.reason = reason
    self.dailyMaximum = dailyMaximum
    self.isVouchedFor = isVouchedFor
  }
}

extension Account {
  static func correct(
    _ command: CorrectReading, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    let given = command.reading
    guard !command.reason.isEmpty else {
      throw .invalid(field: "reason", reason: "is empty; say why")
    }
    let (number, register) = try find(
      meter: given.meter, register: given.register, isChannel: false, state)
    let spec = register.spec
    let value = try value(of: given, spec)
    guard let index = register.readings.lastIndex(where: { $0.at == given.at }) else {
      throw .noSuchReading(given.at)
    }
    let recorded = register.readings[index]
    guard recorded.value != value else { return [] }
    guard recorded.corrects == nil else { throw .correctedBefore(given.at) }
    if !command.isVouchedFor {
      // A corrected, lower reading is no rollover: what it would be on either side must be plausible.
      let after = index + 1 < register.readings.count ? register.readings[index + 1] : nil
      let corrected = ReadingRecorded(
        register: number, at: given.at, value: value, quality: given.quality, method: given.method)
      if index > 0 {
        try requirePlausible(
          corrected, after: register.readings[index - 1], spec, command.dailyMaximum)
      }
      if let after {
        var before = recorded
        before.value = value
        let next = ReadingRecorded(
          register: number, at: after.at, value: after.value, quality: after.quality,
          method: after.method)
        try requirePlausible(next, after: before, spec, command.dailyMaximum)
      }
    }
    return [
      .readingCorrected(
        ReadingCorrected(
          register: number, at: given.at, value: value,
          quality: given.quality == .actual ? .corrected : given.quality, method: given.method,
          reason: command.reason))
    ]
  }

  /// What settles the estimates that an actual reading followed: the usage between the actual readings
  /// around them is spread over the days, in whole units of the register that add up to it (DOMAIN
  /// section 3).
  public static func settleEstimates(_ state: AccountState, zone: ZoneRules) -> [Event] {
    var events: [Event] = []
    for (meter, each) in state.meters.enumerated() {
      for (register, dial) in each.registers.enumerated() where !dial.isChannel {
        let number = RegisterNumber(meter: UInt16(meter), register: UInt16(register))
        for (from, until) in dial.unsettled {
          events += dial.settling(from, until, zone).map { index, value in
            let reading = dial.readings[index]
            return .readingCorrected(
              ReadingCorrected(
                register: number, at: reading.at, value: value, quality: .substituted,
                method: .computed,
                reason: "settled by the reading of \(zone.day(of: dial.readings[until].at))"))
          }
        }
      }
    }
    return events
  }
}

extension AccountState.Register {
  /// The measured readings around estimates that are not settled, by index.
  fileprivate var unsettled: [(from: Int, until: Int)] {
    var found: [(Int, Int)] = []
    var last: Int?
    for index in readings.indices where readings[index].quality.isMeasured {
      if let from = last, index > from + 1,
        readings[(from + 1)..<index].contains(where: { $0.quality == .estimated })
      {
        found.append((from, index))
      }
      last = index
    }
    return found
  }

  /// The values of the readings between two measured ones, by index, where they are others than
  /// recorded.
  fileprivate func settling(
    _ from: Int, _ until: Int, _ zone: ZoneRules
  ) -> [(index: Int, value: Int64)] {
    let days = (from...until).map { zone.day(of: readings[$0].at) }
    let weights = zip(days, days.dropFirst()).map { Int64(max(0, $1 - $0)) }
    guard weights.contains(where: { $0 > 0 }) else { return [] }
    let modulus = spec.modulus
    let used = (readings[until].value - readings[from].value + modulus) % modulus
    var value = readings[from].value
    var found: [(Int, Int64)] = []
    for (offset, part) in Allocation.split(used, weights: weights).dropLast().enumerated() {
      value = (value + part) % modulus
      let index = from + 1 + offset
      if readings[index].value != value { found.append((index, value)) }
    }
    return found
  }
}
