import CivilTime
public import EventSourcing
import Metering
import Money
public import Tariffs

extension TariffVersionPublished: WireMessage {
  /// `TariffVersionPublished`.
  public static var wireName: StaticName { "TariffVersionPublished" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let tariff = it?.tariff
    let plan = try coder.text(1, tariff?.plan, bytes)
    let version = try coder.integer(2, tariff?.version, bytes)
    let from = try coder.day(3, tariff?.effectiveFrom, bytes)
    let title = try coder.text(4, tariff?.title, bytes)
    let calendar = try coder.name(5, tariff?.calendar, bytes)
    let periods: [TouPeriod] = try coder.messages(6, tariff?.periods, bytes)
    let components: [Component] = try coder.messages(7, tariff?.components, bytes)
    let hash = try coder.data(8, it?.contentHash, bytes)
    return Self(
      TariffVersion(
        plan: plan, version: version, effectiveFrom: from, title: title, calendar: calendar,
        periods: periods, components: components), contentHash: hash)
  }
}

extension TouPeriod: WireMessage {
  /// `TouPeriod`.
  public static var wireName: StaticName { "TouPeriod" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let name = try coder.text(1, it?.name, bytes)
    return Self(name: name, windows: try coder.messages(2, it?.windows, bytes))
  }
}

extension TimeWindow: WireMessage {
  /// `TimeWindow`.
  public static var wireName: StaticName { "TimeWindow" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let season = try coder.name(1, it?.season, bytes)
    let days: [DayClass] = try coder.choices(2, it?.days, bytes)
    let start = try coder.integer(3, it?.startMinute, bytes)
    let end = try coder.integer(4, it?.endMinute, bytes)
    return Self(season: season, days: days, startMinute: start, endMinute: end)
  }
}

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
    let energy = try coder.message(5, it?.energy, bytes)
    let fixed = try coder.message(6, it?.fixed, bytes)
    let percentage = try coder.message(7, it?.percentage, bytes)
    let kind: ComponentKind
    switch (energy, fixed, percentage) {
    case (let energy?, nil, nil): kind = .energy(energy)
    case (nil, let fixed?, nil): kind = .fixed(fixed)
    case (nil, nil, let percentage?): kind = .percentage(percentage)
    default: try coder.refuse(5)
    }
    return Self(
      code: code, title: title, kind: kind, lineType: type, revenueClass: revenueClass)
  }

  private var energy: EnergyComponent? {
    if case .energy(let energy) = kind { energy } else { nil }
  }

  private var fixed: FixedComponent? {
    if case .fixed(let fixed) = kind { fixed } else { nil }
  }

  private var percentage: PercentageComponent? {
    if case .percentage(let percentage) = kind { percentage } else { nil }
  }
}

extension EnergyComponent: WireMessage {
  /// `EnergyComponent`.
  public static var wireName: StaticName { "EnergyComponent" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let basis = try coder.choice(1, it?.basis, common: LimitBasis.month, bytes)
    return Self(basis: basis, tiers: try coder.messages(2, it?.tiers, bytes))
  }
}

extension EnergyComponent.Tier: WireMessage {
  /// `Tier`.
  public static var wireName: StaticName { "Tier" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let limit = try coder.optionalSigned(1, it?.limit?.wattHours, bytes)
    let prices = try coder.packedSigned(2, it?.prices.map(\.rawValue), bytes)
    return Self(
      limit: limit.map { Energy(wattHours: $0) }, prices: prices.map { Price(rawValue: $0) })
  }
}

extension FixedComponent: WireMessage {
  /// `FixedComponent`.
  public static var wireName: StaticName { "FixedComponent" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    Self(price: Price(rawValue: try coder.signed(1, it?.price.rawValue, bytes)))
  }
}

extension PercentageComponent: WireMessage {
  /// `PercentageComponent`.
  public static var wireName: StaticName { "PercentageComponent" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let rate = try coder.signed(1, it?.rate.rawValue, bytes)
    let classes: [RevenueClass] = try coder.choices(2, it?.baseClasses, bytes)
    let components = try coder.texts(3, it?.baseComponents, bytes)
    return Self(
      rate: Rate(rawValue: rate), baseClasses: classes, baseComponents: components)
  }
}
