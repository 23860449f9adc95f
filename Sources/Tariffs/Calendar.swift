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
  /// When seasons begin; none for a year without seasons.
  public var seasons: [Season]

  /// A calendar.
  public init(
    name: String, version: UInt32 = 1, effectiveFrom: Day, weekendDays: [Weekday],
    holidays: [Holiday] = [], seasons: [Season] = []
  ) {
    self.name = name
    self.version = version
    self.effectiveFrom = effectiveFrom
    self.weekendDays = weekendDays
    self.holidays = holidays
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
