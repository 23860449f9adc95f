import CLMDB

/// Looks up keys of one database in a transaction, remembering the page of the last: keys that lie
/// near one another cost little, in whatever order they come.
@safe
final class Finder {
  private let cursor: OpaquePointer

  init(_ transaction: OpaquePointer, _ database: Database) throws(LMDBError) {
    var cursor: OpaquePointer?
    unsafe try check(mdb_cursor_open(transaction, database.handle, &cursor))
    unsafe self.cursor = cursor!
  }

  deinit { unsafe mdb_cursor_close(cursor) }

  func find(_ key: IntegerKey) throws(LMDBError) -> UnsafeRawBufferPointer? {
    var value = unsafe MDB_val()
    let cursor = unsafe self.cursor
    let code = unsafe key.withMDBValue { key in
      unsafe mdb_cursor_get(cursor, &key, &value, MDB_SET)
    }
    if code == MDB_NOTFOUND { return nil }
    try check(code)
    return unsafe value.buffer
  }
}

/// Look-ups by number in a database of each of a group's environments, lent to the body of
/// `TransactionGroup.withLookUps`.
public struct LookUps: ~Copyable {
  private let finders: [Finder]

  fileprivate init(_ finders: [Finder]) { self.finders = finders }

  /// Lends `body` the value under `key` in the source numbered `index`, without copying it. Returns
  /// `nil` if there is none.
  @inlinable
  public borrowing func withValue<Result: ~Copyable>(
    _ index: Int, forKey key: IntegerKey, _ body: (RawSpan) throws -> Result
  ) throws -> Result? {
    guard let value = unsafe try find(index, key) else { return nil }
    return try unsafe body(value.bytes)
  }

  @usableFromInline
  borrowing func find(
    _ index: Int, _ key: IntegerKey
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    unsafe try finders[index].find(key)
  }
}

extension TransactionGroup {
  /// Lends `body` look-ups in `sources`.
  public borrowing func withLookUps<Result: ~Copyable>(
    in sources: [Source], _ body: (borrowing LookUps) throws -> Result
  ) throws -> Result {
    let finders = try sources.map { try finder($0) }
    let lookUps = LookUps(finders)
    return try body(lookUps)
  }
}
