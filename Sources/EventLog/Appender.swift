public import EventSourcing
import LMDB

/// What became of an append. A conflict is an expected outcome, so it is a value, not an error.
public enum AppendOutcome: Hashable, Sendable {
  /// The entries are in the book, durably, from position `first` on.
  case appended(first: Position, count: Int, recordedAt: Timestamp)
  /// Nothing was appended: `stream` is not at the version that the batch expects.
  case conflict(stream: StreamID, expected: UInt64, actual: UInt64)
}

/// Appends batches to a volume inside one of its write transactions.
struct Appender {
  let volume: Volume
  private(set) var head: VolumeHead
  /// Room that the look-ups of heads share.
  private var bound: [UInt8] = []

  init(_ volume: Volume, _ head: VolumeHead) {
    self.volume = volume
    self.head = head
  }

  /// The first precondition of `batch` that does not hold, as an outcome; `nil` if all hold.
  mutating func conflict<Access>(
    _ batch: Batch, _ transaction: borrowing Transaction<Access>
  ) throws -> AppendOutcome? {
    try batch.keys.withBytes { keys in
      try transaction.withCursor(in: volume.streams) { cursor in
        for preconditions in [batch.requirements, batch.writes] {
          for expected in preconditions {
            let key = keys.extracting(expected.key)
            let actual = try volume.head(of: key, transaction, &cursor, &bound)?.version ?? 0
            guard actual == expected.version else {
              return .conflict(
                stream: StreamKey.stream(in: key)!, expected: expected.version, actual: actual)
            }
          }
        }
        return nil
      }
    }
  }

  /// Stamps, hashes and stores the entries. Call only where `conflict` found none.
  mutating func append(
    _ batch: Batch, recordedAt: Timestamp, _ transaction: inout Transaction<ReadWrite>
  ) throws -> AppendOutcome {
    let first = head.next
    let bytes = batch.stamped(recordedAt)
    let hashed = HashedBatch(bytes, batch.records, appendedTo: first)
    try store(bytes, batch.records, hashed.prefixes, at: first, &transaction)
    try index(batch, at: first, &transaction)
    let tree = volume.tree
    try hashed.append(to: &head.range) { level, index, root in
      guard level >= Limits.storedLevel else { return }
      try transaction.insert(root.bytes, forKey: TreeKey.bytes(level, index), in: tree)
    }
    head.lastRecordedAt = recordedAt
    return .appended(first: Position(first), count: batch.count, recordedAt: recordedAt)
  }

  /// Stores where the book now stands; the last thing in a transaction.
  func writeHead(_ transaction: inout Transaction<ReadWrite>) throws {
    try transaction.put(head.encoded(), forKey: MetaName.head, in: volume.meta)
  }

  private func store(
    _ bytes: [UInt8], _ records: [Batch.Record], _ prefixes: [UInt32], at first: UInt64,
    _ transaction: inout Transaction<ReadWrite>
  ) throws {
    try bytes.withBytes { all in
      try transaction.withWriteCursor(in: volume.entries) { cursor in
        for (index, record) in records.enumerated() {
          try cursor.append(
            prefixes[index], all.extracting(record.range),
            forKey: IntegerKey(first + UInt64(index)))
        }
      }
    }
  }

  private func index(
    _ batch: Batch, at first: UInt64, _ transaction: inout Transaction<ReadWrite>
  ) throws {
    try batch.keys.withBytes { keys in
      try transaction.withWriteCursor(in: volume.streams) { cursor in
        var offset = first - volume.first
        for record in batch.records {
          let key = keys.extracting(record.key)
          if let short = UInt32(exactly: offset) {
            try cursor.insert(short, forKey: key)
          } else {
            try cursor.insert(offset, forKey: key)
          }
          offset += 1
        }
      }
    }
  }
}

extension Batch {
  /// The batch's bytes with every entry stamped.
  fileprivate func stamped(_ recordedAt: Timestamp) -> [UInt8] {
    var bytes = bytes
    let value = UInt64(bitPattern: recordedAt.rawValue)
    for record in records {
      for index in 0..<8 {
        bytes[record.stamp + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
      }
    }
    return bytes
  }
}

/// The key of a subtree in `tree`: level (1) | index (8).
enum TreeKey {
  static func bytes(_ level: Int, _ index: UInt64) -> [UInt8] {
    var key = [UInt8(level)]
    key.append(bigEndian: index)
    return key
  }
}
