import CLMDB

extension Transaction where Access == ReadWrite {
  /// Opens the database called `name`, creating it if absent.
  public mutating func open(_ name: String) throws(LMDBError) -> Database {
    var database: MDB_dbi = 0
    unsafe try check(mdb_dbi_open(handle, name, UInt32(MDB_CREATE), &database))
    return Database(handle: database)
  }

  /// Stores `value` under `key`, replacing what was there.
  public mutating func put(
    _ value: borrowing some BytesProviding & ~Copyable & ~Escapable,
    forKey key: borrowing some BytesProviding & ~Copyable & ~Escapable,
    in database: Database
  ) throws(LMDBError) {
    try put(value, forKey: key, in: database, flags: 0)
  }

  /// Stores `value` under `key`, where nothing may be.
  ///
  /// - Throws: `LMDBError.keyExists` if there is something.
  public mutating func insert(
    _ value: borrowing some BytesProviding & ~Copyable & ~Escapable,
    forKey key: borrowing some BytesProviding & ~Copyable & ~Escapable,
    in database: Database
  ) throws(LMDBError) {
    try put(value, forKey: key, in: database, flags: MDB_NOOVERWRITE)
  }

  /// Stores `value` under `key`, which must sort after every key present. Fills each page before
  /// the next.
  ///
  /// - Throws: `LMDBError.keyExists` if it does not.
  public mutating func append(
    _ value: borrowing some BytesProviding & ~Copyable & ~Escapable,
    forKey key: borrowing some BytesProviding & ~Copyable & ~Escapable,
    in database: Database
  ) throws(LMDBError) {
    try put(value, forKey: key, in: database, flags: MDB_APPEND)
  }

  private mutating func put(
    _ value: borrowing some BytesProviding & ~Copyable & ~Escapable,
    forKey key: borrowing some BytesProviding & ~Copyable & ~Escapable,
    in database: Database, flags: CInt
  ) throws(LMDBError) {
    let handle = unsafe self.handle
    try check(
      key.withBytes { key in
        unsafe value.withMDBValue { value in
          unsafe key.withMDBValue { key in
            unsafe mdb_put(handle, database.handle, &key, &value, UInt32(flags))
          }
        }
      })
  }

  /// Removes `key`; whether it was there.
  @discardableResult
  public mutating func delete(
    _ key: borrowing some BytesProviding & ~Copyable & ~Escapable, in database: Database
  ) throws(LMDBError) -> Bool {
    let handle = unsafe self.handle
    let code = unsafe key.withMDBValue { key in
      unsafe mdb_del(handle, database.handle, &key, nil)
    }
    if code == MDB_NOTFOUND { return false }
    try check(code)
    return true
  }

  /// Reserves `byteCount` bytes under `key` and lends them to `body`, which writes straight into
  /// the page. Bytes that `body` leaves unwritten are zeroed.
  ///
  /// This is the append-only write: it never replaces, and it fills each page before the next.
  ///
  /// - Throws: `LMDBError.keyExists` if `key` does not sort after every key present.
  public mutating func append(
    byteCount: Int,
    forKey key: borrowing some BytesProviding & ~Copyable & ~Escapable,
    in database: Database,
    initializingWith body: (inout OutputRawSpan) -> Void
  ) throws(LMDBError) {
    let handle = unsafe self.handle
    var value = unsafe MDB_val(mv_size: byteCount, mv_data: nil)
    try check(
      unsafe key.withMDBValue { key in
        unsafe mdb_put(handle, database.handle, &key, &value, UInt32(MDB_APPEND | MDB_RESERVE))
      })
    let page = unsafe UnsafeMutableRawBufferPointer(start: value.mv_data, count: byteCount)
    var output = unsafe OutputRawSpan(buffer: page, initializedCount: 0)
    body(&output)
    while !output.isFull { output.append(0) }
    _ = unsafe output.finalize(for: page)
  }
}

/// A cursor that writes, lent to the body of `Transaction.withWriteCursor`.
///
/// It remembers the page it is on: writing in key order through it costs less than `put`.
@safe
public struct WriteCursor: ~Copyable {
  private let handle: OpaquePointer

  fileprivate init(_ transaction: OpaquePointer, _ database: Database) throws(LMDBError) {
    var cursor: OpaquePointer?
    unsafe try check(mdb_cursor_open(transaction, database.handle, &cursor))
    unsafe handle = cursor!
  }

  deinit { unsafe mdb_cursor_close(handle) }

  /// Stores `value` under `key`, where nothing may be.
  ///
  /// - Throws: `LMDBError.keyExists` if there is something.
  public mutating func insert(
    _ value: borrowing some BytesProviding & ~Copyable & ~Escapable,
    forKey key: borrowing some BytesProviding & ~Copyable & ~Escapable
  ) throws(LMDBError) {
    let handle = unsafe self.handle
    try check(
      key.withBytes { key in
        unsafe value.withMDBValue { value in
          unsafe key.withMDBValue { key in
            unsafe mdb_cursor_put(handle, &key, &value, UInt32(MDB_NOOVERWRITE))
          }
        }
      })
  }

  /// Stores `prefix` followed by `bytes` under `key`, which must sort after every key present.
  ///
  /// - Throws: `LMDBError.keyExists` if it does not.
  public mutating func append(
    _ prefix: UInt32, _ bytes: RawSpan,
    forKey key: borrowing some BytesProviding & ~Copyable & ~Escapable
  ) throws(LMDBError) {
    let handle = unsafe self.handle
    let count = bytes.byteCount + 4
    var value = unsafe MDB_val(mv_size: count, mv_data: nil)
    try check(
      unsafe key.withMDBValue { key in
        unsafe mdb_cursor_put(handle, &key, &value, UInt32(MDB_APPEND | MDB_RESERVE))
      })
    let page = unsafe UnsafeMutableRawBufferPointer(start: value.mv_data, count: count)
    var output = unsafe OutputRawSpan(buffer: page, initializedCount: 0)
    output.store(prefix)
    output.store(bytes)
    _ = unsafe output.finalize(for: page)
  }
}

extension Transaction where Access == ReadWrite {
  /// Lends `body` a cursor that writes to `database`.
  public mutating func withWriteCursor<Result: ~Copyable>(
    in database: Database, _ body: (inout WriteCursor) throws -> Result
  ) throws -> Result {
    var cursor = unsafe try WriteCursor(handle, database)
    return try body(&cursor)
  }
}
