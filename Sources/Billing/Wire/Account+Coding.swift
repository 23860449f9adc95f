import CivilTime
public import EventSourcing
import Tariffs

extension AccountOpened: WireMessage {
  /// `AccountOpened`.
  public static var wireName: StaticName { "AccountOpened" }
  /// The first of the fields in which accounts of one kind differ.
  static let servicePointField = 7
  /// The last field.
  static let dayField = 8

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let customerClass = try coder.choice(1, it?.customerClass, common: .residential, bytes)
    let sector = try coder.text(2, it?.sector, bytes)
    let zone = try coder.text(3, it?.zone, bytes)
    let jurisdictions = try coder.texts(4, it?.jurisdictions, bytes)
    let cycleDay = try coder.integer(5, it?.cycleDay, bytes)
    let daysUntilDue = try coder.integer(6, it?.daysUntilDue, bytes)
    let servicePoint = try coder.text(servicePointField, it?.servicePoint, bytes)
    let day = try coder.day(dayField, it?.day, bytes)
    return Self(
      customerClass: customerClass, sector: sector, zone: zone, jurisdictions: jurisdictions,
      cycleDay: cycleDay, daysUntilDue: daysUntilDue, servicePoint: servicePoint, day: day)
  }
}

extension AccountClosed: WireMessage {
  /// `AccountClosed`.
  public static var wireName: StaticName { "AccountClosed" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let day = try coder.day(1, it?.day, bytes)
    let reason = try coder.text(2, it?.reason, bytes)
    return Self(day: day, reason: reason)
  }
}

extension ServiceStarted: WireMessage {
  /// `ServiceStarted`.
  public static var wireName: StaticName { "ServiceStarted" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    Self(day: try coder.day(1, it?.day, bytes))
  }
}

extension ServiceStopped: WireMessage {
  /// `ServiceStopped`.
  public static var wireName: StaticName { "ServiceStopped" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    Self(day: try coder.day(1, it?.day, bytes))
  }
}

extension RatePlanAssigned: WireMessage {
  /// `RatePlanAssigned`.
  public static var wireName: StaticName { "RatePlanAssigned" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let plan = try coder.text(1, it?.plan, bytes)
    let from = try coder.day(2, it?.from, bytes)
    return Self(plan: plan, from: from)
  }
}

extension MeterAssigned: WireMessage {
  /// `MeterAssigned`.
  public static var wireName: StaticName { "MeterAssigned" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let account = try coder.text(1, it?.account, bytes)
    let at = try coder.instant(2, it?.at, bytes)
    return Self(account: account, at: at)
  }
}

extension MeterReleased: WireMessage {
  /// `MeterReleased`.
  public static var wireName: StaticName { "MeterReleased" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let account = try coder.text(1, it?.account, bytes)
    let at = try coder.instant(2, it?.at, bytes)
    return Self(account: account, at: at)
  }
}
