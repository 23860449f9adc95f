/// Reads in place a message all of whose tags are of one byte: what is read by the hundred million.
///
/// The caller takes every field in ascending order and then calls `finish`, which refuses what was
/// not taken: so, as with `WireReader`, whatever is read is canonical.
public struct FieldCursor: Sendable {
  @usableFromInline var place: Int
  @usableFromInline let end: Int
  /// The tag of the field that comes next; 0, which is none's, at the end.
  @usableFromInline var tag: UInt8

  /// A cursor over the message that fills `range`.
  @inlinable @inline(__always)
  public init(_ range: Range<Int>, _ bytes: RawSpan) {
    place = range.lowerBound
    end = range.upperBound
    tag = range.isEmpty ? 0 : bytes.byte(at: range.lowerBound)
  }

  /// Where the field that comes next begins.
  @inlinable public var offset: Int { place }

  /// Goes on to the field at `next`.
  @inlinable @inline(__always)
  mutating func move(to next: Int, _ bytes: RawSpan) {
    place = next
    tag = next < end ? bytes.byte(at: next) : 0
  }

  /// The varint at `place`, and where it ends.
  @inlinable @inline(__always)
  func varint(_ place: Int, _ bytes: RawSpan) throws(WireError) -> (value: UInt64, next: Int) {
    if place < end {
      let first = bytes.byte(at: place)
      if first < 0x80 { return (UInt64(first), place &+ 1) }
      if place &+ 1 < end {
        let second = bytes.byte(at: place &+ 1)
        if second < 0x80, second > 0 {
          return (UInt64(first & 0x7F) | UInt64(second) << 7, place &+ 2)
        }
      }
    }
    return try Varint.read(bytes, place, end)
  }

  /// The number under `wanted`, or 0, which is not written, where another field comes next.
  @inlinable @inline(__always)
  public mutating func unsigned(_ wanted: UInt8, _ bytes: RawSpan) throws(WireError) -> UInt64 {
    guard tag == wanted else { return 0 }
    let (value, next) = try varint(place &+ 1, bytes)
    guard value != 0 else { throw .explicitDefault(field: Int(wanted >> 3), offset: place) }
    move(to: next, bytes)
    return value
  }

  /// The `sint64` under `wanted`, or 0.
  @inlinable @inline(__always)
  public mutating func signed(_ wanted: UInt8, _ bytes: RawSpan) throws(WireError) -> Int64 {
    let value = try unsigned(wanted, bytes)
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// Where the contents of the delimited field under `wanted` lie, or `nil` where another field comes
  /// next.
  @inlinable @inline(__always)
  public mutating func contents(
    _ wanted: UInt8, _ bytes: RawSpan
  ) throws(WireError) -> Range<Int>? {
    guard tag == wanted else { return nil }
    let (length, start) = try varint(place &+ 1, bytes)
    guard length <= UInt64(end - start) else { throw .truncated(offset: place) }
    let range = start..<(start + Int(length))
    move(to: range.upperBound, bytes)
    return range
  }

  /// Passes the number under `wanted`, which may be 0; nothing where another field comes next.
  @inlinable
  public mutating func skipVarint(_ wanted: UInt8, _ bytes: RawSpan) throws(WireError) {
    guard tag == wanted else { return }
    move(to: try varint(place &+ 1, bytes).next, bytes)
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
