import Money

extension ReportDocument {
  /// The report as one page that needs nothing else: no script, no font, no picture from elsewhere.
  ///
  /// It is well-formed XML, too. Printed, every page repeats the headings of its table, and wide
  /// tables lie across.
  public var html: String {
    let name = [title, subtitle].filter { !$0.isEmpty }.joined(separator: ", ")
    var page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src 'unsafe-inline'"/>
      <title>\(Markup.escape(name))</title>
      <style>
      \(ReportStyle.sheet(footer: name))
      </style>
      </head>
      <body>
      <header>
      <h1>\(Markup.escape(title))</h1>

      """
    if !subtitle.isEmpty { page += "<p class=\"subtitle\">\(Markup.escape(subtitle))</p>\n" }
    if !verdict.isEmpty {
      page += "<p class=\"verdict \(agrees ? "agree" : "differ")\">\(mark(agrees)) \(verdict)</p>\n"
    }
    page += factList
    page += "</header>\n"
    if sections.count > 1 {
      let links = sections.map {
        "<li><a href=\"#\(Markup.anchor($0.name))\">\(Markup.escape($0.title))</a></li>"
      }
      page += "<nav aria-label=\"Sections\"><ol>\(links.joined())</ol></nav>\n"
    }
    page += "<main>\n"
    for section in sections { page += section.shown.html }
    page += "</main>\n<footer>\n"
    for note in notes { page += "<p>\(Markup.escape(note))</p>\n" }
    page +=
      "<p>Amounts in \(Money.currency); energy in kWh, power in kW. Below zero: \u{2212}.</p>\n"
    return page + "</footer>\n</body>\n</html>\n"
  }

  private var factList: String {
    guard !facts.isEmpty else { return "" }
    let items = facts.map { fact in
      let value = Markup.escape(fact.value)
      return "<div\(fact.isCode ? " class=\"code\"" : "")><dt>\(Markup.escape(fact.label))</dt><dd>"
        + (fact.isCode ? "<code>\(value)</code>" : value) + "</dd></div>\n"
    }
    return "<dl>\n\(items.joined())</dl>\n"
  }

  /// A figure with the sign that typesetters use.
  static func signed(_ figure: String) -> String {
    figure.hasPrefix("-") ? "\u{2212}" + figure.dropFirst() : figure
  }
}

/// A mark that does not rely on colour.
private func mark(_ agrees: Bool) -> String {
  "<span aria-hidden=\"true\">\(agrees ? "\u{2713}" : "\u{2717}")</span>"
}

extension ReportDocument.Section {
  fileprivate var html: String {
    let layout = PrintLayout(self)
    var page =
      "<section id=\"\(Markup.anchor(name))\" class=\"\(layout.isWide ? "wide" : "narrow")\">\n"
    page += "<h2>\(Markup.escape(title))</h2>\n"
    for (index, chart) in charts.enumerated() {
      page += chart.html(id: "\(Markup.anchor(name))-\(index + 1)")
    }
    page += rows.isEmpty ? "<p>No rows.</p>\n" : ReportTable(self, layout: layout).html
    if !controls.isEmpty { page += controlTable }
    for note in notes { page += "<p class=\"note\">\(Markup.escape(note))</p>\n" }
    return page + "</section>\n"
  }

  private var controlTable: String {
    typealias Control = ReportDocument.Control
    let heads = ["Control total", "Here", "", "Held against", "", "Difference", "Result"]
    var page = "<div class=\"scroll\"><table class=\"controls\">\n"
    page +=
      "<caption class=\"unseen\">Control totals: \(Markup.escape(title))</caption>\n<thead><tr>"
    for (index, head) in heads.enumerated() {
      page +=
        head.isEmpty
        ? "<th scope=\"col\" class=\"n\"><span class=\"unseen\">Amount</span></th>"
        : "<th scope=\"col\"\(index == 5 ? " class=\"n\"" : "")>\(head)</th>"
    }
    page += "</tr></thead>\n<tbody>\n"
    for control in controls {
      page += "<tr><th scope=\"row\">\(Markup.escape(control.title))</th>"
      for side in [control.left, control.right] {
        page +=
          "<td>\(Markup.escape(side.label))</td>" + ReportTable.cell(side.amount, decimals: nil)
      }
      page += ReportTable.cell(control.difference, decimals: nil)
      page +=
        "<td class=\"\(control.verdict)\">\(mark(control.agrees)) \(control.verdict)</td></tr>\n"
    }
    return page + "</tbody>\n</table></div>\n"
  }
}

extension ReportDocument.Chart {
  /// The drawing with its legend, and its figures as a table; those of one series, which the
  /// drawing shows in full, only for who cannot see it.
  fileprivate func html(id: String) -> String {
    var drawing = ChartDrawing(self)
    var page = "<figure>\n<figcaption>\(Markup.escape(title))</figcaption>\n"
    if series.count > 1 {
      let items = series.enumerated().map {
        "<li><i class=\"c\($0 % 10)\"></i>\(Markup.escape($1.name))</li>"
      }
      page += "<ul class=\"legend\">\(items.joined())</ul>\n"
    }
    page += "<div class=\"scroll\">\(drawing.svg(id: id))</div>\n"
    let isStack = kind == .stackedBars && series.count > 1
    let heads = series.map(\.name) + (isStack ? ["Total"] : [])
    page += "<div class=\"\(kind == .stackedBars && series.count > 1 ? "scroll" : "unseen")\">"
    page += "<table class=\"figures\">\n<caption class=\"unseen\">Figures: \(Markup.escape(title))"
    page += "</caption>\n<thead><tr><th scope=\"col\"><span class=\"unseen\">Of</span></th>"
    for head in heads {
      let text = head.isEmpty ? "Amount" : Markup.escape(head)
      page += "<th scope=\"col\" class=\"n\">\(text)</th>"
    }
    page += "</tr></thead>\n<tbody>\n"
    for (index, category) in categories.enumerated() {
      var amounts = series.map { $0.amounts[index] }
      if isStack { amounts.append(total(of: index)) }
      page += "<tr><th scope=\"row\">\(Markup.escape(category))</th>"
      page += amounts.map { ReportTable.cell(.money($0), decimals: nil) }.joined() + "</tr>\n"
    }
    return page + "</tbody>\n</table></div>\n</figure>\n"
  }
}
