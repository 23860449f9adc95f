/// Reads in place a short message as `FieldCursor` does, and in less time if it is sound and its numbers
/// are small: it says `nil` to whatever is not, and `FieldCursor` then says what is wrong.
///
/// It reads on beyond the message's end if what is there looks like a field of it; ask `isAtEnd`.
public struct QuickCursor: Sendable {
  @usableFromInline var place: Int
  @usableFromInline let end: Int
  /// The eight bytes at `place`: the tag of the field that comes next, and what follows it.
  @usableFromInline var word: UInt64

  /// A cursor over the message that fills `range`, from which so many small and signed numbers are
  /// taken; `nil` where they might reach beyond the bytes.
  @inlinable @inline(always)
  public init?(_ range: Range<Int>, small: Int, signed: Int, _ bytes: RawSpan) {
    // They take two and up to five bytes with their tags, and eight bytes are read at once.
    guard range.lowerBound >= 0,
      bytes.byteCount &- range.lowerBound >= 2 &* small &+ 5 &* signed &+ 8
    else { return nil }
    place = range.lowerBound
    end = range.upperBound
    word = 0
    move(to: place, bytes)
  }

  /// Whether the message ends here.
  @inlinable @inline(always)
  public var isAtEnd: Bool { place == end }

  @inlinable @inline(always)
  mutating func move(to next: Int, _ bytes: RawSpan) {
    place = next
    assert(bytes.byteCount &- next >= 8, "more numbers are taken than were told")
    // `unsafe`: as many bytes are there as all numbers might take, and eight more.
    word = UInt64(
      littleEndian: unsafe bytes.unsafeLoadUnaligned(
        fromUncheckedByteOffset: next, as: UInt64.self))
  }

  /// The number of one byte under `wanted`, or 0, which is not written, where another field comes
  /// next.
  @inlinable @inline(always)
  public mutating func small(_ wanted: UInt8, _ bytes: RawSpan) -> UInt64? {
    guard UInt8(truncatingIfNeeded: word) == wanted else { return 0 }
    let value = word >> 8 & 0xFF
    guard value &- 1 < 0x7F else { return nil }
    move(to: place &+ 2, bytes)
    return value
  }

  /// The `sint64` of up to four bytes under `wanted`, or 0, which is not written, where another field
  /// comes next. No branch goes by its length.
  @inlinable @inline(always)
  public mutating func signed(_ wanted: UInt8, _ bytes: RawSpan) -> Int64? {
    guard UInt8(truncatingIfNeeded: word) == wanted else { return 0 }
    guard let number = Varint.afterTag(word) else { return nil }
    move(to: place &+ number.length, bytes)
    return Int64(bitPattern: number.value >> 1) ^ -Int64(bitPattern: number.value & 1)
  }
}
