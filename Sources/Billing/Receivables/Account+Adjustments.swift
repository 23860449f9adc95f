import CivilTime
import EventSourcing
import Money
import Tariffs

/// A correction to post.
public struct PostAdjustment: Hashable, Sendable {
  /// The adjustment.
  public var adjustment: AdjustmentPosted
  /// How an invoice of its own is issued: for what lowers an invoice that is open, which counts at
  /// once, and where no bill follows.
  public var statement: IssueStatement

  /// An adjustment.
  public init(_ adjustment: AdjustmentPosted, statement: IssueStatement) {
    self.adjustment = adjustment
    self.statement = statement
  }
}

/// A credit to post.
public struct PostCredit: Hashable, Sendable {
  /// The credit.
  public var credit: CreditPosted
  /// How an invoice of its own is issued, where one is.
  public var statement: IssueStatement

  /// A credit.
  public init(_ credit: CreditPosted, statement: IssueStatement) {
    self.credit = credit
    self.statement = statement
  }
}

/// A request to give up what is open of an invoice.
public struct WriteOff: Hashable, Sendable {
  /// The invoice's ordinal.
  public var invoice: UInt32
  /// Why.
  public var reason: String
  /// Who approved it.
  public var approver: String

  /// A write-off of the invoice `invoice`.
  public init(invoice: UInt32, reason: String, approver: String) {
    self.invoice = invoice
    self.reason = reason
    self.approver = approver
  }
}

extension Account {
  static func post(
    _ command: PostAdjustment, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    let adjustment = command.adjustment
    guard adjustment.amount != .zero else {
      throw .invalid(field: "amount", reason: "is 0.00; an adjustment changes something")
    }
    try requireWords(adjustment.reason, adjustment.approver)
    try requireStanding(adjustment.invoice, state)
    return settle(
      .adjustmentPosted(adjustment), about: adjustment.invoice,
      lowers: adjustment.amount < .zero, command.statement, state)
  }

  static func post(
    _ command: PostCredit, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    let credit = command.credit
    guard credit.amount > .zero else {
      throw .invalid(field: "amount", reason: "is \(credit.amount); a credit is above zero")
    }
    try requireWords(credit.reason, credit.approver)
    try requireStanding(credit.invoice, state)
    return settle(
      .creditPosted(credit), about: credit.invoice, lowers: true, command.statement, state)
  }

  /// What lowers an invoice counts for it at once, so it is issued as a statement whose credit goes to
  /// that invoice first.
  private static func settle(
    _ event: Event, about invoice: UInt32, lowers: Bool, _ statement: IssueStatement,
    _ state: AccountState
  ) -> [Event] {
    var next = state
    next.evolve(event)
    // The same request, with the same words, is one.
    if let last = next.receivables.items.last,
      state.receivables.items.contains(where: { $0.isSame(as: last) })
    {
      return []
    }
    let isOpen = state.invoice(invoice).map { $0.open > .zero } ?? false
    guard (lowers && isOpen) || state.hasNoNextBill else { return [event] }
    return [event] + next.issueStatement(statement, first: invoice)
  }

  static func requireWords(_ reason: String, _ approver: String) throws(AccountRejection) {
    guard !reason.isEmpty else { throw .invalid(field: "reason", reason: "is empty; say why") }
    guard StreamID.isValid(approver) else {
      throw .invalid(
        field: "approver",
        reason: "is '\(approver)'; it must be 1 to 64 printable characters")
    }
  }

  /// The invoice must be one that stands; 0 is none.
  static func requireStanding(_ ordinal: UInt32, _ state: AccountState) throws(AccountRejection) {
    guard ordinal != 0 else { return }
    guard let invoice = state.invoice(ordinal) else { throw .receivable(.unknownInvoice(ordinal)) }
    guard !invoice.isCancelled else {
      throw .receivable(.invoiceCancelled(ordinal, replacedBy: invoice.replacedBy))
    }
  }

  static func writeOff(
    _ command: WriteOff, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    try requireWords(command.reason, command.approver)
    try requireStanding(command.invoice, state)
    guard let invoice = state.invoice(command.invoice) else {
      throw .receivable(.unknownInvoice(command.invoice))
    }
    guard invoice.open > .zero else {
      if invoice.writtenOff + invoice.writtenOffFees > .zero { return [] }
      throw .receivable(.nothingOpen(command.invoice))
    }
    return [
      .writeOffPosted(
        WriteOffPosted(
          invoice: command.invoice, amount: max(.zero, invoice.openCharges),
          fees: max(.zero, invoice.openFees), reason: command.reason, approver: command.approver))
    ]
  }
}

extension Receivables.Item {
  /// Whether both were asked for in the same words.
  fileprivate func isSame(as other: Self) -> Bool {
    (type, amount, revenueClass, about, reason)
      == (other.type, other.amount, other.revenueClass, other.about, other.reason)
  }
}
