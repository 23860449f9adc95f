/// Rows put, removed and added to, in order: what a projection says of one or more entries.
///
/// A projection either puts and removes a row, or adds to it: never both. Rows that were read from a
/// file are put, and may be added to.
public struct RowChanges: Sendable {
  /// The changes, each as `RowRecord` lays it out, oldest first.
  private var bytes: [UInt8] = []
  private var items: [Item] = []

  /// A change's key, as far as it fits two words, and where the change lies.
  private struct Item {
    var prefix: UInt128
    var offset: Int
  }

  /// No changes.
  public init() {}

  /// Whether there are none.
  public var isEmpty: Bool { items.isEmpty }

  /// Puts a row, replacing what was under `key`.
  ///
  /// - Parameter key: At most 511 bytes, at least one. Rows sort by it.
  public mutating func put(_ key: [UInt8], _ value: [UInt8]) {
    note(key, RowRecord.Kind.put) { $0.append(contentsOf: value) }
  }

  /// Puts a row whose value is what has been written.
  public mutating func put(_ key: [UInt8], written value: WireWriter) {
    note(key, RowRecord.Kind.put) { bytes in
      value.withWritten { $0.copy(0..<$0.byteCount, to: &bytes) }
    }
  }

  /// Removes the row under `key`, if there is one.
  public mutating func remove(_ key: [UInt8]) { note(key, RowRecord.Kind.remove) { _ in } }

  /// Adds to the sums of the row under `key`: to none where there is no row. A row of zeros stays.
  public mutating func add(_ key: [UInt8], _ sums: [Int64]) {
    note(key, RowRecord.Kind.add) { bytes in
      for sum in sums { bytes.append(sums: sum) }
    }
  }

  private mutating func note(
    _ key: [UInt8], _ kind: RowRecord.Kind, _ value: (inout [UInt8]) -> Void
  ) {
    precondition((1...RowRecord.longestKey).contains(key.count), "a row's key is 1 to 511 bytes")
    items.append(
      Item(
        prefix: RowRun.lending(key) { UInt128(prefixIn: $0, 0..<key.count) }, offset: bytes.count))
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: RowRecord.headBytes))
    bytes.append(contentsOf: key)
    value(&bytes)
    RowRecord.putHead(
      kind, key: key.count, value: bytes.count - start - RowRecord.headBytes - key.count,
      into: &bytes, at: start)
  }

  /// The changes in key order with one for each key: the last, of sums the sum.
  public func run() -> RowRun {
    RowRun.lending(bytes) { all in
      let order = items.sorted { left, right in
        guard left.prefix == right.prefix else { return left.prefix < right.prefix }
        switch RowRecord(all, at: left.offset).compareKey(RowRecord(all, at: right.offset), all) {
        case 0: return left.offset < right.offset
        case let order: return order < 0
        }
      }
      var result = RowJoiner(capacity: bytes.count)
      for item in order {
        let record = RowRecord(all, at: item.offset)
        result.take(record.kind, all.extracting(record.key), all.extracting(record.value))
      }
      return result.finish()
    }
  }
}
