/// Checks that bytes which arrive in pieces are UTF-8, and says on which line they are not.
struct UTF8Check {
  private var rest: [UInt8] = []
  private var line = 1

  /// The line of the first byte of `source` that is not UTF-8; `nil` if all are.
  static func firstWrongLine(of source: ByteSource) throws(FileRefusal) -> Int? {
    var check = UTF8Check()
    while true {
      let piece = try source.next()
      if let wrong = check.take(piece, isLast: piece.isEmpty) { return wrong }
      if piece.isEmpty { return nil }
    }
  }

  private mutating func take(_ piece: [UInt8], isLast: Bool) -> Int? {
    let bytes = rest + piece
    let end = isLast ? bytes.count : Self.lastWhole(bytes)
    do {
      _ = try UTF8Span(validating: bytes.span.extracting(0..<end))
    } catch {
      return line + bytes[..<error.byteOffsets.lowerBound].count { $0 == UInt8(ascii: "\n") }
    }
    line += bytes[..<end].count { $0 == UInt8(ascii: "\n") }
    rest = Array(bytes[end...])
    return nil
  }

  /// Where a character that the last bytes only begin would begin.
  private static func lastWhole(_ bytes: [UInt8]) -> Int {
    for back in 1...3 where back <= bytes.count {
      let byte = bytes[bytes.count - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > back ? bytes.count - back : bytes.count
    }
    return bytes.count
  }
}
