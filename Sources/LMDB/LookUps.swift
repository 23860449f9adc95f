import CLMDB

/// Look-ups by number in a database of each of a group's environments, lent to the body of
/// `TransactionGroup.withLookUps`.
///
/// Of each database it remembers the last few places, each in a cursor. Whoever looks up streams in
/// order comes by several ascending runs of positions at once (what was appended in one batch is
/// near one another), so that nearly every key lies on the page of one of them, or next to it.
public struct LookUps: ~Copyable {
  /// The places remembered of each database.
  private static let placesEach = 4
  /// How far ahead of a place a key is taken to be near it, in keys.
  private static let near: UInt64 = 64

  /// A cursor, and the key it found last; `nil` before the first.
  @safe
  private struct Place {
    let cursor: OpaquePointer
    var last: UInt64?
  }

  /// `placesEach` of each source.
  private var places: [Place] = []
  /// Which place of each source is given up next.
  private var oldest: [Int] = []

  fileprivate init(
    _ group: borrowing TransactionGroup, _ sources: [TransactionGroup.Source]
  ) throws(LMDBError) {
    for source in sources {
      for _ in 0..<Self.placesEach {
        var cursor: OpaquePointer?
        let transaction = unsafe group.handle(source.index)
        unsafe try check(mdb_cursor_open(transaction, source.database.handle, &cursor))
        unsafe places.append(Place(cursor: cursor!))
      }
      oldest.append(0)
    }
  }

  deinit {
    for place in places { unsafe mdb_cursor_close(place.cursor) }
  }

  /// Lends `body` the value under `key` in the source numbered `index`, without copying it. Returns
  /// `nil` if there is none.
  @inlinable
  public mutating func withValue<Result: ~Copyable>(
    _ index: Int, forKey key: IntegerKey, _ body: (RawSpan) throws -> Result
  ) throws -> Result? {
    guard let value = unsafe try find(index, key) else { return nil }
    return try unsafe body(value.bytes)
  }

  @usableFromInline
  mutating func find(
    _ index: Int, _ key: IntegerKey
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    let place = place(index, near: key.rawValue)
    let cursor = unsafe places[place].cursor
    var value = unsafe MDB_val()
    if let last = places[place].last, key.rawValue == last + 1 {
      var found = unsafe MDB_val()
      let code = unsafe mdb_cursor_get(cursor, &found, &value, MDB_NEXT)
      if code == MDB_SUCCESS, unsafe found.buffer.bytes.loadIntegerKey() == key.rawValue {
        places[place].last = key.rawValue
        return unsafe value.buffer
      }
    }
    let code = unsafe key.withMDBValue { key in
      unsafe mdb_cursor_get(cursor, &key, &value, MDB_SET)
    }
    guard code != MDB_NOTFOUND else {
      places[place].last = nil
      return nil
    }
    try check(code)
    places[place].last = key.rawValue
    return unsafe value.buffer
  }

  /// The place from which to look for `key`.
  private mutating func place(_ index: Int, near key: UInt64) -> Int {
    let first = index * Self.placesEach
    for place in first..<(first + Self.placesEach) {
      if let last = places[place].last, key >= last, key - last <= Self.near { return place }
    }
    defer { oldest[index] = (oldest[index] + 1) % Self.placesEach }
    return first + oldest[index]
  }
}

extension TransactionGroup {
  /// Lends `body` look-ups in `sources`.
  public borrowing func withLookUps<Result: ~Copyable>(
    in sources: [Source], _ body: (inout LookUps) throws -> Result
  ) throws -> Result {
    var lookUps = try LookUps(self, sources)
    return try body(&lookUps)
  }
}
