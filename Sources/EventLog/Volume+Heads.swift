import EventSourcing
import LMDB

/// What a volume's indexes say of a stream: where it stood when the volume began, or where one of
/// its versions is.
enum IndexRow {
  /// A head brought forward.
  case head(StreamHead)
  /// A row of `streams`.
  case version(UInt64, at: UInt64)
}

extension Volume {
  /// Lends `body` a look-up of where streams, given by their keys, stand at the end of this volume:
  /// `nil` for one that has no entries so far. Cheapest in stream order.
  func withHeads<Access, Result: ~Copyable>(
    _ transaction: borrowing Transaction<Access>,
    _ body: (_ head: (RawSpan) throws -> StreamHead?) throws -> Result
  ) throws -> Result {
    var bound: [UInt8] = []
    var walk = HeadWalk(of: self)
    return try transaction.withCursor(in: streams) { rows in
      try transaction.withCursor(in: heads) { blocks in
        try body { key in
          try lastRow(of: key, &rows, &bound) ?? broughtForward(key, &walk, &blocks)
        }
      }
    }
  }

  private func lastRow(
    of key: RawSpan, _ rows: inout Cursor, _ bound: inout [UInt8]
  ) throws -> StreamHead? {
    bound.removeAll(keepingCapacity: true)
    bound.append(key)
    bound.append(bigEndian: UInt32.max)
    guard try rows.seekLast(notAfter: bound) else { return nil }
    return try rows.withEntry { found, value in
      guard found.byteCount == key.byteCount + StreamKey.versionBytes, found.starts(with: key)
      else { return nil }
      return StreamHead(
        version: UInt64(UInt32(bigEndianIn: found, at: key.byteCount)),
        last: Position(position(value)))
    }
  }

  private func broughtForward(
    _ key: RawSpan, _ walk: inout HeadWalk, _ blocks: inout Cursor
  ) throws -> StreamHead? {
    guard try walk.seek(key, &blocks), walk.key.withBytes({ key.isEqual(to: $0) }) else {
      return nil
    }
    return walk.head
  }

  /// Lends `body` the heads brought forward and the rows of `streams`, side by side, in stream order
  /// and within a stream by version: each with its stream's key, which is empty where a row's key is
  /// too short to name one.
  ///
  /// - Parameters:
  ///   - group: Transactions of which the one at `index` is this volume's.
  ///   - upTo: Keys from here on are left out; empty for none.
  func forEachIndexRow(
    _ group: borrowing TransactionGroup, index: Int = 0, from lowerBound: [UInt8],
    upTo upperBound: [UInt8] = [], _ body: (_ stream: RawSpan, IndexRow) throws -> Step
  ) throws {
    let end: (RawSpan) -> Bool = { key in
      !upperBound.isEmpty && upperBound.withBytes { !key.precedes($0) }
    }
    try group.withTransaction(index) { transaction in
      try transaction.withCursor(in: streams) { rows in
        try transaction.withCursor(in: heads) { blocks in
          var walk = HeadWalk(of: self)
          var isAtRow = try rows.seek(lowerBound)
          var isAtHead = try lowerBound.withBytes { try walk.seek($0, &blocks) }
          while isAtRow || isAtHead {
            // A stream's key sorts before those of its versions.
            let isHead =
              try isAtHead
              && (!isAtRow
                || rows.withEntry { row, _ in walk.key.withBytes { $0.precedes(row) } })
            let step: Step
            if isHead {
              step = try walk.key.withBytes { key in
                end(key) ? .stop : try body(key, .head(walk.head))
              }
              if step == .proceed { isAtHead = try walk.next(&blocks) }
            } else {
              step = try rows.withEntry { key, value in
                end(key) ? .stop : try lend(key, value, to: body)
              }
              if step == .proceed { isAtRow = try rows.next() }
            }
            if step == .stop { return }
          }
        }
      }
    }
  }

  private func lend(
    _ key: RawSpan, _ value: RawSpan, to body: (_ stream: RawSpan, IndexRow) throws -> Step
  ) throws -> Step {
    let length = key.byteCount - StreamKey.versionBytes
    guard length > 0 else { return try body(RawSpan(), .version(0, at: .max)) }
    return try body(
      key.extracting(0..<length),
      .version(UInt64(UInt32(bigEndianIn: key, at: length)), at: position(value)))
  }

  /// Lends `body` the key and head of every stream with entries up to this volume's end, in order.
  ///
  /// - Parameters:
  ///   - group: Transactions of which the one at `index` is this volume's.
  ///   - upTo: Keys from here on are left out; empty for none.
  func forEachHead(
    _ group: borrowing TransactionGroup, index: Int = 0, from lowerBound: [UInt8],
    upTo upperBound: [UInt8] = [], _ body: (_ key: RawSpan, StreamHead) throws -> Step
  ) throws {
    // A stream's head is what was seen last when another stream's key comes.
    var key: [UInt8] = []
    var latest: StreamHead?
    var isStopped = false
    try forEachIndexRow(group, index: index, from: lowerBound, upTo: upperBound) { stream, row in
      if key.withBytes({ !stream.isEqual(to: $0) }) {
        if let latest, try key.withBytes({ try body($0, latest) }) == .stop {
          isStopped = true
          return .stop
        }
        key.removeAll(keepingCapacity: true)
        key.append(stream)
      }
      switch row {
      case .head(let head): latest = head
      case .version(let version, let position):
        latest = StreamHead(version: version, last: Position(position))
      }
      return .proceed
    }
    if let latest, !isStopped { _ = try key.withBytes { try body($0, latest) } }
  }
}
