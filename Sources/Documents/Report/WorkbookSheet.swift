/// A cell of a sheet.
enum SheetCell {
  case empty
  case text(String)
  /// A decimal number.
  case number(String)
  /// A formula and the number it gives, for readers that do not calculate.
  case formula(String, gives: String)
  /// A formula and the text it gives.
  case textFormula(String, gives: String)
}

/// A sheet of a workbook, written row by row.
struct WorkbookSheet {
  /// The widths of its columns, in digits.
  var widths: [Int] = []
  /// Whether the first row stays in sight.
  var hasHeading = true
  private var body = ""
  private var deepest = 0
  /// How many rows there are.
  private(set) var count = 0

  /// Adds a row of cells, each with its style's place, `level` groups deep.
  mutating func add(_ cells: [(cell: SheetCell, style: Int)], level: Int = 0) {
    count += 1
    let level = min(level, 7)
    deepest = max(deepest, level)
    body += "<row r=\"\(count)\"\(level > 0 ? " outlineLevel=\"\(level)\"" : "")>"
    for (column, (cell, style)) in cells.enumerated() {
      let open = "<c r=\"\(Self.letters(column))\(count)\" s=\"\(style)\""
      switch cell {
      case .empty: body += open + "/>"
      case .text(let text):
        body += open + " t=\"inlineStr\"><is><t xml:space=\"preserve\">"
        body += WorkbookXML.text(text) + "</t></is></c>"
      case .number(let number): body += open + "><v>\(number)</v></c>"
      case .formula(let formula, let number):
        body += open + "><f>\(Markup.escape(formula))</f><v>\(number)</v></c>"
      case .textFormula(let formula, let text):
        body += open + " t=\"str\"><f>\(Markup.escape(formula))</f>"
        body += "<v>\(WorkbookXML.text(text))</v></c>"
      }
    }
    body += "</row>"
  }

  /// A column by its letters, from 0: `A`, `Z`, `AA`.
  static func letters(_ column: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(65 + column % 26)))
    return column < 26 ? letter : letters(column / 26 - 1) + letter
  }

  /// `sheet.xml`: printed across, one page wide, with page numbers.
  var xml: String {
    let columns = widths.enumerated().map {
      "<col min=\"\($0 + 1)\" max=\"\($0 + 1)\" width=\"\($1)\" customWidth=\"1\"/>"
    }
    let pane =
      "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>"
      + "<selection pane=\"bottomLeft\" activeCell=\"A2\" sqref=\"A2\"/>"
    return WorkbookXML.declaration + "<worksheet xmlns=\"\(WorkbookXML.main)\"><sheetPr>"
      + "<outlinePr summaryBelow=\"1\"/><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews>"
      + "<sheetView workbookViewId=\"0\">\(hasHeading ? pane : "")</sheetView></sheetViews>"
      + "<sheetFormatPr defaultRowHeight=\"14\""
      + (deepest > 0 ? " outlineLevelRow=\"\(deepest)\"" : "") + "/>"
      + (columns.isEmpty ? "" : "<cols>\(columns.joined())</cols>")
      + "<sheetData>\(body)</sheetData>"
      + "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\""
      + " footer=\"0.3\"/><pageSetup orientation=\"landscape\" fitToWidth=\"1\" fitToHeight=\"0\"/>"
      + "<headerFooter><oddFooter>&amp;L&amp;A&amp;RPage &amp;P of &amp;N</oddFooter>"
      + "</headerFooter>"
      + "</worksheet>"
  }
}
