import CivilTime
public import EventSourcing
import Money

extension LateFeeAssessed: WireMessage {
  /// `LateFeeAssessed`.
  public static var wireName: StaticName { "LateFeeAssessed" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let invoice = try coder.integer(1, it?.invoice, bytes)
    let amount = try coder.money(2, it?.amount, bytes)
    let days = try coder.integer(3, it?.days, bytes)
    let open = try coder.money(4, it?.open, bytes)
    let rules = try coder.integer(5, it?.rules, bytes)
    let at = try coder.instant(6, it?.at, bytes)
    let isReinstated = try coder.flag(7, it?.isReinstated, bytes)
    return Self(
      invoice: invoice, amount: amount, days: days, open: open, rules: rules, at: at,
      isReinstated: isReinstated)
  }
}

extension LateFeeSkipped: WireMessage {
  /// `LateFeeSkipped`.
  public static var wireName: StaticName { "LateFeeSkipped" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let invoice = try coder.integer(1, it?.invoice, bytes)
    let reason = try coder.choice(2, it?.reason, common: LateFeeSkip.grace, bytes)
    let days = try coder.integer(3, it?.days, bytes)
    let payment = try coder.integer(4, it?.payment, bytes)
    return Self(invoice: invoice, reason: reason, days: days, payment: payment)
  }
}

extension LateFeeFailed: WireMessage {
  /// `LateFeeFailed`.
  public static var wireName: StaticName { "LateFeeFailed" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let invoice = try coder.integer(1, it?.invoice, bytes)
    let attempts = try coder.integer(2, it?.attempts, bytes)
    let detail = try coder.text(3, it?.detail, bytes)
    return Self(invoice: invoice, attempts: attempts, detail: detail)
  }
}

extension LateFeeReversed: WireMessage {
  /// `LateFeeReversed`.
  public static var wireName: StaticName { "LateFeeReversed" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let invoice = try coder.integer(1, it?.invoice, bytes)
    let reason = try coder.choice(2, it?.reason, common: LateFeeReversal.paidInTime, bytes)
    let payment = try coder.integer(3, it?.payment, bytes)
    let detail = try coder.text(4, it?.detail, bytes)
    return Self(invoice: invoice, reason: reason, payment: payment, detail: detail)
  }
}

extension NotificationRequested: WireMessage {
  /// `NotificationRequested`.
  public static var wireName: StaticName { "NotificationRequested" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let kind = try coder.choice(1, it?.kind, common: NotificationKind.lateFee, bytes)
    let invoice = try coder.integer(2, it?.invoice, bytes)
    let amount = try coder.money(3, it?.amount, bytes)
    return Self(kind: kind, invoice: invoice, amount: amount)
  }
}

extension NotificationSent: WireMessage {
  /// `NotificationSent`.
  public static var wireName: StaticName { "NotificationSent" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let notification = try coder.integer(1, it?.notification, bytes)
    let channel = try coder.text(2, it?.channel, bytes)
    return Self(notification: notification, channel: channel)
  }
}

extension NotificationFailed: WireMessage {
  /// `NotificationFailed`.
  public static var wireName: StaticName { "NotificationFailed" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let notification = try coder.integer(1, it?.notification, bytes)
    let attempts = try coder.integer(2, it?.attempts, bytes)
    let detail = try coder.text(3, it?.detail, bytes)
    return Self(notification: notification, attempts: attempts, detail: detail)
  }
}
