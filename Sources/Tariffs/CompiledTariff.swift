public import CivilTime
import Metering
import Money

/// A tariff version made ready for rating: prices and limits in tables, the time-of-use period of a
/// minute an index.
///
/// Compiled once and shared; immutable.
public final class CompiledTariff: Sendable {
  /// What was compiled.
  public let version: TariffVersion
  /// How many energies a segment under this tariff has: one a period, at least one.
  public let usageCount: Int

  let steps: [Step]
  /// The place of the first percentage in `steps`.
  let percentagesBegin: Int
  /// The place after the last percentage in `steps`.
  let percentagesEnd: Int
  /// Cumulative limits of all energy components' tiers in Wh; `Int64.max` for an open one.
  let limits: [Int64]
  /// Prices of all energy components: by tier, then by period.
  let prices: [Price]
  let clock: PeriodClock

  /// Compiles `version` with the versions of its calendar, by their first day.
  ///
  /// It never fails: what cannot work was refused before it was published.
  public init(_ version: TariffVersion, calendars: [Calendar] = []) {
    self.version = version
    usageCount = max(1, version.periods.count)
    var tables = Tables(periods: version.periods.count)
    for (index, component) in version.components.enumerated() {
      tables.add(component, index: index)
    }
    steps = tables.steps
    percentagesBegin = tables.steps.firstIndex { $0.kind == .percentage } ?? 0
    percentagesEnd = (tables.steps.lastIndex { $0.kind == .percentage } ?? -1) + 1
    limits = tables.limits
    prices = tables.prices
    clock = PeriodClock(periods: version.periods, calendars: calendars)
  }

  /// The index of the time-of-use period at `minute` (0 to 1439, by the clock on the wall) of `day`.
  public func period(on day: Day, minute: Int) -> Int {
    Int(clock.minutes[clock.row(of: day) + minute])
  }

  /// The index of the period called `name`, or `nil`.
  public func periodIndex(_ name: String) -> Int? {
    version.periods.firstIndex { $0.name == name }
  }
}

/// A component as rating reads it: no strings, no arrays of its own.
struct Step {
  enum Kind: UInt8 {
    case energy, fixed, percentage
  }

  var kind: Kind
  var type: LineType
  var revenueClass: RevenueClass
  var component: UInt8
  /// Of energy: where its tiers begin in `limits`, and how many they are.
  var firstTier = 0
  var tierCount = 0
  /// Of energy: where its prices begin, and how many a tier has (1: all hours alike).
  var firstPrice = 0
  var pricesPerTier = 1
  /// Of energy: whether limits count a day rather than a month.
  var isDaily = false
  /// Of a fixed component.
  var price = Price(rawValue: 0)
  /// Of a percentage.
  var rate = Rate(rawValue: 0)
  var base = ClassMask()
  /// Of a percentage: whether it also counts components by name.
  var countsByName = false

  /// Whether a percentage counts `line` by its class: shares of other lines never are.
  func counts(_ line: RatedLine) -> Bool {
    if case .share = line.basis { return false }
    return base.contains(line.revenueClass)
  }
}

/// A set of revenue classes.
struct ClassMask {
  private var bits: UInt16 = 0

  init(_ classes: [RevenueClass] = []) {
    for revenueClass in classes { bits |= 1 << UInt16(revenueClass.rawValue) }
  }

  func contains(_ revenueClass: RevenueClass) -> Bool {
    bits & (1 << UInt16(revenueClass.rawValue)) != 0
  }
}

private struct Tables {
  var steps: [Step] = []
  var limits: [Int64] = []
  var prices: [Price] = []
  let periods: Int

  init(periods: Int) { self.periods = periods }

  mutating func add(_ component: Component, index: Int) {
    var step = Step(
      kind: .fixed, type: component.lineType, revenueClass: component.revenueClass,
      component: UInt8(truncatingIfNeeded: index))
    switch component.kind {
    case .energy(let energy):
      step.kind = .energy
      step.firstTier = limits.count
      step.tierCount = energy.tiers.count
      step.firstPrice = prices.count
      step.pricesPerTier = energy.tiers.first?.prices.count ?? 1
      step.isDaily = energy.basis == .day
      for tier in energy.tiers {
        limits.append(tier.limit?.wattHours ?? .max)
        prices += tier.prices
      }
    case .fixed(let fixed):
      step.price = fixed.price
    case .percentage(let percentage):
      step.kind = .percentage
      step.rate = percentage.rate
      step.base = ClassMask(percentage.baseClasses)
      step.countsByName = !percentage.baseComponents.isEmpty
    }
    steps.append(step)
  }
}

/// Which period a minute belongs to: a row of 1,440 indexes for every kind of day there is.
struct PeriodClock: Sendable {
  /// A calendar version, and the rows of its kinds of day.
  private struct Version {
    var effectiveFrom: Day
    var holidays: [Day]
    /// Season index by `month * 31 + day`, both from 0.
    var seasons: [UInt8]
    /// Where the row begins, by `(season * 7 + weekday) * 2 + (1 on holidays)`.
    var rows: [Int32]
  }

  private var versions: [Version] = []
  /// Period indexes; equal rows are stored once.
  let minutes: [UInt8]

  init(periods: [TouPeriod], calendars: [Calendar]) {
    var minutes: [UInt8] = []
    let plain = Calendar(name: "", effectiveFrom: Day(rawValue: .min), weekendDays: [])
    for calendar in calendars.isEmpty ? [plain] : calendars {
      let names = calendar.seasonNames
      var rows: [Int32] = []
      for season in names.isEmpty ? [nil] : names.map(Optional.some) {
        for weekday in Weekday.allCases {
          for isHoliday in [false, true] {
            let row = Self.row(
              periods, season, weekday, isWeekend: calendar.weekendDays.contains(weekday), isHoliday
            )
            rows.append(Self.place(row, in: &minutes))
          }
        }
      }
      versions.append(
        Version(
          effectiveFrom: calendar.effectiveFrom, holidays: calendar.holidays.map(\.day).sorted(),
          seasons: calendar.seasonTable(names), rows: rows))
    }
    self.minutes = minutes
  }

  /// Where the row of `day` begins in `minutes`.
  func row(of day: Day) -> Int {
    var index = versions.count - 1
    while index > 0, versions[index].effectiveFrom > day { index -= 1 }
    let isHoliday = isHoliday(day, index) ? 1 : 0
    let parts = day.parts
    let season = Int(versions[index].seasons[(parts.month - 1) * 31 + parts.day - 1])
    let weekday = Int(day.weekday.rawValue) - 1
    return Int(versions[index].rows[(season * 7 + weekday) * 2 + isHoliday])
  }

  private func isHoliday(_ day: Day, _ version: Int) -> Bool {
    var low = 0
    var high = versions[version].holidays.count
    while low < high {
      let middle = (low + high) / 2
      let holiday = versions[version].holidays[middle]
      if holiday == day { return true }
      if holiday < day { low = middle + 1 } else { high = middle }
    }
    return false
  }

  private static func row(
    _ periods: [TouPeriod], _ season: String?, _ weekday: Weekday, isWeekend: Bool,
    _ isHoliday: Bool
  ) -> [UInt8] {
    let rest = periods.firstIndex { $0.windows.isEmpty } ?? 0
    var row = [UInt8](repeating: UInt8(rest), count: 1440)
    // The first period with a window around a minute has it: so the later ones write first.
    for (index, period) in periods.enumerated().reversed() {
      for window in period.windows {
        guard window.season == nil || window.season == season,
          window.days.contains(where: {
            $0.includes(weekday, isWeekend: isWeekend, isHoliday: isHoliday)
          })
        else { continue }
        for minute in window.startMinute..<max(window.startMinute, window.endMinute) {
          row[Int(minute)] = UInt8(index)
        }
      }
    }
    return row
  }

  private static func place(_ row: [UInt8], in minutes: inout [UInt8]) -> Int32 {
    for start in stride(from: 0, to: minutes.count, by: 1440)
    where minutes[start..<(start + 1440)].elementsEqual(row) {
      return Int32(start)
    }
    minutes += row
    return Int32(minutes.count - 1440)
  }
}

extension Calendar {
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
