import Money

extension ReportDocument {
  /// The report as a workbook (XLSX): a sheet of facts and control totals, then one a section, with
  /// numbers as numbers and sums as formulas that carry what they give.
  ///
  /// A spreadsheet keeps 15 digits of a number: larger ones lose their last decimals there.
  public var xlsx: [UInt8] {
    var styles = WorkbookStyles()
    var sheets = [("Facts", factSheet(&styles).xml)]
    for section in sections {
      let name = WorkbookXML.sheetName(section.title, unlike: sheets.map(\.0))
      sheets.append((name, section.sheet(&styles).xml))
    }
    return WorkbookXML.archive(title: title, sheets: sheets, styles: styles)
  }

  private func factSheet(_ styles: inout WorkbookStyles) -> WorkbookSheet {
    var sheet = WorkbookSheet()
    sheet.hasHeading = false
    sheet.widths = [34, 26, 18, 26, 18, 14, 10]
    let plain = styles.place(of: WorkbookStyle())
    sheet.add([(.text(title), styles.place(of: WorkbookStyle(role: .title)))])
    if !subtitle.isEmpty { sheet.add([(.text(subtitle), plain)]) }
    sheet.add([])
    for fact in facts { sheet.add([(.text(fact.label), plain), (.text(fact.value), plain)]) }
    sheet.add([(.text("Currency"), plain), (.text(Money.currency), plain)])
    if !controls.isEmpty {
      sheet.add([])
      let head = Control.headings.enumerated().map { index, heading in
        let isRight = [2, 4, 5].contains(index)
        let style = WorkbookStyle(role: .heading, isRight: isRight)
        return (SheetCell.text(heading), styles.place(of: style))
      }
      sheet.add(head)
      for control in controls { sheet.add(control.cells(row: sheet.count + 1, &styles)) }
    }
    let notes =
      notes + sections.flatMap { section in section.notes.map { "\(section.title): \($0)" } }
    if !notes.isEmpty { sheet.add([]) }
    for note in notes { sheet.add([(.text(note), plain)]) }
    return sheet
  }
}

extension ReportDocument.Control {
  fileprivate func cells(row: Int, _ styles: inout WorkbookStyles) -> [(SheetCell, Int)] {
    let text = styles.place(of: WorkbookStyle())
    let kind = left.amount.kind ?? .text
    let decimals = kind.fixedDecimals ?? kind.scale
    let number = styles.place(
      of: WorkbookStyle(format: kind.format(decimals: decimals), isRight: true))
    return [
      (.text(title), text), (.text(left.label), text), (.number(left.amount.plain), number),
      (.text(right.label), text), (.number(right.amount.plain), number),
      (.formula("ROUND(C\(row)-E\(row),\(decimals))", gives: difference.plain), number),
      (.textFormula("IF(F\(row)=0,\"agree\",\"differ\")", gives: verdict), text),
    ]
  }
}

extension ReportDocument.Column.Kind {
  /// The number format of a spreadsheet: thousands apart, below zero red with its sign.
  fileprivate func format(decimals: Int) -> String {
    guard self != .text else { return "@" }
    let digits = "#,##0" + (decimals > 0 ? "." + String(repeating: "0", count: decimals) : "")
    return "\(digits)_);[Red]-\(digits)_)"
  }
}

extension ReportDocument.Section.Line.Kind {
  /// Where a sum says what it is of; none for other lines.
  fileprivate var labelColumn: Int? {
    switch self {
    case .group, .row: nil
    case .subtotal(let level): level
    case .total: 0
    }
  }
}

extension ReportDocument.Section {
  /// Rows as they are, so that they can be sorted and filtered, each group's subtotal below it.
  fileprivate func sheet(_ styles: inout WorkbookStyles) -> WorkbookSheet {
    var sheet = WorkbookSheet()
    let decimals = columns.indices.map { self.decimals(of: $0) }
    let lines = lines
    sheet.widths = columns.indices.map { index in
      let cells = lines.compactMap { line -> Int? in
        guard !line.cells.isEmpty else { return nil }
        let cell = line.cells[index].grouped(decimals: decimals[index]).count
        return line.kind.labelColumn == index ? max(cell, line.label.count) : cell
      }
      let words = columns[index].title.split(separator: " ").map(\.count)
      return min(max(8, (cells + words).max() ?? 0), 60) + 2
    }
    sheet.add(
      columns.map { column in
        let style = WorkbookStyle(role: .heading, isRight: column.kind != .text)
        return (.text(column.title), styles.place(of: style))
      })
    var places: [Int] = []
    for line in lines {
      let role: WorkbookStyle.Role
      let level: Int
      switch line.kind {
      case .group: continue
      case .row: (role, level) = (.plain, grouping)
      case .subtotal(let depth): (role, level) = (.subtotal, depth)
      case .total: (role, level) = (.total, 0)
      }
      let row = sheet.count + 1
      if role == .plain { places.append(row) }
      let first = places.isEmpty ? row : places[min(line.rows.lowerBound, places.count - 1)]
      var cells = columns.indices.map { index in
        let column = columns[index]
        let style = WorkbookStyle(
          role: role, format: column.kind.format(decimals: decimals[index]),
          isRight: column.kind != .text)
        let cell = self.cell(line, index, row: row, from: role == .plain ? nil : first)
        return (cell, styles.place(of: style))
      }
      if let column = line.kind.labelColumn { cells[column].0 = .text(line.label) }
      sheet.add(cells, level: level)
    }
    return sheet
  }

  /// The cell of a line; of a sum, the rows from `first` to the one above are added up.
  private func cell(
    _ line: Line, _ index: Int, row: Int, from first: Int?
  ) -> SheetCell {
    let cell = line.cells[index]
    if let quotient = columns[index].quotient, let dividend = self.index(of: quotient.dividend),
      let divisor = self.index(of: quotient.divisor)
    {
      let (top, bottom) = (WorkbookSheet.letters(dividend), WorkbookSheet.letters(divisor))
      let division = "ROUND(\(top)\(row)/\(bottom)\(row),\(columns[index].kind.scale))"
      let formula = "IF(\(bottom)\(row)=0,\"\",\(division))"
      return cell == .empty
        ? .textFormula(formula, gives: "") : .formula(formula, gives: cell.plain)
    }
    if let first, columns[index].isSummed, first < row {
      let letter = WorkbookSheet.letters(index)
      let range = "\(letter)\(first):\(letter)\(row - 1)"
      let formula = grouping > 0 ? "SUBTOTAL(9,\(range))" : "SUM(\(range))"
      return .formula(formula, gives: cell.plain)
    }
    switch cell {
    case .empty: return .empty
    case .text(let text): return .text(text)
    case .money, .energy, .power, .count, .ratio: return .number(cell.plain)
    }
  }
}
