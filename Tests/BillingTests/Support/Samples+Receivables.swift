import Billing
import CivilTime
import Metering
import Money
import Tariffs

extension Samples {
  /// What says nothing without an invoice, or a revenue class.
  static let neverBare: Set<Event.Kind> = [.adjustmentPosted, .invoiceCancelled]

  static func receivable(_ kind: Event.Kind) -> Event? {
    switch kind {
    case .paymentReceived:
      .paymentReceived(
        PaymentReceived(
          reference: "BANK-17", amount: money("120.96"), at: Instant(rawValue: 1_773_000_000),
          day: day("2026-03-08"), invoice: 3, method: "card"))
    case .paymentAllocated:
      .paymentAllocated(
        PaymentAllocated(.payment(2), to: 3, amount: money("115.96"), fees: money("5.00")))
    case .paymentReturned:
      .paymentReturned(
        PaymentReturned(
          payment: 2, day: day("2026-03-11"), reason: "insufficient funds", amount: money("20.00")))
    case .disputeOpened:
      .disputeOpened(
        DisputeOpened(
          invoice: 3, amount: money("30.00"), day: day("2026-03-09"), reason: "not my meter"))
    case .disputeResolved:
      .disputeResolved(
        DisputeResolved(
          dispute: 1, outcome: .upheld, day: day("2026-03-20"), reason: "meters were swapped"))
    case .paymentPlanStarted:
      .paymentPlanStarted(
        PaymentPlanStarted(
          day: day("2026-03-10"),
          instalments: [
            Instalment(due: day("2026-04-01"), amount: money("60.00")),
            Instalment(due: day("2026-05-01"), amount: money("60.96")),
          ], reason: "out of work"))
    case .paymentPlanBroken:
      .paymentPlanBroken(
        PaymentPlanBroken(plan: 1, day: day("2026-04-02"), reason: "0.00 of 60.00"))
    case .paymentPlanCompleted:
      .paymentPlanCompleted(PaymentPlanCompleted(plan: 2, day: day("2026-05-01")))
    case .lateFeeAssessed:
      .lateFeeAssessed(
        LateFeeAssessed(
          invoice: 3, amount: money("5.00"), days: 15, open: money("120.96"), rules: 9,
          at: Instant(rawValue: 1_773_800_000), isReinstated: true))
    case .lateFeeSkipped:
      .lateFeeSkipped(LateFeeSkipped(invoice: 3, reason: .dispute, days: 16, payment: 1))
    case .lateFeeFailed:
      .lateFeeFailed(LateFeeFailed(invoice: 3, attempts: 3, detail: "no space left"))
    case .lateFeeReversed:
      .lateFeeReversed(
        LateFeeReversed(invoice: 3, reason: .decided, payment: 2, detail: "goodwill"))
    case .notificationRequested:
      .notificationRequested(
        NotificationRequested(kind: .planBroken, invoice: 3, amount: money("5.00")))
    case .notificationSent:
      .notificationSent(NotificationSent(notification: 1, channel: "outbox"))
    case .notificationFailed:
      .notificationFailed(
        NotificationFailed(notification: 1, attempts: 2, detail: "exit code 1"))
    default: nil
    }
  }

  static func correction(_ kind: Event.Kind) -> Event? {
    switch kind {
    case .adjustmentPosted:
      .adjustmentPosted(
        AdjustmentPosted(
          amount: money("-30.00"), revenueClass: .variableEnergy, invoice: 3,
          reason: "meters were swapped", approver: "dana", rules: 9))
    case .creditPosted:
      .creditPosted(
        CreditPosted(amount: money("10.00"), invoice: 3, reason: "an outage", approver: "dana"))
    case .writeOffPosted:
      .writeOffPosted(
        WriteOffPosted(
          invoice: 3, amount: money("115.96"), fees: money("5.00"), reason: "moved away",
          approver: "dana"))
    case .invoiceCancelled:
      .invoiceCancelled(
        InvoiceCancelled(
          invoice, reason: .estimateSettled, detail: "read on 2026-04-02",
          issued: day("2026-04-02"), first: day("2026-03-20"), writtenOff: money("3.00")))
    case .readingCorrected:
      .readingCorrected(
        ReadingCorrected(
          register: RegisterNumber(meter: 1, register: 1), at: Instant(rawValue: 1_772_000_000),
          value: 191, quality: .corrected, method: .manual, reason: "read again"))
    case .promotionEnrolled:
      .promotionEnrolled(
        PromotionEnrolled(
          promotion: "WELCOME", component: "service", bills: 3, from: day("2026-01-15")))
    case .promotionEnded:
      .promotionEnded(
        PromotionEnded(promotion: 1, day: day("2026-02-15"), reason: "left the plan"))
    case .taxExemptionGranted:
      .taxExemptionGranted(
        TaxExemptionGranted(
          jurisdiction: "CI", tax: "sales", certificate: "SCHOOL-77", from: day("2026-02-01")))
    case .taxExemptionEnded:
      .taxExemptionEnded(
        TaxExemptionEnded(exemption: 1, day: day("2026-06-01"), reason: "expired"))
    case .accountMerged:
      .accountMerged(
        AccountMerged(into: "1000000002", day: day("2026-06-01"), reason: "one household"))
    case .accountUnmerged:
      .accountUnmerged(AccountUnmerged(day: day("2026-07-01"), reason: "by mistake"))
    default: nil
    }
  }
}
