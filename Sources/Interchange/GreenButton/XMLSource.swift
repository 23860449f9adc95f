import Foundation

/// XML that can be read more than once.
enum XMLSource: Sendable {
  case file(String)
  case bytes([UInt8])

  func bytes() throws(FileRefusal) -> ByteSource {
    switch self {
    case .file(let path): try ByteSource(path: path)
    case .bytes(let bytes): ByteSource(bytes)
    }
  }

  func stream() throws(FileRefusal) -> InputStream {
    switch self {
    case .bytes(let bytes): return InputStream(data: Data(bytes))
    case .file(let path):
      guard let stream = InputStream(fileAtPath: path) else {
        throw .unreadable(path: path, reason: "it cannot be opened")
      }
      return stream
    }
  }
}

/// Looks at what stands before the first element, where alone a document type can be declared.
///
/// A document type is how XML reaches for other files and blows up small ones; the XML parser leaves
/// out what an undeclared or external entity stands for, which would change a value without a word.
/// So a file that has one is refused before it is parsed.
struct XMLProlog {
  private var source: ByteSource
  private var bytes: [UInt8] = []
  private var at = 0
  private var sourceEnded = false

  static func check(_ source: XMLSource) throws(FileRefusal) {
    var prolog = try XMLProlog(source: source.bytes())
    try prolog.check()
    // Foundation's parser traps on names that are not UTF-8, so they must never reach it.
    if let line = try UTF8Check.firstWrongLine(of: source.bytes()) {
      throw .notWellFormed(line: line, column: 1, reason: "a character that is not UTF-8")
    }
  }

  private init(source: ByteSource) {
    self.source = source
  }

  private mutating func check() throws(FileRefusal) {
    let head: [UInt8?] = try [byte(0), byte(1), byte(2), byte(3)]
    let isWide =
      head[0] == 0xFE && head[1] == 0xFF || head[0] == 0xFF && head[1] == 0xFE
      || head.contains(0)
    if isWide { throw .notUTF8 }
    if head[0] == 0xEF, head[1] == 0xBB, head[2] == 0xBF { at = 3 }
    while let byte = try byte(0) {
      if [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
        at += 1
      } else if try starts(with: "<?") {
        let begin = at
        try skip(past: "?>")
        try checkEncoding(String(decoding: bytes[begin..<at], as: UTF8.self))
      } else if try starts(with: "<!--") {
        try skip(past: "-->")
      } else if try starts(with: "<!") {
        throw .documentType
      } else {
        return
      }
    }
  }

  private func checkEncoding(_ instruction: String) throws(FileRefusal) {
    guard instruction.hasPrefix("<?xml "), let range = instruction.range(of: "encoding") else {
      return
    }
    let value = instruction[range.upperBound...].drop { $0 == " " || $0 == "=" }
      .drop { $0 == "\"" || $0 == "'" }.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
    guard ["utf-8", "utf8"].contains(value.lowercased()) else { throw .notUTF8 }
  }

  private mutating func byte(_ offset: Int) throws(FileRefusal) -> UInt8? {
    while at + offset >= bytes.count, !sourceEnded {
      let piece = try source.next()
      sourceEnded = piece.isEmpty
      bytes += piece
      if bytes.count > InterchangeLimits.xmlProlog {
        throw .beyondLimit(
          "more than \(InterchangeLimits.xmlProlog) bytes before the first element", line: 1)
      }
    }
    return at + offset < bytes.count ? bytes[at + offset] : nil
  }

  private mutating func starts(with text: String) throws(FileRefusal) -> Bool {
    for (offset, expected) in text.utf8.enumerated() where try byte(offset) != expected {
      return false
    }
    return true
  }

  private mutating func skip(past text: String) throws(FileRefusal) {
    while try byte(0) != nil {
      if try starts(with: text) {
        at += text.utf8.count
        return
      }
      at += 1
    }
  }
}
