/// A section's table in a page: groups have a heading instead of columns of their own.
struct ReportTable {
  private let section: ReportDocument.Section
  private let layout: PrintLayout
  private let decimals: [Int]

  /// The table of `section`.
  init(_ section: ReportDocument.Section, layout: PrintLayout) {
    self.section = section
    self.layout = layout
    decimals = section.columns.indices.map { section.decimals(of: $0) }
  }

  private var shown: Range<Int> { section.grouping..<section.columns.count }

  /// The table, which scrolls sideways on a screen that is too narrow.
  var html: String {
    var page = "<div class=\"scroll\"><table style=\"--print: \(layout.size)pt\">\n"
    page += "<caption class=\"unseen\">\(Markup.escape(section.title))</caption>\n<thead><tr>"
    for column in section.columns[shown] {
      let side = column.kind == .text ? "" : " class=\"n\""
      page += "<th scope=\"col\"\(side)>\(Markup.escape(column.title))</th>"
    }
    page += "</tr></thead>\n<tbody>\n"
    for line in section.lines {
      switch line.kind {
      case .group(let level):
        let kind = Markup.escape(section.columns[level].title)
        page +=
          "<tr class=\"group g\(min(level, 3))\"><th scope=\"rowgroup\" colspan=\"\(shown.count)\">"
        page += "<span class=\"unseen\">\(kind): </span>\(Markup.escape(line.label))</th></tr>\n"
      case .row:
        page += "<tr class=\"row\">" + cells(line, label: line.cells[section.grouping].plain)
      case .subtotal(let level):
        page += "<tr class=\"sum s\(min(level, 3))\">" + cells(line, label: line.label)
      case .total: page += "<tr class=\"total\">" + cells(line, label: line.label)
      }
    }
    return page + "</tbody>\n</table></div>\n"
  }

  private func cells(_ line: ReportDocument.Section.Line, label: String) -> String {
    var page = "<th scope=\"row\">\(Markup.escape(label))</th>"
    for index in shown.dropFirst() {
      page += Self.cell(line.cells[index], decimals: decimals[index])
    }
    return page + "</tr>\n"
  }

  /// A cell; figures keep to the right, and those below zero are marked.
  static func cell(_ cell: ReportDocument.Cell, decimals: Int?) -> String {
    guard let number = cell.number else { return "<td>\(Markup.escape(cell.plain))</td>" }
    let mark = number < 0 ? " neg" : number == 0 ? " nil" : ""
    return "<td class=\"n\(mark)\">\(ReportDocument.signed(cell.grouped(decimals: decimals)))</td>"
  }
}

/// How a table is printed: upright or across, in letters as large as its columns leave room for.
struct PrintLayout {
  /// Whether it lies across the page.
  let isWide: Bool
  /// The size of the letters in points, as `7.5`.
  let size: String

  /// The layout of `section`. A figure is at most 0.64 of its size wide, and what stands between two
  /// columns as much as one and a half; A4 and Letter leave 520 points upright and 720 across.
  init(_ section: ReportDocument.Section) {
    let lines = section.lines
    let units = section.columns.indices.dropFirst(section.grouping).reduce(into: 0) { sum, index in
      let places = section.decimals(of: index)
      let cells = lines.compactMap { line in
        line.cells.isEmpty ? nil : line.cells[index].grouped(decimals: places).count
      }
      let words = section.columns[index].title.split(separator: " ").map(\.count)
      let labels = index == section.grouping ? lines.map(\.label.count) : []
      sum += 2 * (cells + words + labels).reduce(0, max) + 3
    }
    // Half points: a unit is half a figure, 0.32 of the size.
    func fits(_ halfPoints: Int, _ room: Int) -> Bool { units * halfPoints * 16 <= room * 100 }
    let upright = [18, 17, 16, 15].first { fits($0, 520) }
    let across = [18, 17, 16, 15, 14, 13, 12].first { fits($0, 720) }
    isWide = upright == nil
    let best = upright ?? across ?? 11
    size = "\(best / 2)\(best % 2 == 1 ? ".5" : "")"
  }
}

extension Markup {
  /// A name as an id: letters, digits, `-` and `_` stay.
  static func anchor(_ name: String) -> String {
    "s-"
      + String(
        String.UnicodeScalarView(
          name.unicodeScalars.map {
            $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_"
              ? $0 : "-"
          }))
  }
}
