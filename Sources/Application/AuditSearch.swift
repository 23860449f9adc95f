import AuditTrail
import Billing
import EventLog
import EventSourcing
import LMDB
import ProjectionStore

/// Finds entries by the rows of the audit trail: what is asked together is what all the indexes have.
struct AuditSearch {
  private let file: ProjectionFile
  private let ledger: Ledger

  init(_ file: ProjectionFile, of ledger: Ledger) { (self.file, self.ledger) = (file, ledger) }

  /// The positions that a filter means, in the order of the book.
  ///
  /// - Parameter snapshot: The book, at least as far as the rows are.
  func positions(
    _ filter: AuditFilter, in snapshot: borrowing Snapshot
  ) throws -> (range: Range<UInt64>, among: PositionSet?) {
    let end = try filter.to.map { try snapshot.size(knownAt: $0) } ?? snapshot.head.size
    let start = try filter.from.map {
      try snapshot.size(knownAt: Timestamp(rawValue: $0.rawValue - 1))
    }
    let range = min(start ?? 0, end)..<end
    var found: PositionSet?
    func narrow(_ positions: PositionSet) {
      if found == nil { found = positions } else { found?.formIntersection(positions) }
    }
    if let invoice = filter.invoice { narrow(try positions(invoice: invoice)) }
    if let account = filter.account { narrow(try positions(account: account, in: snapshot)) }
    if let kind = filter.kind {
      let kind = try AuditKind.named(kind)
      narrow(try marks(AuditIndex.prefix(kind.number, ofBook: kind.isOfBook), in: range))
    }
    if let actor = filter.actor { narrow(try positions(actor: actor, in: range)) }
    return (range, found)
  }

  /// What the actor wrote itself, and what was written in runs that it opened.
  private func positions(actor: String, in range: Range<UInt64>) throws -> PositionSet {
    var found = try marks(AuditIndex.prefix(actor: actor), in: range)
    var runs: [UInt64] = []
    try file.forEach(prefix: AuditIndex.prefix(runsOf: actor)) { key, _ in
      runs.append(AuditIndex.run(inKey: key))
      return .proceed
    }
    for run in runs { try marks(AuditIndex.prefix(run: run), in: range, into: &found) }
    return found
  }

  /// The account's own entries, and those of other streams about it. What settles a refused input
  /// concerns the account that the input named.
  private func positions(
    account: String, in snapshot: borrowing Snapshot
  ) throws -> PositionSet {
    var found = PositionSet()
    let stream = try ledger.accountStream(account)
    try snapshot.forEach(stream: stream) { position, _ in
      found.insert(position)
      return .proceed
    }
    var others: [Position] = []
    try file.forEach(prefix: AuditIndex.prefix(account: account)) { key, _ in
      others.append(AuditIndex.position(inKey: key))
      return .proceed
    }
    for position in others {
      found.insert(position)
      let stream = try snapshot.withEntry(at: position) { try EntryView($0).header.stream }
      guard stream.kind == .review else { continue }
      try snapshot.forEach(stream: stream) { position, _ in
        found.insert(position)
        return .proceed
      }
    }
    return found
  }

  /// The entries that name the invoice, and those that name a dispute or notification about it.
  private func positions(invoice number: String) throws -> PositionSet {
    guard let (account, ordinal) = InvoiceIssued.parse(number: number) else {
      throw Failure(
        "'\(number)' is not an invoice's number.",
        advice: "Numbers are ACCOUNT-ORDINAL, as 1000000001-0001; see `meterbook invoice list`.")
    }
    _ = try ledger.accountStream(account)
    var found = PositionSet()
    var isThere = false
    try file.forEach(prefix: AuditIndex.prefix(account: account, ordinal: ordinal)) { key, _ in
      found.insert(AuditIndex.position(inKey: key))
      isThere = true
      return .proceed
    }
    guard isThere else { throw Failure.noInvoice(ordinal, of: account) }
    // Disputes and notifications are numbered on the account in the order of the book.
    var (disputes, notifications): ([UInt32], [UInt32]) = ([], [])
    try file.forEach(prefix: AuditIndex.prefix(linksOf: account)) { key, value in
      guard let link = AuditLink(value: value) else { return .proceed }
      let place = Int(link.number) - 1
      let about: UInt32? =
        switch link.what {
        case .disputed: link.number
        case .notified: link.number
        case .dispute: disputes.indices.contains(place) ? disputes[place] : nil
        case .notification: notifications.indices.contains(place) ? notifications[place] : nil
        }
      if link.what == .disputed { disputes.append(link.number) }
      if link.what == .notified { notifications.append(link.number) }
      if about == ordinal { found.insert(AuditIndex.position(inLinkKey: key)) }
      return .proceed
    }
    return found
  }

  private func marks(_ prefix: [UInt8], in range: Range<UInt64>) throws -> PositionSet {
    var found = PositionSet()
    try marks(prefix, in: range, into: &found)
    return found
  }

  /// Adds the marked positions of the blocks that `range` touches.
  private func marks(
    _ prefix: [UInt8], in range: Range<UInt64>, into found: inout PositionSet
  ) throws {
    let last = range.upperBound / PositionMarks.blockSize
    try file.forEach(
      from: PositionMarks.key(prefix, range.lowerBound / PositionMarks.blockSize), prefix: prefix
    ) { key, value in
      guard PositionMarks.block(inKey: key) <= last else { return .stop }
      found.formUnion(key: key, value: value)
      return .proceed
    }
  }
}
