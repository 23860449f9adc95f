/// A read model: a name, a version, and how each entry of the book changes its rows.
///
/// It reads entries and writes rows and does nothing else: no clock, no input or output, no other
/// projection, and not even its own rows, so a rebuild may fold in any order that keeps each row's
/// writes in the order of the book. It stops at an event it does not know: it never skips one.
public protocol Projection: Sendable {
  /// The projection's name, also its file's.
  static var name: String { get }
  /// Raised whenever the same book would give other rows. Each version has its own file.
  static var version: Int { get }

  /// Writes into `rows` what the entry in `bytes` changes.
  ///
  /// - Throws: whatever the event's decoder throws; the projection stops there.
  static func apply(
    _ entry: EntryView, at position: Position, bytes: RawSpan, to rows: inout RowChanges) throws
}

/// Rows put and removed, in order: what a projection says of one or more entries.
public struct RowChanges: Sendable {
  /// One change: a row put, or (without a value) removed.
  public struct Change: Sendable {
    /// The row's key. Rows sort by its bytes.
    public let key: [UInt8]
    /// The row's value; `nil` removes it.
    public let value: [UInt8]?
  }

  /// The changes, oldest first.
  public private(set) var changes: [Change] = []

  /// No changes.
  public init() {}

  /// Puts a row, replacing what was under `key`.
  public mutating func put(_ key: [UInt8], _ value: [UInt8]) {
    changes.append(Change(key: key, value: value))
  }

  /// Removes the row under `key`, if there is one.
  public mutating func remove(_ key: [UInt8]) { changes.append(Change(key: key, value: nil)) }

  /// Forgets all changes and keeps the room.
  public mutating func removeAll() { changes.removeAll(keepingCapacity: true) }

  /// The changes in key order with one for each key, the last: what a bulk load appends.
  public func inKeyOrder() -> [Change] {
    let order = changes.indices.sorted { left, right in
      let (one, other) = (changes[left].key, changes[right].key)
      return one == other ? left < right : one.lexicographicallyPrecedes(other)
    }
    var result: [Change] = []
    result.reserveCapacity(order.count)
    for index in order {
      if let last = result.last, last.key == changes[index].key { result.removeLast() }
      result.append(changes[index])
    }
    return result
  }
}
