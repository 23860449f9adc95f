public import CivilTime
import EventSourcing
import Metering
public import Money
public import Tariffs

/// An invoice as its entry has it: what a cancellation negates.
public struct IssuedInvoice: Hashable, Sendable {
  /// The invoice.
  public var invoice: InvoiceIssued
  /// Its lines.
  public var charges: [ChargeRecorded]
  /// The day issued.
  public var day: Day
  /// The day the first of the invoices that replaced one another was issued.
  public var first: Day

  /// An invoice and its lines.
  public init(_ invoice: InvoiceIssued, charges: [ChargeRecorded], day: Day, first: Day) {
    self.invoice = invoice
    self.charges = charges
    self.day = day
    self.first = first
  }

  /// The invoices that the events of an entry of an accounting day issue.
  public static func all(in events: [Event], on day: Day) -> [IssuedInvoice] {
    var found: [IssuedInvoice] = []
    var firsts: [UInt32: Day] = [:]
    var charges: [ChargeRecorded] = []
    for event in events {
      switch event {
      case .chargeRecorded(let charge): charges.append(charge)
      case .invoiceIssued(let invoice):
        found.append(
          IssuedInvoice(
            invoice, charges: charges, day: day, first: firsts[invoice.replaces] ?? day))
        charges = []
      case .invoiceCancelled(let it):
        firsts[it.invoice.ordinal] = it.first
        charges = []
      default: break
      }
    }
    return found
  }
}

/// A request to bill again what was billed wrongly.
public struct Rebill: Sendable {
  /// The bill to rebill.
  public var issued: IssuedInvoice
  /// Why; `nil` to find out.
  public var reason: CancellationReason?
  /// More on it; may be empty.
  public var detail: String
  /// The day issued, in the account's zone.
  public var today: Day
  /// The rules in force.
  public var rules: RuleSet
  /// The version of the rules' stream that gave `rules`.
  public var rulesVersion: UInt64
  /// The account's zone.
  public var zone: ZoneRules

  /// A bill to be made again.
  public init(
    _ issued: IssuedInvoice, reason: CancellationReason? = nil, detail: String = "", today: Day,
    rules: RuleSet, rulesVersion: UInt64, zone: ZoneRules
  ) {
    self.issued = issued
    self.reason = reason
    self.detail = detail
    self.today = today
    self.rules = rules
    self.rulesVersion = rulesVersion
    self.zone = zone
  }
}

/// What a bill made again comes to.
public struct Rebilled: Sendable {
  /// The lines that were billed, without those that only waited for an invoice.
  public var was: [ChargeRecorded]
  /// The lines as they are now, without those that only wait for an invoice.
  public var now: [ChargeRecorded]
  /// The bill as it is now.
  public var bill: Bill
  /// Why it changes.
  public var reason: CancellationReason
  /// The entry: cancellation, freed payments, fee reversal and replacement; empty where nothing of the
  /// bill changes.
  public var events: [Event]

  /// What is billed more; below zero what is billed less. What only waited for an invoice is left out.
  public var difference: Money { bill.rated.total - was.map(\.amount).sum() }
}

extension Account {
  /// Makes a bill again with the readings and rules as known now.
  ///
  /// - Throws: what keeps the bill from being made, or a back-billing limit.
  public static func rebill(
    _ command: Rebill, _ state: AccountState
  ) throws(AccountRejection) -> Rebilled {
    let old = command.issued.invoice
    try requireStanding(old.ordinal, state)
    guard !old.isStatement, let details = state.details else {
      throw .receivable(.isStatement(old.ordinal))
    }
    var memory = BillMemory()
    memory.take(command.zone)
    let isByIntervals = !old.intervals.isEmpty
    do {
      try memory.prepare(
        old.period, isByIntervals: isByIntervals, command.rules,
        state.rewound(to: old.period.start, &memory.clock),
        waivers: state.waivers(of: old.period, on: old.ordinal))
    } catch {
      throw .cannotBill(error)
    }
    memory.bill.rate()
    let was = command.issued.charges.filter { !$0.isFromWaiting }
    let now = memory.bill.lines(with: [])
    let reason = command.reason ?? memory.bill.reason(toReplace: old, was: was, now: now)
    guard was != now else {
      return Rebilled(was: was, now: now, bill: memory.bill, reason: reason, events: [])
    }
    let difference = memory.bill.rated.total - was.map(\.amount).sum()
    let limit = command.rules.billingPolicies(on: command.today).backBilling
      .days(for: details.customerClass, jurisdictions: details.jurisdictions)
    if difference > .zero, let limit, old.period.end < command.today - limit {
      throw .receivable(.tooLateToCharge(old.ordinal, more: difference, days: limit))
    }
    var next = state
    var events = next.cancel(command, reason)
    let due = DuePeriod(days: old.period, isFinal: old.isFinal, isByIntervals: isByIntervals)
    let request = BillAccount(
      through: old.period.end, issued: command.today, rules: command.rules,
      rulesVersion: command.rulesVersion, zone: command.zone)
    memory.bill.write(request, due, details, after: state.invoices.last?.ordinal ?? 0)
    memory.bill.invoice.replaces = old.ordinal
    memory.bill.settle(next, command.rules.billingPolicies(on: command.today).allocation)
    events += memory.bill.events
    return Rebilled(was: was, now: now, bill: memory.bill, reason: reason, events: events)
  }
}

extension Bill {
  /// Why it differs from the bill it replaces: its readings, or else what is exempt from taxes, its
  /// rules, or what an earlier bill left to it.
  fileprivate func reason(
    toReplace old: InvoiceIssued, was: [ChargeRecorded], now: [ChargeRecorded]
  ) -> CancellationReason {
    let used = measured.dials.flatMap(\.readings)
    let changed = used.filter { !old.readings.contains($0.place) }
    if changed.contains(where: { $0.quality != .substituted }) {
      return changed.contains { $0.quality == .corrected } ? .readingCorrected : .estimateSettled
    }
    if !changed.isEmpty { return .estimateSettled }
    if old.intervals != measured.intervals { return .readingCorrected }
    if was.map(\.withoutExemption) == now.map(\.withoutExemption) { return .exemption }
    let energy = { (lines: [ChargeRecorded]) in
      lines.reduce(Int64(0)) { $0 &+ $1.quantity &* 1000 &+ $1.thousandths }
    }
    return energy(was) == energy(now) ? .ruleChanged : .earlierInvoice
  }
}

extension ChargeView {
  /// Whether a charge of the type of this stored number only waited for an invoice.
  @inline(__always)
  static func isFromWaiting(type: UInt64) -> Bool {
    type == UInt64(LineType.adjustment.rawValue) || type == UInt64(LineType.credit.rawValue)
      || type == UInt64(LineType.lateFee.rawValue)
  }
}

extension ChargeRecorded {
  /// Whether it only waited for an invoice.
  public var isFromWaiting: Bool { type == .adjustment || type == .credit || type == .lateFee }

  /// The exact negation, as a cancellation needs.
  var negated: ChargeRecorded {
    var line = self
    line.amount = -amount
    line.quantity = -quantity
    line.thousandths = -thousandths
    line.waived = -waived
    return line
  }
}

extension AccountState {
  /// The cancellation of an invoice: its payments are freed, its lines negated, its late fee reversed.
  /// Folds what it gives.
  fileprivate mutating func cancel(_ command: Rebill, _ reason: CancellationReason) -> [Event] {
    let invoice = command.issued.invoice
    var events = freeAllocations(ofInvoice: invoice.ordinal)
    for charge in command.issued.charges { events.append(.chargeRecorded(charge.negated)) }
    let cancelled = Event.invoiceCancelled(
      InvoiceCancelled(
        invoice, reason: reason, detail: command.detail, issued: command.issued.day,
        first: command.issued.first,
        writtenOff: self.invoice(invoice.ordinal).map { $0.writtenOff + $0.writtenOffFees } ?? .zero
      ))
    evolve(cancelled)
    events.append(cancelled)
    let isCharged = receivables.lateFees.contains {
      $0.assessed.invoice == invoice.ordinal && $0.reversed == nil
    }
    if isCharged {
      let reversed = Event.lateFeeReversed(
        LateFeeReversed(
          invoice: invoice.ordinal, reason: .cancelled, detail: "the invoice was cancelled"))
      evolve(reversed)
      events.append(reversed)
    }
    return events + takeBackAdjustments(of: invoice.ordinal)
  }

  /// Takes back what earlier ratings of the past adjusted of an invoice that is cancelled: the
  /// replacement is rated anew. Folds what it gives.
  private mutating func takeBackAdjustments(of ordinal: UInt32) -> [Event] {
    var events: [Event] = []
    for item in receivables.items where item.about == ordinal && item.rules != 0 {
      events.append(
        .adjustmentPosted(
          AdjustmentPosted(
            amount: -item.amount, revenueClass: item.revenueClass, invoice: ordinal,
            reason: "the invoice was cancelled", approver: "", rules: item.rules)))
    }
    for event in events { evolve(event) }
    return events
  }
}
