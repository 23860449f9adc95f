/// The fields of one record, found by column and read as values.
///
/// Columns are named by their index in `CSVRow.columns`. An empty field is an absent value.
public struct CSVFields: ~Copyable {
  var scanner: CSVScanner
  let columns: [CSVColumn]
  /// The field of each column, -1 where the file does not have it.
  let places: [Int]
  /// The number of fields in the header.
  let width: Int

  init(scanner: consuming CSVScanner, columns: [CSVColumn], places: [Int], width: Int) {
    self.scanner = scanner
    self.columns = columns
    self.places = places
    self.width = width
  }

  /// The value that `parse` makes of a column's bytes; `nil` where it is absent.
  ///
  /// - Throws: `.missing` if the column needs a value.
  func value<R>(
    _ column: Int, _ parse: (Span<UInt8>) throws(RowError.Reason) -> R
  ) throws(FieldError) -> R? {
    guard !isEmpty(column) else {
      if columns[column].need == .value { throw FieldError(columns[column].name, .missing) }
      return nil
    }
    return try scanner.withField(places[column]) { bytes throws(FieldError) in
      do throws(RowError.Reason) {
        return try parse(bytes)
      } catch {
        throw FieldError(columns[column].name, error)
      }
    }
  }

  /// Whether a column is absent or empty in this record.
  func isEmpty(_ column: Int) -> Bool {
    let place = places[column]
    return place < 0 || scanner.fields[place].lower >= scanner.fields[place].upper
  }

  /// The value that `parse` makes of a column that needs one.
  func required<R>(
    _ column: Int, _ parse: (Span<UInt8>) throws(RowError.Reason) -> R
  ) throws(FieldError) -> R {
    guard let value = try value(column, parse) else { throw fault(column, .missing) }
    return value
  }

  /// An error of a column.
  func fault(_ column: Int, _ reason: RowError.Reason) -> FieldError {
    FieldError(columns[column].name, reason)
  }
}

extension RowError.Reason: Error {}
