import Billing
import EventLog
import EventSourcing
import Money

/// What rating the past again wrote; what it merely found is for its report.
struct RerateCounts: Hashable, Sendable {
  /// Accounts with anything written.
  private(set) var accounts = 0
  /// Invoices adjusted, or cancelled and replaced.
  private(set) var invoices = 0
  /// What is charged more; below zero what is charged less.
  private(set) var difference = Money.zero

  /// Nothing written.
  init() {}

  /// What the part of a run that is in the book came to.
  init(ofRun run: UInt64, since opening: Position, in ledger: Ledger) throws {
    var written: [String: [Event]] = [:]
    try ledger.book.read { snapshot in
      try snapshot.forEach(from: opening) { _, bytes in
        let entry = try EntryView(bytes)
        let stream = entry.header.stream
        guard entry.header.run == run, stream.kind == .account else { return .proceed }
        written[stream.id, default: []] += try entry.decodedEvents(bytes).filter(Self.counts)
        return .proceed
      }
    }
    for events in written.values { add(account: events) }
  }

  /// Counts what was written of an account, all of it.
  mutating func add(account events: [Event]) {
    guard !events.isEmpty else { return }
    var touched: Set<UInt32> = []
    for event in events {
      switch event {
      case .adjustmentPosted(let it):
        touched.insert(it.invoice)
        difference += it.amount
      case .invoiceCancelled(let it): touched.insert(it.invoice.ordinal)
      // A replaced bill's lines are negated, so what is left of both is what it moves by. What only
      // waited for an invoice moves nothing.
      case .chargeRecorded(let charge) where !charge.isFromWaiting: difference += charge.amount
      default: break
      }
    }
    accounts += 1
    invoices += touched.count
  }

  /// Counts what was written of other accounts.
  mutating func add(_ other: RerateCounts) {
    accounts += other.accounts
    invoices += other.invoices
    difference += other.difference
  }

  /// What closes the run in the book.
  var counts: [Count] {
    [
      Count("accounts", Int64(accounts)), Count("invoices", Int64(invoices)),
      Count("difference", difference.cents),
    ]
  }

  private static func counts(_ event: Event) -> Bool {
    switch event {
    case .adjustmentPosted, .invoiceCancelled, .chargeRecorded: true
    default: false
    }
  }
}
