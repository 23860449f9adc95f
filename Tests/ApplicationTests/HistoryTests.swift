import Billing
import Money
import Testing

@testable import Application

/// What happened to an account, as it was known at a time, and what counts for a day.
@Suite struct HistoryTests {
  private func history(
    _ life: WholeLife, _ account: String, knownAt: String? = nil, effectiveAt: String? = nil
  ) throws -> HistoryReport {
    try life.book.read().history(
      of: account, knownAt: knownAt.map { try #require(Authority.time($0)) },
      effectiveAt: effectiveAt.map { try #require(Authority.day($0)) })
  }

  @Test func `every event tells who, when, why and from what`() throws {
    let report = try history(WholeLife(), "1000000001")
    let paid = try #require(report.events.first { $0.event == "PaymentReceived" })
    #expect(paid.actor == "dana" && paid.reason == "bank file 17")
    #expect(paid.recordedAt == "2026-02-11T09:00:00Z" && paid.effective == "2026-02-10")
    let reading = try #require(report.events.first { $0.effective == "2026-02-01" })
    #expect(reading.event == "ReadingRecorded")
    #expect(reading.source == "import readings, file readings.csv")
    #expect(report.text.contains("  run 3 (import readings, file readings.csv)"))
    #expect(report.knownAt == nil && report.effectiveAt == nil && report.leftOut == 0)
  }

  @Test func `money shows what it changed, before and after`() throws {
    let report = try history(WholeLife(), "1000000001")
    let paid = try #require(report.events.first { $0.event == "PaymentReceived" })
    #expect(
      paid.changes == [
        .init(name: "credit balance", before: "0.00", after: "50.00"),
        .init(name: "balance", before: "120.96", after: "70.96"),
      ])
    let allocated = try #require(report.events.first { $0.event == "PaymentAllocated" })
    #expect(
      allocated.changes == [
        .init(name: "open of invoice 1", before: "120.96", after: "70.96"),
        .init(name: "credit balance", before: "50.00", after: "0.00"),
      ])
    #expect(
      allocated.facts.map { "\($0.name) \($0.value)" } == [
        "source payment 1", "invoice 1", "amount 50.00",
      ])
    #expect(report.text.contains("\n      balance: 120.96 -> 70.96\n"))
  }

  @Test func `a correction shows the reading before and after, and what it supersedes`() throws {
    let report = try history(WholeLife(), "1000000002")
    let corrected = try #require(report.events.first { $0.event == "ReadingCorrected" })
    #expect(corrected.changes == [.init(name: "reading", before: "549", after: "449")])
    #expect(corrected.facts.map(\.value).prefix(3) == ["M-2 kwh", "2026-02-01T06:00:00Z", "449"])
    #expect(corrected.actor == "dana" && corrected.reason == "field visit")
    let read = try #require(report.events.first { $0.supersededBy == corrected.address })
    #expect(read.facts.contains(.init(name: "value", value: "549")))
    let cancelled = try #require(report.events.first { $0.event == "InvoiceCancelled" })
    let issued = try #require(report.events.first { $0.event == "InvoiceIssued" })
    #expect(issued.supersededBy == cancelled.address)
    #expect(report.text.contains("      superseded by \(cancelled.address)"))
  }

  @Test func `lines of a bill, of its cancellation, and what waited read as on the invoice`() throws
  {
    let life = try WholeLife()
    let events = try history(life, "1000000002").events
    func lines(before kind: String) throws -> [String?] {
      let end = try #require(events.firstIndex { $0.event == kind })
      let block = events[..<end].reversed().prefix { $0.event == "ChargeRecorded" }
      return block.reversed().map { $0.facts.first?.value }
    }
    let billed = try lines(before: "InvoiceIssued")
    #expect(billed.first == "1 ENERGY_CHARGE Energy, first 500 kWh")
    #expect(billed.count > 5)
    // As many lines are negated, and called the same.
    #expect(try lines(before: "InvoiceCancelled") == billed)
    let waited = try history(life, "1000000001").events.compactMap { $0.facts.first?.value }
    #expect(waited.contains("5 CREDIT goodwill"))
    #expect(waited.contains("6 LATE_FEE on invoice 1"))
    #expect(waited.contains("7 TAX State tax"), "the lines before it that waited are counted")
  }

  @Test func `an invoice names the readings it used by their addresses`() throws {
    let events = try history(WholeLife(), "1000000002").events
    let issued = try #require(events.first { $0.event == "InvoiceIssued" })
    let readings = try #require(issued.facts.first { $0.name == "readings" })
    let used = readings.value.split(separator: " ").map { address in
      events.first { $0.address == address }?.event
    }
    #expect(used == ["ReadingRecorded", "ReadingRecorded"])
  }

  @Test func `as known at a time: what was recorded by then, that moment included`() throws {
    let life = try WholeLife()
    let before = try history(life, "1000000002", knownAt: "2026-03-20T08:59:59Z")
    #expect(!before.events.contains { $0.event == "ReadingCorrected" })
    #expect(before.events.allSatisfy { $0.supersededBy == nil || $0.event == "PaymentReceived" })
    let at = try history(life, "1000000002", knownAt: "2026-03-20T09:00:00Z")
    #expect(at.events.last?.event == "ReadingCorrected")
    let size = try #require(at.knownAt?.size)
    #expect(try life.book.read().status().size > size)
    #expect(at.knownAt?.isProvisional == false)
    #expect(at.text.contains("as known at 2026-03-20T09:00:00Z (\(size) entries)"))
    let now = try history(life, "1000000002", knownAt: "2030-01-01")
    #expect(now.knownAt?.isProvisional == true)
    #expect(now.text.contains("provisional: more may be recorded by then"))
    #expect(try history(life, "1000000002", knownAt: "2020-01-01").events.isEmpty)
  }

  @Test func `what counts for a day as known now: the corrected reading, and then the rebill`()
    throws
  {
    let life = try WholeLife()
    func counting(_ date: String, knownAt: String? = nil) throws -> (HistoryReport, [String]) {
      let report = try history(life, "1000000002", knownAt: knownAt, effectiveAt: date)
      return (report, report.events.map(\.event))
    }
    // In March an agent saw 549, and knows since that it was 449.
    let (then, events) = try counting("2026-02-15")
    #expect(events.contains("ReadingCorrected"))
    #expect(events.filter { $0 == "InvoiceIssued" }.count == 1)
    #expect(!events.contains("PaymentReceived"))
    #expect(!then.events.contains { $0.facts.contains(.init(name: "value", value: "549")) })
    let (seen, _) = try counting("2026-02-15", knownAt: "2026-02-15T12:00:00Z")
    #expect(seen.events.contains { $0.facts.contains(.init(name: "value", value: "549")) })
    #expect(then.standing.balance == seen.standing.balance)
    // After the rebill only the replacement counts, and nothing of the returned payment.
    let (after, later) = try counting("2026-03-21")
    #expect(later.filter { $0 == "InvoiceIssued" }.count == 1)
    let state = try life.state("1000000002").0
    #expect(after.standing.balance == state.balance.description)
    #expect(after.standing.open == state.invoices[1].total.description)
    #expect(after.standing.plan == "R1")
    #expect(after.leftOut > 0)
    #expect(after.text.contains(", that count for 2026-03-21; \(after.leftOut) known do not"))
    #expect(after.text.hasSuffix("\(after.standing.open), credit 0.00; plan R1"))
    // Neither the cancelled lines nor those that negate them are among what counts.
    let lines = after.events.filter { $0.event == "ChargeRecorded" }.flatMap(\.facts)
      .filter { $0.name == "amount" }
    #expect(
      try lines.map { try Money(decimal: $0.value) }.sum() == state.invoices[1].total
        && lines.allSatisfy { !$0.value.hasPrefix("-") })
    #expect(try counting("2026-02-25").0.standing.credit == "0.00")
    #expect(try counting("2026-02-20").0.standing.credit != "0.00")
  }

  @Test func `no fact of any event is a program's word for a number`() throws {
    let life = try WholeLife()
    for account in ["1000000001", "1000000002", "1000000003"] {
      for row in try history(life, account).events {
        for fact in row.facts {
          #expect(!fact.value.contains("cents") && !fact.value.contains("rawValue"), "\(fact)")
          #expect(!fact.value.contains("Optional") && fact.value != "()", "\(row.event) \(fact)")
        }
      }
    }
  }
}
