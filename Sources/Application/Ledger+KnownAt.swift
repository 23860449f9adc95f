import EventLog
import EventSourcing

extension Ledger {
  /// The head that `text` means: a position (the entries before it), a time (those recorded by then), or
  /// a checkpoint, `SIZE:ROOT`, whose root must be this book's.
  public func size(knownAt text: String) throws -> UInt64 {
    if let position = UInt64(text) { return position }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 2, parts[1].utf8.count == 64, let size = UInt64(parts[0]) {
      let head = try book.head().size
      guard size <= head else {
        throw Failure(
          "The book has \(head) entries; the checkpoint \(text) is beyond them.",
          advice: "It is of another book, or of a copy that went on.")
      }
      let root = try root(at: size).hex
      guard root == parts[1].lowercased() else {
        throw Failure(
          "The root over the book's first \(size) entries is \(root), not that of the checkpoint.",
          advice: "Check the checkpoint; if it is right, this is not the book it was taken of.")
      }
      return size
    }
    guard let time = Authority.time(text) else {
      throw Failure(
        "--known-at \(text) is neither a position nor a time nor a checkpoint.",
        advice: "Give a number of entries, a time such as 2026-04-01T06:00:00Z, or SIZE:ROOT as "
          + "`meterbook status` shows them.")
    }
    return try book.read { snapshot in
      var (low, high) = (UInt64(0), snapshot.head.size)
      while low < high {
        let middle = (low + high) / 2
        let recorded = try snapshot.withEntry(at: Position(middle)) {
          try EntryView($0).header.recordedAt
        }
        if recorded <= time { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// How many entries count where the first `known` do, or all.
  ///
  /// - Throws: `Failure` for more than there are.
  func size(knownAt known: UInt64?) throws -> UInt64 {
    let head = try book.head().size
    guard let known else { return head }
    guard known <= head else {
      throw Failure(
        "The book has \(head) entries; --known-at \(known) is beyond them.",
        advice: "Name a position of the book, or a time.")
    }
    return known
  }

  /// When the last of the first `size` entries was recorded.
  func lastRecorded(before size: UInt64) throws -> Timestamp {
    guard size > 0 else { return Timestamp(rawValue: 0) }
    return try book.read { snapshot in
      try snapshot.withEntry(at: Position(size - 1)) { try EntryView($0).header.recordedAt }
    }
  }
}
