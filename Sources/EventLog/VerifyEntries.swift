import EventSourcing
import LMDB

/// Verifies a run of entries of one volume, from their bytes up: what each core does by itself.
struct EntriesCheck {
  let volume: Volume
  let positions: Range<UInt64>
  let decode: EventCheck

  /// What was found.
  struct Result: Sendable {
    var entries: UInt64 = 0
    var events: UInt64 = 0
    var bytes: UInt64 = 0
    /// The leaf hashes, those of whole 256-leaf subtrees folded.
    var parts: [HashedBatch.Part] = []
    var firstRecordedAt: Timestamp?
    var lastRecordedAt: Timestamp?
    var damage: Damage?
  }

  /// Verifies the entries, stopping at the first damage.
  func run() -> Result {
    var result = Result()
    do {
      try volume.environment.read { transaction in
        try transaction.withCursor(in: volume.streams) { streams in
          try check(transaction, &streams, &result)
        }
      }
    } catch let damage as Found {
      result.damage = damage.damage
    } catch {
      result.damage = Damage(.volume(volume.name), "\(error)")
    }
    return result
  }

  /// Ends the walk at a damage.
  private struct Found: Error {
    let damage: Damage
  }

  private func check(
    _ transaction: borrowing Transaction<ReadOnly>, _ streams: inout Cursor, _ result: inout Result
  ) throws {
    var expected = positions.lowerBound
    var leaves: [MerkleHash] = []
    var writer = WireWriter()
    var month = MonthCheck(name: volume.name)
    try transaction.forEach(in: volume.entries, from: IntegerKey(expected)) { key, value in
      guard expected < positions.upperBound else { return .stop }
      let position = key.loadIntegerKey()
      guard position == expected else { return .stop }
      let leaf = try hash(position, value)
      let bytes = value.extracting(droppingFirst: Volume.prefixBytes)
      let header = try checkHeader(position, bytes, &writer)
      try check(header.recordedAt, at: position, &month, &result)
      try checkIndex(position, header, &streams)
      result.events += try checkEvents(position, header, bytes)
      result.entries += 1
      result.bytes += UInt64(bytes.byteCount)
      leaves.append(leaf)
      expected += 1
      if expected & 255 == 0 { fold(&leaves, &result) }
      return .proceed
    }
    guard expected == positions.upperBound else {
      throw found(expected, "it is missing")
    }
    fold(&leaves, &result)
  }

  private func found(_ position: UInt64, _ what: String) -> Found {
    Found(damage: Damage(.entry(Position(position)), what))
  }

  private func fold(_ leaves: inout [MerkleHash], _ result: inout Result) {
    guard !leaves.isEmpty else { return }
    result.parts.append(
      leaves.count == 1 << Limits.storedLevel
        ? .subtree(Merkle.root(ofPerfect: leaves), prefixes: []) : .leaves(leaves))
    leaves.removeAll(keepingCapacity: true)
  }

  private func hash(_ position: UInt64, _ value: RawSpan) throws -> MerkleHash {
    guard value.byteCount > Volume.prefixBytes else { throw found(position, "it is empty") }
    let leaf = Merkle.leafHash(value.extracting(droppingFirst: Volume.prefixBytes))
    guard UInt32(bigEndianIn: value, at: 0) == leaf.prefix else {
      throw found(position, "its bytes and the beginning of its leaf hash disagree")
    }
    return leaf
  }

  /// Reads the header, and demands that writing it again gives the same bytes.
  private func checkHeader(
    _ position: UInt64, _ bytes: RawSpan, _ writer: inout WireWriter
  ) throws -> EntryHeader {
    let header: EntryHeader
    do {
      header = try EntryView(bytes).header
    } catch {
      throw found(position, "its header cannot be read: \(error)")
    }
    writer.removeAll()
    _ = header.encode(into: &writer)
    guard writer.withWritten({ bytes.starts(with: $0) }) else {
      throw found(position, "its header is not in canonical form")
    }
    guard StreamID.isValid(header.stream.id), header.version > 0 else {
      throw found(position, "it names no stream and version")
    }
    return header
  }

  private func check(
    _ recordedAt: Timestamp, at position: UInt64, _ month: inout MonthCheck,
    _ result: inout Result
  ) throws {
    if let last = result.lastRecordedAt, recordedAt < last {
      throw found(position, "it was recorded before the entry before it")
    }
    guard month.holds(recordedAt) else {
      throw found(position, "it was recorded outside the month of its volume")
    }
    if result.firstRecordedAt == nil { result.firstRecordedAt = recordedAt }
    result.lastRecordedAt = recordedAt
  }

  /// Demands that the index says where this version of this stream is.
  private func checkIndex(
    _ position: UInt64, _ header: EntryHeader, _ streams: inout Cursor
  ) throws {
    let key = StreamKey.version(header.stream, header.version)
    guard try streams.find(key) else {
      throw found(position, "the index does not hold \(header.stream) version \(header.version)")
    }
    let indexed = try streams.withEntry { _, value in volume.position(value) }
    guard indexed == position else {
      throw found(
        position, "the index says that \(header.stream) version \(header.version) is at \(indexed)")
    }
  }

  private func checkEvents(
    _ position: UInt64, _ header: EntryHeader, _ bytes: RawSpan
  ) throws -> UInt64 {
    var count = 0
    do {
      try EntryView(bytes).forEachEvent(in: bytes) { index, range in
        count = index
        if header.stream.kind == .book {
          _ = try ControlEvent(bytes, range)
        } else {
          try decode(header.stream.kind, bytes, range)
        }
        count = index + 1
      }
    } catch {
      throw Found(
        damage: Damage(
          .event(EventAddress(Position(position), count)), "it cannot be decoded: \(error)"))
    }
    guard count > 0 else { throw found(position, "it holds no event") }
    return UInt64(count)
  }
}

/// Whether moments fall in a month. Entries of a batch share one, so the last is remembered.
private struct MonthCheck {
  let name: String
  private var last: Timestamp?

  init(name: String) { self.name = name }

  mutating func holds(_ moment: Timestamp) -> Bool {
    if moment == last { return true }
    guard moment.month == name else { return false }
    last = moment
    return true
  }
}
