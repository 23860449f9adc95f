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

  /// The first `size` entries of a book.
  init(of size: UInt64, in snapshot: borrowing Snapshot, of book: Book) throws {
    self.book = book.identity.id
    self.size = size
    leaf =
      size == 0
      ? Self.noLeaf
      : try snapshot.withEntry(at: Position(size - 1)) { Merkle.leafHash($0).bytes }
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
      return try self == Checkpoint(of: size, in: snapshot, of: book)
    }
  }
}
