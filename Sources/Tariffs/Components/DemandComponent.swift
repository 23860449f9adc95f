public import Metering
public import Money

/// Demand at a price a kW of a bill's peak, by tier: flat, or by the tariff's demand periods.
///
/// The peak is the greatest average power of an interval, of what is taken from the grid net of what
/// is delivered; estimated and substituted intervals set none. It is charged in full whatever the
/// days of the bill; of a bill under several versions each takes its own days' peak and share.
public struct DemandComponent: Hashable, Sendable {
  /// The tiers of a ladder, ascending; at least one.
  public struct Ladder: Hashable, Sendable {
    /// The tiers.
    public var tiers: [Tier]

    /// A ladder.
    public init(tiers: [Tier]) { self.tiers = tiers }
  }

  /// A block of power and its price.
  public struct Tier: Hashable, Sendable {
    /// Where it ends, counted from 0 (cumulative); `nil` in the last tier only.
    public var limit: Power?
    /// The price a kW.
    public var price: Price

    /// A tier up to `limit`.
    public init(limit: Power? = nil, price: Price) {
      self.limit = limit
      self.price = price
    }
  }

  /// The least that is charged: a share of the greatest peak of preceding bills.
  public struct Ratchet: Hashable, Sendable {
    /// The most bills that a ratchet looks back on.
    public static let maximumBills = 36

    /// The share.
    public var rate: Rate
    /// How many preceding bills count, 1 to 36.
    public var bills: UInt8

    /// `rate` of the greatest peak of the preceding `bills`.
    public init(rate: Rate, bills: UInt8 = 11) {
      self.rate = rate
      self.bills = bills
    }
  }

  /// A single ladder for the peak of all hours (flat demand), or one for each of the tariff's demand
  /// periods in their order, for the peak in it.
  public var ladders: [Ladder]
  /// Whether the ladders are those of the demand periods.
  public var isByPeriod: Bool
  /// The ratchet, if there is one; for flat demand only.
  public var ratchet: Ratchet?

  /// Demand by the peak of all hours.
  public init(flat tiers: [Tier], ratchet: Ratchet? = nil) {
    ladders = [Ladder(tiers: tiers)]
    isByPeriod = false
    self.ratchet = ratchet
  }

  /// Demand by the peak in each of the tariff's demand periods.
  public init(byPeriod ladders: [Ladder]) {
    self.ladders = ladders
    isByPeriod = true
  }
}

extension DemandComponent: ComponentRule {
  var stepKind: Step.Kind { .demand }
  var defaultLineType: LineType { .demandCharge }
  var defaultRevenueClass: RevenueClass { .variableDemand }

  func fill(_ step: inout Step, _ tables: inout StepTables) {
    step.isByPeriod = isByPeriod
    step.rate = ratchet?.rate ?? Rate(rawValue: 0)
    step.ratchetBills = ratchet?.bills ?? 0
    tables.add(
      .demand,
      ladders.map { ladder in
        (
          ladder.tiers.map { Limit(amount: $0.limit?.milliwatts ?? .max, basis: .month) },
          ladder.tiers.map { [$0.price] }
        )
      }, scale: Power.scale, to: &step)
  }

  func problems(_ site: ComponentSite) -> [RuleProblem] {
    var found: [RuleProblem] = []
    let periods = max(1, site.tariff.demandPeriods.count)
    if isByPeriod, ladders.count != periods {
      found.append(
        .init(
          site.field + ".ladders",
          "has \(ladders.count) ladders; the tariff has \(periods) demand periods"))
    }
    if let ratchet {
      if isByPeriod {
        found.append(.init(site.field + ".ratchet", "is for flat demand only"))
      }
      if ratchet.rate.rawValue <= 0 || ratchet.rate.rawValue > 1_000_000_000 {
        found.append(.init(site.field + ".ratchet.rate", "must be above 0 and at most 100 %"))
      }
      if !(1...Ratchet.maximumBills).contains(Int(ratchet.bills)) {
        found.append(
          .init(site.field + ".ratchet.bills", "must be from 1 to \(Ratchet.maximumBills)"))
      }
    }
    for (number, ladder) in ladders.enumerated() {
      found += ladder.problems(isByPeriod ? site.field + ".ladders[\(number)]" : site.field)
    }
    return found
  }
}

extension DemandComponent.Ladder {
  fileprivate func problems(_ field: String) -> [RuleProblem] {
    var found: [RuleProblem] = []
    let most = TariffVersion.maximumCount
    if tiers.isEmpty { found.append(.init(field + ".tiers", "is empty")) }
    if tiers.count > most {
      found.append(.init(field + ".tiers", "has more than \(most) entries"))
    }
    var last = Power.zero
    for (number, tier) in tiers.enumerated() {
      let path = field + ".tiers[\(number)].limit"
      let isLast = number == tiers.count - 1
      if let limit = tier.limit {
        if isLast { found.append(.init(path, "must be open in the last tier")) }
        if limit <= .zero {
          found.append(.init(path, "must be above zero"))
        } else if limit <= last {
          found.append(.init(path, "must be above the one before"))
        }
        last = limit
      } else if !isLast {
        found.append(.init(path, "is missing; only the last tier is open"))
      }
    }
    return found
  }
}
