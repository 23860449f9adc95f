import CLMDB

/// Whether an iteration goes on.
public enum Step: Sendable {
  /// On to the next.
  case proceed
  /// No further.
  case stop
}

extension Transaction {
  /// Lends `body` the value stored under `key`, without copying it. Returns `nil` if there is none.
  @inlinable
  public borrowing func withValue<Result: ~Copyable>(
    forKey key: borrowing some BytesProviding & ~Copyable & ~Escapable,
    in database: Database,
    _ body: (RawSpan) throws -> Result
  ) throws -> Result? {
    let value = unsafe try find(key, in: database)
    guard let value = unsafe value else { return nil }
    return try unsafe body(value.bytes)
  }

  @usableFromInline
  borrowing func find(
    _ key: borrowing some BytesProviding & ~Copyable & ~Escapable, in database: Database
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    var value = unsafe MDB_val()
    let code = unsafe key.withMDBValue { key in
      unsafe mdb_get(handle, database.handle, &key, &value)
    }
    if code == MDB_NOTFOUND { return nil }
    try check(code)
    return unsafe value.buffer
  }

  /// A copy of the value stored under `key`, or `nil` if there is none.
  public borrowing func value(
    forKey key: borrowing some BytesProviding & ~Copyable & ~Escapable, in database: Database
  ) throws(LMDBError) -> [UInt8]? {
    guard let value = unsafe try find(key, in: database) else { return nil }
    return unsafe Array(value)
  }

  /// Lends `body` each entry in key order, starting at the first key not less than `lowerBound`.
  @inlinable
  public borrowing func forEach(
    in database: Database,
    from lowerBound: borrowing some BytesProviding & ~Copyable & ~Escapable,
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Step
  ) throws {
    try withCursor(in: database) { cursor in
      guard try cursor.seek(lowerBound) else { return }
      repeat {
        guard try cursor.withEntry(body) == .proceed else { return }
      } while try cursor.next()
    }
  }

  /// Lends `body` each entry in descending key order, starting at the last key not greater than
  /// `upperBound`.
  @inlinable
  public borrowing func forEachBackwards(
    in database: Database,
    from upperBound: borrowing some BytesProviding & ~Copyable & ~Escapable,
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Step
  ) throws {
    try withCursor(in: database) { cursor in
      guard try cursor.seekLast(notAfter: upperBound) else { return }
      repeat {
        guard try cursor.withEntry(body) == .proceed else { return }
      } while try cursor.previous()
    }
  }

  /// Lends `body` the first entry. Returns `nil` if there is none.
  public borrowing func withFirst<Result>(
    in database: Database, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Result
  ) throws -> Result? {
    try withCursor(in: database) { cursor in
      try cursor.first() ? cursor.withEntry(body) : nil
    }
  }

  /// Lends `body` the last entry. Returns `nil` if there is none.
  public borrowing func withLast<Result>(
    in database: Database, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Result
  ) throws -> Result? {
    try withCursor(in: database) { cursor in
      try cursor.last() ? cursor.withEntry(body) : nil
    }
  }

  /// The number of entries in `database`.
  public borrowing func count(of database: Database) throws(LMDBError) -> Int {
    try statistics(of: database).entries
  }

  /// Figures about `database`.
  public borrowing func statistics(
    of database: Database
  ) throws(LMDBError) -> DatabaseStatistics {
    var statistics = MDB_stat()
    unsafe try check(mdb_stat(handle, database.handle, &statistics))
    return DatabaseStatistics(statistics)
  }
}
