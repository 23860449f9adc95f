public import CivilTime
import EventSourcing
import Money
public import Tariffs

/// What a late-fee run asks of an account.
public struct AssessLateFees: Hashable, Sendable {
  /// The moment of the run.
  public var at: Instant
  /// The local date of the run.
  public var today: Day
  /// What paying late costs the account on that day.
  public var terms: LateFeeTerms
  /// The version of the rules' stream that gave `terms`.
  public var rulesVersion: UInt64
  /// In which order a credit pays invoices, where a statement is issued.
  public var order: AllocationOrder

  /// A run at a moment.
  public init(
    at: Instant, today: Day, terms: LateFeeTerms, rulesVersion: UInt64,
    order: AllocationOrder = .oldestDueFirst
  ) {
    self.at = at
    self.today = today
    self.terms = terms
    self.rulesVersion = rulesVersion
    self.order = order
  }
}

/// What the decision table says of an invoice.
public enum LateFeeDecision: Hashable, Sendable {
  /// Row 8: a fee.
  case assess(LateFeeAssessed)
  /// Rows 1 to 7, or a cap that leaves nothing: no fee.
  case skip(LateFeeSkipped)
}

extension Account {
  /// The decision on one invoice: the first row that matches (DOMAIN section 6).
  public static func lateFee(
    on invoice: AccountState.Invoice, _ command: AssessLateFees, _ state: AccountState
  ) -> LateFeeDecision {
    let late = command.today - invoice.due
    let days = UInt32(clamping: late)
    func skip(_ reason: LateFeeSkip, payment: UInt32 = 0) -> LateFeeDecision {
      .skip(
        LateFeeSkipped(invoice: invoice.ordinal, reason: reason, days: days, payment: payment))
    }
    let receivables = state.receivables
    if receivables.lateFees.contains(where: { $0.assessed.invoice == invoice.ordinal }) {
      return skip(.assessedBefore)
    }
    let open = invoice.openCharges
    if invoice.isCancelled || invoice.writtenOff > .zero || open <= .zero {
      return skip(.nothingOpen)
    }
    if late < command.terms.afterDays { return skip(.notLate) }
    if receivables.activePlan != nil { return skip(.paymentPlan) }
    if receivables.openDispute(of: invoice.ordinal) != nil { return skip(.dispute) }
    if let payment = receivables.grace(for: invoice.ordinal, command) {
      return skip(.grace, payment: payment)
    }
    if command.terms.isForbidden { return skip(.forbidden) }
    let fee = command.terms.fee(onOpen: open)
    if fee <= .zero { return skip(.cappedToNothing) }
    return .assess(
      LateFeeAssessed(
        invoice: invoice.ordinal, amount: fee, days: days, open: open,
        rules: command.rulesVersion, at: command.at))
  }

  /// The decisions on all invoices of an account, by ordinal, once its payment plan is found broken if
  /// an instalment is overdue.
  public static func lateFees(_ command: AssessLateFees, _ state: AccountState) -> [LateFeeDecision]
  {
    var next = state
    for event in state.brokenPlans(on: command.today) { next.evolve(event) }
    return next.invoices.map { lateFee(on: $0, command, next) }
  }

  /// What a run writes on the account: plans that are broken, fees with their notifications, reasons
  /// that are new, and a statement where no bill follows.
  ///
  /// A broken plan counts at once: a run that is asked again must find nothing to add.
  static func assess(_ command: AssessLateFees, _ state: AccountState) -> [Event] {
    var events = state.brokenPlans(on: command.today)
    for decision in lateFees(command, state) {
      switch decision {
      case .assess(let fee):
        events.append(.lateFeeAssessed(fee))
        events.append(
          .notificationRequested(
            NotificationRequested(kind: .lateFee, invoice: fee.invoice, amount: fee.amount)))
      case .skip(let skip):
        guard skip.reason.isRecorded else { continue }
        let last = state.receivables.skips.last { $0.invoice == skip.invoice }
        if last?.reason != skip.reason || last?.payment != skip.payment {
          events.append(.lateFeeSkipped(skip))
        }
      }
    }
    var next = state
    for event in events { next.evolve(event) }
    if next.hasNoNextBill {
      events += next.issueStatement(
        IssueStatement(
          issued: command.today, rulesVersion: command.rulesVersion, order: command.order))
    }
    return events
  }

  /// A fee taken back by a person.
  static func reverseLateFee(
    ofInvoice ordinal: UInt32, reason: String, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard !reason.isEmpty else { throw .invalid(field: "reason", reason: "is empty; say why") }
    guard state.invoice(ordinal) != nil else { throw .receivable(.unknownInvoice(ordinal)) }
    let fees = state.receivables.lateFees.filter { $0.assessed.invoice == ordinal }
    guard !fees.isEmpty else { throw .receivable(.noLateFee(ordinal)) }
    guard fees.contains(where: { $0.reversed == nil }) else { return [] }
    return [
      .lateFeeReversed(LateFeeReversed(invoice: ordinal, reason: .decided, detail: reason))
    ]
  }
}

extension Receivables {
  /// The number of the payment that keeps a fee from the invoice, received within the grace before the
  /// run, exclusive of its beginning. One payment gives an invoice its grace, and no other.
  fileprivate func grace(for invoice: UInt32, _ command: AssessLateFees) -> UInt32? {
    let begin = command.at + -command.terms.graceSeconds
    let given = graces.last { $0.invoice == invoice }?.payment
    for (index, payment) in payments.enumerated()
    where payment.returned == nil && payment.received.at > begin
      && payment.received.at <= command.at
    {
      let number = UInt32(index) + 1
      if given == nil || given == number { return number }
    }
    return nil
  }
}

extension AccountState {
  /// Plans of which an instalment was due before `day` and is not paid.
  fileprivate func brokenPlans(on day: Day) -> [Event] {
    receivables.plans.enumerated().flatMap { index, plan -> [Event] in
      let due = plan.due(by: day - 1)
      guard plan.isActive, plan.paid < due else { return [] }
      return [
        .paymentPlanBroken(
          PaymentPlanBroken(
            plan: UInt32(index) + 1, day: day, reason: "\(plan.paid) of the \(due) due are paid")),
        .notificationRequested(
          NotificationRequested(kind: .planBroken, invoice: 0, amount: due - plan.paid)),
      ]
    }
  }
}
