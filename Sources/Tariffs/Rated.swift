public import CivilTime
public import Metering
public import Money

/// A stretch of a period under one tariff version, and the energy used in it.
public struct RatingSegment: Sendable {
  /// Its days.
  public var days: BillingPeriod
  /// What applies.
  public var tariff: CompiledTariff
  /// Energy by the tariff's periods in their order; one value where it has none.
  public var usage: [Energy]
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
  public var taxes: [TaxRule] {
    didSet { levies = taxes.map(Levy.init) }
  }
  /// The taxes without their words.
  private(set) var levies: [Levy]
  /// The rounding of each line.
  public var rounding: Rounding
  /// What makes a month.
  public var proration: Proration

  /// What a bill for `period` is computed from.
  public init(
    period: BillingPeriod, segments: [RatingSegment], taxes: [TaxRule] = [],
    rounding: Rounding = .halfAwayFromZero, proration: Proration = Proration()
  ) {
    self.period = period
    self.segments = segments
    self.taxes = taxes
    levies = taxes.map(Levy.init)
    self.rounding = rounding
    self.proration = proration
  }
}

/// One line of a bill, by indexes into what it was computed from; `RatedBill.explain` spells it out.
public struct RatedLine: Hashable, Sendable {
  /// What `amount` is of.
  public enum Basis: Hashable, Sendable {
    /// Energy at `price` a kWh.
    case energy(Energy, price: Price)
    /// A part of a month at `price` a month.
    case months(Fraction, price: Price)
    /// `rate` of a sum of other lines.
    case share(of: Money, rate: Rate)
  }

  /// How it is shown.
  public var type: LineType
  /// How it is accounted for.
  public var revenueClass: RevenueClass
  /// The index of the segment it begins in.
  public var segment: UInt8
  /// How many segments it spans.
  public var segmentCount: UInt8
  /// The index of its component in its (first) segment's tariff; for a tax, of its rule in the
  /// input's taxes.
  public var component: UInt8
  /// The tier's index, 0 where there are none.
  public var tier: UInt8
  /// The index of the time-of-use period; `nil` for all hours.
  public var touPeriod: UInt8?
  /// What the amount is of.
  public var basis: Basis
  /// What is charged, after waivers.
  public var amount: Money
  /// What was waived; the amount before waivers is `amount + waived`.
  public var waived: Money

  /// A line.
  public init(
    type: LineType, revenueClass: RevenueClass, segment: UInt8, segmentCount: UInt8 = 1,
    component: UInt8, tier: UInt8 = 0, touPeriod: UInt8? = nil, basis: Basis, amount: Money,
    waived: Money = .zero
  ) {
    self.type = type
    self.revenueClass = revenueClass
    self.segment = segment
    self.segmentCount = segmentCount
    self.component = component
    self.tier = tier
    self.touPeriod = touPeriod
    self.basis = basis
    self.amount = amount
    self.waived = waived
  }
}

/// A bill's lines in the order of the invoice, and their total.
public struct RatedBill: Hashable, Sendable {
  /// The lines: energy by period, tier, span; fixed by amount before waiver, descending; taxes by
  /// state, county, city.
  public var lines: [RatedLine]
  /// The sum of the lines.
  public var total: Money

  /// An empty bill, to be filled again and again by `rate(_:)`.
  public init() {
    lines = []
    total = .zero
  }
}
