import CivilTime
import EventLog
import Foundation
import Money
import Testing

@testable import Application
@testable import Documents

@Suite("The quarterly revenue report") struct RevenueTests {
  static let quiet: ProgressHandler = { _ in }

  /// DOMAIN's worked example 9: example 6 issued on 20 September, cancelled and made again on
  /// 5 October.
  ///
  /// - Parameter meanwhile: What happens before it is made again.
  static func acrossQuarters(
    upToCorrection meanwhile: (TestBook) throws -> Void = { _ in }
  ) throws -> TestBook {
    let book = try TestBook(begins: "2025-08-01")
    let tariff = try book.file(
      "r6.yaml",
      [
        "kind: tariff", "plan: R6", "version: 1", "from: 2010-01-01", "title: No franchise fee",
        "components:", "  - code: energy", "    type: energy", "    title: Energy", "    tiers:",
        "      - { up_to: 500, price: .09850 }", "      - { up_to: 1000, price: .12340 }",
        "      - { price: .16725 }",
        "  - { code: service, type: fixed, title: Service charge, price: 15.00 }",
        "  - { code: infrastructure, type: fixed, title: Infrastructure, price: 3.50 }",
      ])
    try #require(try book.open().publishRules(in: [tariff]).problems == [])
    _ = try book.accounts(["1,residential,America/Chicago,US-TX8,20,21,SP-1,R6,2025-08-20"])
    _ = try book.meters(["M-1,1,kwh,kWh,5,,,2025-08-20,99412"])
    let estimate = try book.file(
      "estimate.csv", ["meter,register,time,value,quality", "M-1,kwh,2025-09-20,268,estimated"])
    _ = try book.open("2025-09-20T12:00:00Z").importReadings(from: estimate, progress: quiet)
    try #require(try book.bill("2025-09-20", at: "2025-09-20T18:00:00Z").invoices == 1)
    try meanwhile(book)
    _ = try book.readings(["M-1,kwh,2025-09-20,191"], "2025-10-05T12:00:00Z")
    _ = try book.open("2025-10-05T13:00:00Z", reason: "read again").rebill("1", isDryRun: false)
    return book
  }

  /// Fixed, variable and neither.
  private func parts(
    _ book: TestBook, _ quarter: String, _ view: RevenueView, knownAt: String? = nil
  ) throws -> [String] {
    let ledger = try book.read()
    let report = try ledger.revenue(
      of: #require(Quarter(quarter)), view, version: nil,
      knownAt: knownAt.map(ledger.size(knownAt:)), progress: Self.quiet)
    #expect(report.isSatisfied)
    return try #require(report.document.sections.first).rows.map { "\($0[0].plain) \($0[1].plain)" }
  }

  private func rows(_ book: TestBook, _ quarter: String, _ view: RevenueView) throws -> [String] {
    let report = try book.read().revenue(
      of: #require(Quarter(quarter)), view, version: nil, knownAt: nil, progress: Self.quiet)
    let section = try #require(report.document.sections.first { $0.name == "revenue" })
    return section.rows.map { row in
      [
        "revenue_class", "gross_billed", "cancelled", "rebilled", "prior_period_rebilled",
        "net_billed", "kwh_billed", "bills",
      ].map { row[section.index(of: $0)!].plain }.joined(separator: " ")
    }
  }

  @Test func `as posted, a rebill moves the quarter it is posted in: worked example 9`() throws {
    let book = try Self.acrossQuarters()
    #expect(
      try parts(book, "2025Q3", .posted) == ["Fixed 18.50", "Variable 93.18", "Neither 8.93"])
    #expect(
      try parts(book, "2025Q4", .posted) == ["Fixed 0.00", "Variable -9.50", "Neither -0.76"])
    #expect(
      try rows(book, "2025Q4", .posted) == [
        "VARIABLE_ENERGY 0.00 -93.18 83.68 83.68 -9.50 -77 0",
        "FIXED 0.00 -18.50 18.50 18.50 0.00 0 0",
        "PASS_THROUGH 0.00 -8.93 8.17 8.17 -0.76 0 0",
      ])
  }

  @Test func `restated, it moves the quarter its bill was first issued in: worked example 9`()
    throws
  {
    let book = try Self.acrossQuarters()
    #expect(
      try parts(book, "2025Q3", .restated) == ["Fixed 18.50", "Variable 83.68", "Neither 8.17"])
    #expect(
      try parts(book, "2025Q4", .restated) == ["Fixed 0.00", "Variable 0.00", "Neither 0.00"])
    #expect(
      try rows(book, "2025Q3", .restated) == [
        "VARIABLE_ENERGY 93.18 -93.18 83.68 0.00 83.68 779 1",
        "FIXED 18.50 -18.50 18.50 0.00 18.50 0 1", "PASS_THROUGH 8.93 -8.93 8.17 0.00 8.17 0 1",
      ])
  }

  @Test func `as known at a time or position, it is what the book knew then`() throws {
    let book = try Self.acrossQuarters()
    let before = ["Fixed 18.50", "Variable 93.18", "Neither 8.93"]
    #expect(try parts(book, "2025Q3", .restated, knownAt: "2025-09-20T18:00:00Z") == before)
    #expect(
      try parts(book, "2025Q3", .restated, knownAt: "2025-09-20T17:59:59Z")
        == ["Fixed 0.00", "Variable 0.00", "Neither 0.00"])
    let ledger = try book.read()
    let error = #expect(throws: Failure.self) {
      try ledger.revenue(
        of: #require(Quarter("2025Q3")), .posted, version: nil, knownAt: 1_000_000,
        progress: Self.quiet)
    }
    #expect(error?.description.contains("--known-at 1000000 is beyond them") == true)
    let other = #expect(throws: Failure.self) { try ledger.size(knownAt: "yesterday") }
    #expect(other?.description.contains("neither a position nor a time") == true)
    let (size, root) = try (ledger.book.head().size, ledger.book.head().root.bytes.hex)
    #expect(try ledger.size(knownAt: "\(size):\(root)") == size)
    let first = try ledger.root(at: 1).hex
    #expect(try ledger.size(knownAt: "1:\(first)") == 1)
    for wrong in ["1:\(root)", "\(size + 1):\(root)", "1:abc"] {
      #expect(throws: Failure.self) { try ledger.size(knownAt: wrong) }
    }
  }

  @Test func `of a book in which everything happened, ties in both views`() throws {
    let life = try WholeLife()
    for view in RevenueView.allCases {
      #expect(
        try life.book.read().revenue(
          of: #require(Quarter("2026Q1")), view, version: nil, knownAt: nil, progress: Self.quiet
        ).isSatisfied)
    }
  }

  @Test func `a quarter is written as 2025Q4, and nothing else is one`() {
    #expect(Quarter("2025Q4")?.description == "2025Q4")
    #expect(Quarter("2025Q4")?.firstDay.description == "2025-10-01")
    #expect(Quarter("2025Q4")?.end.description == "2026-01-01")
    for text in ["2025", "2025Q5", "2025q4", "25Q4", "Q4", "2025Q04", "2025-Q4"] {
      #expect(Quarter(text) == nil)
    }
  }
}

@Suite("The entries behind the revenue") struct RevenueEntriesTests {
  private func entries(
    _ book: TestBook, _ quarter: String, _ view: RevenueView, behind subject: String
  ) throws -> RevenueEntriesReport {
    try book.read().revenueEntries(
      of: #require(Quarter(quarter)), view, version: nil, knownAt: nil, behind: subject, limit: 0,
      progress: RevenueTests.quiet)
  }

  @Test func `come to each row of the report, in every quarter and view`() throws {
    let life = try WholeLife()
    var rows = 0
    for (quarter, view) in [
      ("2026Q1", RevenueView.posted), ("2026Q1", .restated), ("2026Q2", .posted),
    ] {
      let report = try life.book.read().revenue(
        of: #require(Quarter(quarter)), view, version: nil, knownAt: nil,
        progress: RevenueTests.quiet)
      let section = try #require(report.document.sections.first { $0.name == "revenue" })
      for row in section.rows {
        func cell(_ name: String) -> String { row[section.index(of: name)!].plain }
        let name = [
          "jurisdiction", "ledger_account", "sector", "customer_class", "rate_plan",
          "revenue_class",
        ].map(cell).joined(separator: "/")
        let found = try entries(life.book, quarter, view, behind: name)
        #expect(found.isSatisfied, "\(name)")
        let sum = found.document.facts.first { $0.name == "net_billed" }?.value
        #expect(sum?.replacing(",", with: "") == cell("net_billed"), "\(name)")
        rows += 1
      }
    }
    #expect(rows > 10)
  }

  @Test func `are those of the account, or of the rows that are meant`() throws {
    let book = try RevenueTests.acrossQuarters()
    let own = try entries(book, "2025Q4", .posted, behind: "1")
    let section = try #require(own.document.sections.first)
    #expect(
      section.rows.map { row in
        ["invoices", "net_billed"].map { row[section.index(of: $0)!].plain }
      }
        == [
          ["-1-0001 1-0002", "-0.76"], ["-1-0001 1-0002", "0.00"], ["-1-0001 1-0002", "-9.50"],
        ])
    let fixed = try entries(book, "2025Q3", .posted, behind: "*/*/*/*/*/FIXED")
    #expect(try #require(fixed.document.sections.first).rows.count == 1)
    for wrong in ["a/b", "2", "US-TX8/440/residential/R6/FIXED"] {
      #expect(throws: Failure.self) { try entries(book, "2025Q3", .posted, behind: wrong) }
    }
  }
}
