import Documents
import Testing

@testable import Application

/// A refused row: what comes in, and what the review queue must say of it.
struct RefusedRow: Sendable, CustomTestStringConvertible {
  let row: String
  let code: String
  let field: String

  var testDescription: String { "\(code): \(row)" }
}

@Suite struct `What cannot be accepted waits for review` {
  @Test(arguments: [
    RefusedRow(row: "M-9,kwh,2026-02-10,1", code: "unknown-meter", field: "meter"),
    RefusedRow(row: "M-2,gas,2026-02-10,600", code: "unknown-register", field: "register"),
    RefusedRow(row: "M-1,,2026-02-10,4300", code: "register-not-named", field: "register"),
    RefusedRow(row: "M-2,kwh,2026-01-20,100", code: "out-of-order", field: "time"),
    RefusedRow(row: "M-2,kwh,2026-02-01,550", code: "conflict", field: "value"),
    RefusedRow(row: "M-2,kwh,2026-02-10,548", code: "implausible", field: "value"),
    RefusedRow(row: "M-2,kwh,2026-02-10,9999", code: "implausible", field: "value"),
    RefusedRow(row: "M-2,kwh,2026-02-10,-5", code: "negative", field: "value"),
    RefusedRow(row: "M-2,kwh,2026-02-10,100000", code: "off-the-dial", field: "value"),
    RefusedRow(row: "M-2,kwh,2026-02-10,600.5", code: "too-precise", field: "value"),
    RefusedRow(row: "M-2,kwh,2026-12-31,600", code: "in-future", field: "time"),
    RefusedRow(row: "M-2,kwh,2025-12-31,99000", code: "before-installation", field: "time"),
  ])
  func `a reading, with its place, its reason and its own text`(_ refused: RefusedRow) throws {
    let book = try TestBook.first()
    let good = "M-2,kwh,2026-02-05,600"
    let report = try book.readings([good, refused.row], "2026-03-01")
    #expect((report.rows, report.accepted, report.rejected) == (2, 1, 1))
    #expect(report.byReason == [refused.code: 1])
    let item = try book.onlyWaiting()
    #expect(item.reason == refused.code && item.field == refused.field && item.kind == "reading")
    #expect(item.source == "readings.csv" && item.line == 3)
    let shown = try book.read().review(item.item)
    #expect(shown.input == refused.row)
    #expect(shown.columns.map(\.name) == ["meter", "register", "time", "value"])
    #expect(shown.columns.map(\.value).joined(separator: ",") == refused.row)
  }

  /// An account on R2 with a channel of whole hours, and the first three hours of February.
  private func channel() throws -> TestBook {
    let book = try TestBook(begins: "2026-03-01")
    try book.accounts(["3,residential,America/Chicago,US-TX8,1,21,SP-3,R2,2026-02-01"])
    try book.meters(["M-3,3,load,kWh,,,60,2026-02-01,"])
    let hours = (0..<3).map { "M-3,2026-02-01T0\($0):00,1.\($0)" }
    try #require(try book.intervals(hours).accepted == 3)
    return book
  }

  @Test(arguments: [
    RefusedRow(row: "M-3,2026-02-01T01:30,1", code: "overlap", field: "time"),
    RefusedRow(row: "M-3,2026-02-01T01:00,1.2", code: "conflict", field: "value"),
    RefusedRow(row: "M-3,2026-02-01T03:00,-0.1", code: "negative", field: "value"),
    RefusedRow(row: "M-8,2026-02-01T03:00,1", code: "unknown-meter", field: "meter"),
  ])
  func `an interval, with its place, its reason and its own text`(_ refused: RefusedRow) throws {
    let book = try channel()
    let report = try book.intervals(["M-3,2026-02-01T02:00,1.2", refused.row])
    #expect((report.duplicates, report.rejected) == (1, 1))
    let item = try book.onlyWaiting()
    #expect(item.reason == refused.code && item.field == refused.field && item.line == 3)
    #expect(try book.read().review(item.item).input == refused.row)
  }

  @Test func `a gap between intervals, until the intervals come`() throws {
    let book = try channel()
    let report = try book.intervals(["M-3,2026-02-01T05:00,1"])
    #expect((report.accepted, report.rejected, report.gaps) == (1, 0, 1))
    let item = try book.onlyWaiting()
    #expect(item.reason == "gap" && item.meter == "M-3" && item.account == "3")
    #expect(item.detail.contains("2026-02-01T09:00:00Z to 2026-02-01T11:00:00Z"))
    try book.intervals(["M-3,2026-02-01T03:00,1", "M-3,2026-02-01T04:00,1"])
    #expect(try book.waiting().isEmpty)
  }

  @Test func `a row that cannot be read stops nothing`() throws {
    let book = try TestBook.first()
    let report = try book.readings(
      ["M-2,kwh,2026-02-05,abc", "M-2,kwh,2026-02-06", "M-2,kwh,2026-02-07,600"], "2026-03-01")
    #expect((report.accepted, report.rejected) == (1, 2))
    let items = try book.waiting()
    #expect(items.map(\.line) == [2, 3] && items[0].field == "value")
  }
}

@Suite struct `Resolving what waits for review` {
  /// README's book with an implausible reading waiting.
  private func implausible() throws -> (TestBook, item: String) {
    let book = try TestBook.first()
    try book.readings(["M-2,kwh,2026-02-02,1549"], "2026-03-01")
    return (book, try book.onlyWaiting().item)
  }

  @Test func `corrected, it goes through the same validation`() throws {
    let (book, item) = try implausible()
    let report = try book.open(reason: "misread").resubmitReview(
      item, corrections: [("value", "585")], accepting: false)
    #expect(report.events == 1 && report.how == "corrected")
    #expect(try book.waiting().isEmpty)
    #expect(try book.read().history(of: "1000000002").text.contains("585"))
    #expect(try book.readings(["M-2,kwh,2026-02-02,585"]).duplicates == 1)
    #expect(try book.read().review(item).item.resolution == "corrected: misread")
  }

  @Test func `refused again, it stays open and the book is as it was`() throws {
    let (book, item) = try implausible()
    let root = try book.root()
    for wrong in [("value", "1550"), ("value", "x"), ("meter", "M-9"), ("colour", "red")] {
      let failure = #expect(throws: Failure.self) {
        try book.open().resubmitReview(item, corrections: [wrong], accepting: false)
      }
      #expect(failure?.description.isEmpty == false)
    }
    #expect(try book.onlyWaiting().item == item)
    #expect(try book.root() == root)
  }

  @Test func `vouched for, it is recorded as it came`() throws {
    let (book, item) = try implausible()
    _ = try book.open(reason: "new heat pump").resubmitReview(
      item, corrections: [], accepting: true)
    #expect(try book.waiting().isEmpty)
    let history = try book.read().history(of: "1000000002").text
    #expect(history.contains("1549") && history.contains("new heat pump"))
  }

  @Test func `dismissed with a reason, once`() throws {
    let (book, item) = try implausible()
    #expect(throws: Failure.self) { try book.open().dismissReview(item) }
    _ = try book.open(reason: "test meter").dismissReview(item)
    #expect(try book.waiting().isEmpty)
    let failure = #expect(throws: Failure.self) {
      try book.open(reason: "again").dismissReview(item)
    }
    #expect(failure?.description.contains("test meter") == true)
  }

  @Test func `who resolved it, and when`() throws {
    let (book, item) = try implausible()
    let before = try book.read().review(item)
    #expect(before.item.resolvedBy == nil && !before.text.contains("  by"))
    _ = try book.open("2026-03-02", reason: "test meter").dismissReview(item)
    let after = try book.read().review(item)
    #expect(after.item.resolvedBy == "test" && after.item.resolvedAt == "2026-03-02T00:00:00Z")
    #expect(after.text.contains("  by        test, 2026-03-02T00:00:00Z"))
  }

  @Test func `a row that a later import accepts is settled by it, once`() throws {
    let book = try TestBook.first()
    let account = "1000000003,residential,America/Chicago,US-ST,1,21,SP-3,R1,2026-02-01"
    let meter = "M-3,1000000003,kwh,kWh,5,,,2026-02-01,0"
    let reading = "M-3,kwh,2026-02-15,120"
    let payment = "1000000003,20.00,2026-02-15,BANK-9,USD,,"
    func pay() throws -> ImportReport {
      try book.open("2026-03-01").importPayments(
        from: book.file("payments.csv", [Payments.columns, payment]), progress: { _ in })
    }
    let report = try book.readings([reading, "M-9,kwh,2026-02-15,5"], "2026-03-01")
    #expect(report.byReason == ["unknown-meter": 2] && report.settled == 0)
    #expect(try book.meters([meter]).rejected == 1)
    #expect(try pay().rejected == 1)
    let items = try book.waiting()
    #expect(items.map(\.kind) == ["reading", "reading", "meter", "payment"])

    #expect(try book.accounts([account]).settled == 0)
    #expect(try book.meters([meter]).settled == 1)
    #expect(try pay().settled == 1)
    let again = try book.readings(["M-9,kwh,2026-02-15,5", reading])
    #expect((again.accepted, again.rejected, again.rejectedBefore, again.settled) == (1, 1, 1, 1))
    #expect(again.text.contains("  1 row of the review queue accepted after all"))
    #expect(try book.onlyWaiting().item == items[1].item)
    let settled = try book.read().review(items[0].item).item
    #expect(settled.resolution == "superseded: a later import accepted the row")
    #expect(settled.resolvedBy == "test")
    let root = try book.root()
    #expect(try book.readings([reading]).settled == 0)
    #expect(try book.root() == root, "nothing is said twice")
  }

  @Test func `what a person settled is not settled again`() throws {
    let (book, item) = try implausible()
    _ = try book.open(reason: "new heat pump").resubmitReview(
      item, corrections: [], accepting: true)
    let report = try book.readings(["M-2,kwh,2026-02-02,1549"])
    #expect((report.duplicates, report.settled) == (1, 0), "a person has settled it")
  }

  @Test func `an item that does not exist is said to be none`() throws {
    let book = try TestBook.first()
    let failure = #expect(throws: Failure.self) { try book.read().review("nothing") }
    #expect(failure?.description.contains("review list") == true)
  }
}
