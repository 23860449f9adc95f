import CivilTime
public import EventSourcing
import Money
import Tariffs

/// Posts financial events to the ledger accounts of the classification in force.
///
/// ```
/// InvoiceIssued      debit receivables, credit each line's ledger account
/// InvoiceCancelled   the exact negation, in the ledger accounts of then; what was written off is owed
///                    no more and not lost
/// PaymentReceived    debit cash, credit credit balances
/// PaymentAllocated   debit credit balances, credit receivables; of an invoice that is a credit to
///                    another: both are receivables, and nothing is posted
/// PaymentReturned    debit credit balances, credit cash
/// WriteOffPosted     debit uncollectible, credit receivables
/// ```
///
/// Every other event posts nothing. What counts is the classification that was known when the entry
/// was appended, so that postings never change. Every entry says all that it is posted by, so entries
/// can be posted in any order, and on several cores by copies of this.
public struct Postings: Sendable {
  var frames: InvoiceFrames
  /// The lines of the invoice that follows.
  var charges: [(index: Int, charge: ChargeView)] = []

  var history: RulesHistory { frames.history }

  /// Postings by these rules.
  public init(_ history: RulesHistory) { frames = InvoiceFrames(history) }

  /// Hands the postings of an entry to `body`, event by event; they sum to zero, in every event.
  ///
  /// - Throws: `PostingProblem`; `WireError`; what `body` throws.
  public mutating func post(
    _ entry: EntryView, at position: Position, _ bytes: RawSpan,
    _ body: (Posting) throws -> Void
  ) throws {
    guard entry.header.stream.kind == .account else { return }
    charges.removeAll(keepingCapacity: true)
    try entry.forEachEvent(in: bytes) { index, range in
      let address = EventAddress(position, index)
      let kind = try Event.Kind(peeking: bytes, range)
      if kind == .chargeRecorded {
        guard let charge = try ChargeView(bytes, range) else { return }
        charges.append((index, charge))
      } else if kind?.isPosted ?? true {
        let event = try Event.decode(bytes, range)
        try post(event, in: Place(entry.header, address), body)
      }
    }
    if let (index, _) = charges.first {
      throw PostingProblem(
        EventAddress(position, index), account: entry.header.stream.id, .noInvoice)
    }
  }
}

extension Event.Kind {
  /// Whether it is posted to the general ledger.
  public var isPosted: Bool {
    switch self {
    case .invoiceIssued, .invoiceCancelled, .paymentReceived, .paymentAllocated, .paymentReturned,
      .writeOffPosted:
      true
    default: false
    }
  }
}

/// An event's entry and address.
struct Place {
  let header: EntryHeader
  let address: EventAddress

  init(_ header: EntryHeader, _ address: EventAddress) {
    self.header = header
    self.address = address
  }

  var account: String { header.stream.id }
  /// The day it would have been, had its period not been closed.
  var original: Day? { header.originalDay.map { Day(rawValue: $0) } }

  func problem(_ reason: PostingProblem.Reason) -> PostingProblem {
    PostingProblem(address, account: account, reason)
  }

  func day() throws(PostingProblem) -> Day {
    guard let day = header.effectiveDay else { throw problem(.noDay) }
    return Day(rawValue: day)
  }
}

extension Postings {
  private mutating func post(
    _ event: Event, in place: Place, _ body: (Posting) throws -> Void
  ) throws {
    let day = try place.day()
    let accounts = control(on: day, version: history.version(at: place.address.position))
    /// Moves `amount` from one ledger account to another.
    func move(
      _ amount: Money, debit: String, credit: String, invoice: UInt32 = 0
    ) throws {
      guard amount != .zero else { return }
      for (ledger, amount) in [(debit, amount), (credit, -amount)] {
        try body(
          Posting(
            ledger: ledger, account: place.account, invoice: invoice, amount: amount, day: day,
            original: place.original, event: event.kind, address: place.address))
      }
    }
    switch event {
    case .invoiceIssued(let invoice):
      try post(invoice, -1, issuedOn: day, in: place, body)
    case .invoiceCancelled(let it):
      try post(it.invoice, 1, issuedOn: it.issued, in: place, body)
      try move(
        it.writtenOff, debit: accounts.receivables, credit: accounts.uncollectible,
        invoice: it.invoice.ordinal)
    case .paymentReceived(let it):
      try move(it.amount, debit: accounts.cash, credit: accounts.credits)
    case .paymentAllocated(let it):
      guard case .payment = it.source else { break }
      try move(
        it.sum, debit: accounts.credits, credit: accounts.receivables, invoice: it.invoice)
    case .paymentReturned(let it):
      try move(it.amount, debit: accounts.credits, credit: accounts.cash)
    case .writeOffPosted(let it):
      try move(
        it.amount + it.fees, debit: accounts.uncollectible, credit: accounts.receivables,
        invoice: it.invoice)
    default: break
    }
  }
}
