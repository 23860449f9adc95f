public import CivilTime
public import Metering
public import Money
public import Tariffs

/// A correction of what was billed, up or down: a line of the account's next invoice.
public struct AdjustmentPosted: Hashable, Sendable {
  /// What is added to the next invoice; below zero in the customer's favour.
  public var amount: Money
  /// The revenue class it corrects.
  public var revenueClass: RevenueClass
  /// The ordinal of the invoice it is about; 0 for none.
  public var invoice: UInt32
  /// Why.
  public var reason: String
  /// Who approved it.
  public var approver: String
  /// The version of the rules' stream that the invoice is brought to by rating the past again; 0 for
  /// any other adjustment.
  public var rules: UInt64

  /// An adjustment.
  public init(
    amount: Money, revenueClass: RevenueClass, invoice: UInt32 = 0, reason: String,
    approver: String, rules: UInt64 = 0
  ) {
    self.amount = amount
    self.revenueClass = revenueClass
    self.invoice = invoice
    self.reason = reason
    self.approver = approver
    self.rules = rules
  }
}

/// A credit that corrects no charge, as for goodwill: a line of the account's next invoice.
public struct CreditPosted: Hashable, Sendable {
  /// What is taken off; above zero.
  public var amount: Money
  /// The ordinal of the invoice it is about; 0 for none.
  public var invoice: UInt32
  /// Why.
  public var reason: String
  /// Who approved it.
  public var approver: String

  /// A credit.
  public init(amount: Money, invoice: UInt32 = 0, reason: String, approver: String) {
    self.amount = amount
    self.invoice = invoice
    self.reason = reason
    self.approver = approver
  }
}

/// What is open of an invoice is given up.
public struct WriteOffPosted: Hashable, Sendable {
  /// The invoice's ordinal.
  public var invoice: UInt32
  /// What is given up of its charges and taxes.
  public var amount: Money
  /// What is given up of its late fees.
  public var fees: Money
  /// Why.
  public var reason: String
  /// Who approved it.
  public var approver: String

  /// A write-off.
  public init(invoice: UInt32, amount: Money, fees: Money, reason: String, approver: String) {
    self.invoice = invoice
    self.amount = amount
    self.fees = fees
    self.reason = reason
    self.approver = approver
  }
}

/// Why an invoice was cancelled. Stored numbers, never reused.
public enum CancellationReason: UInt8, Hashable, Sendable, CaseIterable {
  /// A reading it used was corrected.
  case readingCorrected = 1
  /// An estimate it used was settled by an actual reading.
  case estimateSettled = 2
  /// A rule was wrong.
  case ruleChanged = 3
  /// An earlier invoice changed what this one begins with.
  case earlierInvoice = 4
  /// Someone decided so.
  case decided = 5
  /// An exemption from taxes was granted, or ended, for its period.
  case exemption = 6
}

/// An invoice was cancelled: the charges before this in its entry are its own, negated.
public struct InvoiceCancelled: Hashable, Sendable {
  /// The invoice, as it was issued.
  public var invoice: InvoiceIssued
  /// Why.
  public var reason: CancellationReason
  /// More on it; may be empty.
  public var detail: String
  /// The day it was issued.
  public var issued: Day
  /// The day the first of the invoices that replaced one another was issued.
  public var first: Day
  /// What was written off of it, which is not lost after all.
  public var writtenOff: Money

  /// A cancellation.
  public init(
    _ invoice: InvoiceIssued, reason: CancellationReason, detail: String = "", issued: Day,
    first: Day, writtenOff: Money = .zero
  ) {
    self.invoice = invoice
    self.reason = reason
    self.detail = detail
    self.issued = issued
    self.first = first
    self.writtenOff = writtenOff
  }
}

/// A reading turned out wrong: this value supersedes it.
public struct ReadingCorrected: Hashable, Sendable {
  /// Which register.
  public var register: RegisterNumber
  /// The moment of the reading.
  public var at: Instant
  /// What the register showed, in units of its last decimal.
  public var value: Int64
  /// How far it can be trusted.
  public var quality: Quality
  /// How it was obtained.
  public var method: ReadingMethod
  /// Why.
  public var reason: String

  /// A correction.
  public init(
    register: RegisterNumber, at: Instant, value: Int64, quality: Quality, method: ReadingMethod,
    reason: String
  ) {
    self.register = register
    self.at = at
    self.value = value
    self.quality = quality
    self.method = method
    self.reason = reason
  }
}

/// The account takes part in a promotion: a component is waived on its first bills from a day on.
/// Promotions of an account are numbered from 1.
public struct PromotionEnrolled: Hashable, Sendable {
  /// The promotion's code.
  public var promotion: String
  /// The code of the component that is waived.
  public var component: String
  /// On how many bills.
  public var bills: UInt32
  /// Bills of periods that end after this day count.
  public var from: Day

  /// An enrolment.
  public init(promotion: String, component: String, bills: UInt32, from: Day) {
    self.promotion = promotion
    self.component = component
    self.bills = bills
    self.from = from
  }
}

/// The account takes part no more.
public struct PromotionEnded: Hashable, Sendable {
  /// The promotion's number on the account, from 1.
  public var promotion: UInt32
  /// The day.
  public var day: Day
  /// Why.
  public var reason: String

  /// The end of an enrolment.
  public init(promotion: UInt32, day: Day, reason: String) {
    self.promotion = promotion
    self.day = day
    self.reason = reason
  }
}

/// The account became part of another: nothing more is measured or billed on it, and what is open of
/// it is shown with the other's.
public struct AccountMerged: Hashable, Sendable {
  /// The other account.
  public var into: String
  /// The day.
  public var day: Day
  /// Why.
  public var reason: String

  /// A merge.
  public init(into: String, day: Day, reason: String) {
    self.into = into
    self.day = day
    self.reason = reason
  }
}

/// The account stands for itself again.
public struct AccountUnmerged: Hashable, Sendable {
  /// The day.
  public var day: Day
  /// Why.
  public var reason: String

  /// The end of a merge.
  public init(day: Day, reason: String) {
    self.day = day
    self.reason = reason
  }
}
