/// Varints of two bytes or more: the slower half of what a reader reads.
@usableFromInline
enum Varint {
  /// The minimal varint at `place` of a message that ends at `end`, and where it ends: eight bytes at
  /// once where there are as many.
  ///
  /// The place comes and goes by value, so that a reader's own stays in a register.
  @usableFromInline
  static func read(
    _ bytes: RawSpan, _ place: Int, _ end: Int
  ) throws(WireError) -> (value: UInt64, next: Int) {
    guard bytes.byteCount - place >= 8 else { return try readByByte(bytes, place, end) }
    let word = bytes.fixed64(at: place)
    let ends = ~word & 0x8080_8080_8080_8080
    guard ends != 0 else { return try readByByte(bytes, place, end) }
    // Up to the first byte without its high bit.
    let bits = ends.trailingZeroBitCount + 1
    let next = place + bits / 8
    guard next <= end else { throw .truncated(offset: place) }
    let value = word & (UInt64.max &>> UInt64(64 - bits))
    guard value &>> UInt64(bits - 8) != 0 else { throw .overlongVarint(offset: place) }
    return (joined(value), next)
  }

  /// What the groups of seven bits in the bytes of a varint make together, their high bits left out.
  @inlinable @inline(__always)
  static func joined(_ bytes: UInt64) -> UInt64 {
    // Groups, pairs and fours of them move together.
    var value = bytes & 0x7F7F_7F7F_7F7F_7F7F
    value = value & 0x007F_007F_007F_007F | (value & 0x7F00_7F00_7F00_7F00) >> 1
    value = value & 0x0000_3FFF_0000_3FFF | (value & 0x3FFF_0000_3FFF_0000) >> 2
    return value & 0x0000_0000_0FFF_FFFF | (value & 0x0FFF_FFFF_0000_0000) >> 4
  }

  /// The number of up to four bytes that follows a tag in `word`, and how many bytes both take; `nil` for
  /// 0 and whatever takes more.
  @inlinable @inline(always)
  static func afterTag(_ word: UInt64) -> (value: UInt64, length: Int)? {
    // Up to the first byte without its high bit.
    let ends = ~word & 0x80_8080_8000
    let groups = (word & (ends ^ (ends &- 1))) >> 8
    let bits = ends.trailingZeroBitCount
    // If the last byte is 0, the value is 0, or of more bytes than it needs.
    guard ends != 0, groups &>> UInt64(truncatingIfNeeded: bits &- 15) != 0 else { return nil }
    let value = groups & 0x007F_007F | (groups & 0x7F00_7F00) >> 1
    return (value & 0x3FFF | (value & 0x3FFF_0000) >> 2, (bits &+ 1) / 8)
  }

  private static func readByByte(
    _ bytes: RawSpan, _ start: Int, _ end: Int
  ) throws(WireError) -> (value: UInt64, next: Int) {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var place = start
    while place < end {
      let byte = bytes.byte(at: place)
      place += 1
      if shift == 63, byte > 1 { throw .overlongVarint(offset: start) }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        if byte == 0, shift > 0 { throw .overlongVarint(offset: start) }
        return (value, place)
      }
      shift += 7
      if shift > 63 { throw .overlongVarint(offset: start) }
    }
    throw .truncated(offset: place)
  }
}
