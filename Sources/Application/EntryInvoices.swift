import Billing
import EventSourcing

/// The numbers of the invoices that an entry of an account cancels and issues.
struct EntryInvoices: Sendable {
  private(set) var cancelled: [String] = []
  private(set) var issued: [String] = []

  /// Reads the entry in `bytes`.
  init(_ entry: EntryPlace, of account: String, _ bytes: RawSpan) throws {
    var (cancelled, issued): ([String], [String]) = ([], [])
    try entry.forEachNumberedEvent(in: bytes) { _, range in
      switch try Event.Kind(peeking: bytes, range) {
      case .invoiceCancelled:
        guard case .invoiceCancelled(let it) = try Event.decode(bytes, range) else { return }
        cancelled.append(InvoiceIssued.number(account: account, ordinal: it.invoice.ordinal))
      case .invoiceIssued:
        guard let it = try InvoiceView(bytes, range) else { return }
        issued.append(InvoiceIssued.number(account: account, ordinal: it.ordinal))
      default: break
      }
    }
    (self.cancelled, self.issued) = (cancelled, issued)
  }
}
