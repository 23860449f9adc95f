public import CivilTime
public import Money
public import Tariffs

/// What is beside the invoices of an account: payments, what waits for the next invoice, disputes,
/// payment plans, late fees, promotions, notifications.
///
/// Numbers on an account count from 1: the `n`th payment is `payments[n - 1]`.
public struct Receivables: Hashable, Sendable {
  /// The payments, in the order they came.
  public internal(set) var payments: [Payment] = []
  /// What is set against invoices, one for each source and invoice; none of nothing.
  public internal(set) var allocations: [PaymentAllocated] = []
  /// What waited, or waits, for an invoice.
  public internal(set) var items: [Item] = []
  /// The disputes.
  public internal(set) var disputes: [Dispute] = []
  /// The payment plans.
  public internal(set) var plans: [Plan] = []
  /// The late fees, by when they were assessed.
  public internal(set) var lateFees: [LateFee] = []
  /// The last recorded reason for which an invoice has no late fee.
  public internal(set) var skips: [LateFeeSkipped] = []
  /// The grace that an invoice was given, once.
  public internal(set) var graces: [LateFeeSkipped] = []
  /// The promotions.
  public internal(set) var promotions: [Promotion] = []
  /// The notifications.
  public internal(set) var notifications: [Notification] = []
  /// The account that this one is part of.
  public internal(set) var mergedInto: String?
  /// Whether anything is known besides invoices that stand, all of them for energy.
  var isUsed = false

  /// A payment.
  public struct Payment: Hashable, Sendable {
    /// The payment as it came.
    public var received: PaymentReceived
    /// The day it was returned.
    public var returned: Day?
    /// What of it is set against invoices.
    public var allocated = Money.zero
    /// The number of the payment plan that ran when it came, and that it counts for; 0 for none.
    var plan: UInt32 = 0

    /// What of it is a credit balance.
    public var unallocated: Money { returned == nil ? received.amount - allocated : .zero }
  }

  /// A line that waits for the next invoice, or is on one.
  public struct Item: Hashable, Sendable {
    /// An adjustment, credit or late fee.
    public var type: LineType
    /// What the line amounts to.
    public var amount: Money
    /// Its revenue class.
    public var revenueClass: RevenueClass
    /// The ordinal of the invoice it is about; 0 for none.
    public var about: UInt32
    /// Why.
    public var reason: String
    /// The version of the rules' stream that it brings the invoice to by rating the past again; else 0.
    public var rules: UInt64 = 0
    /// The ordinal of the invoice it is on; 0 while it waits.
    public var invoice: UInt32 = 0
    /// Whether it never comes on one: a late fee reversed before.
    public var isVoid = false

    /// Whether it waits for an invoice.
    public var isWaiting: Bool { invoice == 0 && !isVoid }
  }

  /// A dispute.
  public struct Dispute: Hashable, Sendable {
    /// The dispute as it was opened.
    public var opened: DisputeOpened
    /// How it ended.
    public var resolved: DisputeResolved?
  }

  /// A payment plan.
  public struct Plan: Hashable, Sendable {
    /// The plan as it was made.
    public var started: PaymentPlanStarted
    /// What the payments received since amount to, those returned left out.
    public var paid = Money.zero
    /// The day it was broken.
    public var broken: Day?
    /// The day it was completed.
    public var completed: Day?

    /// Whether it still runs.
    public var isActive: Bool { broken == nil && completed == nil }
    /// What it comes to.
    public var total: Money { started.instalments.map(\.amount).sum() }
    /// What is to be paid by the end of `day`.
    public func due(by day: Day) -> Money {
      started.instalments.filter { $0.due <= day }.map(\.amount).sum()
    }
  }

  /// A late fee.
  public struct LateFee: Hashable, Sendable {
    /// The fee as it was assessed.
    public var assessed: LateFeeAssessed
    /// The index of its item.
    public var item: Int
    /// The version of the account's stream when it was assessed.
    public var version: UInt64
    /// How it was reversed.
    public var reversed: LateFeeReversed?
  }

  /// A promotion that the account takes part in.
  public struct Promotion: Hashable, Sendable {
    /// The enrolment.
    public var enrolled: PromotionEnrolled
    /// The ordinals of the bills it is on; that of a replacement stands for the bill it replaces.
    public var bills: [UInt32] = []
    /// The day it ended before its bills were through.
    public var ended: Day?
  }

  /// A notification.
  public struct Notification: Hashable, Sendable {
    /// What was requested.
    public var requested: NotificationRequested
    /// How often it was tried in vain.
    public var attempts: UInt32 = 0
    /// Whether it was acknowledged.
    public var isSent = false
  }
}

extension AccountState {
  /// The place of the invoice `ordinal` in `invoices`: ordinals are contiguous.
  func place(ofInvoice ordinal: UInt32) -> Int? {
    guard ordinal > 0, Int(ordinal) <= invoices.count else { return nil }
    return Int(ordinal) - 1
  }

  /// The invoice `ordinal`, if there is one.
  public func invoice(_ ordinal: UInt32) -> Invoice? {
    place(ofInvoice: ordinal).map { invoices[$0] }
  }

  /// What the account owes: what is open of invoices, less what is a credit balance.
  public var balance: Money {
    invoices.map(\.open).sum() - receivables.payments.map(\.unallocated).sum()
  }

  /// The bills that stand, by period: what a next bill builds on.
  public var bills: [Invoice] {
    guard receivables.isUsed else { return invoices }
    return invoices.filter(\.isBill).sorted { $0.period.start < $1.period.start }
  }

  /// The last of `bills`, found without making them.
  public var lastBill: Invoice? {
    guard receivables.isUsed else { return invoices.last }
    return lastBillPlace.map { invoices[$0] }
  }

  /// The place of the last bill in `invoices`; of two with one beginning the later counts.
  var lastBillPlace: Int? {
    var last: Int?
    for place in invoices.indices where invoices[place].isBill {
      if let known = last, invoices[place].period.start < invoices[known].period.start { continue }
      last = place
    }
    return last
  }
}

extension AccountState {
  /// What promotions waive on a bill of `period`: on a new one (`ordinal` 0), or on one that is on
  /// record, or replaces it.
  func waivers(of period: BillingPeriod, on ordinal: UInt32 = 0) -> [Waiver] {
    guard !receivables.promotions.isEmpty else { return [] }
    return receivables.promotions
      .filter { ordinal == 0 ? $0.takes(period) : $0.bills.contains(ordinal) }
      .map { Waiver(component: $0.enrolled.component, promotion: $0.enrolled.promotion) }
  }
}

extension AccountState.Invoice {
  /// Whether it bills energy and stands.
  public var isBill: Bool { !isStatement && !isCancelled }
  /// What is open of its charges and taxes, less a late fee that it gives back; below zero where it is
  /// a credit not yet used.
  public var openCharges: Money {
    isCancelled ? .zero : total - fees - paid - writtenOff + min(.zero, leftOfFees)
  }
  /// What is open of its late fees.
  public var openFees: Money { isCancelled ? .zero : max(.zero, leftOfFees) }
  /// Late fees neither paid nor given up; below zero where a fee is given back.
  private var leftOfFees: Money { fees - paidFees - writtenOffFees }
  /// What is open of it.
  public var open: Money { openCharges + openFees }
}
