import Testing

@testable import Application

@Suite struct `A reading that is missing` {
  /// An account billed for January, 310 kWh in 31 days, under a policy that lets one bill be estimated.
  static func book() throws -> TestBook {
    let book = try TestBook(begins: "2026-01-01")
    let policy = try book.file(
      "policy.yaml",
      [
        "kind: policy", "version: 3", "from: 2026-01-01", "rounding: half-away-from-zero",
        "proration: { full_month: 26-35, month_days: 30 }", "cycle_window_days: 3",
        "plausible_kwh_per_day: { default: 500 }",
        "estimation: { method: daily-average, bills_in_a_row: 1 }",
      ])
    try #require(try book.open().publishRules(in: [policy]).problems == [])
    try book.accounts(["1,residential,America/Chicago,,1,21,SP-1,R1,2026-01-01"])
    try book.meters(["M-1,1,kwh,kWh,5,,,2026-01-01,0"])
    try book.readings(["M-1,kwh,2026-02-01,310"], "2026-02-01T12:00:00Z")
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    return book
  }

  @Test func `is estimated by the bill run, marked on the bill and explained`() throws {
    let book = try Self.book()
    let report = try book.bill("2026-03-01", at: "2026-03-01T13:00:00Z")
    #expect(report.invoices == 1 && report.estimated == 1 && report.rejected == 0)
    #expect(report.text.contains("readings estimated      1"))
    let invoice = try book.read().invoice("1-0002").text
    #expect(invoice.contains("2026-03-01  590 (estimated)  280"))
    #expect(
      invoice.contains(
        """
        Estimate M-1 kwh of 2026-03-01, 590, by daily-average:
                 310 kWh in 31 days, 2026-01-01 to 2026-02-01 (events 8.1 to 13.0)
                 A reading of the meter settles it.
        """))
    #expect(
      try book.read().explain("1-0002", line: 1).text.contains(
        "estimate: M-1 kwh of 2026-03-01, 590, by daily-average: 310 kWh in 31 days"))
    let history = try book.read().history(of: "1").text
    #expect(history.contains("quality estimated, method computed, estimated_by daily-average"))
    #expect(!(try book.read().invoice("1-0001").text.contains("Estimate ")))
    // Again: nothing.
    let root = try book.root()
    #expect(try book.bill("2026-03-01").estimated == 0)
    #expect(try book.root() == root)
  }

  @Test func `waits in the review queue once enough bills in a row are estimated`() throws {
    let book = try Self.book()
    let report = try book.bill("2026-04-01", at: "2026-04-01T13:00:00Z")
    #expect(report.invoices == 1 && report.estimated == 1)
    #expect(report.rejectedByReason == ["estimated-in-a-row": 1])
    #expect(try book.onlyWaiting().reason == "estimated-in-a-row")
    // Read at last: 930 kWh in 90 days settle the estimate, and the bill follows.
    try book.readings(["M-1,kwh,2026-04-01,930"], "2026-04-02T12:00:00Z")
    #expect(try book.bill("2026-04-01").invoices == 1)
    #expect(try book.waiting().isEmpty)
    let rebill = try book.open(reason: "read").rebill("1", isDryRun: false)
    #expect(rebill.isSatisfied && rebill.text.contains("estimate-settled"))
    #expect(try book.read().verify(progress: { _ in }).sound)
  }
}
