public import CivilTime
public import EventSourcing
public import Money
public import Tariffs

/// What a financial event moves in a ledger account. The postings of an entry sum to zero.
public struct Posting: Hashable, Sendable {
  /// What it is of an invoice, or of its cancellation.
  public enum Side: Hashable, Sendable {
    /// What the customer owes.
    case receivable
    /// Where a line rests.
    case line
    /// Neither.
    case other
  }

  /// The ledger account, as `142`.
  public var ledger: String
  /// The customer's account.
  public var account: String
  /// The ordinal of the invoice; 0 where it is about none.
  public var invoice: UInt32
  /// Debited above zero, credited below; never zero.
  public var amount: Money
  /// The accounting day: the entry's effective day.
  public var day: Day
  /// The day it would have been, had its period not been closed.
  public var original: Day?
  /// The financial event: of a line's posting its invoice's, or cancellation's.
  public var event: Event.Kind
  /// The event; of a line's posting the line.
  public var address: EventAddress
  /// What it is of an invoice.
  public var side: Side

  /// A posting.
  public init(
    ledger: String, account: String, invoice: UInt32 = 0, amount: Money, day: Day,
    original: Day? = nil, event: Event.Kind, address: EventAddress, side: Side = .other
  ) {
    self.ledger = ledger
    self.account = account
    self.invoice = invoice
    self.amount = amount
    self.day = day
    self.original = original
    self.event = event
    self.address = address
    self.side = side
  }
}

/// Why an event cannot be posted: something in the book does not follow from the rest of it.
public struct PostingProblem: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Reason: Error, Hashable, Sendable {
    /// The entry has no accounting day.
    case noDay
    /// A charge names a component, tier or segment that no tariff in force then has.
    case noComponent
    /// The tariff in force cannot be told.
    case noTariff(UsageProblem)
    /// A charge names a tax that the account did not have.
    case noTax
    /// An adjustment, credit or late fee without a revenue class.
    case noClass
    /// The lines of an invoice come to something else than its total.
    case unbalanced(total: Money, lines: Money)
    /// Lines that no invoice follows.
    case noInvoice
  }

  /// The event.
  public var address: EventAddress
  /// The customer's account.
  public var account: String
  /// What is wrong.
  public var reason: Reason

  /// A problem of an event.
  public init(_ address: EventAddress, account: String, _ reason: Reason) {
    self.address = address
    self.account = account
    self.reason = reason
  }
}

extension PostingProblem: CustomStringConvertible {
  /// The problem in a sentence.
  public var description: String {
    "event \(address) of account \(account) cannot be posted: \(reason)"
  }
}

extension PostingProblem.Reason: CustomStringConvertible {
  /// The reason in words.
  public var description: String {
    switch self {
    case .noDay: "its entry has no accounting day"
    case .noComponent: "no tariff in force has the component it names"
    case .noTariff(let problem): "\(problem)"
    case .noTax: "the account did not have the tax it names"
    case .noClass: "it has no revenue class"
    case .unbalanced(let total, let lines): "its total is \(total), its lines come to \(lines)"
    case .noInvoice: "no invoice follows its lines"
    }
  }
}
