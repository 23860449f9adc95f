/// Reads in place a message all of whose tags are of one byte: what is read by the hundred million.
///
/// The caller takes every field in ascending order and then calls `finish`, which refuses what was
/// not taken: so, as with `WireReader`, whatever is read is canonical.
public struct FieldCursor: Sendable {
  @usableFromInline var place: Int
  @usableFromInline let end: Int
  /// The eight bytes at `place`: the tag of the field that comes next, and what follows it; 0, which
  /// is no tag, at the end. One load serves a tag and a number.
  @usableFromInline var word: UInt64

  /// A cursor over the message that fills `range`.
  @inlinable @inline(__always)
  public init(_ range: Range<Int>, _ bytes: RawSpan) {
    place = range.lowerBound
    end = range.upperBound
    word = Self.word(range.lowerBound, range.upperBound, bytes)
  }

  /// Where the field that comes next begins.
  @inlinable public var offset: Int { place }

  /// The tag of the field that comes next; 0 at the end.
  @inlinable @inline(__always)
  var tag: UInt8 { UInt8(truncatingIfNeeded: word) }

  /// The bytes at `place` of a message that ends at `end`; what lies beyond it must not be used.
  @inlinable @inline(__always)
  static func word(_ place: Int, _ end: Int, _ bytes: RawSpan) -> UInt64 {
    guard place < end else { return 0 }
    let missing = place &+ 8 &- bytes.byteCount
    if missing <= 0 { return bytes.fixed64(at: place) }
    guard place >= missing else { return shortWord(place, bytes) }
    return bytes.fixed64(at: place &- missing) &>> UInt64(truncatingIfNeeded: 8 &* missing)
  }

  /// The bytes from `place` on where there are less than eight in all.
  @usableFromInline @inline(never)
  static func shortWord(_ place: Int, _ bytes: RawSpan) -> UInt64 {
    (place..<bytes.byteCount).reversed().reduce(0) { $0 << 8 | UInt64(bytes.byte(at: $1)) }
  }

  /// Goes on to the field at `next`.
  @inlinable @inline(__always)
  mutating func move(to next: Int, _ bytes: RawSpan) {
    place = next
    word = Self.word(next, end, bytes)
  }

  /// The varint after the tag at `place`, and where it ends.
  @inlinable @inline(__always)
  func varint(_ bytes: RawSpan) throws(WireError) -> (value: UInt64, next: Int) {
    let first = word >> 8 & 0xFF
    if first < 0x80, place &+ 2 <= end { return (first, place &+ 2) }
    return try Varint.read(bytes, place &+ 1, end)
  }

  /// The number under `wanted`, or 0, which is not written, where another field comes next.
  @inlinable @inline(__always)
  public mutating func unsigned(_ wanted: UInt8, _ bytes: RawSpan) throws(WireError) -> UInt64 {
    guard tag == wanted else { return 0 }
    let (value, next) = try varint(bytes)
    guard value != 0 else { throw .explicitDefault(field: Int(wanted >> 3), offset: place) }
    move(to: next, bytes)
    return value
  }

  /// The varint after the tag at `place`, and where it ends. No branch goes by its length, up to seven
  /// bytes.
  @inlinable @inline(__always)
  func longVarint(_ bytes: RawSpan) throws(WireError) -> (value: UInt64, next: Int) {
    // Up to the first byte without its high bit.
    let ends = ~word & 0x8080_8080_8080_8000
    let groups = (word & (ends ^ (ends &- 1))) >> 8
    let bits = ends.trailingZeroBitCount
    let next = place &+ (bits &+ 1) / 8
    // If the last byte is 0, the value is 0, or of more bytes than it needs.
    if ends != 0, groups &>> UInt64(truncatingIfNeeded: bits &- 15) != 0, next <= end {
      return (Varint.joined(groups), next)
    }
    return try varint(bytes)
  }

  /// The `sint64` under `wanted`, or 0.
  @inlinable @inline(__always)
  public mutating func signed(_ wanted: UInt8, _ bytes: RawSpan) throws(WireError) -> Int64 {
    guard tag == wanted else { return 0 }
    let (value, next) = try longVarint(bytes)
    guard value != 0 else { throw .explicitDefault(field: Int(wanted >> 3), offset: place) }
    move(to: next, bytes)
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// The `sint64` under `wanted`, which may be 0, or `nil` where another field comes next.
  @inlinable @inline(__always)
  mutating func presentSigned(_ wanted: UInt8, _ bytes: RawSpan) throws(WireError) -> Int64? {
    guard tag == wanted else { return nil }
    let (value, next) = try longVarint(bytes)
    move(to: next, bytes)
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// Where the contents of the delimited field under `wanted` lie, or `nil` where another field comes
  /// next.
  @inlinable @inline(__always)
  public mutating func contents(
    _ wanted: UInt8, _ bytes: RawSpan
  ) throws(WireError) -> Range<Int>? {
    guard tag == wanted else { return nil }
    let (length, start) = try varint(bytes)
    guard length <= UInt64(end - start) else { throw .truncated(offset: place) }
    let range = start..<(start + Int(length))
    move(to: range.upperBound, bytes)
    return range
  }

  /// Passes the number under `wanted`, which may be 0; nothing where another field comes next.
  @inlinable
  public mutating func skipVarint(_ wanted: UInt8, _ bytes: RawSpan) throws(WireError) {
    guard tag == wanted else { return }
    move(to: try varint(bytes).next, bytes)
  }

  /// Where the text under `wanted` lies, or an empty range where another field comes next.
  @inlinable @inline(__always) @discardableResult
  public mutating func text(_ wanted: UInt8, _ bytes: RawSpan) throws(WireError) -> Range<Int> {
    let start = place
    guard let range = try contents(wanted, bytes) else { return 0..<0 }
    guard !range.isEmpty else { throw .explicitDefault(field: Int(wanted >> 3), offset: start) }
    return range
  }

  /// Steps over the eight bytes under `wanted`, if it comes next.
  @inlinable @inline(__always)
  mutating func skipFixed64(_ wanted: UInt8, _ bytes: RawSpan) throws(WireError) {
    guard tag == wanted else { return }
    guard end - place > 8 else { throw .truncated(offset: place) }
    move(to: place + 9, bytes)
  }

  /// Passes the fields that come next if they are, byte by byte, whole fields known from elsewhere.
  @inlinable
  public mutating func pass(_ known: [UInt8], _ bytes: RawSpan) -> Bool {
    guard !known.isEmpty, end &- place >= known.count, bytes.holds(known, at: place) else {
      return false
    }
    move(to: place &+ known.count, bytes)
    return true
  }

  /// Whether every field was taken.
  @inlinable public var isAtEnd: Bool { place >= end }

  /// A reader of the fields whose tags take more bytes than one, or `nil` where there are none; refuses
  /// what was not taken before them, `last` being the greatest number of a field of one byte.
  @inlinable @inline(__always)
  public func rest(
    _ bytes: RawSpan, lastField last: Int, of name: StaticName
  ) throws(WireError) -> WireReader? {
    if tag >= 0x80 { return try WireReader(bytes, place..<end, of: name) }
    try finish(lastField: last, in: name)
    return nil
  }

  /// Refuses what was not taken; `last` is the greatest number of a field of the message.
  @inlinable @inline(__always)
  public func finish(lastField last: Int, in name: StaticName) throws(WireError) {
    guard place < end else { return }
    let number = Int(tag >> 3)
    guard number > last else { throw .outOfOrder(field: number, offset: place) }
    throw .unknownField(number, in: name)
  }
}
