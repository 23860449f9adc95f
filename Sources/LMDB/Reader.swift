import CLMDB
import Synchronization

/// A reader that is used again and again: it keeps its slot and renews its view for each reading.
///
/// Cheaper than `Environment.read` where readings are many and short, as of a program that follows
/// a file. Between readings it pins no pages. One thread at a time reads; others wait.
@safe
public final class Reader: @unchecked Sendable {
  // The handle is used only inside the lock; hence `@unchecked Sendable`.
  private let handle: OpaquePointer
  private let environment: Environment
  private let turn = Mutex(())

  /// A reader of `environment`.
  public init(_ environment: Environment) throws(LMDBError) {
    self.environment = environment
    unsafe handle = try environment.begin(flags: UInt32(MDB_RDONLY))
    unsafe mdb_txn_reset(handle)
  }

  deinit { unsafe mdb_txn_abort(handle) }

  /// Runs `body` against one consistent snapshot of the file as it is now.
  public func read<Result>(
    _ body: (borrowing Transaction<ReadOnly>) throws -> Result
  ) throws -> Result {
    try turn.withLock { _ in
      unsafe try check(mdb_txn_renew(handle))
      defer { unsafe mdb_txn_reset(handle) }
      return try body(unsafe Transaction<ReadOnly>(handle, owned: false))
    }
  }
}
