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
  public var taxes: [TaxRule] {
    didSet { levies = Levy.levies(taxes) }
  }
  /// The taxes without their words.
  private(set) var levies: [Levy]
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

  /// What a bill for `period` is computed from.
  public init(
    period: BillingPeriod, segments: [RatingSegment], taxes: [TaxRule] = [],
    rounding: Rounding = .halfAwayFromZero, proration: Proration = Proration(),
    precision: RatingConventions.Precision = .invoice,
    dayCount: RatingConventions.DayCount = .actual, carried: Carried = Carried()
  ) {
    self.period = period
    self.segments = segments
    self.taxes = taxes
    levies = Levy.levies(taxes)
    self.rounding = rounding
    self.proration = proration
    self.precision = precision
    self.dayCount = dayCount
    self.carried = carried
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

/// One line of a bill, by indexes into what it was computed from; `RatedBill.explain` spells it out.
public struct RatedLine: Hashable, Sendable {
  /// What `amount` is of.
  public enum Basis: Hashable, Sendable {
    /// Energy at `price` a kWh.
    case energy(Energy, price: Price)
    /// Power at `price` a kW, times the part of the bill's days.
    case demand(Power, price: Price, part: Fraction)
    /// So many terms (a part of a month, some days) at `price` a term.
    case terms(Fraction, Term, price: Price)
    /// What tops `counted` up to `minimum`.
    case topUp(minimum: Money, counted: Money)
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
  /// The index of the time-of-use period, of a demand line that of the demand period; `nil` for all
  /// hours.
  public var touPeriod: UInt8?
  /// What the amount is of.
  public var basis: Basis
  /// What is charged, after waivers.
  public var amount: Money
  /// What was waived; the amount before waivers is `amount + waived`.
  public var waived: Money
  /// Its place on the invoice: the section, and within it period, tier, span and sequence. Taxes keep
  /// the order of their rules; fixed charges go by amount, adjustments as they come.
  let order: UInt64

  /// The order of every fixed charge.
  static let fixedOrder: UInt64 = 4 << 40

  /// A line of what `head` says.
  @inline(__always)
  init(
    _ head: LineHead, segment: Int, segmentCount: Int = 1, tier: Int = 0, touPeriod: Int? = nil,
    basis: Basis, amount: Money
  ) {
    type = head.type
    revenueClass = head.revenueClass
    self.segment = UInt8(segment)
    self.segmentCount = UInt8(segmentCount)
    component = head.component
    self.tier = UInt8(tier)
    self.touPeriod = touPeriod.map { UInt8($0) }
    self.basis = basis
    self.amount = amount
    waived = .zero
    let period = touPeriod.map { $0 + 1 } ?? 0
    let place = UInt64(truncatingIfNeeded: period << 24 | tier << 16 | segment << 8)
    order = head.order | place & head.placeMask
  }
}

/// What all lines of a component or a tax have in common.
struct LineHead: Sendable {
  var type: LineType
  var revenueClass: RevenueClass
  var component: UInt8
  /// The section of the invoice, and where the section keeps one the sequence.
  var order: UInt64
  /// Which bits of a line's period, tier and span count in its order.
  var placeMask: UInt64

  init(_ type: LineType, _ revenueClass: RevenueClass, component: UInt8) {
    self.type = type
    self.revenueClass = revenueClass
    self.component = component
    let isInSequence = type.section != 4 && type.section != 5
    order = UInt64(type.section) << 40 | (isInSequence ? UInt64(component) : 0)
    placeMask = isInSequence ? .max : 0
  }
}

extension LineType {
  /// The section of the invoice: energy, demand, riders, fixed charges and minimums, adjustments and
  /// the like, taxes.
  fileprivate var section: UInt8 {
    switch self {
    case .energyCharge: 1
    case .demandCharge: 2
    case .rider: 3
    case .fixedCharge, .minimumCharge: 4
    case .adjustment, .credit, .lateFee: 5
    case .tax: 6
    }
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
