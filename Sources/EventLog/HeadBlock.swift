import EventSourcing
import LMDB

// The heads brought forward into a volume: where each stream stood when it began.
//
// A utility's month brings every account forward, so a head must be small. Heads lie in blocks, each
// a row of `heads` under the key of its first stream; within a block, and stream by stream:
//
// ```
// key shared with the stream before (varint) | length of the rest (varint) | the rest
// version (varint) | position - the one before (varint, zigzag)
// ```
//
// Keys are without their final 0x00, and the first stream's is the row's: its fields begin with the
// version. The position before the first is the volume's first. Accounts billed in order take six
// bytes each.

/// Gathers heads, in stream order, into blocks.
struct HeadBlockWriter {
  private let first: UInt64
  /// The first stream's key.
  private(set) var key: [UInt8] = []
  /// The block so far.
  private(set) var block = WireWriter()
  private var last: [UInt8] = []
  private var position: UInt64 = 0

  /// For a volume whose first position is `first`.
  init(first: UInt64) { self.first = first }

  /// Whether a further head makes a block of its own.
  var isFull: Bool { block.count >= Limits.headBlockBytes }
  /// Whether there are none.
  var isEmpty: Bool { block.count == 0 }

  /// Adds the head of the stream `stream`, which comes after those before.
  mutating func add(_ stream: RawSpan, _ head: StreamHead) {
    if isEmpty {
      key.removeAll(keepingCapacity: true)
      key.append(stream)
      position = first
    } else {
      let shared = last.withBytes { stream.countShared(with: $0) }
      block.varint(UInt64(shared))
      block.varint(UInt64(stream.byteCount - 1 - shared))
      for index in shared..<(stream.byteCount - 1) { block.byte(stream.byte(at: index)) }
    }
    block.varint(head.version)
    block.varint(WireWriter.zigzag(Int64(bitPattern: head.last.rawValue &- position)))
    position = head.last.rawValue
    last.removeAll(keepingCapacity: true)
    last.append(stream)
  }

  /// Begins the next block.
  mutating func removeAll() { block.removeAll() }
}

/// A place among the heads brought forward into a volume; the cursor over `heads` comes with every
/// call.
struct HeadWalk {
  private let path: String
  private let first: UInt64
  /// The stream's key, where there is one.
  private(set) var key: [UInt8] = []
  /// Where the stream stood.
  private(set) var head = StreamHead(version: 0, last: Position(0))
  /// The key of the row, and where in its block the next head begins.
  private var row: [UInt8] = []
  private var offset = 0

  init(of volume: Volume) {
    path = volume.path
    first = volume.first
  }

  /// Goes to the first head; whether there is one.
  mutating func start(_ cursor: inout Cursor) throws -> Bool {
    try cursor.first() && enter(&cursor)
  }

  /// Goes to the first head whose key is not less than `bound`; whether there is one. Costs little
  /// near the last place, forwards.
  mutating func seek(_ bound: RawSpan, _ cursor: inout Cursor) throws -> Bool {
    guard try cursor.seekLast(notAfter: bound) else { return try start(&cursor) }
    let isHere = try cursor.withEntry { found, _ in
      row.withBytes { found.isEqual(to: $0) } && !key.withBytes { bound.precedes($0) }
    }
    guard try isHere || enter(&cursor) else { return false }
    while key.withBytes({ $0.precedes(bound) }) {
      guard try next(&cursor) else { return false }
    }
    return true
  }

  /// Goes to the next head; whether there is one.
  mutating func next(_ cursor: inout Cursor) throws -> Bool {
    if try cursor.withEntry({ _, block in try read(block) }) { return true }
    return try cursor.next() && enter(&cursor)
  }

  /// Goes to the first head of the row that the cursor is at.
  private mutating func enter(_ cursor: inout Cursor) throws -> Bool {
    try cursor.withEntry { found, block in
      row.removeAll(keepingCapacity: true)
      row.append(found)
      key.removeAll(keepingCapacity: true)
      key.append(found)
      head = StreamHead(version: 0, last: Position(first))
      offset = 0
      guard try read(block) else { throw damaged }
      return true
    }
  }

  /// Reads the next head of the block; false at its end.
  private mutating func read(_ block: RawSpan) throws -> Bool {
    guard offset < block.byteCount else { return false }
    var cursor = WireCursor(offset..<block.byteCount)
    do {
      if offset > 0 {
        let shared = try cursor.varint(in: block)
        let rest = try cursor.contents(in: block)
        // Each key comes after the one before, so it is no beginning of it.
        guard shared < key.count, !rest.isEmpty,
          shared == key.count - 1 || block.byte(at: rest.lowerBound) > key[Int(shared)]
        else { throw damaged }
        key.removeLast(key.count - Int(shared))
        key.append(block.extracting(rest))
        key.append(0)
      }
      let version = try cursor.varint(in: block)
      let step = try cursor.signedVarint(in: block)
      let position = head.last.rawValue &+ UInt64(bitPattern: step)
      guard version > 0, version <= Limits.streamVersion, position < first else { throw damaged }
      head = StreamHead(version: version, last: Position(position))
    } catch is WireError {
      throw damaged
    }
    offset = cursor.offset
    return true
  }

  private var damaged: BookError {
    .damaged(path: path, what: "a head brought forward is unreadable")
  }
}

extension RawSpan {
  /// How many bytes at the beginning are those of `other`, the last byte of each not among them.
  fileprivate func countShared(with other: RawSpan) -> Int {
    let most = Swift.min(byteCount, other.byteCount) - 1
    var count = 0
    while count < most, byte(at: count) == other.byte(at: count) { count += 1 }
    return count
  }
}
