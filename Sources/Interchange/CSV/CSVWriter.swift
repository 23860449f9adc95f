/// Writes RFC 4180 text: what `CSVScanner` reads back unchanged.
public struct CSVWriter: Sendable {
  /// How a record ends.
  public enum LineEnd: String, Sendable, CaseIterable {
    /// `\n`.
    case lineFeed = "\n"
    /// `\r\n`, as the RFC has it.
    case carriageReturnLineFeed = "\r\n"
  }

  /// What has been written, UTF-8.
  public private(set) var bytes: [UInt8] = []
  private let lineEnd: LineEnd

  /// An empty writer.
  public init(lineEnd: LineEnd = .lineFeed) { self.lineEnd = lineEnd }

  /// Writes a record; a field is quoted only where it must be.
  ///
  /// A record that is a single empty field is written `""`, since a blank line is no record.
  public mutating func record(_ fields: [String]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(CSVByte.comma) }
      write(field, isAlone: fields.count == 1)
    }
    bytes.append(contentsOf: lineEnd.rawValue.utf8)
  }

  private mutating func write(_ field: String, isAlone: Bool) {
    let mustQuote =
      field.utf8.contains {
        $0 == CSVByte.quote || $0 == CSVByte.comma || $0 == CSVByte.lineFeed
          || $0 == CSVByte.carriageReturn
      } || (isAlone && field.isEmpty)
    guard mustQuote else {
      bytes.append(contentsOf: field.utf8)
      return
    }
    bytes.append(CSVByte.quote)
    for byte in field.utf8 {
      if byte == CSVByte.quote { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(CSVByte.quote)
  }
}
