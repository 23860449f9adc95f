import Metering
import Money

/// A component as rating reads it: no strings, no arrays of its own.
struct Step: Sendable {
  enum Kind: UInt8 {
    case energy, demand, fixed, rider, percentage, minimum, netMetering, netBilling
  }

  /// Where a ladder stands in the tables.
  struct Ladder {
    /// Where its tiers begin in `limits`, and how many they are.
    var firstTier: Int
    var tierCount: Int
    /// Where its prices begin, and how many a tier has (1: all hours alike).
    var firstPrice: Int
    var pricesPerTier: Int

    /// The index of a price.
    func price(tier: Int, period: Int) -> Int {
      firstPrice + tier * pricesPerTier + (pricesPerTier > 1 ? period : 0)
    }
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
  /// Of fixed, rider, minimum.
  var price = Price.zero
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
    if case .share = line.basis { return false }
    return base.contains(line.revenueClass)
  }
}

/// The tables that components compile into.
struct StepTables {
  let version: TariffVersion
  private(set) var steps: [Step] = []
  private(set) var ladders: [Step.Ladder] = []
  private(set) var limits: [Limit] = []
  private(set) var prices: [Price] = []

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

  /// Adds ladders and says in `step` where they stand.
  mutating func add(_ given: [(tiers: [Limit], prices: [[Price]])], to step: inout Step) {
    step.firstLadder = ladders.count
    step.ladderCount = given.count
    for ladder in given {
      ladders.append(
        Step.Ladder(
          firstTier: limits.count, tierCount: ladder.tiers.count, firstPrice: prices.count,
          pricesPerTier: ladder.prices.first?.count ?? 1))
      limits += ladder.tiers
      prices += ladder.prices.flatMap { $0 }
    }
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
