public import EventSourcing
import LMDB

/// An immutable ledger on disk: entries in gapless positions and contiguous streams, hashed into one
/// Merkle tree.
///
/// Books of one path share their files within a process. Any number of processes may read and write
/// a book at once.
public final class Book: Sendable {
  let store: BookStore
  /// Where the book lies.
  public let path: String
  /// Whether it was opened for reading only.
  public let isReadOnly: Bool
  /// What the book is, fixed when it was created.
  public var identity: BookIdentity { store.identity }

  /// Opens the book at `path`.
  ///
  /// - Parameter readOnly: Appending is refused. A book that this user may not write can be opened
  ///   only so.
  public init(opening path: String, readOnly: Bool = false) throws {
    store = try BookStore.opening(path)
    self.path = path
    isReadOnly = readOnly
    guard !readOnly else { return }
    guard store.isWritable else { throw BookError.readOnly(path: path) }
    try store.tidy()
  }

  /// Creates a book in the folder `path`, which must not hold one, and opens it. Its entry 0, on
  /// the stream `book/book`, is BookCreated.
  ///
  /// - Parameters:
  ///   - id: 16 bytes that no other book has; random if `nil`.
  ///   - simulated: Whether the book's clock is given, for ever. Only then are two books made from
  ///     the same id and the same appends the same to the byte.
  ///   - actor: Who makes it; and for what reason.
  ///   - now: The clock: the recording time of entry 0.
  public static func create(
    at path: String, id: [UInt8]? = nil, name: String, simulated: Bool, actor: String = "",
    reason: String = "", at now: Timestamp
  ) throws -> Book {
    guard name.utf8.count <= Limits.nameBytes else {
      throw BookError.tooLarge(
        what: "the book's name in bytes", size: name.utf8.count, limit: Limits.nameBytes)
    }
    let id = id ?? Files.randomBytes(BookIdentity.idBytes)
    precondition(id.count == BookIdentity.idBytes, "a book's id has 16 bytes")
    try checkClock(now)
    let layout = BookLayout(path: path)
    let names = Files.exists(layout.volumes) ? try layout.volumeNames() : []
    guard names.isEmpty, !Files.exists(layout.privateFile) else {
      throw BookError.alreadyExists(path: path)
    }
    try onFile(path) {
      try Files.makeDirectory(path)
      try Files.makeDirectory(layout.volumes)
    }
    let identity = BookIdentity(
      id: id, isSimulated: simulated, name: name, format: BookIdentity.currentFormat)
    try PrivateStore.make(at: layout.privateFile, identity)
    try VolumeMaker(layout: layout).makeFirst(
      identity, actor: actor, reason: reason, at: now)
    try onFile(path) { try Files.syncDirectory(path) }
    return try Book(opening: path)
  }

  static func checkClock(_ now: Timestamp) throws {
    guard now.rawValue >= 0, now <= .greatest else { throw BookError.clockOutOfRange(now) }
  }
}

/// Where a book stands.
public struct Head: Hashable, Sendable {
  /// The number of entries: the position that the next will have.
  public let size: UInt64
  /// The root of the Merkle tree over them (RFC 6962).
  public let root: MerkleHash
  /// The recording time of the last.
  public let lastRecordedAt: Timestamp
  /// The name of the volume that holds the last, as `2025-10`.
  public let volume: String
}

extension Book {
  /// Where the book stands now.
  public func head() throws -> Head { try read { $0.head } }

  /// Appends the batch, all of it or nothing. The entries are durable when this returns, and so is
  /// whatever a conflict was seen against.
  ///
  /// Appends waiting at once, from any threads, share one transaction and one fsync. Blocks the
  /// calling thread.
  ///
  /// - Parameters:
  ///   - now: The clock. The entries are recorded at it, or at the last entry's time if that is
  ///     later; all of a batch at one time.
  ///   - confirmingClock: Whether a jump of the clock beyond `Limits.clockJumpDays` is right.
  public func append(
    _ batch: Batch, at now: Timestamp, confirmingClock: Bool = false
  ) throws -> AppendOutcome {
    guard !isReadOnly else { throw BookError.readOnly(path: path) }
    try Self.checkClock(now)
    try batch.checkSize()
    return try store.append(
      AppendRequest(batch, at: now, isClockConfirmed: confirmingClock || identity.isSimulated))
  }
}

extension Batch {
  fileprivate func checkSize() throws {
    guard count <= Limits.batchEntries else {
      throw BookError.tooLarge(
        what: "the number of entries in a batch", size: count, limit: Limits.batchEntries)
    }
    for record in records where record.range.count > Limits.entryBytes {
      throw BookError.tooLarge(
        what: "an entry's length in bytes", size: record.range.count, limit: Limits.entryBytes)
    }
  }
}
