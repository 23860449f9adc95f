import Foundation
import Money
import Testing

@testable import Documents

@Suite struct `A chart` {
  @Test(
    arguments: [
      ([0, 100], ["0.00", "0.20", "0.40", "0.60", "0.80", "1.00"], "USD"),
      ([-1, 3], ["-0.01", "0.00", "0.01", "0.02", "0.03"], "USD"),
      ([0, 912_345], ["0", "2", "4", "6", "8", "10"], "thousand USD"),
      (
        [-61_004_12, 2_390_001_99], ["-500", "0", "500", "1,000", "1,500", "2,000", "2,500"],
        "thousand USD"
      ),
      ([0, 913_002_831_000], ["0", "2", "4", "6", "8", "10"], "billion USD"),
      ([0, 0], ["0.00", "0.01"], "USD"),
    ] as [([Int128], [String], String)])
  func `marks round amounts`(_ amounts: [Int128], _ texts: [String], _ unit: String) {
    let axis = ChartAxis(amounts, isFromZero: true, origin: 100, width: 1_000)
    let labels = axis.labels(currency: "USD")
    #expect(labels.texts == texts)
    #expect(labels.unit == unit)
    #expect(axis.place(axis.ticks[0]) == 100 && axis.place(axis.ticks.last!) == 1_100)
    #expect(axis.place(amounts.max()!) <= 1_100 && axis.place(Int128(Int64.max)) == 1_100)
  }

  @Test func `of a bridge ends where its steps lead`() {
    let chart = ReportDocument.Chart.waterfall(
      title: "B", opening: ("a", Money(cents: 1_000)),
      steps: [("up", Money(cents: 250)), ("down", Money(cents: -400))], closing: "z")
    #expect(chart.series[0].amounts.map(\.cents) == [1_000, 250, -400, 850])
    #expect(chart.categories == ["a", "up", "down", "z"])
  }

  /// The rectangles of a drawing: class, x and width.
  private func bars(_ chart: ReportDocument.Chart) -> [(String, Int, Int)] {
    var drawing = ChartDrawing(chart)
    let bar = /<rect class="(\w+)" x="(-?\d+)" y="\d+" width="(\d+)"/
    return drawing.svg(id: "i").matches(of: bar).map {
      (String($0.1), Int($0.2) ?? -1, Int($0.3) ?? -1)
    }
  }

  @Test func `of a bridge has bars that hang together`() {
    let bars = bars(
      .waterfall(
        title: "B", opening: ("a", Money(cents: 1_000)),
        steps: [("up", Money(cents: 250)), ("down", Money(cents: -400))], closing: "z"))
    #expect(bars.map(\.0) == ["end", "up", "down", "end"])
    #expect(bars[0].1 == bars[3].1)
    #expect(bars[0].1 + bars[0].2 == bars[1].1)
    #expect(bars[1].1 + bars[1].2 == bars[2].1 + bars[2].2)
    #expect(bars[2].1 == bars[3].1 + bars[3].2)
  }

  @Test func `of a bridge whose steps are small does not begin at zero, and says so`() {
    var small = ChartDrawing(SampleReport.bridge.charts[0])
    let svg = small.svg(id: "i")
    #expect(svg.contains("the axis does not begin at zero"))
    #expect(svg.count { $0 == "\u{2212}" } == 3)
    #expect(svg.contains(">+14,020.75<"))
    #expect(svg.components(separatedBy: "class=\"cut\"").count == 3)
    for (change, isCut) in [(-399, true), (-400, false), (-1_100, false), (900, false)] {
      var drawing = ChartDrawing(
        .waterfall(
          title: "B", opening: ("a", Money(cents: 1_000)),
          steps: [("b", Money(cents: Int64(change)))], closing: "z"))
      #expect(drawing.svg(id: "i").contains("does not begin") == isCut, "\(change)")
    }
  }

  @Test func `stacks what is below zero on the other side`() {
    let bars = bars(
      .stackedBars(
        title: "S", categories: ["a"],
        series: [300, -100, 200, -50].map { .init("\($0)", [Money(cents: $0)]) }))
    #expect(bars[0].1 + bars[0].2 == bars[2].1)
    #expect(bars[1].1 + bars[1].2 == bars[0].1)
    #expect(bars[3].1 + bars[3].2 == bars[1].1)
  }

  @Test func `has each bar's figure beside it, and its total for a stack`() {
    let charts = SampleReport.classes.charts
    var stack = ChartDrawing(charts[0])
    #expect(stack.svg(id: "i").contains(">9,130,028.31</text>"))
    var groups = ChartDrawing(charts[1])
    #expect(groups.svg(id: "i").contains(">\u{2212}61,004.12</text>"))
  }
}
