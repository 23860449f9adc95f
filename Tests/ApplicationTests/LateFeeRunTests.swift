import EventSourcing
import Foundation
import Synchronization
import Testing

@testable import Application

@Suite struct `A late-fee run` {
  /// The night on which the invoices due on 2 March are 15 days late.
  static let night = "2026-03-17T02:00:00-05:00"

  @discardableResult
  static func run(
    _ book: TestBook, at time: String? = night, dry: Bool = false, slice: Int = 8_192
  ) throws -> LateFeeReport {
    try book.open(time).runLateFees(
      asOf: nil, isDry: dry, slice: slice, alert: { _ in }, progress: { _ in })
  }

  /// A book of so many accounts, each with an invoice due on 2 March.
  static func many(_ count: Int) throws -> TestBook {
    let book = try TestBook(begins: "2026-01-01")
    let ids = (1...count).map { "\(100 + $0)" }
    try book.accounts(ids.map { "\($0),residential,America/Chicago,US-ST,1,21,SP,R1,2026-01-01" })
    try book.meters(ids.map { "M-\($0),\($0),kwh,kWh,5,,,2026-01-01,0" })
    try book.readings(ids.map { "M-\($0),kwh,2026-02-01,\($0)" }, "2026-02-09T12:00:00-06:00")
    try book.bill("2026-02-01")
    return book
  }

  @Test func `assesses what the dry run announced, once`() throws {
    let book = try Payments.billed()
    let before = try book.root()
    let dry = try Self.run(book, dry: true)
    #expect(try book.root() == before)
    #expect(dry.fees.map(\.invoice) == ["1000000001-0001", "1000000002-0001"])
    #expect(dry.fees.map(\.amount) == ["1.81", "5.00"], "US-TX8 caps at 1.5 % of 120.96")
    let report = try Self.run(book)
    #expect(report.assessed == 2 && report.amount == "6.81" && report.rows["8"] == 2)
    let root = try book.root()
    let again = try Self.run(book, at: nil)
    #expect(again.assessed == 0 && again.rows["1"] == 2 && again.entries == 0)
    #expect(try book.root() == root)
  }

  @Test func `--as-of is the clock of a simulated book`() throws {
    let book = try Payments.billed()
    let time = try #require(Authority.time(Self.night))
    let report = try book.open().runLateFees(
      asOf: time, isDry: false, alert: { _ in }, progress: { _ in })
    #expect(report.assessed == 2)
    #expect(try book.read().status().lastRecordedAt == "2026-03-17T07:00:00Z")
    let failure = #expect(throws: Failure.self, "the clock does not go back") {
      try book.open().runLateFees(
        asOf: Authority.time("2026-03-16"), isDry: true, alert: { _ in }, progress: { _ in })
    }
    #expect(
      failure?.description
        == "--as-of 2026-03-16T00:00:00Z is before the book's last entry, recorded at "
        + "2026-03-17T07:00:00Z. A book's time never goes back: use 2026-03-17T07:00:00Z or later.")
  }

  @Test func `a real book knows no future`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "meterbook-\(UUID().uuidString)").path()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try Ledger.create(
      at: folder, name: "Real", simulated: false, authority: TestBook.authority(nil))
    let ledger = try Ledger(opening: folder, access: .writing(TestBook.authority(nil)))
    do {
      _ = try ledger.runLateFees(
        asOf: Authority.time("2999-01-01"), isDry: true, alert: { _ in }, progress: { _ in })
      Issue.record("not refused")
    } catch let failure as Failure {
      #expect(failure.problem.hasPrefix("--as-of 2999-01-01T00:00:00Z is later than now, "))
      #expect(failure.advice.hasPrefix("A real book knows no future"))
    }
  }

  @Test func `stopped after any append and run again, gives the same book`() throws {
    let book = try Self.many(12)
    let copies = Mutex<[String]>([])
    let (path, folder) = (book.path, book.folder)
    let whole = try book.open(Self.night).runLateFees(
      asOf: nil, isDry: false, slice: 2, alert: { _ in }
    ) { progress in
      let copy = "\(folder)/after-\(progress.done).book"
      try? FileManager.default.copyItem(atPath: path, toPath: copy)
      copies.withLock { $0.append(copy) }
    }
    #expect(whole.assessed == 12)
    let undisturbed = try book.root()
    let made = copies.withLock { $0 }
    #expect(made.count == 6)
    for copy in made {
      let ledger = try Ledger(
        opening: copy, access: .writing(TestBook.authority(Self.night)))
      let resumed = try ledger.runLateFees(
        asOf: nil, isDry: false, slice: 2, alert: { _ in }, progress: { _ in })
      #expect(resumed.assessed == 12 && resumed.rows["1"] == 0 && resumed.amount == whole.amount)
      #expect(resumed.root == undisturbed, "\(copy)")
    }
  }

  @Test func `an append that fails is tried three times, after one second and two`() throws {
    let book = try Self.many(4)
    var waits: [Double] = []
    var alerts: [String] = []
    var tries = 0
    let run = try LateFeeRun(
      of: book.open(Self.night), asOf: nil, isDry: false, slice: 2, alert: { alerts.append($0) },
      progress: { _ in })
    run.wait = { waits.append($0) }
    run.beforeAppend = {
      tries += 1
      if tries <= 3 { throw Failure("No space is left.") }
    }
    let report = try run.run()
    #expect(waits == [1, 2])
    #expect(alerts.count == 1)
    #expect(
      alerts[0]
        == "The late fees of accounts from 101 on could not be written, 3 times: No space is left. "
        + "They are decided again by the next run.")
    #expect(!report.isSatisfied, "the program ends with 1")
    #expect(report.assessed == 2, "the run goes on with the other accounts")
    #expect(report.failed.map { $0.prefix(8) } == ["101-0001", "102-0001"])
    let events = try book.read().history(of: "101").events.map(\.event)
    #expect(events.last == "LateFeeFailed", "written once appending works")
    #expect(events.count { $0 == "LateFeeFailed" } == 1)

    let next = try Self.run(book, at: nil)
    #expect(next.isSatisfied && next.assessed == 4 && next.rows["1"] == 0)
    #expect(try book.read().history(of: "101").events.map(\.event).contains("LateFeeAssessed"))
  }

  @Test func `a failure that passes is no failure`() throws {
    let book = try Self.many(2)
    var tries = 0
    let run = try LateFeeRun(
      of: book.open(Self.night), asOf: nil, isDry: false, slice: 2, alert: { _ in },
      progress: { _ in })
    run.wait = { _ in }
    run.beforeAppend = {
      tries += 1
      if tries < 3 { throw Failure("No space is left.") }
    }
    let report = try run.run()
    #expect(report.isSatisfied && report.assessed == 2 && report.failed.isEmpty)
  }

  @Test func `an account that pays meanwhile is decided on again`() throws {
    let book = try Self.many(2)
    var hasPaid = false
    let run = try LateFeeRun(
      of: book.open(Self.night), asOf: nil, isDry: false, slice: 2, alert: { _ in },
      progress: { _ in })
    run.beforeAppend = {
      guard !hasPaid else { return }
      hasPaid = true
      let owed = try book.read().balance(of: "101").balance
      _ = try book.open(Self.night).pay(
        "101",
        PaymentRequest(reference: "A", amount: #require(Authority.amount(owed))))
    }
    let report = try run.run()
    #expect(report.conflicts == 1)
    #expect(report.assessed == 1 && report.rows["2"] == 1)
    #expect(try book.read().balance(of: "101").waiting.isEmpty)
  }

  @Test func `a policy published meanwhile counts`() throws {
    let book = try Self.many(1)
    var isPublished = false
    let run = try LateFeeRun(
      of: book.open("2026-04-02"), asOf: nil, isDry: false, slice: 2, alert: { _ in },
      progress: { _ in })
    run.beforeAppend = {
      guard !isPublished else { return }
      isPublished = true
      _ = try book.open("2026-04-02").publishRules(
        in: [repository + "Tests/Fixtures/seven-dollars"])
    }
    #expect(try run.run().amount == "7.00")
  }

  @Test func `why says the row, the figures and what would change it`() throws {
    let book = try Payments.billed()
    let early = try book.read().whyLateFee(
      "1000000002-0001", asOf: Authority.time("2026-03-16T12:00:00Z"))
    #expect(early.row == 3)
    #expect(early.next == "From 2026-03-17 on it is late, if something is open by then.")
    let late = try book.read().whyLateFee("1000000002-0001", asOf: Authority.time(Self.night))
    #expect(late.row == 8 && late.answer == "a run now assesses 5.00 (row 8)")
    #expect(throws: Failure.self) { try book.read().whyLateFee("1000000002-0002", asOf: nil) }
  }

  @Test func `why says that a statement of nothing but a fee bears none`() throws {
    let book = try TestBook.first()
    let day = try #require(Authority.day("2026-02-01"))
    _ = try book.open("2026-02-01T12:30:00Z").stopService("1000000002", on: day)
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    #expect(try Self.run(book).statements == 1)
    let why = try book.read().whyLateFee("1000000002-0002", asOf: Authority.time("2026-06-01"))
    #expect(why.row == 2)
    #expect(why.answer == "no fee is assessed now: only late fees are open of it (row 2)")
    #expect(why.next == "Nothing does: there is no fee on a fee.")
  }

  @Test func `why says that what was written off bears none`() throws {
    let book = try Payments.billed()
    let ledger = try book.open("2026-03-01T12:00:00Z", reason: "cannot be collected")
    _ = try ledger.writeOff("1000000002-0001", approver: "supervisor")
    let why = try book.read().whyLateFee("1000000002-0001", asOf: Authority.time(Self.night))
    #expect(why.answer == "no fee is assessed now: it was written off (row 2)")
    #expect(why.next == "Nothing does: no fee follows on what was written off.")
  }
}
