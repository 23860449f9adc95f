/// Writes canonical protobuf: the caller writes fields in ascending order; zeros are left out.
public struct WireWriter: Sendable {
  /// The room: what has been written, then zeros.
  @usableFromInline var room: [UInt8]
  /// The number of bytes written.
  public private(set) var count = 0

  /// An empty writer with room for `capacity` bytes.
  public init(capacity: Int = 0) { room = [UInt8](repeating: 0, count: capacity) }

  /// A copy of what has been written.
  public var bytes: [UInt8] { Array(room[..<count]) }

  /// Makes room for `capacity` bytes in all.
  public mutating func reserve(_ capacity: Int) {
    if capacity > room.count { grow(to: capacity) }
  }

  /// Forgets what was written and keeps the room.
  public mutating func removeAll() { count = 0 }

  /// Lends `body` what has been written.
  public func withWritten<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
    // `unsafe`: only because a span of any element type may lend its bytes; these are bytes.
    try unsafe body(room.span.bytes.extracting(0..<count))
  }

  /// Makes sure that `more` bytes can be written.
  @inline(__always)
  mutating func need(_ more: Int) {
    if room.count - count < more { grow(to: count + more) }
  }

  private mutating func grow(to capacity: Int) {
    let size = max(capacity, 2 * room.count, 64)
    room.append(contentsOf: repeatElement(0, count: size - room.count))
  }

  /// Appends a bare varint.
  public mutating func varint(_ value: UInt64) {
    need(10)
    let start = count
    count = Self.put(value, &room, start)
  }

  /// Writes a varint at `offset` and returns where it ends.
  @inline(__always)
  private static func put(_ value: UInt64, _ room: inout [UInt8], _ offset: Int) -> Int {
    var span = room.mutableSpan
    return put(value, &span, offset)
  }

  @inline(__always)
  private static func put(
    _ value: UInt64, _ span: inout MutableSpan<UInt8>, _ offset: Int
  ) -> Int {
    var rest = value
    var end = offset
    while rest >= 0x80 {
      span[end] = UInt8(truncatingIfNeeded: rest) | 0x80
      rest >>= 7
      end += 1
    }
    span[end] = UInt8(truncatingIfNeeded: rest)
    return end + 1
  }

  /// Appends a tag, then a value.
  @inline(__always)
  private mutating func pair(_ tag: UInt64, _ value: UInt64) {
    need(20)
    let start = count
    var span = room.mutableSpan
    let end = Self.put(value, &span, Self.put(tag, &span, start))
    count = end
  }

  /// `uint32`, `uint64`, `bool` and enums. Zero is left out.
  public mutating func unsigned(_ field: Int, _ value: UInt64) {
    guard value != 0 else { return }
    pair(UInt64(field) << 3, value)
  }

  /// `sint32` and `sint64`. Zero is left out.
  public mutating func signed(_ field: Int, _ value: Int64) {
    unsigned(field, Self.zigzag(value))
  }

  /// An `optional` unsigned field: present even when zero.
  public mutating func presentUnsigned(_ field: Int, _ value: UInt64) {
    pair(UInt64(field) << 3, value)
  }

  /// `fixed64`, little-endian. Written even when zero; returns the offset of its eight bytes.
  @discardableResult
  public mutating func fixed64(_ field: Int, _ value: UInt64) -> Int {
    varint(UInt64(field) << 3 | 1)
    need(8)
    let offset = count
    count += 8
    patchFixed64(at: offset, value)
    return offset
  }

  /// `string`. The empty string is left out.
  public mutating func string(_ field: Int, _ value: String) {
    guard !value.isEmpty else { return }
    presentString(field, value)
  }

  /// An element of `repeated string`, or a field of a `oneof`: present even when empty.
  public mutating func presentString(_ field: Int, _ value: String) {
    let text = value.utf8.span
    pair(UInt64(field) << 3 | 2, UInt64(text.count))
    append(text)
  }

  /// `bytes`. None is left out.
  public mutating func data(_ field: Int, _ value: [UInt8]) {
    guard !value.isEmpty else { return }
    pair(UInt64(field) << 3 | 2, UInt64(value.count))
    append(value.span)
  }

  /// Appends a bare byte.
  public mutating func byte(_ value: UInt8) {
    need(1)
    room[count] = value
    count += 1
  }

  /// Appends what `other` has written.
  public mutating func append(_ other: WireWriter) {
    need(other.count)
    room.replaceSubrange(count..<(count + other.count), with: other.room[..<other.count])
    count += other.count
  }

  private mutating func append(_ bytes: Span<UInt8>) {
    need(bytes.count)
    let start = count
    var span = room.mutableSpan
    for index in bytes.indices { span[start + index] = bytes[index] }
    count = start + bytes.count
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
    let mark = openMessage(field)
    body(&self)
    if omittedWhenEmpty, count == mark + 1 {
      truncate(to: start)
    } else {
      closeLength(mark)
    }
  }

  /// Writes the tag of a message and keeps a byte for its length; returns where.
  @usableFromInline
  mutating func openMessage(_ field: Int) -> Int {
    need(11)
    let start = count
    let mark = Self.put(UInt64(field) << 3 | 2, &room, start)
    count = mark + 1
    return mark
  }

  @usableFromInline
  mutating func truncate(to count: Int) { self.count = count }

  @usableFromInline
  mutating func closeLength(_ mark: Int) {
    let length = count - mark - 1
    if length < 0x80 {
      room[mark] = UInt8(length)
      return
    }
    let more = (UInt64.bitWidth - UInt64(length).leadingZeroBitCount + 6) / 7 - 1
    need(more)
    var from = count
    var span = room.mutableSpan
    while from > mark + 1 {
      from -= 1
      span[from + more] = span[from]
    }
    _ = Self.put(UInt64(length), &span, mark)
    count += more
  }

  /// Replaces the eight bytes at `offset` (from `fixed64`).
  public mutating func patchFixed64(at offset: Int, _ value: UInt64) {
    var span = room.mutableSpan
    for index in 0..<8 {
      span[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
    }
  }

  /// A signed value as `sint64` writes it.
  @inlinable
  public static func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }
}

extension WireWriter {
  /// Writes a message of varint fields inside a message that is its only field, of field numbers
  /// below 16 all: what a charge is. Zero fields are left out; less work than nested `message`s.
  ///
  /// - Parameter fields: Values by field number, from 1.
  @inlinable
  public mutating func flatMessage<let size: Int>(
    _ outer: Int, _ inner: Int, _ fields: InlineArray<size, UInt64>
  ) {
    putFlat(UInt64(outer) << 3 | 2, UInt64(inner) << 3 | 2, fields.span)
  }

  @usableFromInline
  mutating func putFlat(_ outer: UInt64, _ inner: UInt64, _ fields: Span<UInt64>) {
    precondition(fields.count < 12, "eleven fields of eleven bytes have lengths of one byte")
    need(160)
    let start = count
    var span = room.mutableSpan
    span[start] = UInt8(truncatingIfNeeded: outer)
    span[start + 2] = UInt8(truncatingIfNeeded: inner)
    var end = start + 4
    for index in fields.indices where fields[index] != 0 {
      span[end] = UInt8(truncatingIfNeeded: (index + 1) << 3)
      end = Self.put(fields[index], &span, end + 1)
    }
    span[start + 1] = UInt8(truncatingIfNeeded: end - start - 2)
    span[start + 3] = UInt8(truncatingIfNeeded: end - start - 4)
    count = end
  }
}
