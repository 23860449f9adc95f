public import CivilTime
import Metering
import Money

/// A tariff version made ready for rating: prices and limits in tables, the time-of-use period of a
/// moment an index.
///
/// Compiled once and shared; immutable.
public final class CompiledTariff: Sendable {
  /// What was compiled.
  public let version: TariffVersion
  /// How many energies a segment under this tariff has: one a period, at least one.
  public let usageCount: Int

  let steps: [Step]
  /// The most lines that a segment has.
  let maximumLines: Int
  /// The classes of all lines, and of those that are no shares of others.
  let classes: ClassMask
  let unsharedClasses: ClassMask
  /// The places in `steps` from the first percentage to the last.
  let percentages: Range<Int>
  /// The ladders of all components.
  let ladders: [Step.Ladder]
  /// The rungs of all ladders: by tier, then by period.
  let rungs: [Step.Rung]
  let clock: PeriodClock
  let demandClock: PeriodClock
  let days: DayKinds

  /// Whether demand has the hours of energy: then one walk over intervals serves both.
  let hasOneClock: Bool

  /// How many peaks a segment has: of all hours, then of each demand period.
  let peakCount: Int
  /// Whether something depends on the greatest power.
  let needsPeaks: Bool
  /// Whether some tiers are filled interval by interval.
  let needsSeries: Bool
  /// Whether what is delivered to the grid is paid for.
  let sellsExport: Bool
  /// Whether what is delivered to the grid counts against what is taken.
  let netsExport: Bool
  /// Whether it has a use for what is delivered to the grid.
  public var takesExport: Bool { sellsExport || netsExport }
  /// Whether there is a minimum.
  let hasMinimum: Bool
  /// Whether it has neither a minimum nor a bank.
  let isPlain: Bool
  /// Whether there is a minimum by year.
  public let hasYearlyMinimum: Bool
  /// Whether demand is charged at least by the peaks of earlier bills.
  public let hasRatchet: Bool
  /// Whether a component is on some bills only.
  let hasSeasonalSteps: Bool

  /// Compiles `version` with the versions of its calendar, by their first day.
  ///
  /// It never fails: what cannot work was refused before it was published.
  public init(_ version: TariffVersion, calendars: [Calendar] = []) {
    self.version = version
    usageCount = max(1, version.periods.count)
    var tables = StepTables(version)
    for (index, component) in version.components.enumerated() {
      tables.add(component, index: index)
    }
    steps = tables.steps
    maximumLines = tables.steps.reduce(0) { $0 + tables.maximumLines($1) }
    classes = ClassMask(steps.map(\.line.revenueClass))
    unsharedClasses = ClassMask(
      steps.filter { $0.kind != .percentage }.map(\.line.revenueClass))
    let first = steps.firstIndex { $0.kind == .percentage } ?? 0
    percentages = first..<(1 + (steps.lastIndex { $0.kind == .percentage } ?? first - 1))
    ladders = tables.ladders
    rungs = tables.rungs
    days = DayKinds(calendars)
    clock = PeriodClock(periods: version.periods, basis: version.seasonBasis, days: days)
    demandClock = PeriodClock(
      periods: version.demandPeriods, basis: version.seasonBasis, days: days)
    hasOneClock = version.periods.map(\.windows) == version.demandPeriods.map(\.windows)
    peakCount = 1 + max(1, version.demandPeriods.count)
    needsPeaks =
      tables.steps.contains { $0.kind == .demand }
      || tables.rungs.contains { $0.limit.basis.countsPeak }
    needsSeries = tables.steps.contains(where: \.isByInterval)
    sellsExport = tables.steps.contains { $0.kind == .netBilling }
    netsExport = tables.steps.contains { $0.kind == .netMetering }
    hasMinimum = tables.steps.contains { $0.kind == .minimum }
    isPlain = !hasMinimum && !netsExport
    hasYearlyMinimum = tables.steps.contains { $0.kind == .minimum && $0.term == .year }
    hasRatchet = tables.steps.contains { $0.ratchetBills > 0 }
    hasSeasonalSteps = version.components.contains { $0.months != .all || $0.season != nil }
  }

  /// The index of the time-of-use period at `minute` (0 to 1439, by the clock on the wall) of `day`,
  /// on a bill in whose middle `middle` lies (itself `day` unless the tariff says otherwise).
  public func period(on day: Day, minute: Int, middle: Day? = nil) -> Int {
    guard !clock.isSingle else { return 0 }
    return clock.period(clock.row(of: day, middle: middle ?? day), minute: minute)
  }

  /// The index of the period called `name`, or `nil`.
  public func periodIndex(_ name: String) -> Int? {
    version.periods.firstIndex { $0.name == name }
  }

  /// Whether the component at `index` is on a bill for `period`.
  @inline(__always)
  func applies(_ index: Int, _ period: BillingPeriod) -> Bool {
    !hasSeasonalSteps || isInSeason(index, period)
  }

  @inline(never)
  private func isInSeason(_ index: Int, _ period: BillingPeriod) -> Bool {
    let middle = period.middle
    let component = version.components[index]
    guard component.months.contains(middle.parts.month) else { return false }
    return component.season == nil || component.season == days.season(of: middle)
  }
}

/// A tier's limit as rating reads it.
struct Limit: Hashable, Sendable {
  /// In mWh (a month, a day, a kW) or mW, cumulative; `Int64.max` for an open one.
  var amount: Int64
  var basis: EnergyTier.LimitBasis
  /// Whether it counts as it stands on a bill of one segment and one month: a number of whole Wh or
  /// W.
  var isPlain: Bool

  init(amount: Int64, basis: EnergyTier.LimitBasis) {
    self.amount = amount
    self.basis = basis
    isPlain = basis == .month && amount % 1000 == 0
  }
}

/// A set of revenue classes.
struct ClassMask: Equatable {
  /// As in the tags of lines.
  private(set) var bits: UInt64 = 0

  /// No class.
  init() {}

  init(_ classes: [RevenueClass]) {
    for revenueClass in classes { bits |= LineHead.bit(revenueClass) }
  }

  /// Whether every class of `other` is one of these.
  @inline(__always)
  func contains(_ other: ClassMask) -> Bool { other.bits & ~bits == 0 }

  @inline(__always)
  mutating func formUnion(_ other: ClassMask) { bits |= other.bits }
}
