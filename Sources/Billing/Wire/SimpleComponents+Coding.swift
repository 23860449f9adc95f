public import EventSourcing
import Metering
import Money
public import Tariffs

extension FixedComponent: WireMessage {
  /// `FixedComponent`.
  public static var wireName: StaticName { "FixedComponent" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let price = try coder.price(1, it?.price, bytes)
    return Self(price: price, per: try coder.choice(3, it?.term, common: Term.month, bytes))
  }
}

extension MinimumComponent: WireMessage {
  /// `MinimumComponent`.
  public static var wireName: StaticName { "MinimumComponent" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let price = try coder.price(1, it?.price, bytes)
    return Self(price: price, per: try coder.choice(3, it?.term, common: Term.month, bytes))
  }
}

extension RiderComponent: WireMessage {
  /// `RiderComponent`.
  public static var wireName: StaticName { "RiderComponent" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    Self(price: try coder.price(1, it?.price, bytes))
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

extension NetMeteringComponent: WireMessage {
  /// `NetMeteringComponent`.
  public static var wireName: StaticName { "NetMeteringComponent" }

  /// Codes the fields. Hours are there for a carry by hours, and only then.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let hours = try coder.packed(1, it?.hours.map(UInt64.init), bytes)
    let yearEnd: UInt8 = try coder.integer(2, it.map { $0.yearEnd ?? 0 }, bytes)
    let isSettled = try coder.flag(3, it.map { $0.settlement != nil }, bytes)
    let price = try coder.price(4, it.map { $0.settlement ?? .zero }, bytes)
    guard hours.allSatisfy({ $0 < 24 }) else { try coder.refuse(1) }
    guard isSettled || price == .zero else { try coder.refuse(4) }
    return Self(
      carry: hours.isEmpty ? .samePeriod : .hours(hours.map(UInt8.init)),
      yearEnd: yearEnd == 0 ? nil : yearEnd, settlement: isSettled ? price : nil)
  }

  private var hours: [UInt8] { if case .hours(let hours) = carry { hours } else { [] } }
}

extension NetBillingComponent: WireMessage {
  /// `NetBillingComponent`.
  public static var wireName: StaticName { "NetBillingComponent" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let filling = try coder.choice(1, it?.filling, common: TierFilling.pooled, bytes)
    return Self(ladders: try coder.messages(2, it?.ladders, bytes), filling: filling)
  }
}
