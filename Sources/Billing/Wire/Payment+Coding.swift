import CivilTime
public import EventSourcing
import Money

extension PaymentReceived: WireMessage {
  /// `PaymentReceived`.
  public static var wireName: StaticName { "PaymentReceived" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let reference = try coder.text(1, it?.reference, bytes)
    let amount = try coder.money(2, it?.amount, bytes)
    let at = try coder.instant(3, it?.at, bytes)
    let day = try coder.day(4, it?.day, bytes)
    let invoice = try coder.integer(5, it?.invoice, bytes)
    let method = try coder.text(6, it?.method, bytes)
    return Self(
      reference: reference, amount: amount, at: at, day: day, invoice: invoice, method: method)
  }
}

extension PaymentAllocated: WireMessage {
  /// `PaymentAllocated`.
  public static var wireName: StaticName { "PaymentAllocated" }

  /// Codes the fields. The source is a payment, or else a credit.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let payment = try coder.integer(1, it?.payment, bytes)
    let credit = try coder.integer(2, it?.credit, bytes)
    guard payment == 0 || credit == 0 else { try coder.refuse(2) }
    let invoice = try coder.integer(3, it?.invoice, bytes)
    let amount = try coder.money(4, it?.amount, bytes)
    let fees = try coder.money(5, it?.fees, bytes)
    return Self(
      credit == 0 ? .payment(payment) : .credit(credit), to: invoice, amount: amount, fees: fees)
  }

  private var payment: UInt32 {
    if case .payment(let number) = source { number } else { 0 }
  }

  private var credit: UInt32 {
    if case .credit(let ordinal) = source { ordinal } else { 0 }
  }
}

extension PaymentReturned: WireMessage {
  /// `PaymentReturned`.
  public static var wireName: StaticName { "PaymentReturned" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let payment = try coder.integer(1, it?.payment, bytes)
    let day = try coder.day(2, it?.day, bytes)
    let reason = try coder.text(3, it?.reason, bytes)
    let amount = try coder.money(4, it?.amount, bytes)
    return Self(payment: payment, day: day, reason: reason, amount: amount)
  }
}

extension DisputeOpened: WireMessage {
  /// `DisputeOpened`.
  public static var wireName: StaticName { "DisputeOpened" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let invoice = try coder.integer(1, it?.invoice, bytes)
    let amount = try coder.money(2, it?.amount, bytes)
    let day = try coder.day(3, it?.day, bytes)
    let reason = try coder.text(4, it?.reason, bytes)
    return Self(invoice: invoice, amount: amount, day: day, reason: reason)
  }
}

extension DisputeResolved: WireMessage {
  /// `DisputeResolved`.
  public static var wireName: StaticName { "DisputeResolved" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let dispute = try coder.integer(1, it?.dispute, bytes)
    let outcome = try coder.choice(2, it?.outcome, common: DisputeOutcome.denied, bytes)
    let day = try coder.day(3, it?.day, bytes)
    let reason = try coder.text(4, it?.reason, bytes)
    return Self(dispute: dispute, outcome: outcome, day: day, reason: reason)
  }
}

extension Instalment: WireMessage {
  /// `Instalment`.
  public static var wireName: StaticName { "Instalment" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let due = try coder.day(1, it?.due, bytes)
    let amount = try coder.money(2, it?.amount, bytes)
    return Self(due: due, amount: amount)
  }
}

extension PaymentPlanStarted: WireMessage {
  /// `PaymentPlanStarted`.
  public static var wireName: StaticName { "PaymentPlanStarted" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let day = try coder.day(1, it?.day, bytes)
    let instalments = try coder.messages(2, it?.instalments, bytes)
    let reason = try coder.text(3, it?.reason, bytes)
    return Self(day: day, instalments: instalments, reason: reason)
  }
}

extension PaymentPlanBroken: WireMessage {
  /// `PaymentPlanBroken`.
  public static var wireName: StaticName { "PaymentPlanBroken" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let plan = try coder.integer(1, it?.plan, bytes)
    let day = try coder.day(2, it?.day, bytes)
    let reason = try coder.text(3, it?.reason, bytes)
    return Self(plan: plan, day: day, reason: reason)
  }
}

extension PaymentPlanCompleted: WireMessage {
  /// `PaymentPlanCompleted`.
  public static var wireName: StaticName { "PaymentPlanCompleted" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let plan = try coder.integer(1, it?.plan, bytes)
    let day = try coder.day(2, it?.day, bytes)
    return Self(plan: plan, day: day)
  }
}
