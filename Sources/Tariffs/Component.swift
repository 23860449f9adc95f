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
  /// The bills it is on: those of these months. The month of a bill is that of the day in its middle.
  public var months: MonthSet
  /// The season of the tariff's calendar it is limited to, by the day in the middle of the bill;
  /// `nil` for all year.
  public var season: String?
  /// What it does.
  public var kind: ComponentKind

  /// A component; type and class default to its kind's.
  public init(
    code: String, title: String = "", kind: ComponentKind, lineType: LineType? = nil,
    revenueClass: RevenueClass? = nil, months: MonthSet = .all, season: String? = nil
  ) {
    self.code = code
    self.title = title
    self.kind = kind
    self.lineType = lineType ?? kind.defaultLineType
    self.revenueClass = revenueClass ?? kind.defaultRevenueClass
    self.months = months
    self.season = season
  }
}

/// What a component does: one case a kind, each a type in a file of its own (`Components/`).
public enum ComponentKind: Hashable, Sendable {
  /// A price a kWh, by tier and period.
  case energy(EnergyComponent)
  /// A price a kW, flat or by period, by tier.
  case demand(DemandComponent)
  /// An amount a month, day or year.
  case fixed(FixedComponent)
  /// A price for every kWh.
  case rider(RiderComponent)
  /// A share of other lines.
  case percentage(PercentageComponent)
  /// The least that a month or a year costs.
  case minimum(MinimumComponent)
  /// What is delivered to the grid counts against what is taken from it.
  case netMetering(NetMeteringComponent)
  /// What is delivered to the grid is paid for.
  case netBilling(NetBillingComponent)

  /// How it is shown unless the tariff says otherwise.
  public var defaultLineType: LineType { rule.defaultLineType }

  /// How it is accounted for unless the tariff says otherwise.
  public var defaultRevenueClass: RevenueClass { rule.defaultRevenueClass }

  /// What it is to the rest of rating.
  var rule: any ComponentRule {
    switch self {
    case .energy(let it): it
    case .demand(let it): it
    case .fixed(let it): it
    case .rider(let it): it
    case .percentage(let it): it
    case .minimum(let it): it
    case .netMetering(let it): it
    case .netBilling(let it): it
    }
  }
}
