import CivilTime
public import EventSourcing
import Metering
import Money
public import Tariffs

extension PolicyPublished: WireMessage {
  /// `PolicyPublished`.
  public static var wireName: StaticName { "PolicyPublished" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let its = it?.policies
    let version = try coder.integer(1, its?.version, bytes)
    let from = try coder.day(2, its?.effectiveFrom, bytes)
    let rounding = try coder.choice(3, its?.rounding, common: Rounding.halfAwayFromZero, bytes)
    let minimum = try coder.integer(4, its?.proration.fullMonthMinimum, bytes)
    let maximum = try coder.integer(5, its?.proration.fullMonthMaximum, bytes)
    let month = try coder.integer(6, its?.proration.monthDays, bytes)
    let window = try coder.integer(7, its?.cycleWindowDays, bytes)
    let daily = try coder.signed(8, its?.plausibility.dailyMaximum.milliwattHours, bytes)
    let limits: [Plausibility.Limit] = try coder.messages(9, its?.plausibility.byClass, bytes)
    let hash = try coder.data(10, it?.contentHash, bytes)
    let lateFee: LateFeePolicy? = try coder.message(11, its?.lateFee, bytes)
    let order = try coder.choice(
      12, its?.allocation, common: AllocationOrder.oldestDueFirst, bytes)
    let estimation: EstimationPolicy? = try coder.message(13, its?.estimation, bytes)
    let back: UInt32? = try coder.optionalInteger(14, its?.backBilling.days, bytes)
    let further: [BackBilling.Exception] = try coder.messages(
      15, its?.backBilling.exceptions, bytes)
    let promotions: [PromotionOffer] = try coder.messages(16, its?.promotions, bytes)
    return Self(
      Policies(
        version: version, effectiveFrom: from, rounding: rounding,
        proration: Proration(
          fullMonthMinimum: minimum, fullMonthMaximum: maximum, monthDays: month),
        cycleWindowDays: window,
        plausibility: Plausibility(dailyMaximum: Energy(milliwattHours: daily), byClass: limits),
        lateFee: lateFee, allocation: order, estimation: estimation,
        backBilling: BackBilling(days: back, exceptions: further), promotions: promotions),
      contentHash: hash)
  }
}

extension Plausibility.Limit: WireMessage {
  /// `ClassLimit`.
  public static var wireName: StaticName { "ClassLimit" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let customerClass = try coder.choice(1, it?.customerClass, common: .residential, bytes)
    let daily = try coder.signed(2, it?.dailyMaximum.milliwattHours, bytes)
    return Self(customerClass: customerClass, dailyMaximum: Energy(milliwattHours: daily))
  }
}

extension LateFeePolicy: WireMessage {
  /// `LateFeePolicy`.
  public static var wireName: StaticName { "LateFeePolicy" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let amount = try coder.money(1, it?.amount, bytes)
    let days = try coder.integer(2, it?.afterDays, bytes)
    let hours = try coder.integer(3, it?.graceHours, bytes)
    let cap = try coder.optionalSigned(4, it?.cap?.rawValue, bytes)
    let exceptions: [Exception] = try coder.messages(5, it?.exceptions, bytes)
    return Self(
      amount: amount, afterDays: days, graceHours: hours, cap: cap.map { Rate(rawValue: $0) },
      exceptions: exceptions)
  }
}

extension LateFeePolicy.Exception: WireMessage {
  /// `LateFeeException`.
  public static var wireName: StaticName { "LateFeeException" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let scope = try coder.scope(it?.scope, bytes)
    let isForbidden = try coder.flag(3, it?.isForbidden, bytes)
    let amount = try coder.optionalSigned(4, it?.amount?.cents, bytes)
    let cap = try coder.optionalSigned(5, it?.cap?.rawValue, bytes)
    return Self(
      scope, isForbidden: isForbidden, amount: amount.map { Money(cents: $0) },
      cap: cap.map { Rate(rawValue: $0) })
  }
}

extension BackBilling.Exception: WireMessage {
  /// `BackBillingException`.
  public static var wireName: StaticName { "BackBillingException" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let scope = try coder.scope(it?.scope, bytes)
    return Self(scope, days: try coder.integer(3, it?.days, bytes))
  }
}

extension WireCoder {
  /// Whom an exception is for: fields 1 and 2.
  fileprivate mutating func scope(
    _ scope: PolicyScope?, _ bytes: RawSpan
  ) throws(Failure) -> PolicyScope {
    let customerClass: CustomerClass? = try optionalChoice(1, scope?.customerClass, bytes)
    return PolicyScope(
      customerClass: customerClass, jurisdiction: try name(2, scope?.jurisdiction, bytes))
  }
}

extension EstimationPolicy: WireMessage {
  /// `EstimationPolicy`.
  public static var wireName: StaticName { "EstimationPolicy" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let method = try coder.choice(1, it?.method, common: Method.dailyAverage, bytes)
    let days = try coder.integer(2, it?.days, bytes)
    return Self(
      method: method, days: days, billsInARow: try coder.integer(3, it?.billsInARow, bytes))
  }
}

extension PromotionOffer: WireMessage {
  /// `PromotionOffer`.
  public static var wireName: StaticName { "PromotionOffer" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let code = try coder.text(1, it?.code, bytes)
    let title = try coder.text(2, it?.title, bytes)
    let waives = try coder.text(3, it?.waives, bytes)
    return Self(
      code: code, title: title, waives: waives, bills: try coder.integer(4, it?.bills, bytes))
  }
}
