import Billing
import EventLog
import EventSourcing
import Foundation
import Money
import ProjectionStore
import Revenue
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
