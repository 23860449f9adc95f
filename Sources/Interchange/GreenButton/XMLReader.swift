/// Reads XML strictly and in pieces, one tag at a time; in memory are the open elements' names, one
/// tag, and the text that is wanted.
///
/// Foundation's parser on Linux traps on input that is merely wrong; this one answers all of it with a
/// `FileRefusal`. Document types are refused, so that there are no entities but the five of XML.
/// Bytes must be checked to be UTF-8 beforehand.
struct XMLReader: ~Copyable {
  enum Token {
    case start
    case end
    /// The end of the file; its first element is closed.
    case finish
  }

  enum Namespace {
    case none
    case atom
    case espi
    case other
  }

  /// The local name of the tag.
  var name = ""
  /// The namespace of the tag.
  var namespace = Namespace.none
  /// The attributes of a start tag, by their names as written; not those that declare namespaces.
  var attributes: [(name: String, value: String)] = []
  /// The text since the last tag, if it was wanted.
  var text: [UInt8] = []
  /// Whether the text up to the next tag is wanted; off again with every tag.
  var wantsText = false
  /// The number of open elements.
  var depth: Int { opened.count }
  /// The line of the next byte.
  private(set) var line = 1

  private var source: ByteSource
  private var buffer: [UInt8] = []
  private var at = 0
  private var sourceEnded = false
  private var column = 1
  /// The closing brackets just read: `]]>` must not stand in text.
  private var brackets = 0
  var hasRoot = false
  var emptyElement = false
  /// The names of the open elements as written, one after the other, and where each begins.
  var names: [UInt8] = []
  var opened: [Open] = []
  var bindings: [Binding] = []

  struct Open {
    var nameStart: Int
    var bindingCount: Int
    var name: String
    var namespace: Namespace
  }

  struct Binding {
    var prefix: [UInt8]
    var namespace: Namespace
  }

  init(_ source: ByteSource) throws(FileRefusal) {
    self.source = source
    try begin()
  }

  /// Goes to the next tag.
  mutating func next() throws(FileRefusal) -> Token {
    if emptyElement {
      emptyElement = false
      text.removeAll(keepingCapacity: true)
      close()
      return .end
    }
    text.removeAll(keepingCapacity: true)
    while let byte = try peek() {
      guard byte == UInt8(ascii: "<") else {
        try character(byte)
        continue
      }
      brackets = 0
      try advance()
      switch try peek() {
      case UInt8(ascii: "?"): try instruction()
      case UInt8(ascii: "!"): try declaration()
      case UInt8(ascii: "/"):
        try advance()
        try endTag()
        return .end
      default:
        try startTag()
        return .start
      }
    }
    guard hasRoot, opened.isEmpty else { throw wrong("it ends before its first element does") }
    return .finish
  }
}

extension XMLReader {
  func wrong(_ reason: String) -> FileRefusal {
    .notWellFormed(line: line, column: column, reason: reason)
  }

  mutating func peek() throws(FileRefusal) -> UInt8? {
    if at == buffer.count {
      if sourceEnded { return nil }
      buffer = try source.next()
      at = 0
      sourceEnded = buffer.isEmpty
      if sourceEnded { return nil }
    }
    return buffer[at]
  }

  /// Goes past the byte that `peek` showed.
  mutating func advance() throws(FileRefusal) {
    let byte = buffer[at]
    if byte == UInt8(ascii: "\n") {
      line += 1
      column = 1
    } else {
      if byte < 0x20, byte != UInt8(ascii: "\t"), byte != UInt8(ascii: "\r") {
        throw wrong("a character that XML does not allow")
      }
      if byte & 0xC0 != 0x80 { column += 1 }
    }
    at += 1
  }

  mutating func take() throws(FileRefusal) -> UInt8 {
    guard let byte = try peek() else { throw wrong("it ends before its first element does") }
    try advance()
    return byte
  }

  mutating func expect(_ text: StaticString, _ reason: String) throws(FileRefusal) {
    for expected in "\(text)".utf8 {
      guard try peek() == expected else { throw wrong(reason) }
      try advance()
    }
  }

  @discardableResult
  mutating func skipSpace() throws(FileRefusal) -> Bool {
    var skipped = false
    while let byte = try peek(), Self.isSpace(byte) {
      try advance()
      skipped = true
    }
    return skipped
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// Goes past what comes first: the byte order mark and the XML declaration.
  private mutating func begin() throws(FileRefusal) {
    while buffer.count < 4, !sourceEnded {
      let piece = try source.next()
      sourceEnded = piece.isEmpty
      buffer += piece
    }
    sourceEnded = false
    let head = buffer.prefix(4)
    if head.starts(with: [0xFE, 0xFF]) || head.starts(with: [0xFF, 0xFE]) || head.contains(0) {
      throw .notUTF8
    }
    if head.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  /// `<?...?>`, of which only the XML declaration says something: the encoding.
  private mutating func instruction() throws(FileRefusal) {
    let isFirst = line == 1 && column == 2
    try advance()
    let target = try rawName()
    var content: [UInt8] = []
    var last: UInt8 = 0
    while true {
      let byte = try take()
      if last == UInt8(ascii: "?"), byte == UInt8(ascii: ">") { break }
      if content.count < 1024 { content.append(byte) }
      last = byte
    }
    guard String(decoding: target, as: UTF8.self).lowercased() == "xml" else { return }
    guard isFirst else { throw wrong("an XML declaration that is not at the very beginning") }
    let text = String(decoding: content, as: UTF8.self)
    guard let start = text.firstRange(of: "encoding")?.upperBound else { return }
    let value = text[start...].drop { " =\t\"'".contains($0) }
      .prefix { $0.isLetter || $0.isNumber || $0 == "-" }
    guard value.lowercased() == "utf-8" || value.lowercased() == "utf8" else { throw .notUTF8 }
  }

  /// `<!--...-->` or `<![CDATA[...]]>`.
  private mutating func declaration() throws(FileRefusal) {
    try advance()
    if try peek() == UInt8(ascii: "-") {
      try expect("--", "a comment that does not begin with <!--")
      var dashes = 0
      while true {
        let byte = try take()
        if dashes >= 2 {
          guard byte == UInt8(ascii: ">") else { throw wrong("two dashes inside a comment") }
          return
        }
        dashes = byte == UInt8(ascii: "-") ? dashes + 1 : 0
      }
    }
    guard try peek() == UInt8(ascii: "["), !opened.isEmpty else { throw .documentType }
    try expect("[CDATA[", "a section that is not CDATA")
    var brackets = 0
    while true {
      let byte = try take()
      if byte == UInt8(ascii: ">"), brackets >= 2 {
        if wantsText { text.removeLast(2) }
        return
      }
      brackets = byte == UInt8(ascii: "]") ? brackets + 1 : 0
      try keep(byte)
    }
  }

  private mutating func keep(_ byte: UInt8) throws(FileRefusal) {
    guard wantsText else { return }
    text.append(byte)
    if text.count > InterchangeLimits.xmlText {
      throw .beyondLimit("a text of more than \(InterchangeLimits.xmlText) bytes", line: line)
    }
  }

  /// A character of text.
  private mutating func character(_ byte: UInt8) throws(FileRefusal) {
    if opened.isEmpty {
      guard Self.isSpace(byte) else { throw wrong("text outside the first element") }
      try advance()
    } else if byte == UInt8(ascii: "&") {
      for byte in try reference() { try keep(byte) }
    } else {
      if byte == UInt8(ascii: ">"), brackets >= 2 { throw wrong("a \"]]>\" in text") }
      brackets = byte == UInt8(ascii: "]") ? brackets + 1 : 0
      try advance()
      try keep(byte)
    }
  }

  /// What `&...;` stands for.
  mutating func reference() throws(FileRefusal) -> [UInt8] {
    try advance()
    var name: [UInt8] = []
    while true {
      let byte = try take()
      if byte == UInt8(ascii: ";") { break }
      name.append(byte)
      guard name.count <= 10 else { throw wrong("an entity that is not declared") }
    }
    let text = String(decoding: name, as: UTF8.self)
    switch text {
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "amp": return [UInt8(ascii: "&")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    default: break
    }
    guard text.hasPrefix("#") else { throw wrong("an entity that is not declared") }
    let isHex = text.hasPrefix("#x")
    let digits = text.dropFirst(isHex ? 2 : 1)
    guard !digits.hasPrefix("+"), !digits.hasPrefix("-"),
      let number = UInt32(digits, radix: isHex ? 16 : 10), let scalar = Unicode.Scalar(number),
      number >= 0x20 || [0x09, 0x0A, 0x0D].contains(number), number & 0xFFFE != 0xFFFE
    else { throw wrong("a character reference that names no character") }
    return Array(String(Character(scalar)).utf8)
  }
}
