/// A row of a CSV file that the importer understands.
public protocol CSVRow: Sendable {
  /// The columns, in the order that `init` asks for them by index.
  static var columns: [CSVColumn] { get }
  /// Reads the row that `fields` holds.
  init(_ fields: borrowing CSVFields) throws(FieldError)
}

/// A column of a CSV file.
public struct CSVColumn: Hashable, Sendable {
  /// Its name in the header.
  public let name: String
  /// Whether a file without it is refused, and a row with it empty is wrong.
  public let need: Need

  /// How much a column is needed.
  public enum Need: Hashable, Sendable {
    /// The column must be there and every row must fill it.
    case value
    /// The column must be there; rows may leave it empty.
    case column
    /// The column may be left out.
    case nothing
  }

  /// The column `name`.
  public init(_ name: String, _ need: Need) {
    self.name = name
    self.need = need
  }
}

/// What is wrong with one value.
public struct FieldError: Error, Hashable, Sendable {
  /// The column's name.
  public let column: String
  /// What is wrong.
  public let reason: RowError.Reason

  init(_ column: String, _ reason: RowError.Reason) {
    self.column = column
    self.reason = reason
  }
}

/// Reads typed rows from CSV, one at a time, in constant memory.
///
/// A row is a value or an error with its place and text; only an unreadable file or a wrong header
/// throws.
public struct CSVReader<Row: CSVRow>: ~Copyable {
  /// A record, understood or not.
  public enum Item: Sendable {
    /// A row and the line where it begins.
    case row(Row, line: Int)
    /// A row that was not understood.
    case error(RowError)
  }

  /// What is odd about the header and does no harm, in words.
  public let warnings: [String]
  /// The header's text, line end excluded: with it, a row kept for review can be read again.
  public let header: [UInt8]
  private var fields: CSVFields

  /// Reads the header.
  public init(_ source: ByteSource) throws(FileRefusal) {
    var scanner = CSVScanner(source)
    let names = try Self.names(&scanner)
    let text = scanner.raw
    var places = [Int](repeating: -1, count: Row.columns.count)
    var unknown: [String] = []
    var seen: Set<String> = []
    for (place, name) in names.enumerated() {
      guard seen.insert(name).inserted else { throw .duplicateColumn(name) }
      if let index = Row.columns.firstIndex(where: { $0.name == name }) {
        places[index] = place
      } else {
        unknown.append(name)
      }
    }
    for (column, place) in zip(Row.columns, places) where column.need != .nothing && place < 0 {
      throw .missingColumn(column.name, found: names)
    }
    warnings = unknown.map {
      "the column \"\(clipped($0))\" is not known and is ignored; the known ones are: "
        + Row.columns.map(\.name).joined(separator: ", ")
    }
    header = text
    fields = CSVFields(
      scanner: scanner, columns: Row.columns, places: places, width: names.count)
  }

  /// The next record, or `nil` at the end.
  public mutating func next() throws(FileRefusal) -> Item? {
    switch try fields.scanner.advance() {
    case .end: return nil
    case .malformed(let reason): return .error(error(nil, reason))
    case .record: break
    }
    let count = fields.scanner.fields.count
    guard count == fields.width else {
      return .error(error(nil, .ragged(expected: fields.width, found: count)))
    }
    do throws(FieldError) {
      return try .row(Row(fields), line: fields.scanner.line)
    } catch {
      return .error(self.error(error.column, error.reason))
    }
  }

  /// A copy of the text of the record that `next` returned last, line end excluded.
  public var raw: [UInt8] { fields.scanner.raw }

  /// The identifier in a column of the record that `next` returned last, understood or not.
  func identifier(inColumn column: Int) -> String? {
    let place = fields.places[column]
    guard fields.scanner.fields.count == fields.width, place >= 0 else { return nil }
    return try? fields.scanner.withField(place) { bytes throws(FieldError) in
      try? FieldText.identifier(bytes)
    }
  }

  /// How many bytes of the file can be in memory.
  var bufferCapacity: Int { fields.scanner.buffer.capacity }

  private func error(_ column: String?, _ reason: RowError.Reason) -> RowError {
    RowError(
      line: fields.scanner.line, column: column, reason: reason, raw: fields.scanner.raw)
  }

  private static func names(_ scanner: inout CSVScanner) throws(FileRefusal) -> [String] {
    switch try scanner.advance() {
    case .end: throw .noHeader
    case .malformed(let reason):
      throw .badHeader(line: scanner.line, reason: reason.description)
    case .record: break
    }
    let count = scanner.fields.count
    guard count <= InterchangeLimits.csvColumns else { throw .tooManyColumns(count) }
    var names: [String] = []
    for index in 0..<count {
      names.append(scanner.text(index))
    }
    return names
  }
}
