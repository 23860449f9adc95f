public import EventLog
public import EventSourcing
import LMDB
import Parallel

/// Entries of the book, from the first on up to before the end.
public typealias EntryRange = Range<UInt64>

extension Projection {
  /// What the entries in `range` say of the rows, in key order.
  ///
  /// - Throws: `ProjectionFault.stopped` at an entry that the projection does not know.
  public func folding(_ range: EntryRange, of book: Book) throws -> RowRun {
    var fold = self
    var changes = RowChanges()
    guard !range.isEmpty else { return changes.run() }
    try book.read { snapshot in
      try snapshot.forEach(
        from: Position(range.lowerBound), through: Position(range.upperBound - 1)
      ) { position, bytes in
        do {
          try fold.evolve(EntryPlace(bytes), at: position, bytes, into: &changes)
        } catch {
          throw ProjectionFault.stopped(identity, at: position, underlying: error)
        }
        return .proceed
      }
    }
    fold.flush(into: &changes)
    return changes.run()
  }

  /// Hands over what the entries in `range` say of the rows, part by part in the order of the book,
  /// folded on all cores.
  ///
  /// - Parameters:
  ///   - part: How many entries a part has. Bounds the memory.
  ///   - progress: Hears how many entries have been folded, of how many.
  func foldingAll(
    _ range: EntryRange, of book: Book, part: UInt64,
    progress: (Int, Int) -> Void, _ take: (RowRun) throws -> Void
  ) throws {
    try Workers.pipeline(
      feed: { push in
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(part)) {
          push(start..<min(start + part, range.upperBound))
        }
      },
      produce: { try folding($0, of: book) },
      consume: { part, run in
        try take(run)
        progress(Int(part.upperBound), Int(range.upperBound))
      })
  }

  /// The rows after the first `size` entries, in memory, in key order: for projections of few rows.
  ///
  /// - Parameters:
  ///   - part: How many entries are folded at once; the rows do not depend on it.
  ///   - base: The rows after the first `base.size` entries, no more than `size`, to go on from.
  public func rows(
    after size: UInt64, of book: Book, part: UInt64? = nil, from base: RowBase = RowBase(),
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> RowRun {
    var joined = base.rows
    var waiting: [RowRun] = []
    try foldingAll(
      base.size..<size, of: book, part: part ?? RebuildMemory().partEntries, progress: progress
    ) { run in
      waiting.append(run)
      guard waiting.reduce(0, { $0 + $1.byteCount }) > max(Limits.joinBytes, joined.byteCount)
      else {
        return
      }
      joined = RowRun.merging([joined] + waiting)
      waiting = []
    }
    return RowRun.merging([joined] + waiting)
  }
}

/// Rows to go on from.
public struct RowBase: Sendable {
  /// The entries they come after.
  public let size: UInt64
  /// The rows.
  public let rows: RowRun

  /// No rows, before the first entry.
  public init() { (size, rows) = (0, RowRun.merging([])) }

  /// The rows of a file.
  public init(of file: ProjectionFile) throws {
    while true {
      let size = try file.checkpoint().size
      var changes = RowChanges()
      try file.forEach(prefix: []) { key, value in
        changes.put(
          key.array(in: 0..<key.byteCount), value.array(in: 0..<value.byteCount))
        return .proceed
      }
      guard try file.checkpoint().size == size else { continue }
      (self.size, rows) = (size, changes.run())
      return
    }
  }
}
