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
public final class ProjectionFile<Model: Projection>: Sendable {
  private let book: Book
  private let path: String
  private let environment: Environment
  private let rows: Database
  private let meta: Database

  /// Opens the projection's file of the book in `folder`, making it (again) if need be.
  public init(of book: Book, in folder: String) throws {
    self.book = book
    path = "\(folder)/\(Model.name)@\(Model.version).mdb"
    // One process at a time replaces and opens, so that nobody opens a file that is being replaced.
    (environment, rows, meta) = try FileGuard.holding(path + "-guard") { [path] in
      if let opened = try Self.openUsable(path, of: book) { return opened }
      try Self.replace(path, by: book)
      guard let opened = try Self.openUsable(path, of: book) else {
        throw ProjectionFault.unusable(path: path)
      }
      return opened
    }
  }

  /// Applies what the book has gained. Rows and checkpoint move in one transaction, a slice of
  /// entries at a time.
  ///
  /// - Parameter progress: Hears how many entries have been applied, of how many.
  public func follow(progress: (Int, Int) -> Void = { _, _ in }) throws {
    guard try checkpoint().size < book.head().size else { return }
    let head = try book.head()
    let boot = BootID.current
    var begun: UInt64?
    while true {
      let done = try environment.write { transaction -> UInt64 in
        let checkpoint = try Checkpoint(in: transaction, meta)
        let slice = try Slice<Model>(of: book, from: checkpoint.size)
        try slice.put(in: &transaction, rows)
        try slice.checkpoint.put(in: &transaction, meta)
        try transaction.put(boot, forKey: MetaKey.state, in: meta)
        begun = begun ?? checkpoint.size
        return slice.checkpoint.size
      }
      progress(Int(done - begun!), Int(head.size - begun!))
      if done >= head.size { break }
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
    try environment.read { transaction in
      try transaction.forEach(in: rows, from: prefix) { key, value in
        guard key.starts(with: prefix) else { return .stop }
        return try body(key, value)
      }
    }
  }

  /// The number of rows.
  public func count() throws -> Int { try environment.read { try $0.count(of: rows) } }
}

extension RawSpan {
  fileprivate func starts(with prefix: [UInt8]) -> Bool {
    guard byteCount >= prefix.count else { return false }
    for index in prefix.indices where byte(at: index) != prefix[index] { return false }
    return true
  }
}
