/// What a line on an invoice is, as the customer sees it. The numbers are stored, and never reused.
public enum LineType: UInt8, Hashable, Sendable, CaseIterable {
  /// Energy at a price a kWh.
  case energyCharge = 1
  /// Demand at a price a kW.
  case demandCharge = 2
  /// An amount a month; a franchise fee is shown here too.
  case fixedCharge = 3
  /// What tops a bill up to its minimum.
  case minimumCharge = 4
  /// A surcharge.
  case rider = 5
  /// A correction by hand.
  case adjustment = 6
  /// A credit.
  case credit = 7
  /// A fee for paying late.
  case lateFee = 8
  /// A tax.
  case tax = 9

  /// The name in files and reports, as `ENERGY_CHARGE`.
  public var name: String {
    switch self {
    case .energyCharge: "ENERGY_CHARGE"
    case .demandCharge: "DEMAND_CHARGE"
    case .fixedCharge: "FIXED_CHARGE"
    case .minimumCharge: "MINIMUM_CHARGE"
    case .rider: "RIDER"
    case .adjustment: "ADJUSTMENT"
    case .credit: "CREDIT"
    case .lateFee: "LATE_FEE"
    case .tax: "TAX"
    }
  }

  /// The type that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// What a line is to the accountant. Fixed and variable revenue are summed by class, never by type.
/// The numbers are stored, and never reused.
public enum RevenueClass: UInt8, Hashable, Sendable, CaseIterable {
  /// Varies with energy.
  case variableEnergy = 1
  /// Varies with demand.
  case variableDemand = 2
  /// A rider.
  case variableRider = 3
  /// Does not vary with use.
  case fixed = 4
  /// A minimum bill's top-up.
  case minimum = 5
  /// A fee for paying late.
  case lateFee = 6
  /// A service of its own.
  case miscService = 7
  /// A credit.
  case credit = 8
  /// Collected for others, and never earned: franchise fees, taxes.
  case passThrough = 9

  /// The name in files and reports, as `VARIABLE_ENERGY`.
  public var name: String {
    switch self {
    case .variableEnergy: "VARIABLE_ENERGY"
    case .variableDemand: "VARIABLE_DEMAND"
    case .variableRider: "VARIABLE_RIDER"
    case .fixed: "FIXED"
    case .minimum: "MINIMUM"
    case .lateFee: "LATE_FEE"
    case .miscService: "MISC_SERVICE"
    case .credit: "CREDIT"
    case .passThrough: "PASS_THROUGH"
    }
  }

  /// The class that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// Who the customer is, for limits, policies and filings. The numbers are stored, and never reused.
public enum CustomerClass: UInt8, Hashable, Sendable, CaseIterable {
  /// A home.
  case residential = 1
  /// A business.
  case commercial = 2
  /// A plant.
  case industrial = 3
  /// Street lighting.
  case streetLighting = 4
  /// A public authority.
  case publicAuthority = 5

  /// The name in files and reports, as `residential`.
  public var name: String {
    switch self {
    case .residential: "residential"
    case .commercial: "commercial"
    case .industrial: "industrial"
    case .streetLighting: "street-lighting"
    case .publicAuthority: "public-authority"
    }
  }

  /// The class that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}
