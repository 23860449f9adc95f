public import CivilTime
public import Money

/// Money came in. Payments of an account are numbered from 1 in the order they came.
public struct PaymentReceived: Hashable, Sendable {
  /// What the payer's bank or the counter calls it: the same reference is the same payment.
  public var reference: String
  /// How much; above zero.
  public var amount: Money
  /// When it was presented; a date without a time counts as local noon.
  public var at: Instant
  /// The local date of `at`: the accounting date.
  public var day: Day
  /// The ordinal of the invoice that the customer pays with it; 0 where nothing is said.
  public var invoice: UInt32
  /// How it came, as `card`; may be empty.
  public var method: String

  /// A payment.
  public init(
    reference: String, amount: Money, at: Instant, day: Day, invoice: UInt32 = 0,
    method: String = ""
  ) {
    self.reference = reference
    self.amount = amount
    self.at = at
    self.day = day
    self.invoice = invoice
    self.method = method
  }
}

/// A part of a payment, or of an invoice that is a credit, was set against an invoice; taken back
/// where the amounts are negative.
public struct PaymentAllocated: Hashable, Sendable {
  /// Where the money is.
  public enum Source: Hashable, Sendable {
    /// The payment of this number, from 1.
    case payment(UInt32)
    /// The invoice of this ordinal, whose total is negative.
    case credit(UInt32)
  }

  /// Where the money is.
  public var source: Source
  /// The ordinal of the invoice that is paid.
  public var invoice: UInt32
  /// What pays its charges and taxes.
  public var amount: Money
  /// What pays its late fees.
  public var fees: Money

  /// Part of `source` for an invoice.
  public init(_ source: Source, to invoice: UInt32, amount: Money, fees: Money = .zero) {
    self.source = source
    self.invoice = invoice
    self.amount = amount
    self.fees = fees
  }

  /// The part in all.
  public var sum: Money { amount + fees }

  /// What takes it back.
  public var reversed: PaymentAllocated {
    PaymentAllocated(source, to: invoice, amount: -amount, fees: -fees)
  }
}

/// A payment was not honoured: what it was set against is open again.
public struct PaymentReturned: Hashable, Sendable {
  /// The payment's number, from 1.
  public var payment: UInt32
  /// The day it was returned: the accounting date.
  public var day: Day
  /// Why, as the bank has it.
  public var reason: String
  /// What it came to.
  public var amount: Money

  /// A return.
  public init(payment: UInt32, day: Day, reason: String, amount: Money) {
    self.payment = payment
    self.day = day
    self.reason = reason
    self.amount = amount
  }
}

/// The customer contests an invoice. Disputes of an account are numbered from 1.
public struct DisputeOpened: Hashable, Sendable {
  /// The invoice's ordinal.
  public var invoice: UInt32
  /// How much of it; zero for all that is open.
  public var amount: Money
  /// The day it was opened.
  public var day: Day
  /// What the customer says.
  public var reason: String

  /// A dispute.
  public init(invoice: UInt32, amount: Money, day: Day, reason: String) {
    self.invoice = invoice
    self.amount = amount
    self.day = day
    self.reason = reason
  }
}

/// How a dispute ended. Stored numbers, never reused.
public enum DisputeOutcome: UInt8, Hashable, Sendable, CaseIterable {
  /// The customer is right: an adjustment follows in the same entry.
  case upheld = 1
  /// The invoice stands.
  case denied = 2
  /// The customer took it back.
  case withdrawn = 3

  /// As commands name it.
  public var name: String { "\(self)" }
}

/// A dispute ended.
public struct DisputeResolved: Hashable, Sendable {
  /// The dispute's number, from 1.
  public var dispute: UInt32
  /// How.
  public var outcome: DisputeOutcome
  /// The day.
  public var day: Day
  /// Why.
  public var reason: String

  /// The end of a dispute.
  public init(dispute: UInt32, outcome: DisputeOutcome, day: Day, reason: String) {
    self.dispute = dispute
    self.outcome = outcome
    self.day = day
    self.reason = reason
  }
}

/// A part of a payment plan.
public struct Instalment: Hashable, Sendable {
  /// The last day to pay it.
  public var due: Day
  /// How much; above zero.
  public var amount: Money

  /// `amount` by `due`.
  public init(due: Day, amount: Money) {
    self.due = due
    self.amount = amount
  }
}

/// The customer pays what is open in instalments. Plans of an account are numbered from 1; one at a
/// time is active.
public struct PaymentPlanStarted: Hashable, Sendable {
  /// The day it begins.
  public var day: Day
  /// What is to be paid when, by date.
  public var instalments: [Instalment]
  /// Why.
  public var reason: String

  /// A plan.
  public init(day: Day, instalments: [Instalment], reason: String) {
    self.day = day
    self.instalments = instalments
    self.reason = reason
  }
}

/// An instalment was not paid in time, or the plan was given up.
public struct PaymentPlanBroken: Hashable, Sendable {
  /// The plan's number, from 1.
  public var plan: UInt32
  /// The day.
  public var day: Day
  /// Why.
  public var reason: String

  /// The end of a plan that was not kept.
  public init(plan: UInt32, day: Day, reason: String) {
    self.plan = plan
    self.day = day
    self.reason = reason
  }
}

/// Every instalment is paid.
public struct PaymentPlanCompleted: Hashable, Sendable {
  /// The plan's number, from 1.
  public var plan: UInt32
  /// The day.
  public var day: Day

  /// The end of a plan that was kept.
  public init(plan: UInt32, day: Day) {
    self.plan = plan
    self.day = day
  }
}
