import CLMDB
import Glibc

/// Read transactions of several environments at once, lent to the body of `Environment.read(_:)`.
@safe
public struct TransactionGroup: ~Copyable {
  private let environments: [Environment]
  private var handles: [OpaquePointer]

  /// Begins a read transaction of each environment, in order.
  public init(_ environments: [Environment]) throws(LMDBError) {
    self.environments = environments
    unsafe handles = []
    unsafe handles.reserveCapacity(environments.count)
    for environment in environments {
      unsafe try handles.append(environment.begin(flags: UInt32(MDB_RDONLY)))
    }
  }

  deinit { unsafe handles.forEach { unsafe mdb_txn_abort($0) } }

  /// The number of environments.
  public var count: Int { environments.count }

  /// Lends `body` the transaction of the environment at `index`.
  @inlinable
  public borrowing func withTransaction<Result: ~Copyable>(
    _ index: Int, _ body: (borrowing Transaction<ReadOnly>) throws -> Result
  ) rethrows -> Result {
    let transaction = transaction(index)
    return try body(transaction)
  }

  borrowing func handle(_ index: Int) -> OpaquePointer { unsafe handles[index] }

  @usableFromInline
  borrowing func transaction(_ index: Int) -> Transaction<ReadOnly> {
    unsafe Transaction<ReadOnly>(handles[index], owned: false)
  }
}

extension Environment {
  /// Runs `body` against one snapshot of each of `environments`, each taken in order.
  public static func read<Result: ~Copyable>(
    _ environments: [Environment], _ body: (borrowing TransactionGroup) throws -> Result
  ) throws -> Result {
    let group = try TransactionGroup(environments)
    return try body(group)
  }
}

extension TransactionGroup {
  /// A database of one of the group's environments.
  public struct Source: Sendable {
    /// The environment's index in the group.
    public let index: Int
    /// One of its databases.
    public let database: Database

    /// A database of the environment at `index`.
    public init(_ index: Int, _ database: Database) {
      self.index = index
      self.database = database
    }
  }

  /// Lends `body` the entries of all `sources` as if they were one database in key order: from the
  /// first key not less than `lowerBound`, as long as keys are less than `upperBound` (no end if
  /// that is empty). Of equal keys the one of the earlier source comes first.
  ///
  /// Costs one cursor a source and a logarithm of their number an entry; copies nothing.
  public borrowing func merge(
    _ sources: [Source],
    from lowerBound: borrowing some BytesProviding & ~Copyable & ~Escapable,
    upTo upperBound: [UInt8] = [],
    _ body: (_ source: Int, _ key: RawSpan, _ value: RawSpan) throws -> Step
  ) throws {
    var heap = MergeHeap(upTo: upperBound)
    for (number, source) in sources.enumerated() {
      try unsafe heap.add(handles[source.index], source.database, number, from: lowerBound)
    }
    while let number = heap.least {
      guard try unsafe body(number, heap.key.bytes, heap.value.bytes) == .proceed else { return }
      try heap.advance()
    }
  }
}

/// The cursors of a merge, the least key at the root of a binary heap.
@safe
private struct MergeHeap: ~Copyable {
  @safe
  private struct Item {
    let cursor: OpaquePointer
    let number: Int
    var key = unsafe MDB_val()
    var value = unsafe MDB_val()

    /// Whether it comes before `other`: by key, then by number.
    @inline(__always)
    func precedes(_ other: Item) -> Bool {
      let order = unsafe compare(key.buffer, other.key.buffer)
      return order < 0 || (order == 0 && number < other.number)
    }
  }

  private var items: [Item] = []
  private let upperBound: [UInt8]

  init(upTo upperBound: [UInt8]) { self.upperBound = upperBound }

  deinit {
    for item in items { unsafe mdb_cursor_close(item.cursor) }
  }

  var least: Int? { items.first?.number }
  var key: UnsafeRawBufferPointer { unsafe items[0].key.buffer }
  var value: UnsafeRawBufferPointer { unsafe items[0].value.buffer }

  mutating func add(
    _ transaction: OpaquePointer, _ database: Database, _ number: Int,
    from lowerBound: borrowing some BytesProviding & ~Copyable & ~Escapable
  ) throws(LMDBError) {
    var cursor: OpaquePointer?
    unsafe try check(mdb_cursor_open(transaction, database.handle, &cursor))
    var item = unsafe Item(cursor: cursor!, number: number)
    let code = unsafe lowerBound.withMDBValue { bound in
      let code = unsafe mdb_cursor_get(item.cursor, &bound, &item.value, MDB_SET_RANGE)
      unsafe item.key = bound
      return code
    }
    guard try isWithin(code, item) else { return }
    var place = items.count
    items.append(item)
    while place > 0 {
      let parent = (place - 1) / 2
      guard items[place].precedes(items[parent]) else { return }
      items.swapAt(place, parent)
      place = parent
    }
  }

  /// Moves the least source on.
  mutating func advance() throws(LMDBError) {
    var key = unsafe MDB_val()
    var value = unsafe MDB_val()
    let code = unsafe mdb_cursor_get(items[0].cursor, &key, &value, MDB_NEXT)
    unsafe items[0].key = key
    unsafe items[0].value = value
    if try !isWithin(code, items[0]) {
      let last = items.removeLast()
      if items.isEmpty { return }
      items[0] = last
    }
    siftDown()
  }

  /// Whether the cursor found an entry below the upper bound; closes the cursor if not.
  @inline(__always)
  private func isWithin(_ code: CInt, _ item: Item) throws(LMDBError) -> Bool {
    if code == MDB_SUCCESS {
      if upperBound.isEmpty { return true }
      let isBelow = unsafe upperBound.withUnsafeBytes { bound in
        unsafe compare(item.key.buffer, bound) < 0
      }
      if isBelow { return true }
    }
    unsafe mdb_cursor_close(item.cursor)
    guard code == MDB_SUCCESS || code == MDB_NOTFOUND else { throw LMDBError(rawValue: code) }
    return false
  }

  /// Puts the root where it belongs; it mostly stays.
  private mutating func siftDown() {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < items.count else { return }
      if child + 1 < items.count, items[child + 1].precedes(items[child]) { child += 1 }
      guard items[child].precedes(items[parent]) else { return }
      items.swapAt(child, parent)
      parent = child
    }
  }
}

/// Less than zero, zero or more, as the bytes sort.
@inline(__always)
private func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
  let shared = min(left.count, right.count)
  let order = unsafe memcmp(left.baseAddress!, right.baseAddress!, shared)
  return order != 0 ? Int(order) : left.count - right.count
}
