import Metering
import Money

/// A component as rating reads it: no strings, no arrays of its own.
struct Step: Sendable {
  enum Kind: UInt8 {
    case energy, demand, fixed, rider, percentage, minimum, netMetering, netBilling
  }

  /// Where a ladder stands in the tables.
  struct Ladder {
    /// Where its rungs begin, and how many tiers they are.
    var firstRung: Int
    var tierCount: Int
    /// How many rungs a tier has: one a period, or one for all hours.
    var rungsPerTier: Int

    /// The index of a rung.
    @inline(__always)
    func rung(tier: Int, period: Int) -> Int {
      firstRung + tier * rungsPerTier + (rungsPerTier > 1 ? period : 0)
    }
  }

  /// A tier's price, for one period or all hours.
  struct Rung: Sendable {
    var line: LineHead
    var limit: Limit
    var price: ReadyPrice
  }

  var kind: Kind
  var line: LineHead
  /// Of energy, demand and net billing: where its ladders begin in the table of ladders, and how
  /// many they are.
  var firstLadder = 0
  var ladderCount = 0
  var filling = TierFilling.pooled
  /// Whether its tiers are filled interval by interval.
  var isByInterval = false
  /// Of demand: whether by the tariff's demand periods.
  var isByPeriod = false
  /// Of fixed, rider.
  var price = ReadyPrice(.zero, scale: 0)
  var term = Term.month
  /// Of a percentage; of demand: its ratchet.
  var rate = Rate(rawValue: 0)
  /// Of demand: how many preceding bills the ratchet counts.
  var ratchetBills: UInt8 = 0
  var base = ClassMask()
  /// Of a percentage: whether it also counts components by name.
  var countsByName = false
  /// Of a percentage: whether a minimum counts it, so that it comes before.
  var isBeforeMinimum = false

  /// Whether a percentage counts `line` by its class: shares of other lines never are.
  func counts(_ line: RatedLine) -> Bool {
    !line.isShare && line.isOf(base)
  }
}

/// A price made ready for amounts in cents, rounded to the nearest.
struct ReadyPrice: Sendable {
  /// The digits of the price, or as many times ten of them that an amount in cents is the product
  /// with a quantity divided by `divisor`.
  let factor: Int64
  let divisor: PowerOfTen
  /// Whether it could be made ready; not a price too fine.
  let isReady: Bool

  /// A price of quantities of 10^-`scale` units.
  init(_ price: Price, scale: Int) {
    let exponent = Int(price.decimals) + scale - Money.scale
    let (factor, overflow) = price.digits.multipliedReportingOverflow(
      by: PowersOfTen.of(max(0, 1 - exponent)))
    self.factor = factor
    divisor = PowerOfTen(exponent: min(max(1, exponent), 18))
    isReady = !overflow && exponent <= 18
  }
}

/// The tables that components compile into.
struct StepTables {
  let version: TariffVersion
  private(set) var steps: [Step] = []
  private(set) var ladders: [Step.Ladder] = []
  private(set) var rungs: [Step.Rung] = []

  init(_ version: TariffVersion) { self.version = version }

  mutating func add(_ component: Component, index: Int) {
    let rule = component.kind.rule
    var step = Step(
      kind: rule.stepKind,
      line: LineHead(
        component.lineType, component.revenueClass,
        component: UInt8(truncatingIfNeeded: index)))
    rule.fill(&step, &self)
    steps.append(step)
  }

  /// Adds ladders of prices of energy or demand, whose quantities have `scale` decimals, and says in
  /// `step` where they stand.
  mutating func add(
    _ kind: LineHead.Kind, _ given: [(tiers: [Limit], prices: [[Price]])], scale: Int,
    to step: inout Step
  ) {
    step.firstLadder = ladders.count
    step.ladderCount = given.count
    for ladder in given {
      ladders.append(
        Step.Ladder(
          firstRung: rungs.count, tierCount: ladder.tiers.count,
          rungsPerTier: ladder.prices.first?.count ?? 1))
      for (number, tier) in ladder.tiers.enumerated() {
        rungs += ladder.prices[number].map {
          Step.Rung(
            line: step.line.with(kind, price: $0, tier: number), limit: tier,
            price: ReadyPrice($0, scale: scale))
        }
      }
    }
  }

  /// The most lines that `step` makes of a segment: one a price, where all hours have the same
  /// ladder of one price one a tier and period.
  func maximumLines(_ step: Step) -> Int {
    guard step.ladderCount > 0 else { return 1 }
    let own = ladders[step.firstLadder..<(step.firstLadder + step.ladderCount)]
    let tiers = own.reduce(0) { $0 + $1.tierCount }
    return step.ladderCount > 1 || step.kind == .demand
      ? tiers : tiers * max(1, version.periods.count)
  }

  /// Whether the component called `code` is a percentage that a minimum counts.
  func isBeforeMinimum(_ code: String) -> Bool {
    steps.contains { version.components[Int($0.line.component)].code == code && $0.isBeforeMinimum }
  }
}

/// What a kind of component is to the rest of rating, said beside its type.
protocol ComponentRule {
  /// What rating does with it.
  var stepKind: Step.Kind { get }
  /// How it is shown unless the tariff says otherwise.
  var defaultLineType: LineType { get }
  /// How it is accounted for unless the tariff says otherwise.
  var defaultRevenueClass: RevenueClass { get }
  /// Compiles it.
  func fill(_ step: inout Step, _ tables: inout StepTables)
  /// Everything that keeps it from being published.
  func problems(_ site: ComponentSite) -> [RuleProblem]
}

/// Where a component stands in its tariff.
struct ComponentSite {
  var tariff: TariffVersion
  var index: Int
  /// The path of the component, as `components[1]`.
  var field: String
}
