import EventLog
import EventSourcing
import LMDB

/// How far a projection's rows have come: bound to the book, so that a file from a restored or
/// foreign book is never believed.
public struct Checkpoint: Hashable, Sendable {
  /// The book's id: 16 bytes.
  public let book: [UInt8]
  /// How many entries have been applied.
  public let size: UInt64
  /// The leaf hash of the last of them, 32 bytes: an entry says its stream, version and time, so no
  /// other book has the same there.
  public let leaf: [UInt8]

  /// Stands for the leaf hash of no entry.
  static let noLeaf = [UInt8](repeating: 0, count: 32)

  init(book: [UInt8], size: UInt64, leaf: [UInt8]) {
    self.book = book
    self.size = size
    self.leaf = leaf
  }

  init<Access>(
    in transaction: borrowing Transaction<Access>, _ meta: Database
  ) throws {
    let bytes = try transaction.value(forKey: MetaKey.checkpoint, in: meta) ?? []
    guard bytes.count == 56 else { throw LMDBError.corrupted }
    book = Array(bytes[..<16])
    size = bytes[16..<24].reduce(0) { $0 << 8 | UInt64($1) }
    leaf = Array(bytes[24...])
  }

  func put(in transaction: inout Transaction<ReadWrite>, _ meta: Database) throws {
    let number = (0..<8).reversed().map { UInt8(truncatingIfNeeded: size >> UInt64(8 * $0)) }
    try transaction.put(book + number + leaf, forKey: MetaKey.checkpoint, in: meta)
  }

  /// Whether the book's first `size` entries are those that were applied.
  func isPrefix(of book: Book) throws -> Bool {
    guard self.book == book.identity.id else { return false }
    return try book.read { snapshot in
      guard size <= snapshot.head.size else { return false }
      guard size > 0 else { return true }
      return try snapshot.withEntry(at: Position(size - 1)) { Merkle.leafHash($0).bytes } == leaf
    }
  }
}

/// What a run of entries makes of a projection's rows.
struct Slice<Model: Projection> {
  private let changes: RowChanges
  /// How far the rows have come with it.
  let checkpoint: Checkpoint

  /// Applies the entries of `book` from `size` on, as many as fit one transaction.
  init(of book: Book, from size: UInt64) throws {
    var changes = RowChanges()
    checkpoint = try book.read { snapshot in
      let end = min(snapshot.head.size, size + Limits.sliceEntries)
      if size < end {
        try snapshot.forEach(from: Position(size), through: Position(end - 1)) { position, bytes in
          do {
            let entry = try EntryView(bytes)
            guard entry.header.schema <= EntryHeader.currentSchema else {
              throw WireError.invalidValue(field: 1, in: "Entry")
            }
            try Model.apply(entry, at: position, bytes: bytes, to: &changes)
          } catch {
            throw ProjectionFault.stopped(name: Model.name, at: position, underlying: error)
          }
          return .proceed
        }
      }
      let leaf = try snapshot.withEntry(at: Position(end - 1)) { Merkle.leafHash($0).bytes }
      return Checkpoint(book: book.identity.id, size: end, leaf: leaf)
    }
    self.changes = changes
  }

  func put(in transaction: inout Transaction<ReadWrite>, _ rows: Database) throws {
    for change in changes.inKeyOrder() {
      if let value = change.value {
        try transaction.put(value, forKey: change.key, in: rows)
      } else {
        try transaction.delete(change.key, in: rows)
      }
    }
  }
}
