public import CivilTime
public import Money

/// Why something does not fit an account's invoices, payments, disputes or plans.
public enum ReceivableProblem: Hashable, Sendable {
  /// The account has no such invoice.
  case unknownInvoice(UInt32)
  /// The invoice was cancelled; 0 where nothing replaces it.
  case invoiceCancelled(UInt32, replacedBy: UInt32)
  /// Nothing of the invoice is open.
  case nothingOpen(UInt32)
  /// The account owes nothing.
  case nothingOwed
  /// A payment of this reference is recorded otherwise.
  case paymentDiffers(reference: String, amount: Money, day: Day)
  /// The account has no such payment.
  case unknownPayment(String)
  /// The payment was returned on another day.
  case paymentReturned(String, Day)
  /// Later than today.
  case dayInFuture(today: Day)
  /// Before the account was opened.
  case beforeOpening(Day)
  /// The invoice is in dispute already.
  case disputeOpen(UInt32, since: Day)
  /// The invoice has no open dispute.
  case noDispute(UInt32)
  /// A payment plan runs already.
  case planActive(since: Day)
  /// No payment plan runs.
  case noPlan
  /// The account has no such notification.
  case unknownNotification(UInt32)
  /// No late fee was assessed on the invoice.
  case noLateFee(UInt32)
  /// The invoice is a statement, which bills no energy.
  case isStatement(UInt32)
  /// The policy forbids to charge more so late.
  case tooLateToCharge(UInt32, more: Money, days: Int)
  /// The account takes part in the promotion already.
  case enrolled(String, from: Day)
  /// The account takes no part in the promotion.
  case notEnrolled(String)
  /// The account is part of another.
  case merged(into: String)
  /// An account cannot become part of itself.
  case mergedIntoItself
}

extension ReceivableProblem: CustomStringConvertible {
  /// The reason's name, for good.
  public var code: String {
    switch self {
    case .unknownInvoice: "unknown-invoice"
    case .invoiceCancelled: "invoice-cancelled"
    case .nothingOpen: "nothing-open"
    case .nothingOwed: "nothing-owed"
    case .paymentDiffers: "conflict"
    case .unknownPayment: "unknown-payment"
    case .paymentReturned: "payment-returned"
    case .dayInFuture: "in-future"
    case .beforeOpening: "before-opening"
    case .disputeOpen: "dispute-open"
    case .noDispute: "no-dispute"
    case .planActive: "plan-active"
    case .noPlan: "no-plan"
    case .unknownNotification: "unknown-notification"
    case .noLateFee: "no-late-fee"
    case .isStatement: "is-statement"
    case .tooLateToCharge: "too-late-to-charge"
    case .enrolled: "enrolled"
    case .notEnrolled: "not-enrolled"
    case .merged: "merged"
    case .mergedIntoItself: "merged-into-itself"
    }
  }

  /// The field at fault, as input files call it; empty where it is no single one.
  public var field: String {
    switch self {
    case .unknownInvoice, .invoiceCancelled, .nothingOpen, .disputeOpen, .noDispute, .noLateFee,
      .isStatement, .tooLateToCharge:
      "invoice"
    case .paymentDiffers, .unknownPayment, .paymentReturned: "reference"
    case .dayInFuture, .beforeOpening: "received"
    case .enrolled, .notEnrolled: "promotion"
    case .merged, .mergedIntoItself: "into"
    case .nothingOwed, .planActive, .noPlan, .unknownNotification: ""
    }
  }

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .unknownInvoice(let ordinal): "the account has no invoice \(Self.text(ordinal))"
    case .invoiceCancelled(let ordinal, 0): "invoice \(Self.text(ordinal)) was cancelled"
    case .invoiceCancelled(let ordinal, let other):
      "invoice \(Self.text(ordinal)) was cancelled, and \(Self.text(other)) replaces it"
    case .nothingOpen(let ordinal): "nothing of invoice \(Self.text(ordinal)) is open"
    case .nothingOwed: "the account owes nothing"
    case .paymentDiffers(let reference, let amount, let day):
      "payment \(reference) is recorded with \(amount) of \(day)"
    case .unknownPayment(let reference): "the account has no payment \(reference)"
    case .paymentReturned(let reference, let day): "payment \(reference) was returned on \(day)"
    case .dayInFuture(let today): "it is later than today, \(today)"
    case .beforeOpening(let day): "the account was opened on \(day)"
    case .disputeOpen(let ordinal, let day):
      "invoice \(Self.text(ordinal)) is in dispute since \(day)"
    case .noDispute(let ordinal): "invoice \(Self.text(ordinal)) is not in dispute"
    case .planActive(let day): "a payment plan runs since \(day)"
    case .noPlan: "no payment plan runs"
    case .unknownNotification(let number): "the account has no notification \(number)"
    case .isStatement(let ordinal): "\(Self.text(ordinal)) is a statement: it bills no energy"
    case .tooLateToCharge(let ordinal, let more, let days):
      "invoice \(Self.text(ordinal)) would be \(more) more, "
        + "and the policy allows that for \(days) days"
    case .enrolled(let promotion, let day):
      "the account takes part in \(promotion) from \(day) on"
    case .notEnrolled(let promotion): "the account takes no part in \(promotion)"
    case .merged(let other): "the account is part of \(other)"
    case .mergedIntoItself: "an account cannot become part of itself"
    case .noLateFee(let ordinal): "no late fee was assessed on invoice \(Self.text(ordinal))"
    }
  }

  /// What to do next.
  public var advice: String {
    switch self {
    case .unknownInvoice: "see `meterbook invoice list` for the account's invoices"
    case .invoiceCancelled(_, 0): "name an invoice that stands"
    case .invoiceCancelled(_, let other): "use \(Self.text(other))"
    case .nothingOpen: "see `meterbook balance` for what is open"
    case .nothingOwed: "a plan is for what is owed"
    case .paymentDiffers: "use another reference if it is another payment"
    case .unknownPayment: "see `meterbook balance` for the account's payments"
    case .paymentReturned: "a payment is returned once"
    case .dayInFuture:
      "check the date; a simulated book's clock stands still until --clock moves it"
    case .beforeOpening: "check the date and the account"
    case .disputeOpen: "resolve that dispute first"
    case .noDispute: "open a dispute first"
    case .planActive: "end that plan first"
    case .unknownNotification: "see `meterbook notifications list`"
    case .isStatement: "post an adjustment that corrects it"
    case .enrolled: "end that enrolment first"
    case .notEnrolled: "see `meterbook balance` for the account's promotions"
    case .merged(let other): "use \(other), or `meterbook account unmerge`"
    case .mergedIntoItself: "name the other account"
    case .tooLateToCharge: "leave the invoice as it is, or publish another policy"
    case .noLateFee: "see `meterbook late-fees why`"
    case .noPlan: "see `meterbook balance` for the account's plans"
    }
  }

  /// An ordinal as the end of an invoice's number has it.
  private static func text(_ ordinal: UInt32) -> String {
    String(InvoiceIssued.number(account: "", ordinal: ordinal).dropFirst())
  }
}
