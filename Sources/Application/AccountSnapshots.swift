import Billing
import EventLog
import EventSourcing
import LMDB
import Snapshots
import Synchronization

/// Saved folds of accounts, so that deciding on an account costs the same however old it is.
///
/// A saved fold is believed only if it is of this program's fold and the entry that it ends with is in
/// the book, by its leaf hash; else the account is folded from its first entry. Whatever goes wrong
/// with the file costs time and nothing else. No audit rests on it: `verify`, `explain`, `history`,
/// `balance`, `rebill` and `rerate` fold what is in the book.
final class AccountSnapshots: Sendable {
  /// Entries that may be folded past what is saved, unless told otherwise: a year's, of most accounts.
  static let tail = 32
  /// Bytes of folds that wait to be saved together.
  private static let room = 4 << 20

  private struct State {
    var file: SnapshotFile?
    var waiting: [(stream: StreamID, fold: SavedFold)] = []
    var bytes = 0
    var problem: String?
  }

  private let path: String
  private let book: [UInt8]
  private let isWritable: Bool
  /// Entries that may be folded past what is saved; beyond it the account is saved.
  fileprivate let tail: Int
  private let state = Mutex(State())

  /// The saved folds of `book`.
  ///
  /// - Parameter isWritable: Whether accounts are saved.
  init(of book: Book, isWritable: Bool, tail: Int) {
    self.tail = tail
    path = Self.path(of: book)
    self.book = book.identity.id
    self.isWritable = isWritable
  }

  /// Where a book's saved folds are.
  static func path(of book: Book) -> String { book.path + "/snapshots.mdb" }

  /// How many accounts are saved, in how many bytes, and what last went wrong, if anything did.
  var figures: (accounts: Int, bytes: Int, problem: String?) {
    let file = file
    do {
      return (try file?.count() ?? 0, try file?.byteCount() ?? 0, state.withLock { $0.problem })
    } catch {
      return (0, 0, "\(error)")
    }
  }

  /// The file, if there is one of use; looked for again once it was deleted or replaced.
  fileprivate var file: SnapshotFile? {
    state.withLock { state in
      if let file = state.file, file.isInPlace { return file }
      do {
        state.file = try SnapshotFile.opening(path, book: book)
      } catch {
        (state.file, state.problem) = (nil, "\(error)")
      }
      return state.file
    }
  }

  /// Takes a fold to be saved, with others or when `flush` is called.
  fileprivate func save(_ fold: SavedFold, of stream: StreamID) {
    guard isWritable else { return }
    let isFull = state.withLock { state in
      state.waiting.append((stream, fold))
      state.bytes += fold.state.count
      return state.bytes >= Self.room
    }
    if isFull { flush() }
  }

  /// Saves what waits to be saved. Never called while the book is being written.
  func flush() {
    let waiting = state.withLock { state in
      defer { (state.waiting, state.bytes) = ([], 0) }
      return state.waiting
    }
    guard !waiting.isEmpty else { return }
    do {
      let file = try self.file ?? SnapshotFile.making(path, book: book)
      state.withLock { $0.file = file }
      try file.save(waiting)
    } catch {
      state.withLock { $0.problem = "\(error)" }
    }
  }
}

extension AccountSnapshots {
  /// The state of `account`; of one that is not there, the empty one.
  func state(of account: String, in snapshot: borrowing Snapshot) throws -> AccountState {
    let stream = StreamID(.account, account)
    guard try snapshot.streamHead(stream) != nil else { return AccountState() }
    var fold = ResumedFold(self)
    let known = try fold.begin(stream, snapshot)
    try snapshot.forEach(
      stream: stream, fromVersion: (known?.version ?? 0) + 1, after: known?.position
    ) { position, bytes in
      try fold.apply(position, bytes)
      return .proceed
    }
    try fold.end(stream, snapshot)
    return fold.fold.state
  }

  /// Lends `body` each account of `range`, in order, folded from what is saved of it.
  func forEachAccount(
    in range: StreamRange, _ snapshot: borrowing Snapshot,
    _ body: (_ account: String, _ fold: inout AccountFold) throws -> Void
  ) throws {
    var account: String?
    var fold = ResumedFold(self)
    func end() throws {
      guard let account else { return }
      try fold.end(StreamID(.account, account), snapshot)
      try body(account, &fold.fold)
    }
    try snapshot.foldStreams(
      kind: .account, from: range.from, upTo: range.upTo,
      begin: { id in
        try end()
        let next = id.text(in: 0..<id.byteCount)
        account = next
        return try fold.begin(StreamID(.account, next), snapshot)?.version ?? 0
      },
      { position, bytes in
        try fold.apply(position, bytes)
        return .proceed
      })
    try end()
  }
}

/// The fold of one account after another, each from what is saved of it.
private struct ResumedFold {
  private let snapshots: AccountSnapshots
  private let file: SnapshotFile?
  var fold = AccountFold()
  /// Entries folded past what was saved.
  private var tail = 0
  private var last = Position(0)

  init(_ snapshots: AccountSnapshots) {
    self.snapshots = snapshots
    file = snapshots.file
  }

  /// Leaves the account for `stream`.
  ///
  /// - Returns: What of it is folded by that; `nil` for nothing.
  mutating func begin(
    _ stream: StreamID, _ snapshot: borrowing Snapshot
  ) throws -> (version: UInt64, position: Position)? {
    tail = 0
    guard let file, let saved = Self.saved(stream, file, snapshot) else {
      fold.begin()
      return nil
    }
    fold.begin(with: saved.state)
    return (saved.state.version, saved.position)
  }

  mutating func apply(_ position: Position, _ bytes: RawSpan) throws {
    try fold.apply(EntryPlace(bytes), bytes)
    tail += 1
    last = position
  }

  /// Saves the account if much had to be folded.
  func end(_ stream: StreamID, _ snapshot: borrowing Snapshot) throws {
    guard tail > snapshots.tail else { return }
    let leaf = try snapshot.withEntry(at: last) { Merkle.leafHash($0) }
    snapshots.save(SavedFold(fold.state, at: last, leaf), of: stream)
  }

  /// What is saved of `stream` and can be believed.
  private static func saved(
    _ stream: StreamID, _ file: SnapshotFile, _ snapshot: borrowing Snapshot
  ) -> (state: AccountState, position: Position)? {
    try? file.withFold(of: stream) { saved, bytes in
      guard saved.foldVersion == AccountState.foldVersion,
        try snapshot.holds(saved, bytes),
        let state = try? AccountState(saved, bytes)
      else { return nil }
      return (state, saved.position)
    }
  }
}

extension Snapshot {
  /// Whether the entry that a saved fold ends with is in the book.
  borrowing func holds(_ saved: SavedFoldView, _ bytes: RawSpan) throws -> Bool {
    guard saved.position.rawValue < head.size else { return false }
    return try withEntry(at: saved.position) { entry in
      Merkle.leafHash(entry) == MerkleHash(bytes, at: saved.leafHash.lowerBound)
    }
  }
}

extension AccountState {
  /// The state that was saved.
  ///
  /// - Throws: `WireError` for bytes that are none, or of another version than the fold says.
  init(_ saved: SavedFoldView, _ bytes: RawSpan) throws(WireError) {
    self = try .saved(in: bytes, saved.state)
    guard version == saved.version else { throw .invalidValue(field: 1, in: Self.wireName) }
  }
}

extension SavedFold {
  /// The fold of an account up to the entry at `position`, whose leaf hash is given.
  init(_ state: AccountState, at position: Position, _ leaf: MerkleHash) {
    self.init(
      foldVersion: AccountState.foldVersion, version: state.version, position: position,
      leafHash: leaf.bytes, state: state.savedBytes)
  }
}
