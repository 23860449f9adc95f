import EventLog
import EventSourcing
import Parallel
import Synchronization

extension Ledger {
  /// Works on every account of the book, in account order: ranges of `slice` accounts are worked on by
  /// all cores while more are found, and what comes of them is consumed on this thread, in order.
  ///
  /// - Parameters:
  ///   - what: What the progress calls the work, as `billing`.
  ///   - touches: Whether a range is worked on at all.
  /// - Returns: How many accounts were worked on.
  @discardableResult
  func forEachAccountRange<Made: Sendable>(
    of slice: Int, _ what: String, progress: ProgressHandler,
    where touches: @escaping @Sendable (StreamRange) -> Bool = { _ in true },
    produce: @escaping @Sendable (StreamRange) throws -> Made,
    consume: (StreamRange, Made) throws -> Void
  ) throws -> Int {
    let accounts = Mutex((found: 0, areAllFound: false))
    var done = 0
    try Workers.pipeline(
      feed: { [book] push in
        try book.read { snapshot in
          try snapshot.forEachRange(kind: .account, of: slice) { range, count in
            guard touches(range) else { return }
            accounts.withLock { $0.found += count }
            push((range: range, accounts: count))
          }
        }
        accounts.withLock { $0.areAllFound = true }
      },
      produce: { try produce($0.range) }
    ) { part, made in
      try consume(part.range, made)
      done += part.accounts
      let total = accounts.withLock { $0.areAllFound ? $0.found : nil }
      progress(WorkProgress(what, done: done, of: total, unit: "accounts"))
    }
    return done
  }
}
