/// One field of a message: its number and its value or its place.
public struct WireField: Sendable {
  /// The field's number.
  public let number: Int
  /// The value of a varint or fixed64 field; 0 for a length-delimited one.
  public let value: UInt64
  /// Where a length-delimited field's contents lie; empty for others.
  public let range: Range<Int>
  /// Whether the field is length-delimited.
  public let isDelimited: Bool

  @inlinable
  init(number: Int, value: UInt64, range: Range<Int>, isDelimited: Bool) {
    self.number = number
    self.value = value
    self.range = range
    self.isDelimited = isDelimited
  }

  /// The value read as `sint64`.
  @inlinable
  public var signed: Int64 {
    Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
}

/// Walks the fields of a message in place, without allocating, and refuses what is not canonical.
///
/// The cursor holds offsets only; the bytes are passed to every call, because a `RawSpan` cannot be
/// stored.
public struct WireCursor: Sendable {
  @usableFromInline var place: Int
  /// Where the message ends.
  public let end: Int
  @usableFromInline var last = 0

  /// Where the next field begins.
  @inlinable public var offset: Int { place }

  /// A cursor over all of `bytes`.
  @inlinable
  public init(_ bytes: RawSpan) {
    place = 0
    end = bytes.byteCount
  }

  /// A cursor over a part of the bytes.
  @inlinable
  public init(_ range: Range<Int>) {
    place = range.lowerBound
    end = range.upperBound
  }

  /// The next field, or `nil` at the end.
  @inlinable @inline(__always)
  public mutating func next(in bytes: RawSpan) throws(WireError) -> WireField? {
    // Most are delimited, with a tag and a length of one byte.
    if end - place >= 2 {
      let (tag, length) = (bytes.byte(at: place), Int(bytes.byte(at: place + 1)))
      let number = Int(tag >> 3)
      if tag & 0x87 == 2, number > 0, number >= last, length < 0x80, length <= end - place - 2 {
        let range = (place + 2)..<(place + 2 + length)
        (last, place) = (number, range.upperBound)
        return WireField(number: number, value: 0, range: range, isDelimited: true)
      }
    }
    return try nextOfAnyKind(in: bytes)
  }

  @usableFromInline
  mutating func nextOfAnyKind(in bytes: RawSpan) throws(WireError) -> WireField? {
    guard offset < end else { return nil }
    let start = offset
    let tag = try varint(in: bytes)
    let number = Int(truncatingIfNeeded: tag >> 3)
    guard number >= last, number > 0 else {
      throw .outOfOrder(field: number, offset: start)
    }
    last = number
    switch tag & 7 {
    case 0:
      let value = try varint(in: bytes)
      return WireField(number: number, value: value, range: 0..<0, isDelimited: false)
    case 1:
      guard end - offset >= 8 else { throw .truncated(offset: start) }
      let value = bytes.fixed64(at: offset)
      place += 8
      return WireField(number: number, value: value, range: 0..<0, isDelimited: false)
    case 2:
      let length = try varint(in: bytes)
      guard length <= UInt64(end - offset) else { throw .truncated(offset: start) }
      let range = offset..<(offset + Int(length))
      place = range.upperBound
      return WireField(number: number, value: 0, range: range, isDelimited: true)
    default:
      throw .unsupportedType(field: number, offset: start)
    }
  }

  /// Reads the length of a delimited field whose tag was read, and steps over its contents.
  @inlinable @inline(__always)
  public mutating func contents(in bytes: RawSpan) throws(WireError) -> Range<Int> {
    let start = place
    let length = try varint(in: bytes)
    guard length <= UInt64(end - place) else { throw .truncated(offset: start) }
    let range = place..<(place + Int(length))
    place = range.upperBound
    return range
  }

  /// Where the next event of an entry lies, of which the cursor is at an event's field.
  ///
  /// - Throws: `WireError.unknownField` for a field that holds none.
  @inlinable @inline(__always)
  public mutating func event(in bytes: RawSpan) throws(WireError) -> Range<Int> {
    let tag = bytes.byte(at: place)
    guard tag == EntryPlace.eventsTag else { throw .unknownField(Int(tag >> 3), in: "Entry") }
    place &+= 1
    return try contents(in: bytes)
  }

  /// Where the message lies of the next event of an entry, if it is of the kind with this one-byte tag and
  /// of less than 128 bytes; else `nil`, and the cursor stays.
  @inlinable @inline(always)
  public mutating func shortEvent(_ tag: UInt8, in bytes: RawSpan) -> Range<Int>? {
    guard end &- place >= 4 else { return nil }
    let head = bytes.fixed32(at: place)
    let length = Int(head >> 8 & 0xFF)
    let next = place &+ 2 &+ length
    guard head & 0x80FF_80FF == UInt32(EntryPlace.eventsTag) | UInt32(tag) << 16,
      Int(head >> 24) &+ 2 == length, next <= end
    else { return nil }
    let range = (place &+ 4)..<next
    place = next
    return range
  }

  /// Where the contents of the field with this one-byte tag lie, which fills `range` alone; `nil`
  /// for another field.
  @inlinable @inline(__always)
  public static func only(
    _ tag: UInt8, _ bytes: RawSpan, _ range: Range<Int>, in name: StaticName
  ) throws(WireError) -> Range<Int>? {
    guard !range.isEmpty, bytes.byte(at: range.lowerBound) == tag else { return nil }
    var cursor = WireCursor((range.lowerBound + 1)..<range.upperBound)
    let contents = try cursor.contents(in: bytes)
    guard cursor.isAtEnd else { throw .unknownField(Int(tag >> 3), in: name) }
    return contents
  }

  /// The next bare varint (of a packed field).
  @inlinable @inline(__always)
  public mutating func varint(in bytes: RawSpan) throws(WireError) -> UInt64 {
    if place < end {
      let first = bytes.byte(at: place)
      if first < 0x80 {
        place &+= 1
        return UInt64(first)
      }
      if place &+ 1 < end {
        let second = bytes.byte(at: place &+ 1)
        if second < 0x80, second > 0 {
          place &+= 2
          return UInt64(first & 0x7F) | UInt64(second) << 7
        }
      }
    }
    let (value, next) = try Varint.read(bytes, place, end)
    place = next
    return value
  }

  /// The next bare `sint64` varint (of a packed field).
  @inlinable
  public mutating func signedVarint(in bytes: RawSpan) throws(WireError) -> Int64 {
    let value = try varint(in: bytes)
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// Whether everything has been read.
  @inlinable public var isAtEnd: Bool { place >= end }
}

extension RawSpan {
  /// The byte at `offset`; bounds are checked.
  @inlinable @inline(__always)
  public func byte(at offset: Int) -> UInt8 {
    // `unsafe`: the call is typed, not unchecked; UInt8 is valid for any bit pattern and the call
    // checks bounds.
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The little-endian integer at `offset`; bounds are checked.
  @inlinable
  public func fixed32(at offset: Int) -> UInt32 {
    // `unsafe`: as above; no alignment is assumed.
    UInt32(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The little-endian integer at `offset`; bounds are checked.
  @inlinable
  public func fixed64(at offset: Int) -> UInt64 {
    // `unsafe`: as above; no alignment is assumed.
    UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Whether every byte in `range` is an ASCII character.
  func isASCII(in range: Range<Int>) -> Bool {
    var offset = range.lowerBound
    while offset + 8 <= range.upperBound {
      if fixed64(at: offset) & 0x8080_8080_8080_8080 != 0 { return false }
      offset += 8
    }
    while offset < range.upperBound {
      if byte(at: offset) >= 0x80 { return false }
      offset += 1
    }
    return true
  }

  /// The UTF-8 text in `range`, invalid sequences repaired (text in the book is checked on the way
  /// in).
  public func text(in range: Range<Int>) -> String {
    let part = extracting(range)
    return unsafe part.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Whether the bytes from `offset` on begin with `other`; false where there are fewer.
  @inlinable
  public func holds(_ other: [UInt8], at offset: Int) -> Bool {
    // `unsafe`: the bytes of bytes.
    isEqual(to: unsafe other.span.bytes, at: offset)
  }

  /// Whether the bytes are those of `other`.
  @inlinable
  public func isEqual(to other: RawSpan) -> Bool {
    byteCount == other.byteCount && isEqual(to: other, at: 0)
  }

  /// Whether the bytes from `offset` on begin with those of `other`.
  @inlinable
  func isEqual(to other: RawSpan, at offset: Int) -> Bool {
    let count = other.byteCount
    guard offset >= 0, byteCount - offset >= count else { return false }
    guard count >= 8 else {
      var index = 0
      while index < count {
        if byte(at: offset &+ index) != other.byte(at: index) { return false }
        index &+= 1
      }
      return true
    }
    // The last eight may have been compared in part.
    let last = count &- 8
    var index = 0
    while index < last {
      if fixed64(at: offset &+ index) != other.fixed64(at: index) { return false }
      index &+= 8
    }
    return fixed64(at: offset &+ last) == other.fixed64(at: last)
  }

  /// A copy of the bytes in `range`.
  public func array(in range: Range<Int>) -> [UInt8] {
    let part = extracting(range)
    // `unsafe`: the one copy that does not go byte by byte; the buffer does not leave this call.
    return unsafe part.withUnsafeBytes { unsafe Array($0) }
  }
}
