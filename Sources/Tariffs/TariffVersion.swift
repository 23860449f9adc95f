public import CivilTime

/// A rate plan's rules from a day on: what is charged, and when which price applies.
///
/// Published whole, effective-dated, never changed: a later rule is a later version.
public struct TariffVersion: Hashable, Sendable {
  /// The most periods, components, or tiers of a component.
  public static let maximumCount = 64

  /// The plan's code, as `R1`.
  public var plan: String
  /// The version's number within the plan, from 1.
  public var version: UInt32
  /// The first day it applies.
  public var effectiveFrom: Day
  /// What the customer calls the plan; may be empty.
  public var title: String
  /// The calendar that says which days are working days, and its seasons; needed where a window
  /// names a day class or a season.
  public var calendar: String?
  /// The time-of-use periods of energy, in the order of the invoice; none where the price is the
  /// same at all hours.
  public var periods: [TouPeriod]
  /// The time-of-use periods of demand; none where no component is by them.
  public var demandPeriods: [TouPeriod]
  /// Which day decides the season and the month of a window.
  public var seasonBasis: SeasonBasis
  /// Where the version was brought over from; `nil` where it was written here.
  public var source: TariffSource?
  /// What is charged, in sequence.
  public var components: [Component]

  /// A version of `plan`; see `TariffVersion.validate` for what makes sense.
  public init(
    plan: String, version: UInt32, effectiveFrom: Day, title: String = "",
    calendar: String? = nil, periods: [TouPeriod] = [], demandPeriods: [TouPeriod] = [],
    seasonBasis: SeasonBasis = .day, source: TariffSource? = nil, components: [Component]
  ) {
    self.plan = plan
    self.version = version
    self.effectiveFrom = effectiveFrom
    self.title = title
    self.calendar = calendar
    self.periods = periods
    self.demandPeriods = demandPeriods
    self.seasonBasis = seasonBasis
    self.source = source
    self.components = components
  }
}

/// Which day decides the season and the month of a window. The numbers are stored, and never reused.
public enum SeasonBasis: UInt8, Hashable, Sendable, CaseIterable {
  /// Each day its own: a season begins on its date.
  case day = 1
  /// The day in the middle of the bill: a season begins with a billing cycle.
  case bill = 2

  /// The name in files.
  public var name: String { "\(self)" }

  /// The basis that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// Where a tariff version was brought over from, so that it can be held against its source.
public struct TariffSource: Hashable, Sendable {
  /// The form of the source, as `urdb`.
  public var format: String
  /// The source's own name for it.
  public var label: String
  /// SHA-256 of the source text.
  public var hash: [UInt8]

  /// A source.
  public init(format: String, label: String, hash: [UInt8]) {
    self.format = format
    self.label = label
    self.hash = hash
  }
}

/// A time-of-use period: a name, and the windows of the week it covers.
///
/// A moment belongs to the first period, in the tariff's order, with a window around it. Exactly one
/// period has no windows: it takes the rest.
public struct TouPeriod: Hashable, Sendable {
  /// The name, as `on-peak`: also what registers call it.
  public var name: String
  /// When it applies; none for "at all other times".
  public var windows: [TimeWindow]

  /// A period.
  public init(name: String, windows: [TimeWindow] = []) {
    self.name = name
    self.windows = windows
  }
}

/// A span of wall-clock time on some days: `start` inclusive, `end` exclusive, in minutes of the day.
///
/// A window does not cross midnight: 22:00 to 06:00 is two windows.
public struct TimeWindow: Hashable, Sendable {
  /// The season it is limited to, or `nil` for all year.
  public var season: String?
  /// The months it is limited to.
  public var months: MonthSet
  /// The days it applies to: on any of these classes.
  public var days: [DayClass]
  /// The first minute, 0 to 1439.
  public var startMinute: Int16
  /// The minute after the last, 1 to 1440.
  public var endMinute: Int16

  /// A window.
  public init(
    season: String? = nil, months: MonthSet = .all, days: [DayClass] = [.everyDay],
    startMinute: Int16, endMinute: Int16
  ) {
    self.season = season
    self.months = months
    self.days = days
    self.startMinute = startMinute
    self.endMinute = endMinute
  }
}

/// Which days a window means. The numbers are stored, and never reused.
public enum DayClass: UInt8, Hashable, Sendable, CaseIterable {
  /// All days.
  case everyDay = 1
  /// Neither a weekend day nor a holiday of the calendar.
  case workingDay = 2
  /// A weekend day or a holiday of the calendar.
  case restDay = 3
  /// A holiday of the calendar, whatever its weekday.
  case holiday = 4
  /// Every Monday, holidays included; the others likewise.
  case monday = 11
  /// Every Tuesday.
  case tuesday = 12
  /// Every Wednesday.
  case wednesday = 13
  /// Every Thursday.
  case thursday = 14
  /// Every Friday.
  case friday = 15
  /// Every Saturday.
  case saturday = 16
  /// Every Sunday.
  case sunday = 17

  /// The name in files, as `working-day`.
  public var name: String {
    switch self {
    case .everyDay: "every-day"
    case .workingDay: "working-day"
    case .restDay: "rest-day"
    default: "\(self)"
    }
  }

  /// The class that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// Whether it includes a day that is a `weekday`, and by its calendar a weekend day or a holiday.
  func includes(_ weekday: Weekday, isWeekend: Bool, isHoliday: Bool) -> Bool {
    switch self {
    case .everyDay: true
    case .workingDay: !isWeekend && !isHoliday
    case .restDay: isWeekend || isHoliday
    case .holiday: isHoliday
    default: rawValue == weekday.rawValue + 10
    }
  }
}
