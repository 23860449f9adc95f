extension ReportDocument {
  /// A table of a report, with what belongs to it.
  public struct Section: Hashable, Sendable {
    /// What programs call it, as `revenue`; unlike that of any other section.
    public let name: String
    /// What people call it.
    public let title: String
    /// Its columns.
    public let columns: [Column]
    /// How many of the first columns, all of words, part the rows into groups.
    public let grouping: Int
    /// Whether a total ends it.
    public let hasTotal: Bool
    /// Its rows, a cell a column; those of a group lie together.
    public private(set) var rows: [[Cell]] = []
    /// What must agree.
    public var controls: [Control] = []
    /// What is drawn above the table.
    public var charts: [Chart] = []
    /// What its reader must know, a sentence or two each.
    public var notes: [String] = []
    /// Whether people do not see the columns that are zero or empty in every row.
    public var hidesIdleColumns = false

    /// A section without rows.
    ///
    /// - Parameters:
    ///   - name: What programs call it.
    ///   - title: What people call it.
    ///   - columns: Its columns; their names differ, and a column after those it is grouped by
    ///     holds words.
    ///   - grouping: How many of the first columns part the rows into groups. A group of more than
    ///     one row has a subtotal.
    ///   - hasTotal: Whether a total ends it.
    public init(
      _ name: String, title: String, columns: [Column], groupedBy grouping: Int = 0,
      hasTotal: Bool = true
    ) {
      precondition(
        columns.count > grouping && columns[...grouping].allSatisfy { $0.kind == .text },
        "section \(name): \(grouping) columns to group by and one after them hold words")
      precondition(
        Set(columns.map(\.name)).count == columns.count, "section \(name): columns' names differ")
      for quotient in columns.compactMap(\.quotient) {
        let sides = columns.filter { [quotient.dividend, quotient.divisor].contains($0.name) }
        precondition(
          sides.count == 2 && sides.allSatisfy(\.isSummed),
          "section \(name): a quotient divides a summed column by another")
      }
      self.name = name
      self.title = title
      self.columns = columns
      self.grouping = grouping
      self.hasTotal = hasTotal
    }

    /// Adds a row: a cell a column, of its column's kind or empty. Columns that are calculated are
    /// left empty.
    public mutating func add(_ cells: [Cell]) {
      precondition(cells.count == columns.count, "section \(name): one cell a column")
      for (cell, column) in zip(cells, columns) {
        precondition(
          cell == .empty || (cell.kind == column.kind && column.quotient == nil),
          "section \(name), column \(column.name): not a cell of its kind")
      }
      rows.append(calculated(cells))
    }

    /// `cells` with the quotients in their places.
    private func calculated(_ cells: [Cell]) -> [Cell] {
      var cells = cells
      for (index, column) in columns.enumerated() {
        guard let quotient = column.quotient, let dividend = self.index(of: quotient.dividend),
          let divisor = self.index(of: quotient.divisor)
        else { continue }
        let number = Self.divide(
          cells[dividend].number ?? 0, columns[dividend].kind.scale,
          by: cells[divisor].number ?? 0, columns[divisor].kind.scale, to: column.kind.scale)
        cells[index] = number.map { Cell($0, column.kind) } ?? .empty
      }
      return cells
    }

    /// The section as people see it: where it hides idle columns without them, and they are named.
    var shown: Self {
      guard hidesIdleColumns, !rows.isEmpty else { return self }
      let isIdle = columns.indices.map { index in
        index > grouping
          && rows.allSatisfy {
            ($0[index].number ?? 0) == 0 && $0[index].plain.allSatisfy(\.isZero)
          }
      }
      let kept = columns.indices.filter { !isIdle[$0] }
      let idle = columns.indices.filter { isIdle[$0] }
      guard !idle.isEmpty else { return self }
      var shown = Self(
        name, title: title, columns: kept.map { columns[$0] }, groupedBy: grouping,
        hasTotal: hasTotal)
      shown.rows = rows.map { row in kept.map { row[$0] } }
      (shown.controls, shown.charts) = (controls, charts)
      let names = idle.map { columns[$0].title }.joined(separator: ", ")
      shown.notes = notes + ["Empty or zero in every row, and not shown: \(names)."]
      return shown
    }

    /// The place of the column of this name.
    func index(of name: String) -> Int? { columns.firstIndex { $0.name == name } }

    /// The quotient of two numbers of so many decimals, half away from zero to `decimals`; none for
    /// a divisor of zero.
    private static func divide(
      _ dividend: Int64, _ dividendDecimals: Int, by divisor: Int64, _ divisorDecimals: Int,
      to decimals: Int
    ) -> Int64? {
      guard divisor != 0 else { return nil }
      let shift = decimals + divisorDecimals - dividendDecimals
      var (top, bottom) = (Int128(dividend.magnitude), Int128(divisor.magnitude))
      for _ in 0..<max(shift, 0) { top *= 10 }
      for _ in 0..<max(-shift, 0) { bottom *= 10 }
      let rounded = Int64((top + bottom / 2) / bottom)
      return (dividend < 0) == (divisor < 0) ? rounded : -rounded
    }
  }
}

extension Character {
  /// Whether it is what a zero is written with.
  fileprivate var isZero: Bool { self == "0" || self == "." }
}

extension ReportDocument.Section {
  /// A line as it is shown: a row, or what stands before and after a group of them.
  struct Line {
    enum Kind: Equatable {
      /// The heading of a group, by how many groups it is within.
      case group(level: Int)
      case row
      /// The sum of a group.
      case subtotal(level: Int)
      /// The sum of all rows.
      case total
    }

    var kind: Kind
    /// What the group is called, or `Total ...`; empty for rows.
    var label = ""
    /// A cell a column; empty for headings.
    var cells: [ReportDocument.Cell] = []
    /// Which of the section's rows it is, heads or sums.
    var rows: Range<Int>
  }

  /// The section line by line, groups with their headings and subtotals.
  var lines: [Line] {
    var result: [Line] = []
    append(rows.indices, level: 0, to: &result)
    if hasTotal {
      result.append(
        Line(kind: .total, label: "Total", cells: sums(of: rows.indices), rows: rows.indices))
    }
    return result
  }

  /// The sums of some rows, a cell a column; empty where a column has none.
  func sums(of range: Range<Int>) -> [ReportDocument.Cell] {
    let cells = columns.indices.map { index -> ReportDocument.Cell in
      guard columns[index].isSummed else { return .empty }
      let sum = range.reduce(into: Int64(0)) { $0 += rows[$1][index].number ?? 0 }
      return ReportDocument.Cell(sum, columns[index].kind)
    }
    return calculated(cells)
  }

  private func append(_ range: Range<Int>, level: Int, to lines: inout [Line]) {
    guard level < grouping else {
      for row in range { lines.append(Line(kind: .row, cells: rows[row], rows: row..<row + 1)) }
      return
    }
    var start = range.lowerBound
    while start < range.upperBound {
      let value = rows[start][level]
      let end = range[start...].firstIndex { rows[$0][level] != value } ?? range.upperBound
      lines.append(
        Line(kind: .group(level: level), label: value.plain, rows: start..<end))
      append(start..<end, level: level + 1, to: &lines)
      if end - start > 1 {
        lines.append(
          Line(
            kind: .subtotal(level: level), label: "Total \(value.plain)",
            cells: sums(of: start..<end), rows: start..<end))
      }
      start = end
    }
  }

  /// How many decimals people see in a column: what its finest number needs.
  func decimals(of index: Int) -> Int {
    if let fixed = columns[index].kind.fixedDecimals { return fixed }
    return rows.reduce(into: 0) { most, row in
      let point = row[index].plain.split(separator: ".", omittingEmptySubsequences: false)
      if point.count == 2 { most = max(most, point[1].utf8.count) }
    }
  }
}
