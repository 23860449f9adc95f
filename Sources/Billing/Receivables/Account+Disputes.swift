import CivilTime
import EventSourcing
public import Money
public import Tariffs

/// A request to end a dispute.
public struct ResolveDispute: Hashable, Sendable {
  /// The ordinal of the invoice.
  public var invoice: UInt32
  /// How it ends.
  public var outcome: DisputeOutcome
  /// What the customer is right about, where it is upheld: above zero, at most what was disputed.
  public var amount: Money
  /// The revenue class that this corrects.
  public var revenueClass: RevenueClass
  /// Why.
  public var reason: String
  /// Who decided it.
  public var approver: String
  /// How the adjustment is issued: its day is the day of the end.
  public var statement: IssueStatement

  /// The end of the dispute of an invoice.
  public init(
    invoice: UInt32, outcome: DisputeOutcome, amount: Money = .zero,
    revenueClass: RevenueClass = .variableEnergy, reason: String, approver: String,
    statement: IssueStatement
  ) {
    self.invoice = invoice
    self.outcome = outcome
    self.amount = amount
    self.revenueClass = revenueClass
    self.reason = reason
    self.approver = approver
    self.statement = statement
  }
}

extension Account {
  static func dispute(
    _ given: DisputeOpened, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard !given.reason.isEmpty else {
      throw .invalid(field: "reason", reason: "is empty; say what the customer contests")
    }
    try requireStanding(given.invoice, state)
    guard let invoice = state.invoice(given.invoice) else {
      throw .receivable(.unknownInvoice(given.invoice))
    }
    if let open = state.receivables.openDispute(of: given.invoice)?.opened {
      guard open == given else { throw .receivable(.disputeOpen(given.invoice, since: open.day)) }
      return []
    }
    guard invoice.open > .zero else { throw .receivable(.nothingOpen(given.invoice)) }
    guard given.amount >= .zero, given.amount <= invoice.open else {
      throw .invalid(
        field: "amount",
        reason: "is \(given.amount); of the invoice \(invoice.open) is open")
    }
    return [.disputeOpened(given)]
  }

  static func resolve(
    _ command: ResolveDispute, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    try requireWords(command.reason, command.approver)
    let disputes = state.receivables.disputes
    guard let place = disputes.lastIndex(where: { $0.opened.invoice == command.invoice }) else {
      throw .receivable(.noDispute(command.invoice))
    }
    if let resolved = disputes[place].resolved {
      guard resolved.outcome == command.outcome else {
        throw .receivable(.noDispute(command.invoice))
      }
      return []
    }
    let resolved = DisputeResolved(
      dispute: UInt32(place) + 1, outcome: command.outcome, day: command.statement.issued,
      reason: command.reason)
    var next = state
    next.evolve(.disputeResolved(resolved))
    var events = [Event.disputeResolved(resolved)]
    if command.outcome == .upheld {
      let open = state.invoice(command.invoice)?.total ?? .zero
      guard command.amount > .zero, command.amount <= open else {
        throw .invalid(
          field: "amount",
          reason: "is \(command.amount); what is upheld is above zero and at most \(open)")
      }
      let adjustment = Event.adjustmentPosted(
        AdjustmentPosted(
          amount: -command.amount, revenueClass: command.revenueClass, invoice: command.invoice,
          reason: command.reason, approver: command.approver))
      next.evolve(adjustment)
      events.append(adjustment)
      events += next.issueStatement(command.statement, first: command.invoice)
    }
    return events + next.allocateCredit(command.statement.order)
  }
}

extension Receivables {
  /// The open dispute of an invoice.
  public func openDispute(of invoice: UInt32) -> Dispute? {
    disputes.last { $0.opened.invoice == invoice && $0.resolved == nil }
  }

  /// The plan that runs.
  public var activePlan: Plan? { plans.last(where: \.isActive) }
}

extension Account {
  static func startPlan(
    _ plan: PaymentPlanStarted, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    if let active = state.receivables.activePlan?.started {
      guard active == plan else { throw .receivable(.planActive(since: active.day)) }
      return []
    }
    if let closed = state.closed { throw .accountClosed(closed) }
    let dues = plan.instalments.map(\.due)
    guard !dues.isEmpty, dues == dues.sorted(), Set(dues).count == dues.count,
      dues.allSatisfy({ $0 >= plan.day })
    else {
      throw .invalid(
        field: "instalments", reason: "must have one date each, in order, from \(plan.day) on")
    }
    guard plan.instalments.allSatisfy({ $0.amount > .zero }) else {
      throw .invalid(field: "instalments", reason: "must each be above zero")
    }
    let total = plan.instalments.map(\.amount).sum()
    guard state.balance > .zero else { throw .receivable(.nothingOwed) }
    guard total <= state.balance else {
      throw .invalid(
        field: "instalments", reason: "come to \(total); the account owes \(state.balance)")
    }
    return [.paymentPlanStarted(plan)]
  }

  static func breakPlan(
    on day: Day, reason: String, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard let place = state.receivables.plans.lastIndex(where: \.isActive) else {
      if state.receivables.plans.last?.broken == day { return [] }
      throw .receivable(.noPlan)
    }
    return [
      .paymentPlanBroken(PaymentPlanBroken(plan: UInt32(place) + 1, day: day, reason: reason))
    ]
  }
}
