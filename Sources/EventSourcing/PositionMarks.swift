/// Positions of entries kept as rows, 512 of them a row: what an entry is found by, at a fraction of a
/// byte an entry.
///
/// ```
/// prefix  position / 512 (8)  ->  eight words of 64 bits, as a row of sums; bit p % 64 of word p / 64 % 8
/// ```
///
/// Integers in keys are big-endian. A position is marked once under a prefix, so that adding never
/// carries, and the parts of a book may be joined in any order.
public struct PositionMarks: Sendable {
  /// How many positions share a row.
  public static let blockSize: UInt64 = 512
  private static let wordCount = 8

  /// The block of the marks that are kept.
  private var block: UInt64 = 0
  /// What is kept, by prefix.
  private var words: [[UInt8]: [Int64]] = [:]

  /// No marks.
  public init() {}

  /// Marks `position` under `prefix`; writes into `rows` what was kept of the block before.
  ///
  /// - Parameter position: Not less than the one before it.
  public mutating func mark(
    _ position: Position, under prefix: [UInt8], into rows: inout RowChanges
  ) {
    let block = position.rawValue / Self.blockSize
    if block != self.block { flush(into: &rows) }
    self.block = block
    let place = Int(position.rawValue % Self.blockSize)
    words[prefix, default: Array(repeating: 0, count: Self.wordCount)][place / 64] |=
      Int64(1) << Int64(place % 64)
  }

  /// Writes into `rows` what is kept, and forgets it. In which order does not matter: rows have one of
  /// their own.
  public mutating func flush(into rows: inout RowChanges) {
    for (prefix, words) in words { rows.add(Self.key(prefix, block), words) }
    words.removeAll(keepingCapacity: true)
  }

  /// The key of the row for the positions of `block` under `prefix`.
  public static func key(_ prefix: [UInt8], _ block: UInt64) -> [UInt8] {
    prefix + stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: block >> $0) }
  }

  /// The block that a row is of.
  public static func block(inKey key: RawSpan) -> UInt64 {
    (key.byteCount - 8..<key.byteCount).reduce(0) { $0 << 8 | UInt64(key.byte(at: $1)) }
  }

  /// The marks of a row: eight words.
  public static func words(inValue value: RawSpan) -> [UInt64] {
    RowSums.numbers(value).map { UInt64(bitPattern: $0) }
  }
}

/// Positions of entries, in memory: an eighth of a byte for each entry between them.
public struct PositionSet: Hashable, Sendable {
  private var blocks: [UInt64: [UInt64]] = [:]

  /// No positions.
  public init() {}

  /// How many there are.
  public var count: Int {
    blocks.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.nonzeroBitCount } }
  }

  /// Adds a position.
  public mutating func insert(_ position: Position) {
    let place = Int(position.rawValue % PositionMarks.blockSize)
    blocks[position.rawValue / PositionMarks.blockSize, default: Array(repeating: 0, count: 8)][
      place / 64] |= 1 << UInt64(place % 64)
  }

  /// Adds the positions that a row of `PositionMarks` holds.
  public mutating func formUnion(key: RawSpan, value: RawSpan) {
    let block = PositionMarks.block(inKey: key)
    let more = PositionMarks.words(inValue: value)
    blocks[block] = blocks[block].map { zip($0, more).map { $0 | $1 } } ?? more
  }

  /// Keeps the positions that `other` has too.
  public mutating func formIntersection(_ other: PositionSet) {
    var kept: [UInt64: [UInt64]] = [:]
    for (block, words) in blocks {
      guard let others = other.blocks[block] else { continue }
      let both = zip(words, others).map { $0 & $1 }
      if both.contains(where: { $0 != 0 }) { kept[block] = both }
    }
    blocks = kept
  }

  /// The positions in order, or from the last back.
  public func sorted(descending: Bool = false) -> some Sequence<Position> {
    let order = blocks.keys.sorted { descending ? $0 > $1 : $0 < $1 }
    let places = descending ? Array((0..<512).reversed()) : Array(0..<512)
    return order.lazy.flatMap { block in
      places.lazy.filter { blocks[block]![$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
        .map { Position(block * PositionMarks.blockSize + UInt64($0)) }
    }
  }
}
