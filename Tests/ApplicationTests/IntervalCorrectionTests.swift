import Documents
import Testing

@testable import Application

@Suite struct `Intervals that turned out wrong` {
  /// An account billed by the hour for January: 744 kWh.
  static func book() throws -> TestBook {
    let book = try TestBook(begins: "2026-01-01")
    try book.accounts(["1,residential,America/Chicago,,1,21,SP-1,R1,2026-01-01"])
    try book.meters(["M-1,1,kwh,kWh,,,60,2026-01-01,"])
    let hours = (1...31).flatMap { day in
      (0..<24).map { hour in "M-1,2026-01-\(pad(day))T\(pad(hour)):00,1" }
    }
    try #require(try book.intervals(hours, "2026-02-01T12:00:00Z").accepted == 744)
    try #require(try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z").invoices == 1)
    return book
  }

  static func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  static func correct(_ book: TestBook, _ rows: [String]) throws -> ChangeReport {
    try book.open("2026-02-03", reason: "the clock was off")
      .correctIntervals(from: book.file("day.csv", ["meter,start,kwh"] + rows))
  }

  @Test func `are put right from a file, and the invoices that used them told`() throws {
    let book = try Self.book()
    let report = try Self.correct(book, ["M-1,2026-01-05T03:00,11", "M-1,2026-01-06T03:00,1"])
    #expect(report.events == 1)
    #expect(report.text.contains("They were used by 1-0001;"))
    #expect(report.text.contains("`meterbook rebill 1 --dry-run` shows what changes."))
    let rebill = try book.open(reason: "the clock was off").rebill("1", isDryRun: false)
    #expect(rebill.text.contains("reading-corrected: kWh"))
    #expect(try book.read().invoice("1-0002").document.kwh == "754")
    let history = try book.read().history(of: "1")
    let superseded = history.events.filter { $0.supersededBy != nil }.map(\.event)
    #expect(superseded.count { $0 == "IntervalsRecorded" } == 1)
    #expect(history.events.count { $0.event == "IntervalsCorrected" } == 1)
    // Again: nothing.
    #expect(try Self.correct(book, ["M-1,2026-01-05T03:00,11"]).events == 0)
    #expect(try book.read().verify(progress: { _ in }).sound)
  }

  @Test func `that no invoice used are told as such`() throws {
    let book = try Self.book()
    _ = try book.intervals(["M-1,2026-02-01T00:00,1"], "2026-02-02T12:00:00Z")
    let report = try Self.correct(book, ["M-1,2026-02-01T00:00,2"])
    #expect(report.next == ["No invoice used them."])
  }

  @Test(arguments: [
    (["M-1,2026-01-05T03:00,x"], ":2: ", "nothing was used"),
    (["M-1,2026-01-05T03:00,1", "M-2,2026-01-05T03:00,1"], ":3: ", "a file of its own"),
    ([], "holds no intervals", "Give those that were wrong."),
    (["M-9,2026-01-05T03:00,1"], "meter M-9 serves no account", "Check its name."),
    (["M-1,2026-03-05T03:00,1"], "Account 1: no interval that begins at", "Check the start"),
  ])
  func `say what is wrong with the file`(
    _ rows: [String], _ problem: String, _ advice: String
  ) throws {
    let book = try Self.book()
    let root = try book.root()
    let failure = #expect(throws: Failure.self) { try Self.correct(book, rows) }
    #expect("\(try #require(failure))".contains(problem))
    #expect("\(try #require(failure))".contains(advice))
    #expect(try book.root() == root)
  }
}
