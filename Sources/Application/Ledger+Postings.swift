import Billing
import CivilTime
import EventLog
import EventSourcing
import Money
import Parallel
import Tariffs

/// Entries of the book from one position through another.
struct PositionRange: Sendable {
  let first: Position
  let last: Position

  /// How many entries.
  var count: Int { Int(last.rawValue - first.rawValue) + 1 }

  /// The entries of a book from position `first` up to `size` in parts of at most `length`.
  static func parts(
    from first: UInt64 = 0, to size: UInt64, length: UInt64 = 16_384
  ) -> [PositionRange] {
    stride(from: first, to: size, by: Int(length)).map {
      PositionRange(first: Position($0), last: Position(min($0 + length, size) - 1))
    }
  }
}

extension Ledger {
  /// Every version of the rules, up to the entry before `size`.
  func rulesHistory(size: UInt64) throws -> RulesHistory {
    var publications: [RulesHistory.Publication] = []
    try book.read { snapshot in
      try snapshot.forEach(stream: .rules) { position, bytes in
        guard position.rawValue < size else { return .stop }
        let entry = try EntryView(bytes)
        publications.append(
          RulesHistory.Publication(
            at: position, version: entry.header.version, try entry.decodedEvents(bytes)))
        return .proceed
      }
    }
    return RulesHistory(publications)
  }

  /// Hands the postings of the entries in `range` to `body`, an entry after the other.
  ///
  /// - Throws: `Failure` for an event that cannot be posted.
  func post(
    _ range: PositionRange, by history: RulesHistory, _ body: ([Posting]) throws -> Void
  ) throws {
    var postings = Postings(history)
    var found: [Posting] = []
    try book.read { snapshot in
      try snapshot.forEach(from: range.first, through: range.last) { position, bytes in
        found.removeAll(keepingCapacity: true)
        do {
          try postings.post(
            EntryView(bytes), at: position, bytes, { found.append($0) })
        } catch let problem as PostingProblem {
          throw Failure(
            "The general ledger stops: \(problem).",
            advice: "Run `meterbook verify`: something in the book, or this program, is wrong.")
        }
        if !found.isEmpty { try body(found) }
        return .proceed
      }
    }
  }
}

/// What was debited and credited, by ledger account.
struct LedgerSums: Sendable {
  /// The two sides of a ledger account.
  struct Sides: Sendable {
    var debits = Money.zero
    var credits = Money.zero

    /// Debits less credits.
    var balance: Money { debits - credits }
  }

  private(set) var accounts: [String: Sides] = [:]

  mutating func add(_ posting: Posting) {
    if posting.amount > .zero {
      accounts[posting.ledger, default: Sides()].debits += posting.amount
    } else {
      accounts[posting.ledger, default: Sides()].credits -= posting.amount
    }
  }

  mutating func add(_ other: LedgerSums) {
    for (ledger, sides) in other.accounts {
      accounts[ledger, default: Sides()].debits += sides.debits
      accounts[ledger, default: Sides()].credits += sides.credits
    }
  }
}

extension Ledger {
  /// Folds the postings of the entries from position `first` up to `size`, on all cores: each part into
  /// a copy of `empty`, which `consume` gets in the order of the book.
  func foldPostings<Part: Sendable>(
    from first: UInt64 = 0, _ size: UInt64, by history: RulesHistory, into empty: Part,
    progress: @escaping ProgressHandler,
    _ take: @escaping @Sendable (inout Part, Posting) -> Void, consume: (Part) -> Void
  ) throws {
    var done = Int(first)
    try Workers.pipeline(
      feed: { push in PositionRange.parts(from: first, to: size).forEach(push) },
      produce: { range in
        var part = empty
        try self.post(range, by: history) { postings in
          for posting in postings { take(&part, posting) }
        }
        return part
      },
      consume: { range, part in
        consume(part)
        done += range.count
        progress(WorkProgress("posting", done: done, of: Int(size), unit: "entries"))
      })
  }

  /// The sums of all postings of days that `counts` lets in, over the first `size` entries.
  func ledgerSums(
    size: UInt64, by history: RulesHistory, counts: @escaping @Sendable (Day) -> Bool,
    progress: @escaping ProgressHandler
  ) throws -> LedgerSums {
    var sums = LedgerSums()
    try foldPostings(size, by: history, into: LedgerSums(), progress: progress) {
      if counts($1.day) { $0.add($1) }
    } consume: {
      sums.add($0)
    }
    return sums
  }
}
