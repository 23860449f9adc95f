/// Reads JSON (RFC 8259), strictly, keeping the text of numbers and the place of every value.
///
/// Foundation's parser turns numbers into binary floating point and forgets where things stood. This
/// one refuses what the grammar refuses, and besides that names given twice in one object, numbers
/// longer than `InterchangeLimits.jsonNumber` and nesting deeper than `InterchangeLimits.jsonDepth`.
/// A byte order mark at the beginning is skipped; half of a surrogate pair becomes U+FFFD.
struct JSONReader: ~Copyable {
  private let bytes: [UInt8]
  private var at = 0
  private var line = 1
  /// Where the line would begin if each of its characters were one byte.
  private var lineStart = 0

  /// The one value that `bytes` holds.
  ///
  /// - Throws: `FileRefusal.notJSON` with the place of the first thing that is wrong.
  static func value(_ bytes: [UInt8]) throws(FileRefusal) -> JSONValue {
    var reader = JSONReader(bytes)
    guard bytes.count <= InterchangeLimits.jsonFile else {
      throw .beyondLimit("it is longer than \(InterchangeLimits.jsonFile) bytes", line: 1)
    }
    if let wrong = try UTF8Check.firstWrongLine(of: ByteSource(bytes)) {
      throw .notJSON(line: wrong, column: 1, reason: "the line is not UTF-8")
    }
    reader.skipByteOrderMark()
    reader.skipSpace()
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.at == bytes.count else {
      throw reader.fault("something follows the end of the value")
    }
    return value
  }

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var place: RulePlace { RulePlace(line: line, column: at - lineStart + 1) }

  private func fault(_ reason: String) -> FileRefusal {
    .notJSON(line: place.line, column: place.column, reason: reason)
  }

  /// The byte at hand; zero, which no JSON has, at the end.
  private var byte: UInt8 { at < bytes.count ? bytes[at] : 0 }

  private mutating func skipByteOrderMark() {
    guard bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { return }
    at = 3
    lineStart = 3
  }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\n"):
        line += 1
        lineStart = at + 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      default: return
      }
      at += 1
    }
  }

  private mutating func value(depth: Int) throws(FileRefusal) -> JSONValue {
    guard depth < InterchangeLimits.jsonDepth else {
      throw fault("values are nested deeper than \(InterchangeLimits.jsonDepth)")
    }
    let place = place
    let content: JSONValue.Content =
      switch byte {
      case UInt8(ascii: "{"): .object(try members(depth: depth))
      case UInt8(ascii: "["): .array(try elements(depth: depth))
      case UInt8(ascii: "\""): .string(try string())
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number(try number())
      case UInt8(ascii: "t"): try word("true", .bool(true))
      case UInt8(ascii: "f"): try word("false", .bool(false))
      case UInt8(ascii: "n"): try word("null", .null)
      default: throw fault(at < bytes.count ? "no value begins so" : "the file ends too early")
      }
    return JSONValue(content: content, place: place)
  }

  private mutating func word(
    _ word: String, _ content: JSONValue.Content
  ) throws(FileRefusal) -> JSONValue.Content {
    guard bytes[at...].starts(with: word.utf8) else { throw fault("no value begins so") }
    at += word.utf8.count
    return content
  }

  private mutating func elements(depth: Int) throws(FileRefusal) -> [JSONValue] {
    var elements: [JSONValue] = []
    at += 1
    skipSpace()
    if byte == UInt8(ascii: "]") {
      at += 1
      return elements
    }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if byte == UInt8(ascii: "]") { break }
      guard byte == UInt8(ascii: ",") else { throw fault("a list goes on with , or ends with ]") }
      at += 1
      skipSpace()
    }
    at += 1
    return elements
  }

  private mutating func members(depth: Int) throws(FileRefusal) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    at += 1
    skipSpace()
    if byte == UInt8(ascii: "}") {
      at += 1
      return members
    }
    while true {
      let place = place
      guard byte == UInt8(ascii: "\"") else {
        throw fault("an object's member begins with its name in quotes")
      }
      let name = try string()
      guard names.insert(name).inserted else {
        throw .notJSON(
          line: place.line, column: place.column,
          reason: "\"\(clipped(name))\" is given twice in one object")
      }
      skipSpace()
      guard byte == UInt8(ascii: ":") else { throw fault("a : belongs after a member's name") }
      at += 1
      skipSpace()
      members.append(.init(name: name, place: place, value: try value(depth: depth + 1)))
      skipSpace()
      if byte == UInt8(ascii: "}") { break }
      guard byte == UInt8(ascii: ",") else {
        throw fault("an object goes on with , or ends with }")
      }
      at += 1
      skipSpace()
    }
    at += 1
    return members
  }
}

extension JSONReader {
  private mutating func number() throws(FileRefusal) -> String {
    let start = at
    if byte == UInt8(ascii: "-") { at += 1 }
    let isZero = byte == UInt8(ascii: "0")
    try digits()
    if isZero, at - start > (bytes[start] == UInt8(ascii: "-") ? 2 : 1) {
      throw fault("a number does not begin with 0 and another digit")
    }
    if byte == UInt8(ascii: ".") {
      at += 1
      try digits()
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      at += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    guard at - start <= InterchangeLimits.jsonNumber else {
      throw fault("a number has more than \(InterchangeLimits.jsonNumber) characters")
    }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func digits() throws(FileRefusal) {
    guard isDigit(byte) else { throw fault("a digit belongs here") }
    while isDigit(byte) { at += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// A string, from its opening quote to behind its closing one.
  private mutating func string() throws(FileRefusal) -> String {
    var text: [UInt8] = []
    at += 1
    while true {
      let byte = byte
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20:
        throw fault(
          at < bytes.count
            ? "a text holds a control character; write it as an escape" : "a text has no end")
      default:
        // Columns count characters: bytes that continue one do not count.
        if byte & 0xC0 == 0x80 { lineStart += 1 }
        text.append(byte)
        at += 1
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(FileRefusal) {
    at += 1
    let byte = byte
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      text += String(try scalar()).utf8
      return
    default: throw fault("a text knows no such escape; a backslash itself is written \\\\")
    }
    at += 1
  }

  /// The character of `uXXXX`, or of two of them that are a surrogate pair.
  private mutating func scalar() throws(FileRefusal) -> Character {
    let first = try hexadecimal()
    if (0xD800..<0xDC00).contains(first), byte == UInt8(ascii: "\\"), at + 1 < bytes.count,
      bytes[at + 1] == UInt8(ascii: "u")
    {
      let back = at
      at += 1
      let second = try hexadecimal()
      if (0xDC00..<0xE000).contains(second) {
        let value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        return Character(Unicode.Scalar(value) ?? "\u{FFFD}")
      }
      at = back
    }
    return Character(Unicode.Scalar(first) ?? "\u{FFFD}")
  }

  /// The four digits behind a `u`.
  private mutating func hexadecimal() throws(FileRefusal) -> UInt32 {
    at += 1
    let end = at + 4
    guard end <= bytes.count,
      let value = UInt32(String(decoding: bytes[at..<end], as: UTF8.self), radix: 16),
      bytes[at] != UInt8(ascii: "+"), bytes[at] != UInt8(ascii: "-")
    else { throw fault("four hexadecimal digits belong after \\u") }
    at = end
    return value
  }
}
