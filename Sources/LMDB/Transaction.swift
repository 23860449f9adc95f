import CLMDB

/// Marks a transaction that can only read.
public enum ReadOnly {}

/// Marks a transaction that can also write.
public enum ReadWrite {}

/// A consistent view of the environment, lent to the body of `Environment.read` or `.write`.
///
/// LMDB lets a value be read only until the next write in its transaction. Here that is the
/// compiler's rule too: reading borrows the transaction, writing mutates it, and the two accesses
/// may not overlap.
@safe
public struct Transaction<Access>: ~Copyable {
  let handle: OpaquePointer
  /// Whether the deinitialiser ends the transaction: not so for one lent by a `Reader`.
  let isOwned: Bool

  init(_ handle: OpaquePointer, owned: Bool = true) {
    unsafe self.handle = handle
    isOwned = owned
  }

  deinit { if isOwned { unsafe mdb_txn_abort(handle) } }

  consuming func commit() throws(LMDBError) where Access == ReadWrite {
    let handle = unsafe self.handle
    discard self
    unsafe try check(mdb_txn_commit(handle))
  }
}
