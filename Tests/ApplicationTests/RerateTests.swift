import Billing
import EventLog
import EventSourcing
import Foundation
import Money
import Synchronization
import Tariffs
import Testing

@testable import Application

/// Rating the past again under a rule that was wrong, over the whole program.
@Suite struct RerateTests {
  /// R1 as the demonstration publishes it, with a first tier that is cheaper from the same day on.
  static let cheaper = """
    kind: tariff
    plan: R1
    version: 3
    from: 2010-01-01
    title: Residential, tiered
    components:
      - code: energy
        type: energy
        title: Energy
        tiers:
          - { up_to: 500, price: .09000 }
          - { up_to: 1000, price: .12340 }
          - { price: .16725 }
      - { code: service, type: fixed, title: Service charge, price: 15.00 }
      - { code: infrastructure, type: fixed, title: Infrastructure charge, price: 3.50 }
      - { code: franchise, type: percentage, title: Franchise fee, rate: 3 % }
    """

  /// Three homes on R1, billed for two months.
  static func book() throws -> TestBook {
    let book = try TestBook(begins: "2026-01-01")
    try book.accounts(
      (1...3).map {
        "100000000\($0),residential,America/Chicago,US-ST;US-ST-CITY,1,21,SP-\($0),R1,2026-01-01"
      })
    try book.meters((1...3).map { "M\($0),100000000\($0),1,kWh,5,,,2026-01-01,0" })
    try book.readings(
      ["M1,,2026-02-01,400", "M2,,2026-02-01,700", "M3,,2026-02-01,1200"],
      "2026-02-01T12:00:00Z")
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    try book.readings(
      ["M1,,2026-03-01,900", "M2,,2026-03-01,1300", "M3,,2026-03-01,2500"],
      "2026-03-01T12:00:00Z")
    try book.bill("2026-03-01", at: "2026-03-01T13:00:00Z")
    return book
  }

  static func rerate(
    _ book: TestBook, _ posting: RerateRequest.Posting, from: String = "2026-01-01",
    to: String = "2026-12-31", accounts: [String] = [], slice: Int? = nil, at path: String? = nil,
    progress: @escaping ProgressHandler = { _ in }
  ) throws -> RerateReport {
    let file = try book.file("cheaper.yaml", [cheaper])
    let authority = try TestBook.authority("2026-03-02T12:00:00Z", reason: "published wrong")
    return try Ledger(opening: path ?? book.path, access: .writing(authority)).rerate(
      RerateRequest(
        rules: [file], from: #require(Authority.day(from)), through: #require(Authority.day(to)),
        accounts: accounts, posting: posting), slice: slice, progress: progress)
  }

  @Test func `says what would move, ties every sum to it, and writes nothing`() throws {
    let book = try Self.book()
    let root = try book.root()
    let report = try Self.rerate(book, .nothing)
    // 400 + 500 kWh, 500 + 500, 500 + 500: .0085 a kWh, 3 % and 6.5 % on it, each line rounded.
    #expect(report.invoices == 6)
    #expect(report.accountsTouched == 3)
    let energy = report.by["class"]?.first { $0.key == "VARIABLE_ENERGY" }
    #expect(energy?.difference == "-24.65")
    #expect(!report.controls.contains { !$0.agrees })
    #expect(report.greatest.count == 3)
    #expect(report.isSatisfied)
    #expect(try book.root() == root)
    let january = try Self.rerate(book, .nothing, to: "2026-02-01")
    #expect(january.invoices == 3)
    let one = try Self.rerate(book, .nothing, accounts: ["1000000001"])
    #expect(one.invoices == 2)
  }

  @Test(arguments: [RerateRequest.Posting.adjustments, .rebills])
  func `posts the differences once, and finds nothing left`(_ posting: RerateRequest.Posting)
    throws
  {
    let book = try Self.book()
    let expected = try Self.rerate(book, .nothing).difference
    #expect(try Self.rerate(book, posting).difference == expected)
    let again = try Self.rerate(book, .nothing)
    #expect(again.difference == "0.00")
    #expect(again.invoicesTouched == 0)
    let root = try book.root()
    _ = try Self.rerate(book, posting)
    #expect(try book.root() == root)
    #expect(try book.open().verify(progress: { _ in }).isSatisfied)
  }

  @Test(arguments: [RerateRequest.Posting.adjustments, .rebills])
  func `stopped after any append and run again, gives the same book`(
    _ posting: RerateRequest.Posting
  ) throws {
    let book = try Self.book()
    let copies = Mutex<[String]>([])
    let (path, folder) = (book.path, book.folder)
    let whole = try Self.rerate(book, posting, slice: 1) { progress in
      let copy = "\(folder)/after-\(progress.done).book"
      try? FileManager.default.copyItem(atPath: path, toPath: copy)
      copies.withLock { $0.append(copy) }
    }
    let undisturbed = try book.root()
    let made = copies.withLock { $0 }
    #expect(made.count == 3)
    for copy in made {
      _ = try Self.rerate(book, posting, slice: 1, at: copy)
      let ledger = try Ledger(opening: copy, access: .reading)
      #expect(try ledger.book.head().root.bytes.hex == undisturbed, "\(copy)")
      let run = try ledger.book.read { snapshot in
        var counts: [Int64] = []
        try snapshot.forEach(stream: .run(7)) { _, bytes in
          for case .runFinished(let it) in try EntryView(bytes).decodedEvents(bytes) {
            counts = it.counts.map(\.value)
          }
          return .proceed
        }
        return counts
      }
      #expect(run.first == 3 && run.dropFirst().first == 6)
      #expect(Money(cents: run.last ?? 0).description == whole.difference)
    }
  }

  @Test func `adjustments are lines of the next bill, which explains itself`() throws {
    let book = try Self.book()
    _ = try Self.rerate(book, .adjustments)
    try book.readings(["M1,,2026-04-01,1300"], "2026-04-01T12:00:00Z")
    try book.bill("2026-04-01", at: "2026-04-01T13:00:00Z")
    let invoice = try book.read().storedInvoice("1000000001-0003")
    let adjusted = invoice.derivation.charges.filter { $0.type == .adjustment }
    #expect(adjusted.count == 4)
    #expect(Set(adjusted.map(\.about)) == [1, 2])
    #expect(adjusted.map(\.amount).sum() < .zero)
  }

  @Test func `a bill made again after its adjustment is not corrected twice`() throws {
    let book = try Self.book()
    _ = try Self.rerate(book, .adjustments)
    _ = try book.open().rebill("1000000001", isDryRun: false)
    let left = try Self.rerate(book, .nothing, accounts: ["1000000001"])
    #expect(left.difference == "0.00")
    #expect(left.adjustedBefore == "0.00")
    // What was adjusted is taken back, a class of each bill each.
    let state = try book.read().book.read { try AccountState(of: "1000000001", in: $0) }
    #expect(state.receivables.items.count == 8)
    #expect(state.receivables.items.map(\.amount).sum() == .zero)
  }

  @Test func `rules with problems, and dates in the wrong order, are refused`() throws {
    let book = try Self.book()
    let file = try book.file("wrong.yaml", ["kind: tariff", "plan: R1"])
    let days = try (#require(Authority.day("2026-01-01")), #require(Authority.day("2026-03-01")))
    #expect(throws: Failure.self) {
      try book.open().rerate(
        RerateRequest(
          rules: [file], from: days.0, through: days.1, accounts: [], posting: .nothing),
        progress: { _ in })
    }
    #expect(throws: Failure.self) {
      try RerateRequest(
        rules: [file], from: days.1, through: days.0, accounts: [], posting: .nothing)
    }
    #expect(throws: Failure.self) {
      try Self.rerate(book, .nothing, accounts: ["9999999999"])
    }
  }
}
