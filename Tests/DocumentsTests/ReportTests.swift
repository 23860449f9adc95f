import Foundation
import FoundationXML
import Money
import Testing

@testable import Documents

@Suite struct `A report` {
  @Test(arguments: ["txt", "csv", "json", "html"])
  func `is printed as it was before`(_ ending: String) throws {
    let report = SampleReport.quarter
    let renderings = [
      "txt": report.text, "csv": report.csv, "json": report.json, "html": report.html,
    ]
    try expectGolden(try #require(renderings[ending]), "quarter.\(ending)")
  }

  @Test func `is the same JSON by its own writer and by an encoder`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var report = SampleReport.quarter
    report.subtitle = "\"\\/\u{1}\u{8}\u{C}\n\r\t\u{7F}é漢🙂"
    let encoded = String(decoding: try encoder.encode(report), as: UTF8.self)
    #expect(encoded == report.json)
  }

  @Test func `has a subtotal for every group of more than one row, and a total`() {
    var section = ReportDocument.Section(
      "s", title: "S",
      columns: [
        .init("a", "A", .text), .init("b", "B", .text), .init("c", "C", .text),
        .init("x", "X", .money, isSummed: true), .init("k", "K", .energy, isSummed: true),
        .init("p", "P", decimals: 4, .init("x", by: "k")),
      ], groupedBy: 2)
    func add(_ a: String, _ b: String, _ cents: Int64, _ wattHours: Int64) {
      section.add([
        .text(a), .text(b), .text("c"), .money(Money(cents: cents)),
        .energy(wattHours: wattHours), .empty,
      ])
    }
    add("1", "1", 100, 1_500)
    add("1", "1", -250, 10)
    add("1", "2", 5, 0)
    add("2", "1", 7, -3_000)
    let sums = section.lines.filter {
      ![.row, .group(level: 0), .group(level: 1)].contains($0.kind)
    }
    #expect(sums.map(\.label) == ["Total 1", "Total 1", "Total"])
    #expect(sums.map { $0.cells[3].plain } == ["-1.50", "-1.45", "-1.38"])
    #expect(sums.map { $0.cells[4].plain } == ["1.51", "1.51", "-1.49"])
    // -1.50 / 1.51, -1.45 / 1.51, -1.38 / -1.49; a row of 0 kWh has none.
    #expect(sums.map { $0.cells[5].plain } == ["-0.9934", "-0.9603", "0.9262"])
    #expect(section.rows.map { $0[5].plain } == ["0.6667", "-250.0000", "", "-0.0233"])
    #expect(section.decimals(of: 4) == 2)
  }

  @Test func `says whether its control totals agree`() {
    var report = SampleReport.quarter
    #expect(!report.agrees)
    #expect(report.verdict == "1 of 3 control totals differs.")
    #expect(report.text.contains("71          -1  differ"))
    #expect(report.html.contains("<td class=\"differ\">"))
    report.sections.removeLast()
    #expect(report.agrees && report.verdict == "All 2 control totals agree.")
    #expect(!report.html.contains("<td class=\"differ\">"))
    report.sections = []
    #expect(report.agrees && report.verdict.isEmpty)
  }

  @Test func `keeps what is hostile in its place`() throws {
    var section = ReportDocument.Section(
      "a b\"><", title: "</style><script>", columns: [.init("x", "X", .text)])
    section.add([.text("=1+1,\"q\"\r\n\u{1B}[2J<b>&_x0041_\u{1}")])
    let report = ReportDocument(title: "\"</title><script>\\\u{0}", sections: [section])
    #expect(!report.text.unicodeScalars.contains("\u{1B}"))
    #expect(!report.html.contains("<script"))
    #expect(report.html.contains("<section id=\"s-a-b---\""))
    #expect(
      report.html.contains("content: \"\\22 \\3c \\2f title\\3e \\3c script\\3e \\5c \\fffd \""))
    try expectWellFormed(String(report.html.drop { $0 != "\n" }))
    #expect(section.csv == "x\r\n\"=1+1,\"\"q\"\"\r\n\u{1B}[2J<b>&_x0041_\u{1}\"\r\n")
    let sheet = try #require(try files(of: report.xlsx)["xl/worksheets/sheet2.xml"])
    #expect(sheet.contains("&#13;\n\u{FFFD}[2J&lt;b&gt;&amp;_x005F_x0041_\u{FFFD}"))
  }

  @Test func `is a page that needs nothing else`() throws {
    let html = SampleReport.quarter.html
    try expectWellFormed(String(html.drop { $0 != "\n" }))
    for foreign in ["http:", "https:", "<script", "url(", "@import", "src=", "<link"] {
      #expect(!html.contains(foreign), "\(foreign)")
    }
    for needed in [
      "<caption", "scope=\"col\"", "scope=\"row\"", "<desc id=\"s-bridge-1-d\">",
      "aria-labelledby=\"s-bridge-1-t s-bridge-1-d\"", "@media print",
      "display: table-header-group",
      "class=\"wide\"", "\u{2212}14,087.01", "prefers-color-scheme: dark", "counter(pages)",
    ] { #expect(html.contains(needed), "\(needed)") }
  }

  @Test func `has rows from sections of different columns in one CSV`() {
    let lines = SampleReport.quarter.csv.split(separator: "\r\n")
    #expect(lines.count == 1 + 40 + 3 + 5)
    let commas = lines.map { $0.count { $0 == "," } }
    #expect(Set(commas) == [23])
    #expect(SampleReport.bridge.csv.hasSuffix("Adjustments,28,14020.75\r\n"))
  }

  @Test(arguments: [",", "\"", "\n", "\r", "\r\n"])
  func `quotes a field of CSV for each character that could end it`(_ end: String) {
    let inside = end == "\"" ? "\"\"" : end
    #expect(CSVText.record(["a\(end)b", "c d"]) == "\"a\(inside)b\",c d\r\n")
  }

  @Test func `has an empty section that says so`() {
    let section = ReportDocument.Section("e", title: "E", columns: [.init("x", "X", .text)])
    let report = ReportDocument(title: "T", sections: [section])
    #expect(report.text == "T\n\nE\nNo rows.")
    #expect(report.html.contains("<p>No rows.</p>"))
    #expect(report.csv == "section,x\r\n")
  }
}

/// Expects a real parser of XML to read `text`.
func expectWellFormed(_ text: String, _ name: String = "") throws {
  let parser = XMLParser(data: Data(text.utf8))
  #expect(parser.parse(), "\(name), line \(parser.lineNumber), column \(parser.columnNumber)")
}
