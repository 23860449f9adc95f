public import CivilTime
public import Money

/// A late fee was decided on. It posts nothing: its line posts when it is issued on an invoice.
public struct LateFeeAssessed: Hashable, Sendable {
  /// The ordinal of the overdue invoice.
  public var invoice: UInt32
  /// The fee.
  public var amount: Money
  /// Local days from the due date to the run.
  public var days: UInt32
  /// What was open of the invoice, without late fees.
  public var open: Money
  /// The version of the rules' stream it was decided under.
  public var rules: UInt64
  /// The moment of the run.
  public var at: Instant
  /// Whether it stands again because the payment that had reversed it was returned.
  public var isReinstated: Bool

  /// A fee.
  public init(
    invoice: UInt32, amount: Money, days: UInt32, open: Money, rules: UInt64, at: Instant,
    isReinstated: Bool = false
  ) {
    self.invoice = invoice
    self.amount = amount
    self.days = days
    self.open = open
    self.rules = rules
    self.at = at
    self.isReinstated = isReinstated
  }
}

/// Why there is no late fee: the rows of the decision table. Stored numbers, never reused.
public enum LateFeeSkip: UInt8, Hashable, Sendable, CaseIterable {
  /// Row 1: a fee was assessed on the invoice before.
  case assessedBefore = 1
  /// Row 2: cancelled, written off, or nothing open.
  case nothingOpen = 2
  /// Row 3: not late enough.
  case notLate = 3
  /// Row 4: the account is on an active payment plan.
  case paymentPlan = 4
  /// Row 5: a dispute of the invoice is open.
  case dispute = 5
  /// Row 6: a payment came within the grace before the run.
  case grace = 6
  /// Row 7: class or jurisdiction forbids it.
  case forbidden = 7
  /// Row 8: the cap leaves nothing.
  case cappedToNothing = 8

  /// Whether it is recorded when it becomes the reason; the others are derived.
  public var isRecorded: Bool { rawValue >= 4 }
}

/// A late fee was not assessed, for a reason other than the last one recorded of the invoice.
public struct LateFeeSkipped: Hashable, Sendable {
  /// The invoice's ordinal.
  public var invoice: UInt32
  /// Why.
  public var reason: LateFeeSkip
  /// Local days from the due date to the run.
  public var days: UInt32
  /// The number of the payment that gives the grace; 0 for another reason.
  public var payment: UInt32

  /// No fee, and why.
  public init(invoice: UInt32, reason: LateFeeSkip, days: UInt32, payment: UInt32 = 0) {
    self.invoice = invoice
    self.reason = reason
    self.days = days
    self.payment = payment
  }
}

/// The decision on an invoice could not be appended; the next run tries again.
public struct LateFeeFailed: Hashable, Sendable {
  /// The invoice's ordinal.
  public var invoice: UInt32
  /// How often it was tried.
  public var attempts: UInt32
  /// What went wrong.
  public var detail: String

  /// A failure.
  public init(invoice: UInt32, attempts: UInt32, detail: String) {
    self.invoice = invoice
    self.attempts = attempts
    self.detail = detail
  }
}

/// Why a late fee was taken back. Stored numbers, never reused.
public enum LateFeeReversal: UInt8, Hashable, Sendable, CaseIterable {
  /// A payment received before the run but posted after it left nothing open.
  case paidInTime = 1
  /// The overdue invoice was cancelled.
  case cancelled = 2
  /// Someone decided so.
  case decided = 3
}

/// A late fee was taken back: before it was billed it is never billed; later it is a credit on the
/// next invoice.
public struct LateFeeReversed: Hashable, Sendable {
  /// The ordinal of the invoice it was assessed on.
  public var invoice: UInt32
  /// Why.
  public var reason: LateFeeReversal
  /// The number of the payment that came in time; 0 for none.
  public var payment: UInt32
  /// More on it; may be empty.
  public var detail: String

  /// The end of a fee.
  public init(invoice: UInt32, reason: LateFeeReversal, payment: UInt32 = 0, detail: String = "") {
    self.invoice = invoice
    self.reason = reason
    self.payment = payment
    self.detail = detail
  }
}

/// What a customer is told. Stored numbers, never reused.
public enum NotificationKind: UInt8, Hashable, Sendable, CaseIterable {
  /// A late fee was assessed.
  case lateFee = 1
  /// A payment plan was broken; it is about no invoice, and the amount is what was missing.
  case planBroken = 2

  /// As files name it.
  public var name: String {
    switch self {
    case .lateFee: "late-fee"
    case .planBroken: "plan-broken"
    }
  }
}

/// The customer is to be told something. Notifications of an account are numbered from 1.
public struct NotificationRequested: Hashable, Sendable {
  /// What.
  public var kind: NotificationKind
  /// The ordinal of the invoice it is about.
  public var invoice: UInt32
  /// The amount it is about.
  public var amount: Money

  /// A notification.
  public init(kind: NotificationKind, invoice: UInt32, amount: Money) {
    self.kind = kind
    self.invoice = invoice
    self.amount = amount
  }
}

/// A notification was handed over and acknowledged.
public struct NotificationSent: Hashable, Sendable {
  /// The notification's number, from 1.
  public var notification: UInt32
  /// To whom it was handed over, as a folder or a command.
  public var channel: String

  /// An acknowledgement.
  public init(notification: UInt32, channel: String) {
    self.notification = notification
    self.channel = channel
  }
}

/// A notification could not be handed over; it is tried again.
public struct NotificationFailed: Hashable, Sendable {
  /// The notification's number, from 1.
  public var notification: UInt32
  /// How often it was tried.
  public var attempts: UInt32
  /// What went wrong.
  public var detail: String

  /// A failure.
  public init(notification: UInt32, attempts: UInt32, detail: String) {
    self.notification = notification
    self.attempts = attempts
    self.detail = detail
  }
}
