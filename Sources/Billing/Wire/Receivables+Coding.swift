import CivilTime
public import EventSourcing
import Money
import Tariffs

extension Receivables: WireMessage {
  /// `Receivables`: there only where they are used.
  public static var wireName: StaticName { "Receivables" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    var result = Self()
    result.isUsed = true
    result.payments = try coder.messages(1, it?.payments, bytes)
    result.allocations = try coder.messages(2, it?.allocations, bytes)
    result.items = try coder.messages(3, it?.items, bytes)
    result.disputes = try coder.messages(4, it?.disputes, bytes)
    result.plans = try coder.messages(5, it?.plans, bytes)
    result.lateFees = try coder.messages(6, it?.lateFees, bytes)
    result.skips = try coder.messages(7, it?.skips, bytes)
    result.graces = try coder.messages(8, it?.graces, bytes)
    result.promotions = try coder.messages(9, it?.promotions, bytes)
    result.notifications = try coder.messages(10, it?.notifications, bytes)
    result.mergedInto = try coder.name(11, it?.mergedInto, bytes)
    return result
  }
}

extension Receivables.Payment: WireMessage {
  /// `Receivables.Payment`.
  public static var wireName: StaticName { "Receivables.Payment" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    guard let received = try coder.message(1, it?.received, bytes) else { try coder.refuse(1) }
    var payment = Self(received: received)
    payment.returned = try coder.optionalDay(2, it?.returned, bytes)
    payment.allocated = try coder.money(3, it?.allocated, bytes)
    payment.plan = try coder.integer(4, it?.plan, bytes)
    return payment
  }
}

extension Receivables.Item: WireMessage {
  /// `Receivables.Item`.
  public static var wireName: StaticName { "Receivables.Item" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let type: LineType = try coder.choice(1, it?.type, bytes)
    let amount = try coder.money(2, it?.amount, bytes)
    let revenueClass: RevenueClass = try coder.choice(3, it?.revenueClass, bytes)
    let about = try coder.integer(4, it?.about, bytes)
    let reason = try coder.text(5, it?.reason, bytes)
    let rules = try coder.unsigned(6, it?.rules, bytes)
    let invoice = try coder.integer(7, it?.invoice, bytes)
    let isVoid = try coder.flag(8, it?.isVoid, bytes)
    return Self(
      type: type, amount: amount, revenueClass: revenueClass, about: about, reason: reason,
      rules: rules, invoice: invoice, isVoid: isVoid)
  }
}

extension Receivables.Dispute: WireMessage {
  /// `Receivables.Dispute`.
  public static var wireName: StaticName { "Receivables.Dispute" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    guard let opened = try coder.message(1, it?.opened, bytes) else { try coder.refuse(1) }
    return Self(opened: opened, resolved: try coder.message(2, it?.resolved, bytes))
  }
}

extension Receivables.Plan: WireMessage {
  /// `Receivables.Plan`.
  public static var wireName: StaticName { "Receivables.Plan" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    guard let started = try coder.message(1, it?.started, bytes) else { try coder.refuse(1) }
    let paid = try coder.money(2, it?.paid, bytes)
    let broken = try coder.optionalDay(3, it?.broken, bytes)
    let completed = try coder.optionalDay(4, it?.completed, bytes)
    return Self(started: started, paid: paid, broken: broken, completed: completed)
  }
}

extension Receivables.LateFee: WireMessage {
  /// `Receivables.LateFee`.
  public static var wireName: StaticName { "Receivables.LateFee" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    guard let assessed = try coder.message(1, it?.assessed, bytes) else { try coder.refuse(1) }
    let item = try coder.integer(2, it.map { UInt32($0.item) }, bytes)
    let version = try coder.unsigned(3, it?.version, bytes)
    let reversed = try coder.message(4, it?.reversed, bytes)
    return Self(assessed: assessed, item: Int(item), version: version, reversed: reversed)
  }
}

extension Receivables.Promotion: WireMessage {
  /// `Receivables.Promotion`.
  public static var wireName: StaticName { "Receivables.Promotion" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    guard let enrolled = try coder.message(1, it?.enrolled, bytes) else { try coder.refuse(1) }
    let bills = try coder.packed(2, it?.bills.map { UInt64($0) }, bytes)
    guard bills.allSatisfy({ $0 <= UInt32.max }) else { try coder.refuse(2) }
    let ended = try coder.optionalDay(3, it?.ended, bytes)
    return Self(enrolled: enrolled, bills: bills.map { UInt32($0) }, ended: ended)
  }
}

extension Receivables.Notification: WireMessage {
  /// `Receivables.Notification`.
  public static var wireName: StaticName { "Receivables.Notification" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    guard let requested = try coder.message(1, it?.requested, bytes) else { try coder.refuse(1) }
    let attempts = try coder.integer(2, it?.attempts, bytes)
    return Self(
      requested: requested, attempts: attempts, isSent: try coder.flag(3, it?.isSent, bytes))
  }
}
