public import Metering
public import Money

/// Energy at a price a kWh, by tier and time-of-use period.
public struct EnergyComponent: Hashable, Sendable {
  /// The ladders: a single one for all periods, or one for each of the tariff's periods in their
  /// order.
  public var ladders: [EnergyLadder]
  /// Which energy fills a tier.
  public var filling: TierFilling

  /// Energy by ladders.
  public init(ladders: [EnergyLadder], filling: TierFilling = .pooled) {
    self.ladders = ladders
    self.filling = filling
  }

  /// Energy by one ladder for all periods, its limits all of one kind.
  public init(
    basis: EnergyTier.LimitBasis = .month, tiers: [EnergyTier], filling: TierFilling = .pooled
  ) {
    let tiers = tiers.map { EnergyTier(limit: $0.limit, basis: basis, prices: $0.prices) }
    self.init(ladders: [EnergyLadder(tiers: tiers)], filling: filling)
  }

  /// Energy by a ladder for each period, in their order; where the limits of all are the same it is
  /// one ladder with a price for each period.
  public init(byPeriod ladders: [EnergyLadder], filling: TierFilling = .pooled) {
    self.init(ladders: EnergyLadder.joined(ladders), filling: filling)
  }
}

/// Which energy fills the tiers of a component. The numbers are stored, and never reused.
public enum TierFilling: UInt8, Hashable, Sendable, CaseIterable {
  /// The total of all periods fills every ladder, and each period takes its share of its own.
  case pooled = 1
  /// The energy of a period fills that period's ladder.
  case separate = 2
  /// The total fills the ladders interval by interval, in the order of time; energy read by dials
  /// has no such order and is pooled.
  case byInterval = 3

  /// The name in files.
  public var name: String {
    switch self {
    case .pooled: "pooled"
    case .separate: "separate"
    case .byInterval: "by-interval"
    }
  }

  /// The filling that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// The tiers of a component, ascending; at least one.
public struct EnergyLadder: Hashable, Sendable {
  /// The tiers.
  public var tiers: [EnergyTier]

  /// A ladder.
  public init(tiers: [EnergyTier]) { self.tiers = tiers }

  /// One ladder with a price for each period where all of `ladders` have the same limits; else
  /// `ladders`.
  static func joined(_ ladders: [EnergyLadder]) -> [EnergyLadder] {
    guard let first = ladders.first,
      ladders.allSatisfy({ ladder in
        ladder.tiers.count == first.tiers.count
          && zip(ladder.tiers, first.tiers).allSatisfy {
            $0.limit == $1.limit && $0.basis == $1.basis && $0.prices.count == 1
          }
      })
    else { return ladders }
    var joined = first
    for index in first.tiers.indices {
      joined.tiers[index].prices = ladders.map { $0.tiers[index].prices[0] }
    }
    return [joined]
  }
}

/// A block of energy and its price.
public struct EnergyTier: Hashable, Sendable {
  /// What a limit counts. The numbers are stored, and never reused.
  public enum LimitBasis: UInt8, Hashable, Sendable, CaseIterable {
    /// kWh a billing month, prorated.
    case month = 1
    /// kWh a day, times the days.
    case day = 2
    /// kWh for every kW of the bill's peak.
    case peak = 3
    /// kWh for every kW of the bill's peak and day, times the days.
    case peakDay = 4

    /// The name in files.
    public var name: String {
      switch self {
      case .peak: "kw"
      case .peakDay: "kw-day"
      default: "\(self)"
      }
    }

    /// Whether the bill's peak multiplies a limit.
    var countsPeak: Bool { self == .peak || self == .peakDay }

    /// The basis that files call `name`.
    public init?(name: String) {
      guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
      self = found
    }
  }

  /// Where it ends, counted from 0 (cumulative): 500 and 1000 for two blocks of 500. `nil` in the
  /// last tier only.
  public var limit: Energy?
  /// What the limit counts. A limit that comes out below the one before ends its tier where it
  /// begins. An open tier has none: `.month`.
  public var basis: LimitBasis
  /// Prices a kWh: in the only ladder one for each of the tariff's periods in their order, or a
  /// single one for all hours; in the ladder of a period a single one.
  public var prices: [Price]

  /// A tier up to `limit`.
  public init(limit: Energy? = nil, basis: LimitBasis = .month, prices: [Price]) {
    self.limit = limit
    self.basis = limit == nil ? .month : basis
    self.prices = prices
  }
}

extension EnergyComponent: ComponentRule {
  var stepKind: Step.Kind { .energy }
  var defaultLineType: LineType { .energyCharge }
  var defaultRevenueClass: RevenueClass { .variableEnergy }

  func fill(_ step: inout Step, _ tables: inout StepTables) {
    step.fill(ladders, filling, &tables)
  }

  func problems(_ site: ComponentSite) -> [RuleProblem] {
    EnergyLadder.problems(ladders, filling, site)
  }
}

extension Step {
  /// Compiles ladders of energy.
  mutating func fill(
    _ ladders: [EnergyLadder], _ filling: TierFilling, _ tables: inout StepTables
  ) {
    self.filling = filling
    isByInterval = filling == .byInterval && ladders.contains { $0.tiers.count > 1 }
    tables.add(
      .energy,
      ladders.map { ladder in
        (
          ladder.tiers.map { Limit(amount: $0.limit?.milliwattHours ?? .max, basis: $0.basis) },
          ladder.tiers.map(\.prices)
        )
      }, scale: Energy.scale, to: &self)
  }
}

extension EnergyLadder {
  /// What is wrong with the ladders of a component.
  static func problems(
    _ ladders: [EnergyLadder], _ filling: TierFilling, _ site: ComponentSite
  ) -> [RuleProblem] {
    let periods = site.tariff.periods.count
    guard ladders.count == 1 || ladders.count == periods else {
      return [
        .init(
          site.field + ".ladders",
          "has \(ladders.count) ladders; the tariff has \(periods) periods")
      ]
    }
    return ladders.enumerated().flatMap { number, ladder in
      ladder.problems(
        ladders.count == 1 ? site.field : site.field + ".ladders[\(number)]",
        pricesPerTier: ladders.count == 1 ? periods : 1)
    }
  }

  private func problems(_ field: String, pricesPerTier: Int) -> [RuleProblem] {
    var found: [RuleProblem] = []
    let most = TariffVersion.maximumCount
    if tiers.isEmpty { found.append(.init(field + ".tiers", "is empty")) }
    if tiers.count > most {
      found.append(.init(field + ".tiers", "has more than \(most) entries"))
    }
    var last: [EnergyTier.LimitBasis: Energy] = [:]
    for (number, tier) in tiers.enumerated() {
      let path = field + ".tiers[\(number)]"
      let isLast = number == tiers.count - 1
      if let limit = tier.limit {
        if isLast { found.append(.init(path + ".limit", "must be open in the last tier")) }
        if limit <= .zero {
          found.append(.init(path + ".limit", "must be above zero"))
        } else if limit <= last[tier.basis] ?? .zero {
          found.append(.init(path + ".limit", "must be above the one before"))
        }
        last[tier.basis] = limit
      } else if !isLast {
        found.append(.init(path + ".limit", "is missing; only the last tier is open"))
      }
      if tier.prices.count != 1, tier.prices.count != pricesPerTier {
        found.append(
          .init(
            path + ".prices",
            pricesPerTier == 1
              ? "has \(tier.prices.count) prices; the ladder of a period has one a tier"
              : "has \(tier.prices.count) prices; the tariff has \(pricesPerTier) periods"))
      }
      if tier.prices.count != tiers[0].prices.count {
        found.append(.init(path + ".prices", "has not as many prices as the first tier"))
      }
    }
    return found
  }
}
