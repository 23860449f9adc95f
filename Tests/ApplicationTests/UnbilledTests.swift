import Billing
import CivilTime
import Testing

@testable import Application
@testable import Documents

@Suite("What is served and not billed at a close") struct UnbilledTests {
  static let quiet: ProgressHandler = { _ in }

  /// Of a row of the revenue report: unbilled at open and close, earned, kWh unbilled.
  private func rows(
    _ book: TestBook, _ quarter: String, _ view: RevenueView = .posted, knownAt: UInt64? = nil
  ) throws -> [String] {
    let report = try book.read().revenue(
      of: #require(Quarter(quarter)), view, version: nil, knownAt: knownAt, progress: Self.quiet)
    #expect(report.isSatisfied)
    let section = try #require(report.document.sections.first { $0.name == "revenue" })
    return section.rows.map { row in
      ["revenue_class", "unbilled_at_open", "unbilled_at_close", "earned", "kwh_unbilled"]
        .map { row[section.index(of: $0)!].plain }.joined(separator: " ")
    }
  }

  /// 779 kWh in the 31 days to 20 September; 11 days to the end of the quarter: 276 kWh, a factor of
  /// 11/30. 183.333 x .0985 = 18.06; 92.667 x .1234 = 11.44; 5.50 and 1.28 fixed.
  @Test func `is a register's last daily average over the days since, rated before tax`() throws {
    let book = try RevenueTests.acrossQuarters()
    #expect(
      try rows(book, "2025Q3") == [
        "VARIABLE_ENERGY 0.00 29.50 122.68 276", "FIXED 0.00 6.78 25.28 0",
        "PASS_THROUGH 0.00 0.00  0",
      ])
    #expect(
      try rows(book, "2025Q3", .restated) == [
        "VARIABLE_ENERGY 0.00 29.50 113.18 276", "FIXED 0.00 6.78 25.28 0",
        "PASS_THROUGH 0.00 0.00  0",
      ])
  }

  @Test func `at the open is what it was at the close before`() throws {
    let book = try RevenueTests.acrossQuarters()
    let close = try rows(book, "2025Q3").map { $0.split(separator: " ")[2] }
    let open = try rows(book, "2025Q4").map { $0.split(separator: " ")[1] }
    #expect(close == open && close.contains("29.50"))
  }

  @Test func `of a quarter that goes on ends with what is served by now`() throws {
    let book = try RevenueTests.acrossQuarters()
    // The last entry is of 5 October: 15 days, 377 kWh.
    let report = try book.read().revenue(
      of: #require(Quarter("2025Q4")), .posted, version: nil, knownAt: nil, progress: Self.quiet)
    #expect(report.document.notes.contains { $0.hasPrefix("The quarter is not over") })
    let energy = try #require(try rows(book, "2025Q4").first)
    #expect(energy.hasSuffix(" 377"))
    let over = try book.read().revenue(
      of: #require(Quarter("2025Q3")), .posted, version: nil, knownAt: nil, progress: Self.quiet)
    #expect(!over.document.notes.contains { $0.hasPrefix("The quarter is not over") })
  }

  /// One kWh an hour. January is billed; February is measured up to the 5th: 120 kWh, 20 of them from 17
  /// to 22 on four working days. 5.20 and 10.00; 15.00 x 5/30. January has 21 working days: 27.30 and 63.90.
  @Test func `is by intervals what is measured, and no day more`() throws {
    let book = try TestBook(begins: "2026-01-01")
    _ = try book.accounts(["1,residential,America/Chicago,US-TX8,1,21,SP-1,R2,2026-01-01"])
    _ = try book.meters(["M-1,1,kwh,kWh,,,60,2026-01-01,"])
    var hours: [String] = []
    for day in 0..<36 {
      let date = Day(iso: "2026-01-01")! + day
      for hour in 0..<24 {
        hours.append("M-1,\(date)T\(hour < 10 ? "0" : "")\(hour):00,1")
      }
    }
    let imported = try book.intervals(hours, "2026-02-06T12:00:00Z")
    try #require(imported.rejected == 0)
    try #require(try book.bill("2026-02-01").invoices == 1)
    _ = try book.accounts(
      ["2,residential,America/Chicago,US-TX8,1,21,SP-2,R2,2026-04-01"], "2026-04-02T12:00:00Z")
    #expect(
      try rows(book, "2026Q1").filter { !$0.hasPrefix("PASS") } == [
        "VARIABLE_ENERGY 0.00 15.20 106.40 120", "FIXED 0.00 2.50 17.50 0",
      ])
  }

  @Test func `counts the customers that a meter serves at the end of each month`() throws {
    let book = try RevenueTests.acrossQuarters()
    let report = try book.read().revenue(
      of: #require(Quarter("2025Q3")), .posted, version: nil, knownAt: nil, progress: Self.quiet)
    let section = try #require(report.document.sections.first { $0.name == "customers" })
    // Served from 20 August: at the ends of August and September.
    #expect(
      section.rows.map { $0[section.index(of: "average_customers_by_meters")!].plain } == ["0.67"])
    #expect(
      section.rows.map { $0[section.index(of: "average_customers_by_bills")!].plain } == ["0.33"])
  }
}
