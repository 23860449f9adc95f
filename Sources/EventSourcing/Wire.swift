/// Writes canonical protobuf: the caller writes fields in ascending order; zeros are left out.
public struct WireWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8]

  /// An empty writer with room for `capacity` bytes.
  @inlinable
  public init(capacity: Int = 0) {
    self.init(taking: [])
    reserve(capacity)
  }

  @usableFromInline
  init(taking bytes: [UInt8]) { self.bytes = bytes }

  /// Makes room for `capacity` bytes in all.
  public mutating func reserve(_ capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Forgets what was written and keeps the room.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// The number of bytes written.
  public var count: Int { bytes.count }

  /// Appends a bare varint.
  public mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// `uint32`, `uint64`, `bool` and enums. Zero is left out.
  public mutating func unsigned(_ field: Int, _ value: UInt64) {
    guard value != 0 else { return }
    varint(UInt64(field) << 3)
    varint(value)
  }

  /// `sint32` and `sint64`. Zero is left out.
  public mutating func signed(_ field: Int, _ value: Int64) {
    unsigned(field, Self.zigzag(value))
  }

  /// An `optional` unsigned field: present even when zero.
  public mutating func presentUnsigned(_ field: Int, _ value: UInt64) {
    varint(UInt64(field) << 3)
    varint(value)
  }

  /// `fixed64`, little-endian. Written even when zero; returns the offset of its eight bytes.
  @discardableResult
  public mutating func fixed64(_ field: Int, _ value: UInt64) -> Int {
    varint(UInt64(field) << 3 | 1)
    let offset = bytes.count
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
    return offset
  }

  /// `string`. The empty string is left out.
  public mutating func string(_ field: Int, _ value: String) {
    guard !value.isEmpty else { return }
    presentString(field, value)
  }

  /// An element of `repeated string`, or a field of a `oneof`: present even when empty.
  public mutating func presentString(_ field: Int, _ value: String) {
    let text = value.utf8
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(text.count))
    bytes.append(contentsOf: text)
  }

  /// `bytes`. None is left out.
  public mutating func data(_ field: Int, _ value: [UInt8]) {
    guard !value.isEmpty else { return }
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// `repeated` packed unsigned values. None is left out.
  public mutating func packed(_ field: Int, _ values: some Sequence<UInt64>) {
    message(field, omittedWhenEmpty: true) { writer in
      for value in values { writer.varint(value) }
    }
  }

  /// `repeated` packed `sint64` values. None is left out.
  public mutating func packedSigned(_ field: Int, _ values: some Sequence<Int64>) {
    message(field, omittedWhenEmpty: true) { writer in
      for value in values { writer.varint(Self.zigzag(value)) }
    }
  }

  /// A length-delimited message written by `body`. Its length prefix is minimal.
  @inlinable
  public mutating func message(
    _ field: Int, omittedWhenEmpty: Bool = false, _ body: (inout WireWriter) -> Void
  ) {
    let start = count
    varint(UInt64(field) << 3 | 2)
    let mark = openLength()
    body(&self)
    if omittedWhenEmpty, count == mark + 1 {
      truncate(to: start)
    } else {
      closeLength(mark)
    }
  }

  @usableFromInline
  mutating func openLength() -> Int {
    bytes.append(0)
    return bytes.count - 1
  }

  @usableFromInline
  mutating func truncate(to count: Int) { bytes.removeLast(bytes.count - count) }

  @usableFromInline
  mutating func closeLength(_ mark: Int) {
    let length = bytes.count - mark - 1
    if length < 0x80 {
      bytes[mark] = UInt8(length)
      return
    }
    var prefix: [UInt8] = []
    var rest = length
    while rest >= 0x80 {
      prefix.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    prefix.append(UInt8(rest))
    bytes.replaceSubrange(mark...mark, with: prefix)
  }

  /// Replaces the eight bytes at `offset` (from `fixed64`).
  public mutating func patchFixed64(at offset: Int, _ value: UInt64) {
    for index in 0..<8 {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
    }
  }

  static func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }
}

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
  /// Where the next field begins.
  public private(set) var offset: Int
  /// Where the message ends.
  public let end: Int
  @usableFromInline var last = 0

  /// A cursor over all of `bytes`.
  public init(_ bytes: RawSpan) {
    offset = 0
    end = bytes.byteCount
  }

  /// A cursor over a part of the bytes.
  public init(_ range: Range<Int>) {
    offset = range.lowerBound
    end = range.upperBound
  }

  /// The next field, or `nil` at the end.
  public mutating func next(in bytes: RawSpan) throws(WireError) -> WireField? {
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
      offset += 8
      return WireField(number: number, value: value, range: 0..<0, isDelimited: false)
    case 2:
      let length = try varint(in: bytes)
      guard length <= UInt64(end - offset) else { throw .truncated(offset: start) }
      let range = offset..<(offset + Int(length))
      offset = range.upperBound
      return WireField(number: number, value: 0, range: range, isDelimited: true)
    default:
      throw .unsupportedType(field: number, offset: start)
    }
  }

  /// The next bare varint (of a packed field).
  public mutating func varint(in bytes: RawSpan) throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    let start = offset
    while offset < end {
      let byte = bytes.byte(at: offset)
      offset += 1
      if shift == 63, byte > 1 { throw .overlongVarint(offset: start) }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        if byte == 0, shift > 0 { throw .overlongVarint(offset: start) }
        return value
      }
      shift += 7
      if shift > 63 { throw .overlongVarint(offset: start) }
    }
    throw .truncated(offset: start)
  }

  /// The next bare `sint64` varint (of a packed field).
  public mutating func signedVarint(in bytes: RawSpan) throws(WireError) -> Int64 {
    let value = try varint(in: bytes)
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// Whether everything has been read.
  public var isAtEnd: Bool { offset >= end }
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
  public func fixed64(at offset: Int) -> UInt64 {
    // `unsafe`: as above; no alignment is assumed.
    UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The UTF-8 text in `range`, invalid sequences repaired (text in the book is checked on the way
  /// in).
  public func text(in range: Range<Int>) -> String {
    let part = extracting(range)
    return unsafe part.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// A copy of the bytes in `range`.
  public func array(in range: Range<Int>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(range.count)
    for index in range { result.append(byte(at: index)) }
    return result
  }
}
