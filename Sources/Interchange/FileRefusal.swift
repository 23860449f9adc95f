/// Why a whole file was refused. Nothing of it was used.
public enum FileRefusal: Error, Hashable, Sendable {
  /// It cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// It has no header record.
  case noHeader
  /// Its header record is not valid CSV in UTF-8.
  case badHeader(line: Int, reason: String)
  /// A required column is not in the header.
  case missingColumn(String, found: [String])
  /// A column is named twice.
  case duplicateColumn(String)
  /// More columns than the limit.
  case tooManyColumns(Int)
  /// It is not well-formed XML.
  case notWellFormed(line: Int, column: Int, reason: String)
  /// It declares a document type, and with it perhaps entities.
  case documentType
  /// It is XML in an encoding other than UTF-8.
  case notUTF8
  /// It is XML but holds no ESPI data.
  case notESPI(root: String)
  /// It is not JSON.
  case notJSON(line: Int, column: Int, reason: String)
  /// It is JSON but holds no rate.
  case notURDB(root: String)
  /// It goes beyond a limit.
  case beyondLimit(String, line: Int)
}

extension FileRefusal: CustomStringConvertible {
  /// What is wrong, where, and what to do next.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot read \(path): \(reason); check the path and its permissions"
    case .noHeader:
      "the file is empty; its first line must name the columns"
    case .badHeader(let line, let reason):
      "line \(line): the header cannot be read: \(reason); write the columns' names, in UTF-8"
    case .missingColumn(let name, let found):
      "the required column \"\(name)\" is missing; the header has: "
        + "\(found.map(clipped).joined(separator: ", ")); add the column or correct its name"
    case .duplicateColumn(let name):
      "the column \"\(name)\" appears twice in the header; remove or rename one"
    case .tooManyColumns(let count):
      "the header has \(count) columns and the limit is \(InterchangeLimits.csvColumns); "
        + "is the separator a comma and the line end a line feed?"
    case .notWellFormed(let line, let column, let reason):
      "line \(line), column \(column): the file is not well-formed XML: \(reason); "
        + "ask its sender for the file again"
    case .documentType:
      "the file declares a document type, which Green Button files never need and which can hide "
        + "other files' contents; remove the <!DOCTYPE ...> and look at what it was for"
    case .notUTF8:
      "the file is not XML in UTF-8; convert it and declare encoding=\"UTF-8\""
    case .notESPI(let root):
      "the file is XML (its first element is <\(clipped(root))>) but holds no ESPI data; "
        + "is it a Green Button file?"
    case .notJSON(let line, let column, let reason):
      "line \(line), column \(column): the file is not JSON: \(reason); correct it here, or download "
        + "it again"
    case .notURDB(let root):
      "the file is JSON (\(root)) but holds no rate; a URDB file is a record with "
        + "energyratestructure, a list of such records, or { \"items\": [...] }"
    case .beyondLimit(let what, let line):
      "line \(line): the file goes beyond a limit: \(what); split it"
    }
  }
}

/// `text` short enough for a message, control characters made visible.
func clipped(_ text: String) -> String {
  var result = ""
  for character in text.unicodeScalars.prefix(InterchangeLimits.quotedInput) {
    switch character.value {
    case 0..<0x20, 0x7F..<0xA0: result += "\\u{\(String(character.value, radix: 16))}"
    default: result.unicodeScalars.append(character)
    }
  }
  return text.unicodeScalars.count > InterchangeLimits.quotedInput ? result + "..." : result
}
