/// A change of a row as it lies in a `RowRun`:
///
/// ```
/// key length (2) | kind (1) | 0 (1) | value length (4) | key | value
/// ```
///
/// Lengths are little-endian.
public struct RowRecord: Sendable {
  /// What a change does to its row.
  public enum Kind: UInt8, Sendable {
    /// The value is the row's.
    case put = 0
    /// The row is no more.
    case remove = 1
    /// The value's numbers are added to the row's: eight bytes each, little-endian.
    case add = 2
  }

  /// The longest key that a file of rows takes.
  static let longestKey = 511
  static let headBytes = 8

  /// What it does.
  public let kind: Kind
  /// Where the row's key lies.
  public let key: Range<Int>
  /// Where the value lies.
  public let value: Range<Int>

  init(_ bytes: RawSpan, at offset: Int) {
    let head = bytes.fixed64(at: offset)
    let keyStart = offset + Self.headBytes
    let keyEnd = keyStart + Int(head & 0xFFFF)
    kind = Kind(rawValue: UInt8(truncatingIfNeeded: head >> 16))!
    key = keyStart..<keyEnd
    value = keyEnd..<(keyEnd + Int(head >> 32))
  }

  /// Where the next record begins.
  var end: Int { value.upperBound }

  static func putHead(
    _ kind: Kind, key: Int, value: Int, into bytes: inout [UInt8], at offset: Int
  ) {
    let head = UInt64(key) | UInt64(kind.rawValue) << 16 | UInt64(value) << 32
    for index in 0..<headBytes {
      bytes[offset + index] = UInt8(truncatingIfNeeded: head >> UInt64(8 * index))
    }
  }

  /// Below zero if this one's key sorts first, above zero if the other's does, 0 for the same key.
  func compareKey(_ other: RowRecord, _ bytes: RawSpan) -> Int {
    bytes.compare(key, bytes, other.key)
  }
}

extension RawSpan {
  /// Below zero if the bytes in `range` sort before those of `other` in its range, above zero if
  /// after, 0 if they are the same.
  func compare(_ range: Range<Int>, _ other: RawSpan, _ otherRange: Range<Int>) -> Int {
    let shared = Swift.min(range.count, otherRange.count)
    var offset = 0
    while offset + 8 <= shared {
      let left = fixed64(at: range.lowerBound + offset)
      let right = other.fixed64(at: otherRange.lowerBound + offset)
      if left != right { return left.byteSwapped < right.byteSwapped ? -1 : 1 }
      offset += 8
    }
    while offset < shared {
      let left = byte(at: range.lowerBound + offset)
      let right = other.byte(at: otherRange.lowerBound + offset)
      if left != right { return left < right ? -1 : 1 }
      offset += 1
    }
    return range.count - otherRange.count
  }
}

/// Changes of rows in key order, one for each key.
public struct RowRun: Sendable {
  /// The records, one after the other.
  private let bytes: [UInt8]

  fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

  /// What it takes in memory.
  public var byteCount: Int { bytes.count }

  /// Lends `body` each change, in key order.
  public func forEach(_ body: (RowRecord, RawSpan) throws -> Void) rethrows {
    try Self.lending(bytes) { all in
      var offset = 0
      while offset < all.byteCount {
        let record = RowRecord(all, at: offset)
        try body(record, all)
        offset = record.end
      }
    }
  }

  /// Lends the bytes of an array.
  static func lending<Result>(
    _ bytes: [UInt8], _ body: (RawSpan) throws -> Result
  ) rethrows -> Result {
    // `unsafe`: only because a span of any element type may lend its bytes; these are bytes.
    try unsafe body(bytes.span.bytes)
  }

  /// Joins runs into one: of changes of the same row the one of the last run counts, or their sum.
  ///
  /// - Parameter runs: In the order of the entries that they are of.
  public static func merging(_ runs: [RowRun]) -> RowRun {
    guard runs.count > 1 else { return runs.first ?? RowRun(bytes: []) }
    var joiner = RowJoiner(capacity: runs.reduce(0) { $0 + $1.byteCount })
    forEachMerged(runs) { record, bytes in
      joiner.take(record.kind, bytes.extracting(record.key), bytes.extracting(record.value))
    }
    return joiner.finish()
  }

  /// Lends `body` every change of `runs`, in key order, those of one key in the order of the runs.
  private static func forEachMerged(_ runs: [RowRun], _ body: (RowRecord, RawSpan) -> Void) {
    /// A run's next record.
    struct Head {
      var prefix: UInt128
      var record: RowRecord
      let run: Int
    }
    func head(_ run: Int, at offset: Int) -> Head? {
      guard offset < runs[run].bytes.count else { return nil }
      return lending(runs[run].bytes) { bytes in
        let record = RowRecord(bytes, at: offset)
        return Head(prefix: UInt128(prefixIn: bytes, record.key), record: record, run: run)
      }
    }
    func precedes(_ left: Head, _ right: Head) -> Bool {
      guard left.prefix == right.prefix else { return left.prefix < right.prefix }
      let order = lending(runs[left.run].bytes) { one in
        lending(runs[right.run].bytes) { one.compare(left.record.key, $0, right.record.key) }
      }
      return order == 0 ? left.run < right.run : order < 0
    }
    // A binary heap of the runs' next records, the first on top.
    var heap = runs.indices.compactMap { head($0, at: 0) }
    func sink(_ from: Int) {
      var place = from
      while true {
        var least = place
        for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
          if precedes(heap[child], heap[least]) { least = child }
        }
        guard least != place else { return }
        heap.swapAt(place, least)
        place = least
      }
    }
    for place in heap.indices.reversed() { sink(place) }
    while let top = heap.first {
      lending(runs[top.run].bytes) { body(top.record, $0) }
      if let next = head(top.run, at: top.record.end) {
        heap[0] = next
      } else {
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
      }
      sink(0)
    }
  }
}

extension UInt128 {
  /// The first sixteen bytes of the key in `range`, zeros where it is shorter: what most keys are told
  /// apart by.
  init(prefixIn bytes: RawSpan, _ range: Range<Int>) {
    if range.count >= 16 {
      self =
        UInt128(bytes.fixed64(at: range.lowerBound).byteSwapped) << 64
        | UInt128(bytes.fixed64(at: range.lowerBound + 8).byteSwapped)
    } else {
      self = 0
      for index in 0..<16 {
        let byte = index < range.count ? bytes.byte(at: range.lowerBound + index) : 0
        self = self << 8 | UInt128(byte)
      }
    }
  }
}

/// Takes changes in key order, those of one key in the order of the book, and keeps one for each key:
/// the last, of sums the sum.
public struct RowJoiner {
  private var bytes: [UInt8] = []
  private var last: Range<Int>?

  /// A joiner with room for so many bytes.
  public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// Takes the next change: of the last one's row, or of one further on.
  public mutating func take(_ kind: RowRecord.Kind, _ key: RawSpan, _ value: RawSpan) {
    if let last, isLastKey(key) {
      if kind == .add, addsToLast(value) { return }
      bytes.removeSubrange(last)
    }
    let start = bytes.count
    let length = key.byteCount
    bytes.append(contentsOf: repeatElement(0, count: RowRecord.headBytes))
    key.copy(0..<length, to: &bytes)
    value.copy(0..<value.byteCount, to: &bytes)
    RowRecord.putHead(kind, key: length, value: value.byteCount, into: &bytes, at: start)
    last = start..<bytes.count
  }

  /// What was taken, if it is more than `limit` bytes and `key` is further on; it is then forgotten.
  public mutating func full(beyond limit: Int, before key: RawSpan) -> RowRun? {
    guard bytes.count > limit, !isLastKey(key) else { return nil }
    return finish()
  }

  /// What was taken; it is then forgotten.
  public mutating func finish() -> RowRun {
    defer { (bytes, last) = ([], nil) }
    return RowRun(bytes: bytes)
  }

  private func isLastKey(_ key: RawSpan) -> Bool {
    guard let last else { return false }
    return RowRun.lending(bytes) { all in
      all.compare(RowRecord(all, at: last.lowerBound).key, key, 0..<key.byteCount) == 0
    }
  }

  /// Adds numbers to those of the last change: of a row that was read from a file they are put.
  private mutating func addsToLast(_ value: RawSpan) -> Bool {
    guard let last else { return false }
    let mine = RowRun.lending(bytes) { RowRecord($0, at: last.lowerBound) }
    guard mine.kind != .remove else { return false }
    precondition(mine.value.count == value.byteCount, "a row's sums are as many as they were")
    for index in stride(from: 0, to: value.byteCount, by: 8) {
      let place = mine.value.lowerBound + index
      let present = RowRun.lending(bytes) { Int64(bitPattern: $0.fixed64(at: place)) }
      let sum = present + Int64(bitPattern: value.fixed64(at: index))
      for byte in 0..<8 {
        bytes[place + byte] = UInt8(truncatingIfNeeded: sum >> Int64(8 * byte))
      }
    }
    return true
  }
}

/// The numbers that a row of sums holds: eight bytes each, little-endian, two's complement.
public enum RowSums {
  /// The numbers in the value of a row.
  public static func numbers(_ value: RawSpan) -> [Int64] {
    stride(from: 0, to: value.byteCount, by: 8).map { Int64(bitPattern: value.fixed64(at: $0)) }
  }

  /// The value of a row: `more` added to what is there, number by number.
  public static func adding(_ more: [Int64], to value: [Int64]?) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, number) in more.enumerated() { bytes.append(sums: (value?[index] ?? 0) + number) }
    return bytes
  }
}

extension [UInt8] {
  /// Appends a number of a row of sums.
  mutating func append(sums number: Int64) {
    for byte in 0..<8 { append(UInt8(truncatingIfNeeded: number >> Int64(8 * byte))) }
  }
}

extension RawSpan {
  /// Appends a copy of the bytes in `range`.
  public func copy(_ range: Range<Int>, to bytes: inout [UInt8]) {
    // `unsafe`: the one copy that does not go byte by byte; the buffer does not leave this call.
    unsafe extracting(range).withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }
}
