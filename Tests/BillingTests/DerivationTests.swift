import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// An invoice derived again from the account's events and the rules, and held against its lines.
@Suite struct DerivationTests {
  typealias X = Fixture

  static func derive(
    _ given: Given<Account>, through: String, rules: RulebookState = X.rulebook(),
    _ change: (inout [Event]) -> Void = { _ in }
  ) throws -> InvoiceDerivation {
    var events = try given.when(X.bill(through: through, rules: rules)).outcome.get()
    change(&events)
    return try Account.derive(events, state: given.state, rules: rules.rules, zone: X.zone)
  }

  @Test func `every line of example 2 explains itself, down to the readings' addresses`() throws {
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 1137)))
    let found = try Self.derive(given, through: "2026-03-15")
    #expect(found.rated.lines.map { "\($0.amount)" } == found.charges.map { "\($0.amount)" })
    let third = found.rated.explain(2, found.input)
    #expect(third.product.description == "22.91325")
    #expect(third.segmentUsage == kWh(1137))
    let dial = try #require(found.measured.dials.first)
    #expect(dial.meter == "M-1")
    #expect(dial.readings.map(\.value) == [0, 1137])
    #expect(dial.readings.map(\.place) == found.invoice.readings)
  }

  @Test func `a bill from intervals is derived again`() throws {
    let found = try Self.derive(try IntervalBillTests.account(days: 28), through: "2026-03-15")
    #expect(found.measured.channels.first?.blocks.count == 28)
  }

  @Test func `readings that arrive after the invoice do not change it`() throws {
    let before = try X.account().after(X.readings(X.reading("2026-03-15", 1137)))
    let events = try before.when(X.bill(through: "2026-03-15")).outcome.get()
    let billed = try before.after(X.bill(through: "2026-03-15"))
      .after(X.readings(X.reading("2026-03-17", 1200)))
    #expect(billed.state.billedThrough == day("2026-03-15"))
    let found = try Account.derive(
      events, state: before.state, rules: X.rulebook().rules, zone: X.zone)
    #expect(found.invoice.total == money("167.13"))
  }

  @Test func `a charge that was tampered with is found`() throws {
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 1137)))
    #expect(throws: DerivationProblem.self) {
      try Self.derive(given, through: "2026-03-15") { events in
        guard case .chargeRecorded(var charge) = events[1] else { return }
        charge.amount = money("61.71")
        events[1] = .chargeRecorded(charge)
      }
    }
  }

  @Test func `a line that is missing, a total or readings that differ are found`() throws {
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 1137)))
    #expect(throws: DerivationProblem.self) {
      try Self.derive(given, through: "2026-03-15") { $0.remove(at: 6) }
    }
    #expect(throws: DerivationProblem.invoice(field: "total")) {
      try Self.derive(given, through: "2026-03-15") { events in
        guard var invoice = events.invoice else { return }
        invoice.total = money("167.14")
        events[events.count - 1] = .invoiceIssued(invoice)
      }
    }
    #expect(throws: DerivationProblem.invoice(field: "readings")) {
      try Self.derive(given, through: "2026-03-15") { events in
        guard var invoice = events.invoice else { return }
        invoice.readings.removeLast()
        events[events.count - 1] = .invoiceIssued(invoice)
      }
    }
    #expect(throws: DerivationProblem.noInvoice) {
      try Self.derive(given, through: "2026-03-15") { $0.removeLast() }
    }
  }

  @Test func `an account folded from its entries' bytes is the account folded from its events`()
    throws
  {
    for given in [
      try IntervalBillTests.account(days: 40).after(X.bill(through: "2026-03-15")),
      try X.account().after(X.readings(X.reading("2026-03-15", 1137)))
        .after(X.bill(through: "2026-03-15")),
    ] {
      var folded = AccountState()
      for (index, events) in given.history.enumerated() {
        let bytes = entry(
          events, stream: StreamID(.account, "1000000001"), version: UInt64(index) + 1)
        let span = unsafe bytes.span.bytes
        try folded.apply(try EntryView(span), span)
      }
      #expect(folded == given.state)
    }
  }
}
