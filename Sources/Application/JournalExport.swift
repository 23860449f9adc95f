import Billing
public import CivilTime
public import Documents
import EventLog
import EventSourcing
import Foundation
import Money
import Parallel
import Tariffs

/// What an export wrote.
public struct JournalReport: Report {
  let format: String
  let from: String?
  let to: String?
  let size: UInt64
  let root: String
  let transactions: Int
  let postings: Int
  /// The sum of all debits, opening balances left out.
  let debits: String

  /// A line.
  public var text: String {
    "Wrote \(transactions) transactions, \(postings) postings, \(debits) debited and credited"
  }
}

/// Which days of a journal.
public struct JournalSpan: Hashable, Sendable {
  /// The first day; what was posted before it is an opening balance.
  public var from: Day?
  /// The last day.
  public var to: Day?

  /// The days from `from` to `to`, both with them; without an end, all there are.
  public init(from: Day? = nil, to: Day? = nil) {
    self.from = from
    self.to = to
  }

  func contains(_ day: Day) -> Bool {
    from.map { day >= $0 } ?? true && to.map { day <= $0 } ?? true
  }
}

/// A part of a journal, with what it comes to.
private struct JournalPart: Sendable {
  var text = ""
  var transactions = 0
  var postings = 0
  var debits = Money.zero
}

extension Ledger {
  /// Hands a journal of every financial entry of `span` to `write`, piece by piece: an entry a
  /// transaction, in the order of the book, which is not that of the days.
  public func exportJournal(
    _ format: JournalFormat, of span: JournalSpan, progress: @escaping ProgressHandler,
    write: (String) throws -> Void
  ) throws -> JournalReport {
    if let from = span.from, let to = span.to, to < from {
      throw Failure(
        "--to \(to) is before --from \(from).", advice: "Give the first day, then the last.")
    }
    let head = try book.head()
    let history = try rulesHistory(size: head.size)
    let chart = LedgerChart(history.allClassifications)
    let names = Dictionary(uniqueKeysWithValues: chart.ledgers.map { ($0, chart.name(of: $0)) })
    try write(
      format.preamble(
        title: "\(book.identity.name)", notes: notes(on: span, head),
        accounts: names.values.sorted()))
    if let from = span.from {
      let sums = try ledgerSums(
        size: head.size, by: history, counts: { $0 < from }, progress: progress)
      try write(format.opening(on: from, sums, names))
    }
    var total = JournalPart()
    var done = 0
    try Workers.pipeline(
      feed: { push in PositionRange.parts(to: head.size, length: 4096).forEach(push) },
      produce: { range in
        var part = JournalPart()
        try self.post(range, by: history) { postings in
          guard span.contains(postings[0].day) else { return }
          part.add(postings, as: format, names)
        }
        return part
      },
      consume: { range, part in
        try write(part.text)
        total.count(part)
        done += range.count
        progress(WorkProgress("exporting", done: done, of: Int(head.size), unit: "entries"))
      })
    return JournalReport(
      format: format.rawValue, from: span.from?.description, to: span.to?.description,
      size: head.size, root: head.root.bytes.hex, transactions: total.transactions,
      postings: total.postings, debits: total.debits.description)
  }

  /// Writes a journal into the file at `path`, in place of what was there when all of it is written.
  public func exportJournal(
    _ format: JournalFormat, of span: JournalSpan, to path: String,
    progress: @escaping ProgressHandler
  ) throws -> JournalReport {
    try Self.replacing(path) { file in
      try exportJournal(format, of: span, progress: progress) {
        try file.write(contentsOf: Data($0.utf8))
      }
    }
  }

  private func notes(on span: JournalSpan, _ head: Head) -> [String] {
    var days = "All days"
    if let from = span.from { days = "From \(from), with opening balances" }
    if let to = span.to { days += ", to \(to)" }
    return [
      "\(days); \(head.size) entries, root \(head.root.bytes.hex)"
        + (book.identity.isSimulated ? "; a simulated book" : "")
    ]
  }
}

extension JournalPart {
  /// Adds an entry.
  fileprivate mutating func add(
    _ postings: [Posting], as format: JournalFormat, _ names: [String: String]
  ) {
    let first = postings[0]
    var kinds: [String] = []
    for posting in postings where kinds.last != posting.event.name {
      kinds.append(posting.event.name)
    }
    var transaction = JournalTransaction(
      day: first.day.description, payee: first.account, narration: kinds.joined(separator: ", "),
      tags: [("entry", first.address.position.description)]
        + (first.original.map { [("original", $0.description)] } ?? []))
    for posting in postings {
      var tags = [("event", posting.address.description)]
      if posting.invoice != 0 {
        tags.append(
          ("invoice", InvoiceIssued.number(account: posting.account, ordinal: posting.invoice)))
      }
      transaction.postings.append(
        JournalTransaction.Posting(
          name: names[posting.ledger] ?? posting.ledger, cents: posting.amount.cents, tags: tags))
      if posting.amount > .zero { debits += posting.amount }
    }
    format.append(transaction, to: &text)
    transactions += 1
    self.postings += postings.count
  }

  /// Counts a part that was written.
  fileprivate mutating func count(_ part: JournalPart) {
    transactions += part.transactions
    postings += part.postings
    debits += part.debits
  }
}

extension JournalFormat {
  /// What was posted before `day`, by ledger account.
  fileprivate func opening(
    on day: Day, _ sums: LedgerSums, _ names: [String: String]
  ) -> String {
    var transaction = JournalTransaction(day: day.description, narration: "Opening balances")
    for (ledger, sides) in sums.accounts.sorted(by: { $0.key < $1.key })
    where sides.balance != .zero {
      transaction.postings.append(
        JournalTransaction.Posting(
          name: names[ledger] ?? ledger, cents: sides.balance.cents))
    }
    var text = ""
    if !transaction.postings.isEmpty { append(transaction, to: &text) }
    return text
  }
}
