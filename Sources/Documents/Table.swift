/// A table of text with aligned columns, for a terminal.
public struct Table: Sendable {
  /// Which side a column's text keeps to.
  public enum Alignment: Sendable {
    /// Words.
    case left
    /// Amounts and counts.
    case right
  }

  private let headings: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// A table with these columns.
  public init(_ columns: [(heading: String, alignment: Alignment)]) {
    headings = columns.map(\.heading)
    alignments = columns.map(\.alignment)
  }

  /// Adds a row; one text a column.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count == headings.count, "one cell a column")
    rows.append(cells)
  }

  /// Whether there are no rows.
  public var isEmpty: Bool { rows.isEmpty }

  /// The table, a line a row, each line indented by `indent` spaces; no heading when all are empty.
  public func text(indent: Int = 0) -> String {
    let shown = headings.allSatisfy(\.isEmpty) ? rows : [headings] + rows
    let widths = headings.indices.map { column in
      shown.map { $0[column].count }.max() ?? 0
    }
    let margin = String(repeating: " ", count: indent)
    return shown.map { cells in
      var line = margin
      for column in cells.indices {
        let padding = String(repeating: " ", count: widths[column] - cells[column].count)
        line += alignments[column] == .left ? cells[column] + padding : padding + cells[column]
        if column < cells.count - 1 { line += "  " }
      }
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    .joined(separator: "\n")
  }
}
