import CivilTime
public import EventSourcing
import Metering
import Money
import Tariffs

extension AdjustmentPosted: WireMessage {
  /// `AdjustmentPosted`.
  public static var wireName: StaticName { "AdjustmentPosted" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let amount = try coder.money(1, it?.amount, bytes)
    let revenueClass: RevenueClass = try coder.choice(2, it?.revenueClass, bytes)
    let invoice = try coder.integer(3, it?.invoice, bytes)
    let reason = try coder.text(4, it?.reason, bytes)
    let approver = try coder.text(5, it?.approver, bytes)
    let rules = try coder.unsigned(6, it?.rules, bytes)
    return Self(
      amount: amount, revenueClass: revenueClass, invoice: invoice, reason: reason,
      approver: approver, rules: rules)
  }
}

extension CreditPosted: WireMessage {
  /// `CreditPosted`.
  public static var wireName: StaticName { "CreditPosted" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let amount = try coder.money(1, it?.amount, bytes)
    let invoice = try coder.integer(2, it?.invoice, bytes)
    let reason = try coder.text(3, it?.reason, bytes)
    let approver = try coder.text(4, it?.approver, bytes)
    return Self(amount: amount, invoice: invoice, reason: reason, approver: approver)
  }
}

extension WriteOffPosted: WireMessage {
  /// `WriteOffPosted`.
  public static var wireName: StaticName { "WriteOffPosted" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let invoice = try coder.integer(1, it?.invoice, bytes)
    let amount = try coder.money(2, it?.amount, bytes)
    let fees = try coder.money(3, it?.fees, bytes)
    let reason = try coder.text(4, it?.reason, bytes)
    let approver = try coder.text(5, it?.approver, bytes)
    return Self(invoice: invoice, amount: amount, fees: fees, reason: reason, approver: approver)
  }
}

extension InvoiceCancelled: WireMessage {
  /// `InvoiceCancelled`.
  public static var wireName: StaticName { "InvoiceCancelled" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    guard let invoice = try coder.message(1, it?.invoice, bytes) else { try coder.refuse(1) }
    let reason = try coder.choice(
      2, it?.reason, common: CancellationReason.readingCorrected, bytes)
    let detail = try coder.text(3, it?.detail, bytes)
    let issued = try coder.day(4, it?.issued, bytes)
    let first = try coder.day(5, it?.first, bytes)
    let writtenOff = try coder.money(6, it?.writtenOff, bytes)
    return Self(
      invoice, reason: reason, detail: detail, issued: issued, first: first,
      writtenOff: writtenOff)
  }
}

extension ReadingCorrected: WireMessage {
  /// `ReadingCorrected`.
  public static var wireName: StaticName { "ReadingCorrected" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let register = try coder.register(it?.register, bytes)
    let at = try coder.instant(3, it?.at, bytes)
    let value = try coder.signed(4, it?.value, bytes)
    let quality = try coder.choice(5, it?.quality, common: Quality.actual, bytes)
    let method = try coder.choice(6, it?.method, common: ReadingMethod.unspecified, bytes)
    let reason = try coder.text(7, it?.reason, bytes)
    return Self(
      register: register, at: at, value: value, quality: quality, method: method, reason: reason)
  }
}

extension PromotionEnrolled: WireMessage {
  /// `PromotionEnrolled`.
  public static var wireName: StaticName { "PromotionEnrolled" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let promotion = try coder.text(1, it?.promotion, bytes)
    let component = try coder.text(2, it?.component, bytes)
    let bills = try coder.integer(3, it?.bills, bytes)
    let from = try coder.day(4, it?.from, bytes)
    return Self(promotion: promotion, component: component, bills: bills, from: from)
  }
}

extension PromotionEnded: WireMessage {
  /// `PromotionEnded`.
  public static var wireName: StaticName { "PromotionEnded" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let promotion = try coder.integer(1, it?.promotion, bytes)
    let day = try coder.day(2, it?.day, bytes)
    let reason = try coder.text(3, it?.reason, bytes)
    return Self(promotion: promotion, day: day, reason: reason)
  }
}

extension TaxExemptionGranted: WireMessage {
  /// `TaxExemptionGranted`.
  public static var wireName: StaticName { "TaxExemptionGranted" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let jurisdiction = try coder.text(1, it?.jurisdiction, bytes)
    let tax = try coder.text(2, it?.tax, bytes)
    let certificate = try coder.text(3, it?.certificate, bytes)
    let from = try coder.day(4, it?.from, bytes)
    return Self(jurisdiction: jurisdiction, tax: tax, certificate: certificate, from: from)
  }
}

extension TaxExemptionEnded: WireMessage {
  /// `TaxExemptionEnded`.
  public static var wireName: StaticName { "TaxExemptionEnded" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let exemption = try coder.integer(1, it?.exemption, bytes)
    let day = try coder.day(2, it?.day, bytes)
    let reason = try coder.text(3, it?.reason, bytes)
    return Self(exemption: exemption, day: day, reason: reason)
  }
}

extension AccountMerged: WireMessage {
  /// `AccountMerged`.
  public static var wireName: StaticName { "AccountMerged" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let into = try coder.text(1, it?.into, bytes)
    let day = try coder.day(2, it?.day, bytes)
    let reason = try coder.text(3, it?.reason, bytes)
    return Self(into: into, day: day, reason: reason)
  }
}

extension AccountUnmerged: WireMessage {
  /// `AccountUnmerged`.
  public static var wireName: StaticName { "AccountUnmerged" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let day = try coder.day(1, it?.day, bytes)
    let reason = try coder.text(2, it?.reason, bytes)
    return Self(day: day, reason: reason)
  }
}
