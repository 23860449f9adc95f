import Money

/// A chart as SVG, drawn in whole tenths of a pixel: bars lie, so that long names have room.
///
/// Every bar has its amount in figures beside it, and its name and amount as a tooltip.
struct ChartDrawing {
  private static let width = 8_400
  private static let gutter = 120
  private static let barHeight = 180
  private static let longestName = 52

  private let chart: ReportDocument.Chart
  private let axis: ChartAxis
  private let top = 300
  private let labelWidth: Int
  private var body = ""
  private var y: Int

  /// The drawing of `chart`.
  init(_ chart: ReportDocument.Chart) {
    self.chart = chart
    let longest = chart.categories.map(\.count).max() ?? 0
    labelWidth = min(max(longest, 8), Self.longestName) * 74 + Self.gutter
    let figures = 1_500
    let spans = Self.spans(chart)
    axis = ChartAxis(
      spans.flatMap { [$0.from, $0.to] }, isFromZero: !Self.isCut(chart), origin: labelWidth,
      width: Self.width - labelWidth - figures)
    y = top + Self.gutter
  }

  /// A bar, from one amount in cents to another.
  private struct Span {
    var category: Int
    var series: Int
    var from: Int128
    var to: Int128
  }

  /// All bars, in order.
  private static func spans(_ chart: ReportDocument.Chart) -> [Span] {
    var spans: [Span] = []
    var level: Int128 = 0
    for category in chart.categories.indices {
      var (above, below): (Int128, Int128) = (0, 0)
      for (index, series) in chart.series.enumerated() {
        let amount = Int128(series.amounts[category].cents)
        var from: Int128 = 0
        switch chart.kind {
        case .groupedBars: break
        case .stackedBars:
          from = amount < 0 ? below : above
          if amount < 0 { below += amount } else { above += amount }
        case .waterfall:
          let isEnd = category == 0 || category == chart.categories.count - 1
          from = isEnd ? 0 : level
          level = from + amount
        }
        spans.append(Span(category: category, series: index, from: from, to: from + amount))
      }
    }
    guard isCut(chart) else { return spans }
    for end in [0, spans.count - 1] { spans[end].from = spans[end].to }
    return spans
  }

  /// Whether a waterfall's ends would dwarf its steps, so that the axis does not begin at zero.
  private static func isCut(_ chart: ReportDocument.Chart) -> Bool {
    guard chart.kind == .waterfall, let amounts = chart.series.first?.amounts else { return false }
    var levels = [Int128(amounts[0].cents)]
    for amount in amounts.dropFirst().dropLast() {
      levels.append(levels[levels.count - 1] + Int128(amount.cents))
    }
    guard let low = levels.min(), let high = levels.max(), low > 0 || high < 0 else { return false }
    return (high - low) * 5 < max(high.magnitude, low.magnitude) * 2
  }

  /// The drawing; `id` begins the ids of its title and description.
  mutating func svg(id: String) -> String {
    let labels = axis.labels(currency: Money.currency)
    var ends: [(y: Int, level: Int128)] = []
    let spans = Self.spans(chart)
    for category in chart.categories.indices {
      let bars = spans.filter { $0.category == category }
      let height = chart.kind == .groupedBars ? Self.barHeight * bars.count : Self.barHeight + 60
      label(category, height: height)
      for (index, bar) in bars.enumerated() {
        let offset = chart.kind == .groupedBars ? index * Self.barHeight : 0
        rect(bar, y: y + offset, height: chart.kind == .groupedBars ? Self.barHeight - 20 : height)
      }
      if chart.kind == .stackedBars {
        figure(chart.total(of: category), y: y + height / 2)
      }
      if chart.kind == .waterfall, let level = bars.last?.to { ends.append((y, level)) }
      y += height + (chart.kind == .groupedBars ? 160 : 100)
    }
    for (one, next) in zip(ends, ends.dropFirst()) {
      let x = axis.place(one.level)
      body +=
        "<line class=\"link\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(one.y)\""
        + " y2=\"\(next.y + Self.barHeight + 60)\"/>"
    }
    let isCut = Self.isCut(chart)
    let unit = isCut ? "\(labels.unit); the axis does not begin at zero" : labels.unit
    return
      "<svg viewBox=\"0 0 \(Self.width) \(y)\" role=\"img\" aria-labelledby=\"\(id)-t \(id)-d\">"
      + "<title id=\"\(id)-t\">\(Markup.escape(chart.title))</title>"
      + "<desc id=\"\(id)-d\">\(Markup.escape(description))</desc>"
      + grid(labels.texts) + body
      + "<text class=\"unit\" x=\"\(Self.width)\" y=\"120\" text-anchor=\"end\">"
      + "\(Markup.escape(unit))</text></svg>"
  }

  private var description: String {
    let what = chart.summary.isEmpty ? "" : chart.summary + " "
    return what + "The figures are in the table that follows."
  }

  /// Lines at the ticks with their amounts; those that would touch are left out.
  private func grid(_ texts: [String]) -> String {
    var result = ""
    for (tick, text) in zip(axis.ticks, texts) {
      let x = axis.place(tick)
      let isZero = tick == 0 ? " zero" : ""
      result += "<line class=\"grid\(isZero)\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(top)\" y2=\"\(y)\"/>"
      result += "<text class=\"tick\" x=\"\(x)\" y=\"\(top - 60)\" text-anchor=\"middle\">"
      result += "\(ReportDocument.signed(text))</text>"
    }
    return result
  }

  private mutating func label(_ category: Int, height: Int) {
    let name = chart.categories[category]
    let shown =
      name.count <= Self.longestName ? name : name.prefix(Self.longestName - 1) + "\u{2026}"
    let isEnd =
      chart.kind == .waterfall && [0, chart.categories.count - 1].contains(category)
    body += "<text class=\"name\(isEnd ? " end" : "")\" x=\"\(labelWidth - Self.gutter)\""
    body += " y=\"\(y + height / 2 + 42)\" text-anchor=\"end\">\(Markup.escape(shown))</text>"
  }

  private mutating func rect(_ bar: Span, y: Int, height: Int) {
    let series = chart.series[bar.series]
    let amount = series.amounts[bar.category]
    let isEnd =
      chart.kind == .waterfall && [0, chart.categories.count - 1].contains(bar.category)
    let isCut = isEnd && Self.isCut(chart)
    let from = axis.place(isCut ? (bar.to > 0 ? axis.ticks[0] : 0) : bar.from)
    let to = axis.place(bar.to)
    let color =
      chart.kind == .waterfall
      ? (isEnd ? "end" : amount < .zero ? "down" : "up") : "c\(bar.series % 10)"
    let name = [chart.categories[bar.category], series.name].filter { !$0.isEmpty }
    let tooltip =
      name.joined(separator: ", ") + ": " + ReportDocument.Cell.money(amount).grouped()
    let thin = chart.kind == .waterfall && !isEnd && amount != .zero ? 20 : 0
    body += "<rect class=\"\(color)\" x=\"\(min(from, to))\" y=\"\(y)\""
    body += " width=\"\(max(abs(to - from), thin))\" height=\"\(height)\">"
    body += "<title>\(Markup.escape(tooltip))</title></rect>"
    if isCut {
      let x = min(from, to) + 180
      body += "<path class=\"cut\" d=\"M\(x) \(y - 20)l60 \(height / 4 + 10)l-60 \(height / 4 + 10)"
      body += "l60 \(height / 4 + 10)l-60 \(height / 4 + 10)\"/>"
    }
    if chart.kind != .stackedBars { figure(amount, y: y + height / 2, isChange: color == "up") }
  }

  private mutating func figure(_ amount: Money, y: Int, isChange: Bool = false) {
    let text = ReportDocument.signed(ReportDocument.Cell.money(amount).grouped())
    let sign = isChange && amount > .zero ? "+" : ""
    body += "<text class=\"figure\(amount < .zero ? " neg" : "")\" x=\"\(Self.width)\""
    body += " y=\"\(y + 42)\" text-anchor=\"end\">\(sign)\(text)</text>"
  }
}
