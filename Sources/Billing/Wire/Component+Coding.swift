import CivilTime
public import EventSourcing
import Metering
import Money
public import Tariffs

extension Component: WireMessage {
  /// `Component`.
  public static var wireName: StaticName { "Component" }

  /// Codes the fields. Exactly one of the kinds is there.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let code = try coder.text(1, it?.code, bytes)
    let title = try coder.text(2, it?.title, bytes)
    let type: LineType = try coder.choice(3, it?.lineType, bytes)
    let revenueClass: RevenueClass = try coder.choice(4, it?.revenueClass, bytes)
    let kind = try ComponentKind.coded(&coder, it?.kind, bytes)
    let months = try coder.months(13, it?.months, bytes)
    let season = try coder.name(14, it?.season, bytes)
    return Self(
      code: code, title: title, kind: kind, lineType: type, revenueClass: revenueClass,
      months: months, season: season)
  }
}

extension ComponentKind {
  /// Codes the kind as one of the fields 5 to 12.
  fileprivate static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    var found: [Self] = []
    if let one = try coder.message(5, it?.energy, bytes) { found.append(.energy(one)) }
    if let one = try coder.message(6, it?.fixed, bytes) { found.append(.fixed(one)) }
    if let one = try coder.message(7, it?.percentage, bytes) { found.append(.percentage(one)) }
    if let one = try coder.message(8, it?.demand, bytes) { found.append(.demand(one)) }
    if let one = try coder.message(9, it?.rider, bytes) { found.append(.rider(one)) }
    if let one = try coder.message(10, it?.minimum, bytes) { found.append(.minimum(one)) }
    if let one = try coder.message(11, it?.netMetering, bytes) {
      found.append(.netMetering(one))
    }
    if let one = try coder.message(12, it?.netBilling, bytes) { found.append(.netBilling(one)) }
    guard found.count == 1 else { try coder.refuse(5) }
    return found[0]
  }

  private var energy: EnergyComponent? { if case .energy(let it) = self { it } else { nil } }
  private var fixed: FixedComponent? { if case .fixed(let it) = self { it } else { nil } }
  private var percentage: PercentageComponent? {
    if case .percentage(let it) = self { it } else { nil }
  }
  private var demand: DemandComponent? { if case .demand(let it) = self { it } else { nil } }
  private var rider: RiderComponent? { if case .rider(let it) = self { it } else { nil } }
  private var minimum: MinimumComponent? { if case .minimum(let it) = self { it } else { nil } }
  private var netMetering: NetMeteringComponent? {
    if case .netMetering(let it) = self { it } else { nil }
  }
  private var netBilling: NetBillingComponent? {
    if case .netBilling(let it) = self { it } else { nil }
  }
}

extension WireCoder {
  /// Months as bits; all of them are stored as 0.
  mutating func months(
    _ field: Int, _ value: MonthSet?, _ bytes: RawSpan
  ) throws(Failure) -> MonthSet {
    let read = try unsigned(
      field, value.map { $0 == .all ? 0 : UInt64($0.rawValue) }, bytes)
    guard read < UInt64(MonthSet.all.rawValue) else { try refuse(field) }
    return read == 0 ? .all : MonthSet(rawValue: UInt16(read))
  }

  /// A price, as its digits and its decimals in two fields.
  mutating func price(_ field: Int, _ value: Price?, _ bytes: RawSpan) throws(Failure) -> Price {
    let digits = try signed(field, value?.digits, bytes)
    let decimals = try integer(field + 1, value?.decimals, bytes)
    return try price(field, digits, UInt64(decimals))
  }

  /// The price of these digits and decimals, if that is how it is written.
  func price(_ field: Int, _ digits: Int64, _ decimals: UInt64) throws(Failure) -> Price {
    guard decimals <= UInt64(Price.maximumDecimals), decimals == 0 || digits % 10 != 0 else {
      try refuse(field + 1)
    }
    return Price(digits: digits, decimals: Int(decimals))
  }

  /// Prices, as two packed lists of one length.
  mutating func prices(
    _ field: Int, _ value: [Price]?, _ bytes: RawSpan
  ) throws(Failure) -> [Price] {
    let digits = try packedSigned(field, value?.map(\.digits), bytes)
    let decimals = try packed(field + 1, value?.map { UInt64($0.decimals) }, bytes)
    guard digits.count == decimals.count else { try refuse(field + 1) }
    var prices: [Price] = []
    for index in digits.indices {
      prices.append(try price(field, digits[index], decimals[index]))
    }
    return prices
  }
}

extension EnergyComponent: WireMessage {
  /// `EnergyComponent`.
  public static var wireName: StaticName { "EnergyComponent" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let filling = try coder.choice(1, it?.filling, common: TierFilling.pooled, bytes)
    return Self(ladders: try coder.messages(2, it?.ladders, bytes), filling: filling)
  }
}

extension EnergyLadder: WireMessage {
  /// `EnergyLadder`.
  public static var wireName: StaticName { "EnergyLadder" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    Self(tiers: try coder.messages(1, it?.tiers, bytes))
  }
}

extension EnergyTier: WireMessage {
  /// `EnergyTier`.
  public static var wireName: StaticName { "EnergyTier" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let limit = try coder.optionalSigned(1, it?.limit?.milliwattHours, bytes)
    let basis = try coder.choice(2, it?.basis, common: LimitBasis.month, bytes)
    let prices = try coder.prices(3, it?.prices, bytes)
    guard limit != nil || basis == .month else { try coder.refuse(2) }
    return Self(
      limit: limit.map { Energy(milliwattHours: $0) }, basis: basis, prices: prices)
  }
}

extension DemandComponent: WireMessage {
  /// `DemandComponent`.
  public static var wireName: StaticName { "DemandComponent" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let isByPeriod = try coder.flag(1, it?.isByPeriod, bytes)
    let ladders: [Ladder] = try coder.messages(2, it?.ladders, bytes)
    let rate = try coder.optionalSigned(3, it?.ratchet?.rate.rawValue, bytes)
    let bills = try coder.integer(4, it?.ratchet?.bills ?? 0, bytes)
    var demand = Self(byPeriod: ladders)
    if !isByPeriod {
      guard ladders.count == 1 else { try coder.refuse(2) }
      demand = Self(flat: ladders[0].tiers)
    }
    guard rate != nil || bills == 0 else { try coder.refuse(4) }
    demand.ratchet = rate.map { Ratchet(rate: Rate(rawValue: $0), bills: bills) }
    return demand
  }
}

extension DemandComponent.Ladder: WireMessage {
  /// `DemandLadder`.
  public static var wireName: StaticName { "DemandLadder" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    Self(tiers: try coder.messages(1, it?.tiers, bytes))
  }
}

extension DemandComponent.Tier: WireMessage {
  /// `DemandTier`.
  public static var wireName: StaticName { "DemandTier" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let limit = try coder.optionalSigned(1, it?.limit?.milliwatts, bytes)
    return Self(
      limit: limit.map { Power(milliwatts: $0) }, price: try coder.price(2, it?.price, bytes))
  }
}
