import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Foundation
import Money
import ProjectionStore
import Testing

@testable import Application

@Suite("A month of accounting") struct PeriodCloseTests {
  static let quiet: ProgressHandler = { _ in }

  /// README's accounts, billed on 1 February 2026, with a payment in March.
  static func billed() throws -> TestBook {
    let book = try TestBook.first()
    try #require(try book.bill("2026-02-01", at: "2026-02-01T18:00:00Z").invoices == 2)
    return book
  }

  private func pay(
    _ book: TestBook, _ reference: String, on day: String, at time: String
  ) throws {
    _ = try book.open(time).pay(
      "1000000001",
      PaymentRequest(
        reference: reference, amount: Money(decimal: "10.00"),
        received: PaymentTime(day), invoice: nil))
  }

  @Test func `is closed with its control totals, once, and only when it is over`() throws {
    let book = try Self.billed()
    let early = #expect(throws: Failure.self) {
      try book.open("2026-02-28T23:00:00-06:00").close(month: "2026-02", progress: Self.quiet)
    }
    #expect(early?.description.contains("2026-02 is not over: it is 2026-02-28") == true)
    #expect(throws: Failure.self) {
      try book.open("2026-03-02T12:00:00Z").close(month: "2026-2", progress: Self.quiet)
    }
    let report = try book.open("2026-03-02T12:00:00Z").close(
      month: "2026-02", progress: Self.quiet)
    #expect(report.how == "closed")
    #expect(report.firstOpenDay == "2026-03-01")
    let invoices = try book.read().invoices(limit: 0, progress: Self.quiet)
    let billed = try invoices.invoices.map { try Money(decimal: $0.total) }.sum().description
    #expect(report.netBilled == billed)
    #expect(report.totals.first { $0.ledger == "142" }?.debits == billed)
    let sides = try report.totals.map {
      (try Money(decimal: $0.debits), try Money(decimal: $0.credits))
    }
    #expect(sides.map(\.0).sum() == sides.map(\.1).sum())
    let before = try book.root()
    let again = try book.open().close(month: "2026-02", progress: Self.quiet)
    #expect(again.how == "closed before" && again.position == nil)
    #expect(try book.root() == before)
    #expect(try book.read().periods().months.map(\.month) == ["2026-02"])
  }

  @Test func `that is closed gets no posting: it counts on the first open day, its own day kept`()
    throws
  {
    let book = try Self.billed()
    try pay(book, "P-1", on: "2026-02-20", at: "2026-03-01T12:00:00Z")
    let february = try book.open("2026-03-02T12:00:00Z").close(
      month: "2026-02", progress: Self.quiet)
    try pay(book, "P-2", on: "2026-02-27", at: "2026-03-03T12:00:00Z")
    try pay(book, "P-3", on: "2026-03-02", at: "2026-03-04T12:00:00Z")
    let rows = try book.read().history(of: "1000000001").events
    let days = rows.filter { $0.event == "PaymentReceived" }.map { [$0.effective, $0.original] }
    #expect(days == [["2026-02-20", nil], ["2026-03-01", "2026-02-27"], ["2026-03-02", nil]])
    // What the month came to stays as it was closed.
    let sums = try book.read().ledgerSums(
      size: book.read().book.head().size, by: book.read().rulesHistory(size: 1_000),
      counts: { $0 >= Day(iso: "2026-02-01")! && $0 < Day(iso: "2026-03-01")! },
      progress: Self.quiet)
    for total in february.totals {
      #expect(sums.accounts[total.ledger]?.debits.description == total.debits)
      #expect(sums.accounts[total.ledger]?.credits.description == total.credits)
    }
    #expect(sums.accounts["131"]?.debits.description == "10.00")
    let journal = book.folder + "/book.journal"
    _ = try book.read().exportJournal(
      .hledger, of: JournalSpan(), to: journal, progress: Self.quiet)
    let text = try String(contentsOfFile: journal, encoding: .utf8)
    #expect(text.contains("original:2026-02-27"))
    #expect(text.split(separator: "original:").count == 2)
    #expect(try book.read().verify(progress: Self.quiet).isSatisfied)
  }

  @Test func `that is closed keeps what posts nothing on its day`() throws {
    var calendar = CalendarState()
    AccountingCalendar.evolve(
      &calendar,
      .periodClosed(
        PeriodClosed(
          month: AccountingMonth("2026-02")!, size: 0, totals: [], netBilled: .zero,
          projection: "", digest: [])))
    let day = try #require(Day(iso: "2026-02-10"))
    var header = EntryHeader(stream: StreamID(.account, "1"), version: 1)
    header.count(on: day, posting: [.serviceStopped(ServiceStopped(day: day))], calendar)
    #expect(header.effectiveDay == day.rawValue && header.originalDay == nil && header.schema == 0)
    let returned = Event.paymentReturned(
      PaymentReturned(payment: 1, day: day, reason: "", amount: .zero))
    header.count(on: day, posting: [.serviceStopped(ServiceStopped(day: day)), returned], calendar)
    #expect(header.effectiveDay == Day(iso: "2026-03-01")?.rawValue)
    #expect(header.originalDay == day.rawValue && header.schema == 1)
  }

  @Test func `closed during a batch makes the batch decide again`() throws {
    let book = try Self.billed()
    let ledger = try book.open("2026-03-02T12:00:00Z")
    let maker = try SliceMaker(ledger, through: #require(Authority.day("2026-03-01")))
    _ = try ledger.close(month: "2026-02", progress: Self.quiet)
    let calendar = try ledger.calendar()
    #expect(maker.calendar == 0 && calendar.version == 1)
    // Any append that was decided on the calendar before conflicts.
    var header = EntryHeader(stream: StreamID(.account, "x"), version: 1)
    header.actor = "test"
    var batch = Batch()
    batch.add(header) {
      Event.accountClosed(AccountClosed(day: Day(rawValue: 0), reason: "")).encodeField(into: &$0)
    }
    batch.require(.calendar, at: maker.calendar)
    #expect(
      try ledger.append(batch, at: ledger.now())
        == .conflict(stream: .calendar, expected: 0, actual: 1))
  }

  @Test func `closed last is opened again for a reason, until its quarter is filed`() throws {
    let book = try Self.billed()
    _ = try book.open("2026-03-02T12:00:00Z").close(month: "2026-02", progress: Self.quiet)
    #expect(throws: Failure.self) { try book.open().reopen(month: "2026-02") }
    let opened = try book.open(reason: "late bank file").reopen(month: "2026-02")
    #expect(opened.how == "opened again" && opened.firstOpenDay == nil)
    try pay(book, "P-1", on: "2026-02-20", at: "2026-03-03T12:00:00Z")
    let rows = try book.read().history(of: "1000000001").events
    #expect(rows.first { $0.event == "PaymentReceived" }?.effective == "2026-02-20")
    _ = try book.open("2026-04-02T12:00:00Z").close(month: "2026-02", progress: Self.quiet)
    _ = try book.open().close(month: "2026-03", progress: Self.quiet)
    _ = try book.open().produceFiling(of: #require(Quarter("2026Q1")), progress: Self.quiet)
    let filed = #expect(throws: Failure.self) {
      try book.open(reason: "x").reopen(month: "2026-03")
    }
    #expect(filed?.description.contains("2026-03 is in 2026Q1, which was filed") == true)
  }

  @Test func `keeps the rows of its end, which are quick and believed only if they are the book's`()
    throws
  {
    let book = try Self.billed()
    let closed = try book.open("2026-03-02T12:00:00Z").close(month: "2026-02", progress: Self.quiet)
    let ledger = try book.read()
    let identity = try ProjectionCatalogue(of: ledger).live("revenue")
    let size = try #require(closed.size)
    let base = try ledger.monthEnd(of: identity, before: size)
    #expect(base.size == size && base.rows.digest().hex == closed.digest)
    #expect(try ledger.monthEnd(of: identity, before: size - 1).size == 0)
    // Going on from them gives what folding everything gives.
    _ = try book.readings(["M-1,kwh,2026-03-01,101700"], "2026-03-03T12:00:00Z")
    let head = try ledger.book.head().size
    let projection = try ProjectionCatalogue(of: ledger).projection(identity)
    func digest(_ base: RowBase) throws -> [UInt8] {
      try ledger.rows(projection, head, from: base, Self.quiet).digest()
    }
    #expect(try digest(base) == digest(RowBase()))
    // So it does where a bill of the month is made again, and its sums are added to.
    _ = try book.open("2026-03-04T12:00:00Z", reason: "read again").correctReading(
      meter: "M-2", register: nil, time: "2026-02-01", value: "540", isVouchedFor: false)
    _ = try book.open(reason: "read again").rebill("1000000002", isDryRun: false)
    let corrected = try ledger.book.head().size
    try #require(corrected > head + 1)
    #expect(
      try ledger.rows(projection, corrected, from: base, Self.quiet).digest()
        == ledger.rows(projection, corrected, Self.quiet).digest())
    // Lost, they are folded from the book.
    try FileManager.default.removeItem(atPath: book.path + "/projections/month-ends")
    #expect(try ledger.monthEnd(of: identity, before: head).size == 0)
  }
}
