public import CivilTime

/// Which days are working days, and when seasons begin, from a day on.
public struct Calendar: Hashable, Sendable {
  /// The calendar's name, as `israel`.
  public var name: String
  /// The version's number, from 1.
  public var version: UInt32
  /// The first day it applies.
  public var effectiveFrom: Day
  /// The days of the weekend.
  public var weekendDays: [Weekday]
  /// The holidays, by date.
  public var holidays: [Holiday]
  /// The holidays that return every year.
  public var yearlyHolidays: [YearlyHoliday]
  /// When seasons begin; none for a year without seasons.
  public var seasons: [Season]

  /// A calendar.
  public init(
    name: String, version: UInt32 = 1, effectiveFrom: Day, weekendDays: [Weekday],
    holidays: [Holiday] = [], yearlyHolidays: [YearlyHoliday] = [], seasons: [Season] = []
  ) {
    self.name = name
    self.version = version
    self.effectiveFrom = effectiveFrom
    self.weekendDays = weekendDays
    self.holidays = holidays
    self.yearlyHolidays = yearlyHolidays
    self.seasons = seasons
  }
}

/// A day on which windows of working days do not apply.
public struct Holiday: Hashable, Sendable {
  /// The date.
  public var day: Day
  /// What it is called.
  public var name: String

  /// A holiday.
  public init(day: Day, name: String = "") {
    self.day = day
    self.name = name
  }
}

/// A holiday that returns every year, and the day on which it counts.
public struct YearlyHoliday: Hashable, Sendable {
  /// Which day of a year it is.
  public enum Rule: Hashable, Sendable {
    /// The same date; 29 February is none in other years.
    case date(month: UInt8, day: UInt8)
    /// The `nth` weekday of a month, from 1; 5 is the last, be it the fourth or the fifth.
    case weekday(month: UInt8, Weekday, nth: UInt8)
  }

  /// Where it counts if it falls on a Saturday or a Sunday. The numbers are stored, and never reused.
  public enum Observance: UInt8, Hashable, Sendable, CaseIterable {
    /// On its day all the same.
    case sameDay = 1
    /// From Saturday on the Friday before, from Sunday on the Monday after.
    case nearestWeekday = 2
    /// From Sunday on the Monday after; a Saturday stays.
    case mondayAfterSunday = 3

    /// The name in files.
    public var name: String {
      switch self {
      case .sameDay: "same-day"
      case .nearestWeekday: "nearest-weekday"
      case .mondayAfterSunday: "monday-after-sunday"
      }
    }

    /// The observance that files call `name`.
    public init?(name: String) {
      guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
      self = found
    }
  }

  /// Which day.
  public var rule: Rule
  /// Where it counts.
  public var observed: Observance
  /// What it is called.
  public var name: String

  /// A holiday.
  public init(_ rule: Rule, observed: Observance = .sameDay, name: String = "") {
    self.rule = rule
    self.observed = observed
    self.name = name
  }

  /// Whether no year has such a day.
  var isNever: Bool {
    switch rule {
    case .date(let month, let day): Day(year: 2024, month: Int(month), day: Int(day)) == nil
    case .weekday(let month, _, let nth): !(1...12).contains(month) || !(1...5).contains(nth)
    }
  }

  /// The day on which it counts in `year`, which may lie in the year before; `nil` for none.
  public func day(in year: Int) -> Day? {
    var day: Day
    switch rule {
    case .date(let month, let number):
      guard let date = Day(year: year, month: Int(month), day: Int(number)) else { return nil }
      day = date
    case .weekday(let month, let weekday, let nth):
      guard let first = Day(year: year, month: Int(month), day: 1) else { return nil }
      let ahead = (Int(weekday.rawValue) - Int(first.weekday.rawValue) + 7) % 7
      day = first + (ahead + 7 * (Int(nth) - 1))
      if nth == 5, day.parts.month != Int(month) { day = day - 7 }
    }
    switch (observed, day.weekday) {
    case (.nearestWeekday, .saturday): day = day - 1
    case (.nearestWeekday, .sunday), (.mondayAfterSunday, .sunday): day = day + 1
    default: break
    }
    return day
  }
}

/// The beginning of a season, every year; it lasts until the next one begins.
public struct Season: Hashable, Sendable {
  /// The name, as `summer`; two entries may share it.
  public var name: String
  /// The month it begins in, from 1.
  public var month: UInt8
  /// The day of the month it begins on, from 1.
  public var day: UInt8

  /// A season that begins on `day` of `month`.
  public init(name: String, month: UInt8, day: UInt8) {
    self.name = name
    self.month = month
    self.day = day
  }
}
