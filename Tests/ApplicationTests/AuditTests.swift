import AuditTrail
import Billing
import EventLog
import EventSourcing
import Money
import Testing

@testable import Application

/// Who did what to a book to which everything happened, held against a scan over its entries.
@Suite("The audit trail") struct AuditTests {
  private static let quiet: ProgressHandler = { _ in }

  private func audit(
    _ ledger: Ledger, limit: Int = 0, _ change: (inout AuditFilter) -> Void = { _ in }
  ) throws -> AuditReport {
    var filter = AuditFilter()
    change(&filter)
    return try ledger.audit(filter, limit: limit, progress: Self.quiet)
  }

  private func entries(
    _ ledger: Ledger, _ change: (inout AuditFilter) -> Void
  ) throws -> [UInt64] {
    try audit(ledger, change).entries.map(\.entry)
  }

  @Test func `has every entry once, with who, why and what`() throws {
    let life = try WholeLife()
    let ledger = try life.book.read()
    let all = try audit(ledger)
    #expect(all.entries.map(\.entry) == Array(0..<all.size))
    #expect(all.entries.allSatisfy { !$0.words.isEmpty })
    // Only what the book says of its volumes has no author.
    let nameless = all.entries.filter(\.actor.isEmpty).flatMap(\.events).map(\.event)
    #expect(Set(nameless) == ["VolumeSealed"])
    let paid = try #require(all.entries.first { $0.reason == "bank file 17" })
    #expect(paid.actor == "dana" && paid.stream == "account/1000000001")
    #expect(paid.recordedAt == "2026-02-11T09:00:00Z" && paid.effective == "2026-02-10")
    #expect(
      paid.words == [
        "Payment BANK-1 of 50.00, received on 2026-02-10",
        "50.00 of payment BANK-1 pay 1000000001-0001",
      ])
    let billed = try #require(
      all.entries.first { $0.events.contains { $0.event == "InvoiceIssued" } })
    #expect(billed.actor == "test" && billed.run != nil && billed.source?.hasPrefix("bill") == true)
    #expect(billed.words.last?.hasSuffix(" ChargeRecorded") == true)
    let few = try audit(ledger, limit: 3)
    #expect(few.entries.count == 3 && few.truncated && few.text.contains("There are more"))
    #expect(few.text.hasPrefix("Entry  Recorded at"))
  }

  @Test func `finds what an actor wrote itself and in runs, as a scan finds it`() throws {
    let life = try WholeLife()
    let ledger = try life.book.read()
    let all = try audit(ledger).entries
    for actor in Set(all.map(\.actor)) where !actor.isEmpty {
      let expected = all.filter { $0.actor == actor }.map(\.entry)
      #expect(try entries(ledger) { $0.actor = actor } == expected, "\(actor)")
    }
    #expect(Set(all.map(\.actor)).count > 1)
    #expect(try audit(ledger) { $0.actor = "nobody" }.text == "No entries.")
    // In a time, and of an event, too.
    let march = try #require(Authority.time("2026-03-01"))
    for kind in Set(all.flatMap(\.events).map(\.event)) {
      let expected = all.filter {
        $0.recordedAt >= "2026-03-01" && $0.actor == "test"
          && $0.events.contains { $0.event == kind }
      }
      let found = try entries(ledger) {
        ($0.actor, $0.from, $0.kind) = ("test", march, kind)
      }
      #expect(found == expected.map(\.entry), "\(kind)")
    }
  }

  @Test func `finds what was recorded from a time up to another, both included`() throws {
    let life = try WholeLife()
    let ledger = try life.book.read()
    let time = try #require(Authority.time("2026-02-11T09:00:00Z"))
    let found = try audit(ledger) { ($0.from, $0.to) = (time, time) }.entries
    #expect(found.map(\.reason) == ["bank file 17"])
    let before = try #require(Authority.time("1999-01-01"))
    #expect(try audit(ledger) { $0.to = before }.entries.isEmpty)
    let after = try #require(Authority.time("2999-01-01"))
    #expect(try audit(ledger) { ($0.from, $0.actor) = (after, "test") }.entries.isEmpty)
  }

  @Test func `finds what concerns an account on its stream, a meter's, and another account's`()
    throws
  {
    let life = try WholeLife()
    let ledger = try life.book.read()
    let found = try audit(ledger) { $0.account = "1000000001" }.entries
    let own = try ledger.history(of: "1000000001").events.map(\.version)
    #expect(found.filter { $0.stream == "account/1000000001" }.count == Set(own).count)
    let others = Set(found.map(\.stream)).subtracting(["account/1000000001"])
    #expect(others == ["meter/M-1", "account/1000000003"])
    let merged = try #require(found.first { $0.stream == "account/1000000003" })
    #expect(merged.events.contains { $0.event == "AccountMerged" })
    #expect(throws: Failure.self) { try audit(ledger) { $0.account = "9" } }
  }

  @Test func `finds what concerns an invoice, its dispute and its notification with it`() throws {
    let life = try WholeLife()
    let ledger = try life.book.read()
    let first = try audit(ledger) { $0.invoice = "1000000001-0001" }.entries
    let events = Set(first.flatMap(\.events).map(\.event))
    #expect(
      events.isSuperset(of: [
        "InvoiceIssued", "PaymentAllocated", "DisputeOpened", "DisputeResolved",
        "NotificationRequested", "NotificationSent", "LateFeeAssessed", "AdjustmentPosted",
      ]))
    // The next bill has the line of the late fee on this one.
    let next = try audit(ledger) { $0.invoice = "1000000001-0002" }.entries
    #expect(Set(first.map(\.entry)).intersection(next.map(\.entry)).count == 1)
    let replaced = try audit(ledger) { $0.invoice = "1000000002-0001" }.entries
    #expect(replaced.contains { $0.events.contains { $0.event == "InvoiceCancelled" } })
    #expect(replaced.allSatisfy { $0.stream == "account/1000000002" })
    let error = #expect(throws: Failure.self) { try audit(ledger) { $0.invoice = "first" } }
    #expect(error?.problem == "'first' is not an invoice's number.")
    let none = #expect(throws: Failure.self) {
      try audit(ledger) { $0.invoice = "1000000001-0099" }
    }
    #expect(none?.problem == "Account 1000000001 has no invoice 99.")
  }

  @Test func `finds a dispute that is resolved, and a notification that is sent, entries later`()
    throws
  {
    let life = try WholeLife()
    let ledger = try life.book.read()
    let before = try entries(ledger) { $0.invoice = "1000000001-0001" }
    let day = try #require(Authority.day("2026-05-01"))
    try life.append(
      [.disputeOpened(DisputeOpened(invoice: 1, amount: .zero, day: day, reason: "again"))],
      to: "1000000001", on: "2026-05-01", at: "2026-05-01T09:00:00Z")
    try life.append(
      [.disputeResolved(DisputeResolved(dispute: 2, outcome: .denied, day: day, reason: "no"))],
      to: "1000000001", on: "2026-05-02", at: "2026-05-02T09:00:00Z")
    let size = try ledger.book.head().size
    #expect(
      try entries(life.book.read()) { $0.invoice = "1000000001-0001" }
        == before + [size - 2, size - 1])
  }

  @Test func `names every event, and refuses one that is none`() throws {
    #expect(try AuditKind.named("payment-received").number == Event.Kind.paymentReceived.rawValue)
    #expect(try AuditKind.named("BookCreated").isOfBook)
    #expect(Set(AuditKind.all.map(\.name)).count == AuditKind.all.count)
    let error = #expect(throws: Failure.self) { try AuditKind.named("payment") }
    #expect(error?.problem == "There is no event 'payment'.")
  }
}
