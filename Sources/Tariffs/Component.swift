public import Metering
public import Money

/// One thing a tariff charges for. Data: what it does is its `kind`.
public struct Component: Hashable, Sendable {
  /// Its code within the tariff, as `energy`: how events and explanations name it.
  public var code: String
  /// What the customer reads, as `Service charge`.
  public var title: String
  /// How it is shown.
  public var lineType: LineType
  /// How it is accounted for.
  public var revenueClass: RevenueClass
  /// What it does.
  public var kind: ComponentKind

  /// A component; type and class default to its kind's.
  public init(
    code: String, title: String = "", kind: ComponentKind, lineType: LineType? = nil,
    revenueClass: RevenueClass? = nil
  ) {
    self.code = code
    self.title = title
    self.kind = kind
    self.lineType = lineType ?? kind.defaultLineType
    self.revenueClass = revenueClass ?? kind.defaultRevenueClass
  }
}

/// What a component does.
public enum ComponentKind: Hashable, Sendable {
  /// A price a kWh, by tier and period.
  case energy(EnergyComponent)
  /// An amount a month.
  case fixed(FixedComponent)
  /// A share of other lines.
  case percentage(PercentageComponent)

  /// How it is shown unless the tariff says otherwise.
  public var defaultLineType: LineType {
    switch self {
    case .energy: .energyCharge
    case .fixed, .percentage: .fixedCharge
    }
  }

  /// How it is accounted for unless the tariff says otherwise.
  public var defaultRevenueClass: RevenueClass {
    switch self {
    case .energy: .variableEnergy
    case .fixed: .fixed
    case .percentage: .passThrough
    }
  }
}

/// Energy at a price a kWh, by tier and time-of-use period.
///
/// Tiers and periods are pooled: the month's total fills the tiers, and of each tier every period
/// takes its share.
public struct EnergyComponent: Hashable, Sendable {
  /// What the limits count. The numbers are stored, and never reused.
  public enum LimitBasis: UInt8, Hashable, Sendable, CaseIterable {
    /// kWh a billing month, prorated.
    case month = 1
    /// kWh a day, times the days.
    case day = 2

    /// The name in files.
    public var name: String { "\(self)" }

    /// The basis that files call `name`.
    public init?(name: String) {
      guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
      self = found
    }
  }

  /// A block of energy and its price.
  public struct Tier: Hashable, Sendable {
    /// Where it ends, counted from 0 (cumulative): 500 and 1000 for two blocks of 500. `nil` in the
    /// last tier only.
    public var limit: Energy?
    /// Prices a kWh: one for each of the tariff's periods in their order, or a single one for all
    /// hours.
    public var prices: [Price]

    /// A tier up to `limit`.
    public init(limit: Energy? = nil, prices: [Price]) {
      self.limit = limit
      self.prices = prices
    }
  }

  /// What the limits count.
  public var basis: LimitBasis
  /// The tiers, ascending; at least one.
  public var tiers: [Tier]

  /// Energy by `tiers`.
  public init(basis: LimitBasis = .month, tiers: [Tier]) {
    self.basis = basis
    self.tiers = tiers
  }
}

/// An amount a month, prorated.
public struct FixedComponent: Hashable, Sendable {
  /// The price of a month.
  public var price: Price

  /// `price` a month.
  public init(price: Price) { self.price = price }
}

/// A share of other lines, as a franchise fee.
///
/// Its base is the sum of the rounded lines, after waivers, of the components that are of one of the
/// base classes and no percentage themselves, and of those named by code. It is never part of its
/// own base.
public struct PercentageComponent: Hashable, Sendable {
  /// The classes a franchise fee counts: energy, demand, riders, fixed, minimum.
  public static let defaultBase: [RevenueClass] = [
    .variableEnergy, .variableDemand, .variableRider, .fixed, .minimum,
  ]

  /// The share.
  public var rate: Rate
  /// The classes whose lines it counts.
  public var baseClasses: [RevenueClass]
  /// Components counted besides, by code; a percentage among them must come earlier in the tariff.
  public var baseComponents: [String]

  /// `rate` of the base.
  public init(
    rate: Rate, baseClasses: [RevenueClass] = Self.defaultBase, baseComponents: [String] = []
  ) {
    self.rate = rate
    self.baseClasses = baseClasses
    self.baseComponents = baseComponents
  }
}
