import CivilTime

/// Which time-of-use period a moment of a day belongs to: a table, compiled once from the windows of
/// a tariff version and its calendars.
///
/// A day's kind (season, month, weekday, holiday) is the index of its row. A row is the day's
/// stretches of one period each, by the clock on the wall; equal rows are stored once.
struct PeriodClock: Sendable {
  /// A stretch of a day up to, and without, `endMinute`.
  struct Stretch: Hashable, Sendable {
    var endMinute: Int16
    var period: UInt8
  }

  /// A row's place in `stretches`.
  struct Row: Sendable {
    var first: Int32
    var count: Int32
  }

  private let days: DayKinds
  private let basis: SeasonBasis
  /// By kind of day.
  private let rows: [Row]
  let stretches: [Stretch]
  /// Whether all moments belong to one period.
  let isSingle: Bool
  /// Whether month and weekday alone decide the row.
  private let isPlain: Bool

  init(periods: [TouPeriod], basis: SeasonBasis, days: DayKinds) {
    self.days = days
    self.basis = basis
    isSingle = periods.count < 2
    isPlain = days.isPlain && basis == .day
    var rows: [Row] = []
    var stretches: [Stretch] = []
    var places: [[Stretch]: Row] = [:]
    let compiler = Compiler(periods)
    for kind in days.kinds {
      let row = compiler.row(kind)
      if let place = places[row] {
        rows.append(place)
      } else {
        let place = Row(first: Int32(stretches.count), count: Int32(row.count))
        stretches += row
        places[row] = place
        rows.append(place)
      }
    }
    self.rows = rows
    self.stretches = stretches
  }

  /// The row of `day` on a bill in whose middle `middle` lies.
  func row(of day: Day, middle: Day) -> Row {
    rows[days.index(of: day, seasonOf: basis == .day ? day : middle)]
  }

  /// Where the row of a day begins in `stretches`.
  @inline(__always)
  func place(_ day: DayCursor, _ middle: DayCursor) -> Int {
    let kind =
      isPlain
      ? ((day.month - 1) * 7 + day.weekday) * 2
      : days.index(of: day, seasonOf: basis == .day ? day : middle)
    return Int(rows[kind].first)
  }

  /// The period at `minute` (0 to 1439) of a row.
  func period(_ row: Row, minute: Int) -> Int {
    var index = Int(row.first)
    while Int(stretches[index].endMinute) <= minute { index += 1 }
    return Int(stretches[index].period)
  }
}

/// Makes the rows of a clock.
private struct Compiler {
  private let periods: [TouPeriod]
  private let rest: Int
  /// Every minute at which some window begins or ends, and midnight.
  private let bounds: [Int16]

  init(_ periods: [TouPeriod]) {
    self.periods = periods
    rest = periods.firstIndex { $0.windows.isEmpty } ?? 0
    var bounds: Set<Int16> = [1440]
    for window in periods.flatMap(\.windows) where window.startMinute < window.endMinute {
      bounds.insert(window.startMinute)
      bounds.insert(window.endMinute)
    }
    self.bounds = bounds.filter { (1...1440).contains($0) }.sorted()
  }

  func row(_ kind: DayKinds.Kind) -> [PeriodClock.Stretch] {
    let claims = periods.map { $0.windows.filter(kind.isWithin) }
    var row: [PeriodClock.Stretch] = []
    var start: Int16 = 0
    for end in bounds {
      // The first period with a window around a moment has it.
      let period =
        claims.firstIndex { windows in
          windows.contains { $0.startMinute <= start && start < $0.endMinute }
        } ?? rest
      if let last = row.last, Int(last.period) == period {
        row[row.count - 1].endMinute = end
      } else {
        row.append(.init(endMinute: end, period: UInt8(period)))
      }
      start = end
    }
    return row
  }
}

/// What kind of day a date is, by the versions of a calendar: an index.
struct DayKinds: Sendable {
  /// A kind of day.
  struct Kind {
    var season: String?
    var month: Int
    var weekday: Weekday
    var isWeekend: Bool
    var isHoliday: Bool

    /// Whether the day is one of the window's.
    func isWithin(_ window: TimeWindow) -> Bool {
      (window.season == nil || window.season == season) && window.months.contains(month)
        && window.days.contains {
          $0.includes(weekday, isWeekend: isWeekend, isHoliday: isHoliday)
        }
    }
  }

  private struct Version {
    var effectiveFrom: Day
    var holidays: DaySet
    /// Season index by `month * 31 + day`, both from 0.
    var seasons: [UInt8]
    var seasonNames: [String]
    /// Where its kinds begin.
    var first: Int
  }

  private let versions: [Version]
  /// Whether there is one version, without seasons and holidays.
  let isPlain: Bool
  /// The kinds, by index: version, season, month, weekday, holiday.
  let kinds: [Kind]

  init(_ calendars: [Calendar]) {
    var versions: [Version] = []
    var kinds: [Kind] = []
    let plain = Calendar(name: "", effectiveFrom: Day(rawValue: .min), weekendDays: [])
    for calendar in calendars.isEmpty ? [plain] : calendars {
      let names = calendar.seasonNames
      versions.append(
        Version(
          effectiveFrom: calendar.effectiveFrom, holidays: DaySet(calendar.allHolidays),
          seasons: calendar.seasonTable(names), seasonNames: names, first: kinds.count))
      for season in names.isEmpty ? [nil] : names.map(Optional.some) {
        for month in 1...12 {
          for weekday in Weekday.allCases {
            for isHoliday in [false, true] {
              kinds.append(
                Kind(
                  season: season, month: month, weekday: weekday,
                  isWeekend: calendar.weekendDays.contains(weekday), isHoliday: isHoliday))
            }
          }
        }
      }
    }
    self.versions = versions
    self.kinds = kinds
    isPlain =
      versions.count == 1 && versions[0].seasonNames.isEmpty && versions[0].holidays.isEmpty
  }

  /// The index of the kind of `day`, with the season and month of `other`.
  func index(of day: Day, seasonOf other: Day) -> Int {
    index(of: DayCursor(day), seasonOf: DayCursor(other))
  }

  /// The index of the kind of a day, with the season and month of another.
  func index(of day: DayCursor, seasonOf other: DayCursor) -> Int {
    let version = versions.count == 1 ? 0 : version(on: day.day)
    let season = Int(versions[version].seasons[(other.month - 1) * 31 + other.dayOfMonth - 1])
    let isHoliday = versions[version].holidays.contains(day.day) ? 1 : 0
    return versions[version].first
      + ((season * 12 + other.month - 1) * 7 + day.weekday) * 2 + isHoliday
  }

  /// The name of the season of `day`.
  func season(of day: Day) -> String? {
    let version = versions[version(on: day)]
    let parts = day.parts
    guard !version.seasonNames.isEmpty else { return nil }
    return version.seasonNames[Int(version.seasons[(parts.month - 1) * 31 + parts.day - 1])]
  }

  /// Whether `day` is neither a weekend day nor a holiday of the calendar, nor a Saturday or Sunday.
  func isWorkingWeekday(_ day: Day) -> Bool {
    let kind = kinds[index(of: day, seasonOf: day)]
    return !kind.isWeekend && !kind.isHoliday && kind.weekday.rawValue < Weekday.saturday.rawValue
  }

  private func version(on day: Day) -> Int {
    var index = versions.count - 1
    while index > 0, versions[index].effectiveFrom > day { index -= 1 }
    return index
  }
}

/// Some days, as bits.
private struct DaySet: Sendable {
  private var first: Int32 = 0
  private var bits: [UInt64] = []

  init(_ days: [Day]) {
    guard let least = days.min(), let greatest = days.max() else { return }
    first = least.rawValue
    bits = Array(repeating: 0, count: (greatest - least) / 64 + 1)
    for day in days {
      let place = day - least
      bits[place / 64] |= 1 << UInt64(place % 64)
    }
  }

  var isEmpty: Bool { bits.isEmpty }

  func contains(_ day: Day) -> Bool {
    let place = Int(day.rawValue) - Int(first)
    guard place >= 0, place < bits.count * 64 else { return false }
    return bits[place / 64] & (1 << UInt64(place % 64)) != 0
  }
}

extension Calendar {
  /// The years for which holidays that return are laid out.
  static let years = 1970...2100

  /// Every holiday, by date or returning.
  fileprivate var allHolidays: [Day] {
    var days = holidays.map(\.day)
    for holiday in yearlyHolidays {
      for year in Self.years {
        if let day = holiday.day(in: year) { days.append(day) }
      }
    }
    return days
  }

  /// The distinct names of the seasons, in order.
  var seasonNames: [String] {
    var names: [String] = []
    for season in seasons where !names.contains(season.name) { names.append(season.name) }
    return names
  }

  /// The index in `names` by `month * 31 + day`, both from 0.
  func seasonTable(_ names: [String]) -> [UInt8] {
    var table = [UInt8](repeating: 0, count: 12 * 31)
    let starts = seasons.sorted { ($0.month, $0.day) < ($1.month, $1.day) }
    guard let last = starts.last else { return table }
    var current = last
    var next = 0
    for month in 0..<12 {
      for day in 0..<31 {
        if next < starts.count, Int(starts[next].month) == month + 1,
          Int(starts[next].day) == day + 1
        {
          current = starts[next]
          next += 1
        }
        table[month * 31 + day] = UInt8(names.firstIndex(of: current.name) ?? 0)
      }
    }
    return table
  }
}
