public import EventSourcing

extension Timestamp {
  /// The microseconds of a day.
  static let dayMicroseconds: Int64 = 86_400_000_000

  /// The greatest moment the book can hold: the end of the year 9999.
  static let greatest = Timestamp(rawValue: 253_402_300_800_000_000 - 1)

  /// Year, month and day in UTC.
  private var civil: (year: Int64, month: Int64, day: Int64) {
    // Days since 0000-03-01 split into eras of 400 years; months count from March.
    let days = rawValue.flooredQuotient(Self.dayMicroseconds) + 719_468
    let era = days.flooredQuotient(146_097)
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
    return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
  }

  /// The UTC month, as `2025-10`: the name of the volume it falls in.
  public var month: String {
    let (year, month, _) = civil
    return "\(padded(year, 4))-\(padded(month, 2))"
  }

  /// The moment in UTC, as `2025-10-31T23:59:59Z`.
  var text: String {
    let (year, month, day) = civil
    let seconds =
      (rawValue - rawValue.flooredQuotient(Self.dayMicroseconds) * Self.dayMicroseconds)
      / 1_000_000
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
      + "T\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))Z"
  }

  private func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Int64 {
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
