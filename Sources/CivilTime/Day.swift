/// A day of the week; the numbers are ISO 8601's, and stored.
public enum Weekday: UInt8, Hashable, Sendable, CaseIterable {
  /// The first day of the ISO week.
  case monday = 1
  case tuesday, wednesday, thursday, friday, saturday, sunday

  /// The English name in lower case, as rule files write it.
  public var name: String { "\(self)" }

  /// The weekday a rule file calls `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// A civil date in the proleptic Gregorian calendar, without a zone.
public struct Day: RawRepresentable, Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public var rawValue: Int32

  /// The date `rawValue` days after 1970-01-01.
  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// The date, or `nil` where the calendar has none (as 2027-02-29). Years 1 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.daysIn(month: month, year: year)
    else { return nil }
    self.init(rawValue: Self.number(year: year, month: month, day: day))
  }

  /// By date.
  @inlinable
  public static func < (left: Day, right: Day) -> Bool { left.rawValue < right.rawValue }

  /// The date `days` later.
  @inlinable
  public static func + (day: Day, days: Int) -> Day { Day(rawValue: day.rawValue + Int32(days)) }

  /// The date `days` earlier.
  @inlinable
  public static func - (day: Day, days: Int) -> Day { Day(rawValue: day.rawValue - Int32(days)) }

  /// The days from `start` to `end`.
  @inlinable
  public static func - (end: Day, start: Day) -> Int { Int(end.rawValue) - Int(start.rawValue) }

  /// The day of the week.
  public var weekday: Weekday {
    let index = (Int(rawValue) + 3) % 7
    return Weekday.allCases[index < 0 ? index + 7 : index]
  }
}

extension Day {
  /// A date's year, month (1 to 12) and day of the month.
  public struct Parts: Hashable, Sendable {
    /// The year.
    public var year: Int
    /// The month, from 1.
    public var month: Int
    /// The day of the month, from 1.
    public var day: Int
  }

  /// The year, month and day.
  public var parts: Parts {
    let shifted = Int(rawValue) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return Parts(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// The days of `month` (1 to 12) in `year`.
  public static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func number(year: Int, month: Int, day: Int) -> Int32 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int32(era * 146_097 + dayOfEra - 719_468)
  }

  /// The same cycle day `months` later: day `cycleDay` of that month, or its last day where the
  /// month is shorter (31 in February is the 28th or 29th, and in March the 31st again).
  public func adding(months: Int, cycleDay: Int) -> Day {
    let parts = parts
    let months = parts.year * 12 + parts.month - 1 + months
    let (year, month) = (months / 12, months % 12 + 1)
    let day = min(cycleDay, Self.daysIn(month: month, year: year))
    return Day(rawValue: Self.number(year: year, month: month, day: day))
  }

  /// The first date after this one on which a cycle with `cycleDay` begins.
  public func nextCycleStart(cycleDay: Int) -> Day {
    let (year, month, day) = (parts.year, parts.month, parts.day)
    let length = Self.daysIn(month: month, year: year)
    let start = min(cycleDay, length)
    if start > day { return self + (start - day) }
    let next = month == 12 ? 31 : Self.daysIn(month: month + 1, year: year)
    return self + (length - day + min(cycleDay, next))
  }
}

/// A date that goes on day by day: its parts and weekday without computing them anew.
public struct DayCursor: Sendable {
  /// The date.
  public private(set) var day: Day
  /// The month, from 1.
  public private(set) var month: Int
  /// The day of the month, from 1.
  public private(set) var dayOfMonth: Int
  /// The weekday's number, from 0 for Monday.
  public private(set) var weekday: Int
  private var year: Int
  private var daysInMonth: Int

  /// A cursor at `day`.
  public init(_ day: Day) {
    let parts = day.parts
    self.day = day
    (year, month, dayOfMonth) = (parts.year, parts.month, parts.day)
    weekday = Int(day.weekday.rawValue) - 1
    daysInMonth = Day.daysIn(month: parts.month, year: parts.year)
  }

  /// Goes to `day`; cheap for the day after.
  public mutating func move(to day: Day) {
    guard day != self.day else { return }
    if day.rawValue == self.day.rawValue + 1 { advance() } else { self = DayCursor(day) }
  }

  /// Goes to the day after.
  public mutating func advance() {
    day.rawValue += 1
    weekday = weekday == 6 ? 0 : weekday + 1
    dayOfMonth += 1
    guard dayOfMonth > daysInMonth else { return }
    dayOfMonth = 1
    month = month == 12 ? 1 : month + 1
    if month == 1 { year += 1 }
    daysInMonth = Day.daysIn(month: month, year: year)
  }
}

extension Day: CustomStringConvertible {
  /// The date read from `YYYY-MM-DD`, or `nil` for anything else.
  public init?(iso text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
      let year = TextDigits.number(bytes[0..<4]), let month = TextDigits.number(bytes[5..<7]),
      let day = TextDigits.number(bytes[8..<10])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// The date as `YYYY-MM-DD`.
  public var description: String {
    let parts = parts
    return TextDigits.padded(parts.year, 4) + "-" + TextDigits.padded(parts.month, 2) + "-"
      + TextDigits.padded(parts.day, 2)
  }
}

/// Numbers of fixed width in dates and times.
enum TextDigits {
  /// The number that `bytes` spell in ASCII digits, or `nil`.
  static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard !bytes.isEmpty, bytes.count < 18 else { return nil }
    var value = 0
    for byte in bytes {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  /// `value` in at least `width` digits.
  static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return (value < 0 ? "-" : "") + zeros + digits
  }
}
