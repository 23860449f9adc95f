import EventSourcing

// What the layouts of this module are written with.

extension Array where Element == UInt8 {
  /// Appends `value`, most significant byte first.
  mutating func append(bigEndian value: some FixedWidthInteger) {
    // `unsafe`: the integer's own bytes, as a buffer that does not leave this call.
    unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
  }

  /// Appends a copy of `bytes`.
  mutating func append(_ bytes: RawSpan) {
    // `unsafe`: the one copy that does not go byte by byte; the buffer does not leave this call.
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  /// Two digits a byte.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in self {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension UInt64 {
  /// The big-endian integer at `offset`. Bounds are checked.
  init(bigEndianIn bytes: RawSpan, at offset: Int) {
    self = bytes.fixed64(at: offset).byteSwapped
  }
}

extension UInt32 {
  /// The big-endian integer at `offset`. Bounds are checked.
  init(bigEndianIn bytes: RawSpan, at offset: Int) {
    self = bytes.fixed32(at: offset).byteSwapped
  }
}

extension RawSpan {
  /// Whether the bytes begin with `prefix`.
  func starts(with prefix: RawSpan) -> Bool {
    byteCount >= prefix.byteCount && extracting(0..<prefix.byteCount).isEqual(to: prefix)
  }

  /// Whether the bytes sort before those of `other`.
  func precedes(_ other: RawSpan) -> Bool {
    let shared = Swift.min(byteCount, other.byteCount)
    var offset = 0
    while offset + 8 <= shared {
      let left = UInt64(bigEndianIn: self, at: offset)
      let right = UInt64(bigEndianIn: other, at: offset)
      if left != right { return left < right }
      offset += 8
    }
    while offset < shared {
      let (left, right) = (byte(at: offset), other.byte(at: offset))
      if left != right { return left < right }
      offset += 1
    }
    return byteCount < other.byteCount
  }
}

extension Range<Int> {
  /// The range moved by `offset`.
  func shifted(by offset: Int) -> Range<Int> {
    (lowerBound + offset)..<(upperBound + offset)
  }
}

/// How two byte strings sort.
enum ByteOrder {
  case ascending, same, descending

  /// Whether the first of two parts of `bytes` sorts before the second, or after it.
  init(_ bytes: RawSpan, _ left: Range<Int>, _ right: Range<Int>) {
    let common = Swift.min(left.count, right.count)
    var offset = 0
    while offset + 8 <= common {
      let a = UInt64(bigEndianIn: bytes, at: left.lowerBound + offset)
      let b = UInt64(bigEndianIn: bytes, at: right.lowerBound + offset)
      if a != b {
        self = a < b ? .ascending : .descending
        return
      }
      offset += 8
    }
    for offset in offset..<common {
      let a = bytes.byte(at: left.lowerBound + offset)
      let b = bytes.byte(at: right.lowerBound + offset)
      if a != b {
        self = a < b ? .ascending : .descending
        return
      }
    }
    self = left.count == right.count ? .same : left.count < right.count ? .ascending : .descending
  }
}
