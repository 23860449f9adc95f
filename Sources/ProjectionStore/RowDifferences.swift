import EventSourcing
import LMDB

/// How the rows of two projection files differ.
public struct RowDifferences: Hashable, Sendable {
  /// How many entries both had applied.
  public internal(set) var size: UInt64
  /// Rows that are the same.
  public internal(set) var equal = 0
  /// Rows that both have with different values.
  public internal(set) var changed = 0
  /// Rows that only the left one has.
  public internal(set) var onlyLeft = 0
  /// Rows that only the right one has.
  public internal(set) var onlyRight = 0

  /// Whether there is none.
  public var isEmpty: Bool { changed == 0 && onlyLeft == 0 && onlyRight == 0 }
}

/// A row that two projection files do not have alike.
public struct RowDifference: Hashable, Sendable {
  /// The row's key.
  public let key: [UInt8]
  /// The value in the left one; `nil` where it has no such row.
  public let left: [UInt8]?
  /// The value in the right one; `nil` where it has no such row.
  public let right: [UInt8]?
}

extension ProjectionFile {
  /// Lends `body` each row that this file and another do not have alike, in key order.
  ///
  /// - Returns: `nil` where the two have not come equally far.
  public func differences(
    from other: ProjectionFile, progress: (Int, Int) -> Void = { _, _ in },
    _ body: (RowDifference) throws -> Void
  ) throws -> RowDifferences? {
    try Environment.read([environment, other.environment]) { group in
      let size = try group.withTransaction(0) { try Checkpoint(in: $0, meta).size }
      guard try group.withTransaction(1, { try Checkpoint(in: $0, other.meta).size }) == size else {
        return nil
      }
      let total =
        try group.withTransaction(0) { try $0.count(of: rows) }
        + group.withTransaction(1) { try $0.count(of: other.rows) }
      var found = RowDifferences(size: size)
      var left: (key: [UInt8], value: [UInt8])?
      var read = 0
      func settle() throws {
        guard let row = left else { return }
        found.onlyLeft += 1
        left = nil
        try body(RowDifference(key: row.key, left: row.value, right: nil))
      }
      try group.merge(
        [.init(0, rows), .init(1, other.rows)], from: Self.firstKey
      ) { number, key, value in
        read += 1
        if read % 65_536 == 0 { progress(read, total) }
        guard number == 1 else {
          try settle()
          left = (Array(copying: key), Array(copying: value))
          return .proceed
        }
        guard let row = left, key.byteCount == row.key.count, key.holds(row.key, at: 0) else {
          try settle()
          found.onlyRight += 1
          try body(
            RowDifference(key: Array(copying: key), left: nil, right: Array(copying: value)))
          return .proceed
        }
        left = nil
        if value.byteCount == row.value.count, value.holds(row.value, at: 0) {
          found.equal += 1
        } else {
          found.changed += 1
          try body(RowDifference(key: row.key, left: row.value, right: Array(copying: value)))
        }
        return .proceed
      }
      try settle()
      return found
    }
  }
}

extension [UInt8] {
  /// A copy of `bytes`.
  fileprivate init(copying bytes: RawSpan) {
    self = []
    bytes.copy(0..<bytes.byteCount, to: &self)
  }
}
