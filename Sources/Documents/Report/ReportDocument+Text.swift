extension ReportDocument {
  /// The report as a person reads it on a terminal, without a closing line break.
  public var text: String {
    var blocks = [
      [title, subtitle].filter { !$0.isEmpty }.map(Self.line).joined(separator: "\n")
    ]
    if !facts.isEmpty {
      var table = Table([("", .left), ("", .left)])
      for fact in facts { table.add([Self.line(fact.label), Self.line(fact.value)]) }
      blocks.append(table.text())
    }
    for section in sections { blocks += section.shown.text }
    if !verdict.isEmpty { blocks.append(verdict) }
    if !notes.isEmpty { blocks.append(notes.map(Self.line).joined(separator: "\n")) }
    return blocks.joined(separator: "\n\n")
  }

  /// Text without anything that would leave its line or command a terminal.
  static func line(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}

extension ReportDocument.Section {
  /// The title with the table, then charts, control totals and notes: texts to be set apart.
  fileprivate var text: [String] {
    let heading = "\(ReportDocument.line(title))\n"
    var blocks = [heading + (rows.isEmpty ? "No rows." : tableText)]
    blocks += charts.map(\.text)
    if !controls.isEmpty { blocks.append(controlText) }
    if !notes.isEmpty { blocks.append(notes.map(ReportDocument.line).joined(separator: "\n")) }
    return blocks
  }

  /// A line a row; what a row shares with the one above it in the columns that group is not
  /// repeated.
  private var tableText: String {
    var table = Table(
      columns.map { (ReportDocument.line($0.title), $0.kind == .text ? .left : .right) })
    let decimals = columns.indices.map { self.decimals(of: $0) }
    let blank = columns.map { _ in "" }
    let lines = lines
    var heads = blank
    for (index, line) in lines.enumerated() {
      var cells = zip(line.cells, decimals).map {
        ReportDocument.line($0.grouped(decimals: $1))
      }
      switch line.kind {
      case .group(let level):
        heads[level] = ReportDocument.line(line.label)
        continue
      case .row:
        for level in 0..<grouping { cells[level] = heads[level] }
        heads = blank
      case .subtotal(let level): cells[level] = ReportDocument.line(line.label)
      case .total: cells[0] = line.label
      }
      table.add(cells)
      let next = index + 1 < lines.count ? lines[index + 1].kind : .row
      if grouping > 0, line.kind != .row, next != .row, !next.isSum(within: line.kind) {
        table.add(blank)
      }
    }
    return table.text()
  }

  private var controlText: String {
    var table = Table(
      zip(ReportDocument.Control.headings, [.left, .left, .right, .left, .right, .right, .left])
        .map { ($0, $1) })
    for control in controls {
      table.add(
        [
          control.title, control.left.label, control.left.amount.grouped(), control.right.label,
          control.right.amount.grouped(), control.difference.grouped(), control.verdict,
        ].map(ReportDocument.line))
    }
    return table.text()
  }
}

extension ReportDocument.Section.Line.Kind {
  /// Whether it is the sum that directly follows another one, of a group within its own.
  fileprivate func isSum(within other: Self) -> Bool {
    switch (self, other) {
    case (.subtotal(let outer), .subtotal(let inner)): outer < inner
    default: false
    }
  }
}

extension ReportDocument.Chart {
  /// The amounts that are drawn, a line a category.
  fileprivate var text: String {
    let isStack = kind == .stackedBars && series.count > 1
    var table = Table(
      [("", .left)] + series.map { (ReportDocument.line($0.name), .right) }
        + (isStack ? [("Total", .right)] : []))
    for (index, category) in categories.enumerated() {
      var amounts = series.map { $0.amounts[index] }
      if isStack { amounts.append(total(of: index)) }
      table.add(
        [ReportDocument.line(category)]
          + amounts.map { ReportDocument.Cell.money($0).grouped() })
    }
    return ReportDocument.line(title) + "\n" + table.text()
  }
}
