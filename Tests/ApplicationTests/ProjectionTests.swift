import Billing
import EventLog
import EventSourcing
import Foundation
import Metering
import Money
import ProjectionStore
import Revenue
import Tariffs
import Testing

@testable import Application

/// Over a book to which everything happened.
@Suite("Projections of a book") struct ProjectionTests {
  static let quiet: ProgressHandler = { _ in }

  /// The infrastructure fee is passed through from March on.
  static let order = [
    "kind: classification", "classification: ferc", "version: 2", "from: 2026-03-01", "lines:",
    "  - { class: residential, ledger: 440 }", "  - { class: commercial, ledger: 442 }",
    "  - { class: industrial, ledger: 442 }", "  - { class: street-lighting, ledger: 444 }",
    "  - { class: public-authority, ledger: 445 }", "  - { revenue_class: LATE_FEE, ledger: 450 }",
    "  - { revenue_class: MISC_SERVICE, ledger: 451 }",
    "  - { code: infrastructure, ledger: 241, reports_as: PASS_THROUGH }",
  ]

  static func reclassified() throws -> WholeLife {
    let life = try WholeLife()
    let file = try life.book.file("order.yaml", order)
    let report = try life.book.open(reason: "order 25-118").publishRules(in: [file])
    try #require(report.problems == [])
    return life
  }

  /// The same, with what leaves the house: a quarter closed and filed, a payment that comes after, the
  /// filing restated, and the month opened again and closed.
  static func filed() throws -> WholeLife {
    let life = try reclassified()
    try rest(of: life)
    let quarter = try #require(Quarter("2026Q1"))
    _ = try life.book.open("2026-04-02T12:00:00Z").close(month: "2026-03", progress: quiet)
    _ = try life.book.open(reason: "early").reopen(month: "2026-03")
    _ = try life.book.open().close(month: "2026-03", progress: quiet)
    _ = try life.book.open(reason: "filing").produceFiling(of: quarter, progress: quiet)
    _ = try life.book.open().pay(
      "1000000001",
      PaymentRequest(
        reference: "LATE", amount: Money(decimal: "1.00"), received: PaymentTime("2026-03-30"),
        invoice: nil))
    _ = try life.book.open("2026-04-03T12:00:00Z", reason: "order").promote(
      projection: "revenue@3", progress: quiet)
    _ = try life.book.open(reason: "order").restateFiling(of: quarter, progress: quiet)
    return life
  }

  /// What happens to no account of the life: on the third, which is at its end, and on other streams.
  private static func rest(of life: WholeLife) throws {
    let at = try #require(Authority.time("2026-03-20T08:00:00Z")).instant
    let day = try #require(Authority.day("2026-03-20"))
    let register = RegisterNumber()
    let block = IntervalBlock(start: at, minutes: 60, values: [1_000, 2_000])
    let bank = [BankedEnergy(slot: .hour(17), energy: Energy(kilowattHours: 35))]
    try life.append(
      [
        .intervalsRecorded(IntervalsRecorded(register: register, block: block)),
        .intervalsCorrected(IntervalsCorrected(register: register, block: block, reason: "x")),
        .kwhBanked(KwhBanked(bank)),
        .kwhApplied(KwhApplied(segment: 0, period: 0, energy: Energy(kilowattHours: 1))),
        .kwhExpired(KwhExpired(energy: Energy(kilowattHours: 1), isPaid: false)),
        .readingQuestioned(
          ReadingQuestioned(register: register, at: at, code: "implausible", detail: "")),
        .readingAccepted(ReadingAccepted(register: register, at: at, reason: "read twice")),
        .meterRemoved(MeterRemoved(meter: 0, at: at)), .serviceStopped(ServiceStopped(day: day)),
        .taxExemptionGranted(
          TaxExemptionGranted(jurisdiction: "US-ST", certificate: "E-1", from: day)),
        .taxExemptionEnded(TaxExemptionEnded(exemption: 1, day: day, reason: "sold")),
        .accountClosed(AccountClosed(day: day, reason: "moved")),
      ], to: "1000000003", on: "2026-04-01")
    let ledger = try life.book.open()
    var batch = Batch()
    for (stream, event) in [
      (StreamID(.meter, "M-3"), Event.meterReleased(MeterReleased(account: "1000000003", at: at))),
      (
        StreamID(.review, "other"),
        .inputResolved(InputResolved(how: .dismissed, reason: "a test"))
      ), (.rules, .actorRegistered(ActorRegistered(actor: "dana", name: "", role: ""))),
    ] {
      let version = try ledger.book.read { try $0.streamHead(stream)?.version ?? 0 }
      batch.add(EntryHeader(stream: stream, version: version + 1)) { event.encodeField(into: &$0) }
    }
    guard case .appended = try ledger.append(batch, at: ledger.now()) else {
      Issue.record("the entries were not appended")
      return
    }
  }

  @Test func `are tried on a book that has every kind of event`() throws {
    let life = try Self.filed()
    var kinds: Set<Event.Kind> = []
    var postponed = 0
    let ledger = try life.book.read()
    try ledger.book.read { snapshot in
      try snapshot.forEach { _, bytes in
        let entry = try EntryView(bytes)
        if entry.header.originalDay != nil { postponed += 1 }
        guard entry.header.stream.kind != .book else { return .proceed }
        for event in try entry.decodedEvents(bytes) { kinds.insert(event.kind) }
        return .proceed
      }
    }
    #expect(postponed == 1)
    #expect(Set(Event.Kind.allCases).subtracting(kinds) == [])
  }

  @Test func `revenue is the sum of all invoices, and what the general ledger has`() throws {
    let life = try Self.reclassified()
    let ledger = try life.book.read()
    let (size, history) = (
      try ledger.book.head().size, try ledger.rulesHistory(size: ledger.book.head().size)
    )
    var invoiced = Money.zero
    var posted = Money.zero
    let control: Set = ["131", "142", "253", "904"]
    for part in PositionRange.parts(to: size) {
      try ledger.post(part, by: history) { postings in
        for posting in postings {
          switch posting.event {
          case .invoiceIssued where posting.ledger == "142": invoiced += posting.amount
          case .invoiceCancelled where posting.ledger == "142" && posting.amount < .zero:
            invoiced += posting.amount
          default: break
          }
          if !control.contains(posting.ledger) { posted += posting.amount }
        }
      }
    }
    for version in 1...3 {
      let revenue = Revenue(history, classifications: version - 1)
      let figures = try RevenueFigures(revenue.rows(after: size, of: ledger.book), size: size)
      for view in [RevenueCell.View.posted, .restated] {
        let net = figures.lines(view).reduce(0) { $0 + $1.sums.net }
        #expect(Money(cents: net) == invoiced)
        #expect(Money(cents: net) == -posted)
      }
    }
    #expect(invoiced > .zero)
  }

  @Test func `are compared as money: a fee that is passed through moves, and the total stands`()
    throws
  {
    let life = try Self.reclassified()
    let report = try life.book.read().diff(
      projections: ("revenue@2", "revenue@3"), by: [.quarter, .class, .cause],
      explaining: "1000000002", limit: 0, progress: Self.quiet)
    #expect(report.difference == .zero)
    #expect(report.changed + report.onlyLeft + report.onlyRight > 0)
    let moved = report.moves.map { "\($0.quarter) \($0.plan) \($0.from) \($0.to)" }
    #expect(
      Set(moved) == [
        "2026Q1 R1 FIXED 440 PASS_THROUGH 241", "2026Q1 R1 FIXED 442 PASS_THROUGH 241",
      ])
    #expect(report.rows.allSatisfy { $0.cause == "reclassified" })
    let explained = try #require(report.explained)
    #expect(!explained.isEmpty && explained.allSatisfy { $0.account == "1000000002" })
    let row = try #require(report.rows.first?.row)
    let byRow = try life.book.read().diff(
      projections: ("revenue@2", "revenue@3"), by: [.quarter], explaining: row, limit: 1,
      progress: Self.quiet)
    #expect(byRow.explained?.count == 1)
  }

  @Test func `answer by the event in the book, forward, back and forward again`() throws {
    let life = try Self.reclassified()
    func live() throws -> String? {
      try life.book.read().projections().projections.first { $0.name == "revenue" && $0.live }?
        .projection
    }
    func turn(_ body: (Ledger) throws -> ProjectionSwitchReport) throws -> ProjectionSwitchReport {
      try body(life.book.open(reason: "order 25-118"))
    }
    #expect(try live() == "revenue@2")
    let promoted = try turn { try $0.promote(projection: "revenue@3", progress: Self.quiet) }
    #expect(promoted.position != nil && promoted.digest != promoted.previousDigest)
    #expect(try live() == "revenue@3")
    #expect(
      try turn { try $0.promote(projection: "revenue@3", progress: Self.quiet) }.position == nil)
    let back = try turn { try $0.rollBack(projection: "revenue", progress: Self.quiet) }
    #expect(back.digest == promoted.previousDigest && back.previousDigest == promoted.digest)
    #expect(try live() == "revenue@2")
    let error = #expect(throws: Failure.self) {
      try turn { try $0.rollBack(projection: "revenue", progress: Self.quiet) }
    }
    #expect(error?.description.contains("there is nothing to roll back") == true)
    _ = try turn { try $0.promote(projection: "revenue@3", progress: Self.quiet) }
    #expect(try live() == "revenue@3")
    let shown = try life.book.read().projection("revenue", progress: Self.quiet)
    #expect(shown.behind == 1 && shown.text.contains("behind  by 1 entry: `meterbook projection"))
    let followed = try life.book.read().follow(projection: "revenue", progress: Self.quiet)
    #expect(
      followed.behind == 0 && followed.digest == shown.digest && followed.size == shown.size + 1)
    #expect(shown.switches.map(\.how) == ["promoted", "rolled back", "promoted"])
    #expect(try life.book.read().verify(progress: { _ in }).sound)
  }

  @Test func `are verified by making them anew, and dropped unless they answer`() throws {
    let life = try Self.reclassified()
    let ledger = try life.book.read()
    for name in ProjectionCatalogue.names {
      #expect(try ledger.verify(projection: name, progress: Self.quiet).isSatisfied)
    }
    _ = try ledger.rebuild(projection: "revenue@3", progress: Self.quiet)
    #expect(try ledger.drop(projection: "revenue@3").dropped)
    #expect(try !ledger.drop(projection: "revenue@3").dropped)
    let error = #expect(throws: Failure.self) { try ledger.drop(projection: "revenue") }
    #expect(error?.description.contains("revenue@2 answers, and is not dropped") == true)
  }

  @Test func `are only looked at by show, which makes none`() throws {
    let life = try Self.reclassified()
    let error = #expect(throws: Failure.self) {
      try life.book.read().projection("revenue@1", progress: Self.quiet)
    }
    #expect(error?.problem == "revenue@1 has no file that goes with this book.")
    #expect(error?.advice == "`meterbook projection rebuild revenue@1` makes it from the book.")
    let rows = try life.book.read().projections().projections
    #expect(rows.first { $0.projection == "revenue@1" }?.built == false)
  }

  @Test(arguments: [
    ("profit", "There is no projection 'profit'"), ("revenue@9", "revenue@1 through revenue@3"),
    ("revenue@x", "names no version"), ("invoices@2", "this program knows invoices@3"),
  ])
  func `that there are not are named`(_ text: String, _ problem: String) throws {
    let life = try Self.reclassified()
    let error = #expect(throws: Failure.self) {
      try life.book.read().projection(text, progress: Self.quiet)
    }
    #expect(error?.description.contains(problem) == true)
  }

  @Test func `of different names, or the same version twice, are not compared`() throws {
    let life = try Self.reclassified()
    for (right, problem) in [("invoices", "different projections"), ("revenue@2", "named twice")] {
      let error = #expect(throws: Failure.self) {
        try life.book.read().diff(
          projections: ("revenue@2", right), by: [.quarter], explaining: nil, limit: 0,
          progress: Self.quiet)
      }
      #expect(error?.description.contains(problem) == true)
    }
  }
}
