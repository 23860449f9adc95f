import EventSourcing

// The records in a volume's `meta`. Integers are big-endian; a range of n leaves has as many hashes
// as n has bits set.

/// What a volume is, fixed when it is made.
///
/// ```
/// 0: book id (16) | 16: simulated (1) | 17: name of the volume (7) | 24: first position (8)
/// 32: compact range at the first position (32 each) | name of the book (UTF-8)
/// ```
struct VolumeInformation: Hashable, Sendable {
  var book: BookIdentity
  var name: String
  var start: CompactRange

  /// The first position.
  var first: UInt64 { start.size }

  func encoded() -> [UInt8] {
    var bytes = book.id
    bytes.append(book.isSimulated ? 1 : 0)
    bytes.append(contentsOf: name.utf8)
    bytes.append(bigEndian: start.size)
    for hash in start.hashes { bytes.append(contentsOf: hash.bytes) }
    bytes.append(contentsOf: book.name.utf8)
    return bytes
  }

  init(book: BookIdentity, name: String, start: CompactRange) {
    self.book = book
    self.name = name
    self.start = start
  }

  init?(_ bytes: RawSpan, format: UInt32) {
    guard bytes.byteCount >= 32 else { return nil }
    guard let start = CompactRange(bytes, sizeAt: 24, hashesAt: 32) else { return nil }
    let end = 32 + start.hashes.count * MerkleHash.byteCount
    name = bytes.text(in: 17..<24)
    book = BookIdentity(
      id: bytes.array(in: 0..<16), isSimulated: bytes.byte(at: 16) == 1,
      name: bytes.text(in: end..<bytes.byteCount), format: format)
    self.start = start
  }
}

/// Where the book stands, written anew by each commit.
///
/// ```
/// 0: next position (8) | 8: last recorded-at (8) | 16: compact range at next (32 each)
/// ```
struct VolumeHead: Hashable, Sendable {
  var range: CompactRange
  var lastRecordedAt: Timestamp

  /// The position that the next entry will have.
  var next: UInt64 { range.size }

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: range.size)
    bytes.append(bigEndian: lastRecordedAt.rawValue)
    for hash in range.hashes { bytes.append(contentsOf: hash.bytes) }
    return bytes
  }

  init(range: CompactRange, lastRecordedAt: Timestamp) {
    self.range = range
    self.lastRecordedAt = lastRecordedAt
  }

  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= 16, let range = CompactRange(bytes, sizeAt: 0, hashesAt: 16),
      bytes.byteCount == 16 + range.hashes.count * MerkleHash.byteCount
    else { return nil }
    self.range = range
    lastRecordedAt = Timestamp(rawValue: Int64(bitPattern: UInt64(bigEndianIn: bytes, at: 8)))
  }
}

/// That a volume is complete, and all that the next one's first entry says: whoever makes the next
/// volume makes the same bytes.
///
/// ```
/// 0: next position (8) | 8: recorded-at of the next volume's first entry (8) | 16: its name (7)
/// ```
struct VolumeSeal: Hashable, Sendable {
  var next: UInt64
  var recordedAt: Timestamp
  /// The name of the next volume.
  var successor: String

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: next)
    bytes.append(bigEndian: recordedAt.rawValue)
    bytes.append(contentsOf: successor.utf8)
    return bytes
  }

  init(next: UInt64, recordedAt: Timestamp, successor: String) {
    self.next = next
    self.recordedAt = recordedAt
    self.successor = successor
  }

  init?(_ bytes: RawSpan) {
    guard bytes.byteCount == 23 else { return nil }
    next = UInt64(bigEndianIn: bytes, at: 0)
    recordedAt = Timestamp(rawValue: Int64(bitPattern: UInt64(bigEndianIn: bytes, at: 8)))
    successor = bytes.text(in: 16..<23)
  }
}

extension CompactRange {
  /// The range whose size and whose hashes lie at these offsets, or `nil` if the bytes end before.
  fileprivate init?(_ bytes: RawSpan, sizeAt: Int, hashesAt: Int) {
    let size = UInt64(bigEndianIn: bytes, at: sizeAt)
    let count = size.nonzeroBitCount
    guard bytes.byteCount >= hashesAt + count * MerkleHash.byteCount else { return nil }
    var hashes: [MerkleHash] = []
    for index in 0..<count {
      hashes.append(MerkleHash(bytes, at: hashesAt + index * MerkleHash.byteCount))
    }
    self.init(size: size, hashes: hashes)
  }
}
