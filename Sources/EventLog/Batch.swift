public import EventSourcing
import LMDB

/// Entries to append together, all or none, encoded in advance.
///
/// It expects each stream it writes to be at the version before the first it writes, and each
/// stream named by `require` to be at the version given. Cheapest in stream order.
public struct Batch: Sendable {
  /// An entry's place in `bytes` and in `keys`.
  struct Record: Sendable {
    /// The entry's bytes, which `Merkle.leafByte` precedes.
    var range: Range<Int>
    /// Where `recorded_at` is stamped.
    var stamp: Int
    /// The entry's key in `streams`.
    var key: Range<Int>
  }

  /// That a stream be at a version before the batch.
  struct Precondition: Sendable {
    /// The stream's key in `heads`, in `keys`.
    var key: Range<Int>
    var version: UInt64
  }

  private var writer = WireWriter()
  private(set) var keys: [UInt8] = []
  private(set) var records: [Record] = []
  /// One for each stream written.
  private(set) var writes: [Precondition] = []
  /// One for each `require`.
  private(set) var requirements: [Precondition] = []
  /// How many entries the book must have.
  private(set) var requiredSize: UInt64?
  private var memory = WrittenStreams()

  /// No entries.
  public init() {}

  /// The number of entries.
  public var count: Int { records.count }
  /// Whether there are no entries.
  public var isEmpty: Bool { records.isEmpty }
  /// The bytes of all entries.
  public var byteCount: Int { writer.count - records.count }

  /// Whether its streams ascend.
  var isInStreamOrder: Bool { memory.isAscending }

  /// Adds an entry. `events` writes each of its events with `writer.message(15) { ... }`.
  ///
  /// Traps if the stream's name is not valid, if the version is 0 or beyond
  /// `Limits.streamVersion`, if it does not follow the one this batch wrote to the stream before, or
  /// if there is no event.
  /// The header's `recordedAt` is ignored: the book stamps it.
  public mutating func add(_ header: EntryHeader, _ events: (inout WireWriter) -> Void) {
    precondition(StreamID.isValid(header.stream.id), "a stream's name is 1 to 64 ASCII characters")
    precondition(
      (1...Limits.streamVersion).contains(header.version), "a version is at least 1 and fits")
    writer.byte(Merkle.leafByte)
    let start = writer.count
    let stamp = header.encode(into: &writer)
    let headerEnd = writer.count
    events(&writer)
    precondition(writer.count > headerEnd, "an entry holds at least one event")
    let keyStart = keys.count
    keys.appendHead(header.stream)
    keys.append(bigEndian: UInt32(header.version))
    follow(
      Record(
        range: start..<writer.count, stamp: stamp, key: keyStart..<keys.count),
      header.version)
  }

  /// The entries' bytes, every entry stamped, each after `Merkle.leafByte`.
  func stamped(_ recordedAt: Timestamp) -> WireWriter {
    var stamped = writer
    let value = UInt64(bitPattern: recordedAt.rawValue)
    for record in records { stamped.patchFixed64(at: record.stamp, value) }
    return stamped
  }

  /// Adds the entries and requirements of `other`, in its order, after those of this one.
  ///
  /// Traps where `add` would.
  public mutating func append(_ other: Batch) {
    let byteOffset = writer.count
    let keyOffset = keys.count
    writer.append(other.writer)
    keys.append(contentsOf: other.keys)
    records.reserveCapacity(records.count + other.records.count)
    for record in other.records {
      let key = record.key.shifted(by: keyOffset)
      let version = keys.withBytes {
        UInt32(bigEndianIn: $0, at: key.upperBound - StreamKey.versionBytes)
      }
      follow(
        Record(
          range: record.range.shifted(by: byteOffset), stamp: record.stamp + byteOffset, key: key),
        UInt64(version))
    }
    for required in other.requirements {
      requirements.append(
        Precondition(key: required.key.shifted(by: keyOffset), version: required.version))
    }
  }

  /// Expects `stream` to be at `version` before the batch, 0 meaning that it has no entries.
  public mutating func require(_ stream: StreamID, at version: UInt64) {
    let start = keys.count
    keys.appendHead(stream)
    requirements.append(Precondition(key: start..<keys.count, version: version))
  }

  /// Expects the book to have `size` entries before the batch: that nothing at all was appended since.
  public mutating func require(size: UInt64) { requiredSize = size }

  /// Adds a record, and expects its stream's version before if this is the first to write it.
  private mutating func follow(_ record: Record, _ version: UInt64) {
    let stream = record.stream
    if let last = memory.note(stream, version, keys, records) {
      precondition(version == last + 1, "a batch writes a stream's versions one after the other")
    } else {
      writes.append(Precondition(key: stream, version: version - 1))
    }
    records.append(record)
  }
}

extension Batch.Record {
  /// The stream's key in `heads`.
  var stream: Range<Int> { key.lowerBound..<(key.upperBound - StreamKey.versionBytes) }
}

/// Which version of which stream a batch wrote last.
///
/// While streams ascend only the greatest is remembered; the dictionary is made when one does not.
private struct WrittenStreams: Sendable {
  private var greatest = 0..<0
  private var version: UInt64 = 0
  /// By copies of the keys: slices of them would make each addition to the keys copy them all.
  private var versions: [[UInt8]: UInt64]?

  /// Whether no stream came after a greater one.
  var isAscending: Bool { versions == nil }

  /// Notes that `stream`, a range of `keys`, is written at `version`; returns its version before in
  /// this batch. `records` are those before.
  mutating func note(
    _ stream: Range<Int>, _ version: UInt64, _ keys: [UInt8], _ records: [Batch.Record]
  ) -> UInt64? {
    if versions == nil {
      switch keys.withBytes({ ByteOrder($0, stream, greatest) }) {
      case .descending:
        greatest = stream
        self.version = version
        return nil
      case .same:
        defer { self.version = version }
        return self.version
      case .ascending:
        versions = [:]
        for record in records {
          versions?[Array(keys[record.stream])] = keys.withBytes {
            UInt64(UInt32(bigEndianIn: $0, at: record.stream.upperBound))
          }
        }
      }
    }
    return versions?.updateValue(version, forKey: Array(keys[stream]))
  }
}
