import CLMDB
import Glibc

/// A place in a database, lent to the body of `Transaction.withCursor`.
///
/// It remembers the page it is on, so that a search near the last one costs little: walk in key
/// order where you can.
@safe
public struct Cursor: ~Copyable {
  let handle: OpaquePointer
  var key = unsafe MDB_val()
  var value = unsafe MDB_val()

  init(_ transaction: OpaquePointer, _ database: Database) throws(LMDBError) {
    var cursor: OpaquePointer?
    unsafe try check(mdb_cursor_open(transaction, database.handle, &cursor))
    unsafe handle = cursor!
  }

  deinit { unsafe mdb_cursor_close(handle) }
}

extension Cursor {
  /// Goes to the first entry; whether there is one.
  public mutating func first() throws(LMDBError) -> Bool { try move(MDB_FIRST) }

  /// Goes to the last entry; whether there is one.
  public mutating func last() throws(LMDBError) -> Bool { try move(MDB_LAST) }

  /// Goes to the next entry; whether there is one.
  public mutating func next() throws(LMDBError) -> Bool {
    // Pages are mostly read in the order they lie in: the same place of the page to come is on its way
    // while this one is read, which the processor does not foresee beyond a page's end.
    unsafe clmdb_prefetch_page_after(&value)
    return try move(MDB_NEXT)
  }

  /// Goes to the entry before; whether there is one.
  public mutating func previous() throws(LMDBError) -> Bool { try move(MDB_PREV) }

  /// Goes to the first key not less than `bound`; whether there is one.
  public mutating func seek(
    _ bound: borrowing some BytesProviding & ~Copyable & ~Escapable
  ) throws(LMDBError) -> Bool {
    try search(bound, MDB_SET_RANGE)
  }

  /// Goes to `key`; whether it is there.
  public mutating func find(
    _ key: borrowing some BytesProviding & ~Copyable & ~Escapable
  ) throws(LMDBError) -> Bool {
    try search(key, MDB_SET_KEY)
  }

  /// Goes to the last key not greater than `bound`; whether there is one.
  public mutating func seekLast(
    notAfter bound: borrowing some BytesProviding & ~Copyable & ~Escapable
  ) throws(LMDBError) -> Bool {
    guard try seek(bound) else { return try last() }
    let isExact = bound.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { sought in
        unsafe sought.count == key.mv_size
          && memcmp(sought.baseAddress!, key.mv_data, sought.count) == 0
      }
    }
    return isExact ? true : try previous()
  }

  /// Lends `body` the entry the cursor is at. Only after a move that said there is one.
  @inlinable
  public borrowing func withEntry<Result: ~Copyable>(
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Result
  ) throws -> Result {
    try unsafe body(keyBuffer.bytes, valueBuffer.bytes)
  }

  @usableFromInline
  var keyBuffer: UnsafeRawBufferPointer { unsafe key.buffer }

  @usableFromInline
  var valueBuffer: UnsafeRawBufferPointer { unsafe value.buffer }

  mutating func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
    let code = unsafe mdb_cursor_get(handle, &key, &value, operation)
    if code == MDB_NOTFOUND { return false }
    try check(code)
    return true
  }

  private mutating func search(
    _ bound: borrowing some BytesProviding & ~Copyable & ~Escapable, _ operation: MDB_cursor_op
  ) throws(LMDBError) -> Bool {
    let handle = unsafe self.handle
    var found = unsafe MDB_val()
    var value = unsafe MDB_val()
    let code = unsafe bound.withMDBValue { bound in
      let code = unsafe mdb_cursor_get(handle, &bound, &value, operation)
      unsafe found = bound
      return code
    }
    if code == MDB_NOTFOUND { return false }
    try check(code)
    unsafe key = found
    unsafe self.value = value
    return true
  }
}

extension Transaction {
  /// Lends `body` a cursor over `database`.
  public borrowing func withCursor<Result: ~Copyable>(
    in database: Database, _ body: (inout Cursor) throws -> Result
  ) throws -> Result {
    var cursor = unsafe try Cursor(handle, database)
    return try body(&cursor)
  }
}
