extension ReportDocument {
  /// The rows of all sections as CSV (RFC 4180): the section's name, the facts that are repeated, then
  /// every column that any of them has, each once. Sums are left to the reader; numbers are exact,
  /// without thousands separators.
  public var csv: String {
    let repeated = facts.filter(\.isRepeated)
    var names: [String] = []
    for column in sections.flatMap(\.columns) where !names.contains(column.name) {
      names.append(column.name)
    }
    var text = CSVText.record(["section"] + repeated.map(\.name) + names)
    for section in sections {
      let places = names.map(section.index)
      for row in section.rows {
        text += CSVText.record(
          [section.name] + repeated.map(\.value) + places.map { $0.map { row[$0].plain } ?? "" })
      }
    }
    return text
  }
}

extension ReportDocument.Section {
  /// The rows as CSV (RFC 4180) with the columns' names; sums are left to the reader.
  public var csv: String {
    rows.reduce(into: CSVText.record(columns.map(\.name))) {
      $0 += CSVText.record($1.map(\.plain))
    }
  }
}

/// Records of RFC 4180. What is in a field is not changed: a text that begins like a spreadsheet's
/// formula stays as it is.
enum CSVText {
  /// A record with its line break.
  static func record(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  private static func field(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { ![0x22, 0x2C, 0x0D, 0x0A].contains($0) }
    return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
