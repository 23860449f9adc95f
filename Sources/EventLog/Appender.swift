public import EventSourcing
import LMDB

/// What became of an append. A conflict is an expected outcome, so it is a value, not an error.
public enum AppendOutcome: Hashable, Sendable {
  /// The entries are in the book, durably, from position `first` on.
  case appended(first: Position, count: Int, recordedAt: Timestamp)
  /// Nothing was appended: `stream` is not at the version that the batch expects. Of the book's own
  /// stream it may be the number of the book's entries that is another.
  case conflict(stream: StreamID, expected: UInt64, actual: UInt64)
}

/// Appends batches to a volume inside one of its write transactions.
struct Appender {
  let volume: Volume
  private(set) var head: VolumeHead

  init(_ volume: Volume, _ head: VolumeHead) {
    self.volume = volume
    self.head = head
  }

  /// The first precondition of `batch` that does not hold, as an outcome; `nil` if all hold.
  func conflict<Access>(
    _ batch: Batch, _ transaction: borrowing Transaction<Access>
  ) throws -> AppendOutcome? {
    if let size = batch.requiredSize, size != head.next {
      return .conflict(stream: ControlEvent.stream, expected: size, actual: head.next)
    }
    return try batch.keys.withBytes { keys in
      try volume.withHeads(transaction) { head in
        for preconditions in [batch.requirements, batch.writes] {
          for expected in preconditions {
            let key = keys.extracting(expected.key)
            let actual = try head(key)?.version ?? 0
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
    _ bytes: WireWriter, _ records: [Batch.Record], _ prefixes: [UInt32], at first: UInt64,
    _ transaction: inout Transaction<ReadWrite>
  ) throws {
    try bytes.withWritten { all in
      try transaction.withWriteCursor(in: volume.entries) { cursor in
        for (index, record) in records.enumerated() {
          try cursor.append(
            prefixes[index], all.extracting(record.range),
            forKey: IntegerKey(first + UInt64(index)))
        }
      }
    }
  }

  /// Adds the batch's entries to `streams`.
  ///
  /// A batch in stream order whose streams have entries in this volume already puts its keys between
  /// keys that lie on full pages. From the first on, the first key would split each page in two
  /// halves, of which the second overflows by the last key or two and is split again: a third of
  /// the room stays empty. So one key in half a page's is put first, from the last back: a page is
  /// then split by a key of its second half, and both halves just hold what comes between.
  private func index(
    _ batch: Batch, at first: UInt64, _ transaction: inout Transaction<ReadWrite>
  ) throws {
    let early = try keysPutEarly(batch, transaction)
    try batch.keys.withBytes { keys in
      try transaction.withWriteCursor(in: volume.streams) { cursor in
        func put(_ number: Int) throws {
          let key = keys.extracting(batch.records[number].key)
          let offset = first - volume.first + UInt64(number)
          if let short = UInt32(exactly: offset) {
            try cursor.insert(short, forKey: key)
          } else {
            try cursor.insert(offset, forKey: key)
          }
        }
        for number in early.reversed() { try put(number) }
        var next = 0
        for number in batch.records.indices {
          if next < early.count, early[next] == number {
            next += 1
          } else {
            try put(number)
          }
        }
      }
    }
  }

  /// The numbers of the batch's keys to put into `streams` before the others: one in half a page's
  /// that follows a key of its own stream.
  private func keysPutEarly<Access>(
    _ batch: Batch, _ transaction: borrowing Transaction<Access>
  ) throws -> [Int] {
    guard batch.isInStreamOrder, let key = batch.records.first?.key else { return [] }
    let stride = Limits.keysOnPage(of: key.count) / 2
    guard batch.count > stride else { return [] }
    var early: [Int] = []
    try batch.keys.withBytes { keys in
      try transaction.withCursor(in: volume.streams) { cursor in
        for number in Swift.stride(from: stride - 1, to: batch.count, by: stride) {
          let record = batch.records[number]
          guard try cursor.seekLast(notAfter: keys.extracting(record.key)) else { continue }
          let stream = keys.extracting(record.stream)
          if try cursor.withEntry({ key, _ in key.starts(with: stream) }) { early.append(number) }
        }
      }
    }
    return early
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
