/// One record of a file by the names of its columns: how refused input is shown and corrected.
public struct CSVRecord: Hashable, Sendable {
  /// The columns' names and values, in the file's order.
  public var fields: [(column: String, value: String)] {
    zip(columns, values).map { ($0, $1) }
  }

  private let columns: [String]
  private var values: [String]

  /// The record in `raw` under `header`; `nil` if it has not the header's fields.
  public init?(header: [UInt8], raw: [UInt8]) {
    guard let columns = Self.fields(of: header), let values = Self.fields(of: raw),
      columns.count == values.count, !columns.isEmpty
    else { return nil }
    self.columns = columns
    self.values = values
  }

  /// Puts `value` into `column`; a column that the file did not have is added.
  public func setting(_ column: String, to value: String) -> CSVRecord {
    var columns = columns
    var values = values
    if let index = columns.firstIndex(of: column) {
      values[index] = value
    } else {
      columns.append(column)
      values.append(value)
    }
    return CSVRecord(columns: columns, values: values)
  }

  private init(columns: [String], values: [String]) {
    self.columns = columns
    self.values = values
  }

  /// The header and the record as a file of their own.
  public var file: [UInt8] {
    var writer = CSVWriter()
    writer.record(columns)
    writer.record(values)
    return writer.bytes
  }

  private static func fields(of line: [UInt8]) -> [String]? {
    var scanner = CSVScanner(ByteSource(line))
    guard case .record? = try? scanner.advance() else { return nil }
    return (0..<scanner.fields.count).map { scanner.text($0) }
  }
}
