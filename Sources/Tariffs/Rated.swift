public import CivilTime
public import Metering
public import Money

/// A stretch of a period under one tariff version, and the energy used in it.
public struct RatingSegment: Sendable {
  /// Its days.
  public var days: BillingPeriod
  /// What applies.
  public var tariff: CompiledTariff
  /// Energy taken from the grid by the tariff's periods in their order; one value where it has none.
  /// Net of what was delivered, unless the tariff pays for that.
  public var usage: [Energy]
  /// Energy delivered to the grid by the tariff's periods; empty unless the tariff pays for it.
  public var delivered: [Energy] = []
  /// The greatest power of all hours, then of each demand period; empty where no peak was measured.
  public var peaks: [Peak] = []
  /// The intervals, where the tariff has tiers that they fill one by one.
  public var series: IntervalSeries?
  /// Whether the energy was measured for these days, or is a share of a longer measurement.
  public var isSplit: Bool

  /// A segment.
  public init(days: BillingPeriod, tariff: CompiledTariff, usage: [Energy], isSplit: Bool = false) {
    self.days = days
    self.tariff = tariff
    self.usage = usage
    self.isSplit = isSplit
  }
}

/// Everything a bill is computed from.
public struct RatingInput: Sendable {
  /// The billed days.
  public var period: BillingPeriod
  /// The segments, contiguous, covering the period; one where nothing changes inside it.
  public var segments: [RatingSegment]
  /// The taxes of the account's jurisdictions at the period's last day, by level, jurisdiction and
  /// code (as `RuleSet.taxes` gives them).
  public var taxes: [TaxRule] { taxation.rules }
  /// The taxes, ready to be rated.
  public var taxation: Taxation
  /// The taxes without their words.
  var levies: [Levy] { taxation.levies }
  /// The rounding of each line.
  public var rounding: Rounding
  /// What makes a month.
  public var proration: Proration
  /// How fine amounts are.
  public var precision: RatingConventions.Precision
  /// How the days of charges and minimums by day are counted.
  public var dayCount: RatingConventions.DayCount
  /// What earlier bills left to this one.
  public var carried: Carried
  /// What promotions waive.
  public var waivers: [Waiver]

  /// What a bill for `period` is computed from.
  public init(
    period: BillingPeriod, segments: [RatingSegment], taxes: [TaxRule] = [],
    rounding: Rounding = .halfAwayFromZero, proration: Proration = Proration(),
    precision: RatingConventions.Precision = .invoice,
    dayCount: RatingConventions.DayCount = .actual, carried: Carried = Carried(),
    waivers: [Waiver] = []
  ) {
    self.period = period
    self.segments = segments
    taxation = Taxation(taxes)
    self.rounding = rounding
    self.proration = proration
    self.precision = precision
    self.dayCount = dayCount
    self.carried = carried
    self.waivers = waivers
  }
}

/// Taxes of an account, ready to be rated over and over.
public struct Taxation: Sendable {
  /// The taxes, by level, jurisdiction and code.
  public let rules: [TaxRule]
  /// The same without their words.
  let levies: [Levy]

  /// Taxes, in the order that `RuleSet.taxes` gives them.
  public init(_ rules: [TaxRule]) {
    self.rules = rules
    levies = Levy.levies(rules)
  }
}

/// A component that a promotion waives: its lines stay, at 0.00, and no percentage or tax counts them.
public struct Waiver: Hashable, Sendable {
  /// The component's code.
  public var component: String
  /// The promotion's code.
  public var promotion: String

  /// `component` waived by `promotion`.
  public init(component: String, promotion: String) {
    self.component = component
    self.promotion = promotion
  }
}

/// What the bills before leave to the next.
public struct Carried: Hashable, Sendable {
  /// Banked energy.
  public var bank: [BankedEnergy]
  /// The peaks of the bills before, the latest last: for ratchets.
  public var peaks: [Power]
  /// What a yearly minimum counts of the year's bills before.
  public var counted: Money

  /// Nothing, unless given.
  public init(bank: [BankedEnergy] = [], peaks: [Power] = [], counted: Money = .zero) {
    self.bank = bank
    self.peaks = peaks
    self.counted = counted
  }
}

/// A bill's lines in the order of the invoice, their total, and what the bill leaves to the next.
public struct RatedBill: Sendable {
  /// The lines: energy by period, tier, span; fixed by amount before waiver, descending; taxes by
  /// state, county, city.
  public var lines: [RatedLine]
  /// The sum of the lines.
  public var total: Money
  /// What a minimum counts: energy, demand, riders and fixed charges; zero where the tariff has none.
  public var counted: Money
  /// What became of banked energy; `nil` where there is none and the tariff banks none.
  public var bank: BankStatement?

  /// Room for working, kept from bill to bill.
  var work = Workspace()

  /// An empty bill, to be filled again and again by `rate(_:)`.
  public init() {
    lines = []
    total = .zero
    counted = .zero
  }
}

extension RatedBill: Hashable {
  /// Whether lines, totals and bank are the same.
  public static func == (left: Self, right: Self) -> Bool {
    left.total == right.total && left.lines == right.lines && left.counted == right.counted
      && left.bank == right.bank
  }

  /// By the lines.
  public func hash(into hasher: inout Hasher) { hasher.combine(lines) }
}
