public import EventLog
public import EventSourcing
public import LMDB

/// The file of one version of a projection, following one book.
///
/// ```
/// BOOK/projections/NAME@VERSION.mdb
///   rows   key                 ->  value            as the projection wrote them
///   meta   "checkpoint"        ->  book id (16) | size (8) | leaf hash (32)
///          "state"             ->  "clean", or the id of the boot it was last written under
/// ```
///
/// The file is disposable: if it is not of this book, not a prefix of it, damaged, or was left
/// unsynced by a machine that then stopped, it is made again. It is never asked for the truth; the
/// book is.
public final class ProjectionFile: Sendable {
  /// The projection.
  public let identity: ProjectionIdentity
  let book: Book
  let environment: Environment
  let rows: Database
  let meta: Database

  init(_ identity: ProjectionIdentity, of book: Book, _ opened: Opened) {
    self.identity = identity
    self.book = book
    (environment, rows, meta) = opened
  }

  /// The projection's file, brought up to an entry of the book: followed if it is there and can be
  /// believed, else made.
  ///
  /// - Parameters:
  ///   - size: How many entries of the book count; more may have been applied already.
  ///   - progress: Hears how many entries have been applied, of how many.
  public static func following(
    _ projection: some Projection, of book: Book, in folder: String, through size: UInt64,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> ProjectionFile {
    if let file = try opening(projection.identity, of: book, in: folder) {
      try file.follow(projection, through: size, progress: progress)
      return file
    }
    return try rebuilding(projection, of: book, in: folder, through: size, progress: progress)
  }

  /// Applies what the book has gained, up to its first `size` entries. Rows and checkpoint move in
  /// one transaction, a slice of entries at a time.
  ///
  /// - Parameter progress: Hears how many entries have been applied, of how many.
  public func follow(
    _ projection: some Projection, through size: UInt64,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    guard try checkpoint().size < size else { return }
    let boot = BootID.current
    var begun: UInt64?
    while true {
      let done = try environment.write { transaction -> UInt64 in
        let done = try Checkpoint(in: transaction, meta).size
        guard done < size else { return done }
        let end = min(size, done + Limits.sliceEntries)
        try transaction.apply(projection.folding(done..<end, of: book), to: rows)
        let checkpoint = try book.read { try Checkpoint(of: end, in: $0, of: book) }
        try checkpoint.put(in: &transaction, meta)
        try transaction.put(boot, forKey: MetaKey.state, in: meta)
        begun = begun ?? done
        return end
      }
      guard let begun, done < size || begun < size else { break }
      progress(Int(done - begun), Int(max(size, done) - begun))
      if done >= size { break }
    }
    try environment.sync()
    try environment.write { try $0.put(MetaKey.clean, forKey: MetaKey.state, in: meta) }
    try environment.sync()
  }

  /// How far the rows have come.
  public func checkpoint() throws -> Checkpoint {
    try environment.read { try Checkpoint(in: $0, meta) }
  }

  /// Lends `body` the value of the row under `key`. Returns `nil` if there is none.
  public func withValue<Result>(
    forKey key: [UInt8], _ body: (RawSpan) throws -> Result
  ) throws -> Result? {
    try environment.read { try $0.withValue(forKey: key, in: rows, body) }
  }

  /// Lends `body` each row whose key begins with `prefix`, in key order, as of one moment.
  public func forEach(
    prefix: [UInt8], _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Step
  ) throws {
    try forEach(from: prefix, prefix: prefix, body)
  }

  /// Lends `body` each row from the first key not less than `start` on whose key begins with
  /// `prefix`, in key order, as of one moment.
  public func forEach(
    from start: [UInt8], prefix: [UInt8], _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Step
  ) throws {
    try environment.read { transaction in
      try transaction.forEach(in: rows, from: start.isEmpty ? Self.firstKey : start) { key, value in
        guard key.holds(prefix, at: 0) else { return .stop }
        return try body(key, value)
      }
    }
  }

  /// Sorts before every key: a key has at least one byte.
  static let firstKey: [UInt8] = [0]

  /// The number of rows.
  public func count() throws -> Int { try environment.read { try $0.count(of: rows) } }

  /// What the file takes on the disk, in bytes.
  public func byteCount() throws -> Int { try environment.statistics().bytesUsed }
}

extension Transaction<ReadWrite> {
  /// Puts, removes and adds to rows as `run` says.
  fileprivate mutating func apply(_ run: RowRun, to rows: Database) throws {
    try run.forEach { record, bytes in
      let key = bytes.extracting(record.key)
      switch record.kind {
      case .put: try put(bytes.extracting(record.value), forKey: key, in: rows)
      case .remove: try delete(key, in: rows)
      case .add:
        let present = try withValue(forKey: key, in: rows) { RowSums.numbers($0) }
        let more = RowSums.numbers(bytes.extracting(record.value))
        try put(RowSums.adding(more, to: present), forKey: key, in: rows)
      }
    }
  }
}
