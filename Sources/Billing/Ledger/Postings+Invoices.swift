import CivilTime
import EventSourcing
import Money
import Tariffs

extension Postings {
  /// The ledger accounts that no line names, on a day as known at a version of the rules.
  func control(on day: Day, version: UInt64) -> ControlAccounts {
    history.classification(at: history.classification(on: day, version: version)).control
  }

  /// Posts the lines that precede an invoice, or (negated) its cancellation.
  ///
  /// - Parameters:
  ///   - sign: -1 of an invoice, 1 of a cancellation: that of the lines' total, when the invoice's is
  ///     added, is zero.
  ///   - issued: The day the invoice was issued, which picks the ledger accounts.
  mutating func post(
    _ invoice: InvoiceIssued, _ sign: Int64, issuedOn issued: Day, in place: Place,
    _ body: (Posting) throws -> Void
  ) throws {
    let day = try place.day()
    let lines = charges
    defer { charges.removeAll(keepingCapacity: true) }
    let sum = lines.reduce(Money.zero) { $0 + $1.charge.amount }
    let total = sign < 0 ? invoice.total : -invoice.total
    guard sum == total else { throw place.problem(.unbalanced(total: total, lines: sum)) }
    var posting = Posting(
      ledger: control(on: issued, version: invoice.rules).receivables, account: place.account,
      invoice: invoice.ordinal, amount: total, day: day, original: place.original,
      event: sign < 0 ? .invoiceIssued : .invoiceCancelled, address: place.address,
      side: .receivable)
    if total != .zero { try body(posting) }
    let frame: InvoiceFrame
    do {
      frame = try frames.frame(of: invoice, issued: issued, version: invoice.rules)
    } catch {
      let first = EventAddress(place.address.position, lines.first?.index ?? place.address.index)
      throw Place(place.header, first).problem(error)
    }
    posting.side = .line
    for (index, charge) in lines where charge.amount != .zero {
      posting.address.index = index
      do {
        posting.ledger = try frame.rest(of: charge).ledger
      } catch {
        throw Place(place.header, posting.address).problem(error)
      }
      posting.amount = -charge.amount
      try body(posting)
    }
  }
}
