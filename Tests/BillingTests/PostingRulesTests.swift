import Billing
import CivilTime
import EventSourcing
import Money
import Tariffs
import Testing

/// Which rules pick the ledger account of a posting.
@Suite struct PostingRulesTests {
  /// A classification in which every component has a ledger account of its own.
  static func classification(
    _ version: UInt32 = 1, from: String = "2020-01-01", cash: String = "131", prefix: String = ""
  ) -> Event {
    var control = ControlAccounts.standard
    control.cash = cash
    let codes = ["energy", "service", "infrastructure", "franchise", "ST/sales", "CI/sales"]
    return .classificationPublished(
      ClassificationPublished(
        Classification(
          name: "own", version: version, effectiveFrom: day(from), control: control,
          lines: codes.map { .init(code: $0, ledger: prefix + $0) }
            + [.init(ledger: prefix + "rest")]), contentHash: Fixture.hash(50 + UInt8(version))))
  }

  @Test func `a published classification tells components and taxes apart by their codes`() throws {
    var posted = try Posted.billed()
    posted.rules = RulesHistory([
      .init(at: Position(0), version: 1, Fixture.rules + [Self.classification()])
    ])
    #expect(
      try posted.postings().sums == [
        "142 167.13", "CI/sales -2.35", "ST/sales -7.85", "energy -133.86", "franchise -4.57",
        "infrastructure -3.50", "service -15.00",
      ])
  }

  @Test func `a classification counts from its day on, never for what was posted before`() throws {
    var posted = try Posted.billed()
    posted.pay("10.00", on: "2026-03-20")
    // Published after both, for days before them; the next begins in April.
    posted.rules = RulesHistory([
      .init(at: Position(0), version: 1, Fixture.rules),
      .init(at: Position(150), version: 2, [Self.classification(1, cash: "131.1", prefix: "a-")]),
      .init(
        at: Position(151), version: 3,
        [Self.classification(2, from: "2026-04-01", cash: "131.2", prefix: "b-")]),
    ])
    #expect(
      try posted.postings().sums
        == ["131 10.00", "142 167.13", "241 -14.77", "253 -10.00", "440 -152.36"])
    // The same payments, appended when the book had come further.
    posted.rules = RulesHistory([
      .init(at: Position(0), version: 1, Fixture.rules),
      .init(at: Position(1), version: 2, [Self.classification(1, cash: "131.1", prefix: "a-")]),
      .init(
        at: Position(2), version: 3,
        [Self.classification(2, from: "2026-04-01", cash: "131.2", prefix: "b-")]),
    ])
    #expect(try posted.last().sums == ["131.1 10.00", "253 -10.00"])
    posted.pay("10.00", on: "2026-04-01")
    #expect(try posted.last().sums == ["131.2 10.00", "253 -10.00"])
  }

  @Test func `a cancellation goes to the accounts of then, its replacement to those of now`()
    throws
  {
    // Known all the time, in force from April.
    let rules = Fixture.rulebook(Self.classification(from: "2026-04-01"))
    var posted = try Posted.billed(rules)
    posted.rules = RulesHistory([
      .init(at: Position(0), version: 1, Fixture.rules),
      .init(at: Position(1), version: 2, [Self.classification(from: "2026-04-01")]),
    ])
    try posted.rebill(1000, on: "2026-04-05", rules: rules)
    let entry = try posted.last()
    #expect(
      entry.filter { $0.invoice == 1 }.sums == ["142 -167.13", "241 14.77", "440 152.36"])
    #expect(
      entry.filter { $0.invoice == 2 }.map(\.ledger)
        == [
          "142", "energy", "energy", "service", "franchise", "infrastructure", "ST/sales",
          "CI/sales",
        ])
  }

  @Test func `a line belongs to the tariff that was known when it was issued`() throws {
    var posted = try Posted.billed()
    let reordered = TariffVersion(
      plan: "R1", version: 2, effectiveFrom: day("2020-01-01"),
      components: Array(Fixture.r1().components.reversed()))
    posted.rules = RulesHistory([
      .init(at: Position(0), version: 1, Fixture.rules + [Self.classification()]),
      .init(
        at: Position(106), version: 2,
        [
          .tariffVersionPublished(
            TariffVersionPublished(reordered, contentHash: Fixture.hash(60)))
        ]),
    ])
    #expect(try posted.last().sums.contains("energy -133.86"))
  }

  @Test func `after a change of plan within the period each line belongs to its own plan`() throws {
    let other = TariffVersion(
      plan: "R3", version: 1, effectiveFrom: day("2020-01-01"),
      components: [
        Component(
          code: "other", title: "Other",
          kind: .energy(EnergyComponent(tiers: [.init(prices: [price(".20")])]))),
        Fixture.franchise,
      ])
    let events = [
      Event.tariffVersionPublished(
        TariffVersionPublished(other, contentHash: Fixture.hash(61))),
      Self.classification(),
    ]
    var rules = Fixture.rulebook()
    rules.append(events)
    var posted = try Posted(
      Fixture.account().after(.assignPlan(PlanAssignment(plan: "R3", from: day("2026-03-01"))))
        .after(Fixture.readings(Fixture.reading("2026-03-15", 280))))
    posted.rules = RulesHistory([
      .init(at: Position(0), version: 1, Fixture.rules),
      .init(at: Position(1), version: 2, events),
    ])
    try posted.obey(Fixture.bill(through: "2026-03-15", rules: rules), on: "2026-03-15")
    // 140 kWh on either plan; nothing is known of the other one from the invoice alone.
    let sums = try posted.last().sums
    #expect(sums.contains("energy -13.79"))
    #expect(sums.contains("rest -28.00"))
    #expect(try posted.last().map(\.amount).sum() == .zero)
    // A plan assigned later, for the same days, changes nothing.
    posted.append(
      [.ratePlanAssigned(RatePlanAssigned(plan: "R2", from: day("2026-02-20")))], on: nil)
    #expect(try posted.postings([posted.days.count - 1]).sums == sums)
    let issued = IssuedInvoice.all(in: posted.given.history.flatMap { $0 }, on: day("2026-03-15"))[
      0]
    var negated: [Event] = issued.charges.map {
      var charge = $0
      charge.amount = -charge.amount
      return .chargeRecorded(charge)
    }
    negated.append(
      .invoiceCancelled(
        InvoiceCancelled(
          issued.invoice, reason: .decided, issued: day("2026-03-15"), first: day("2026-03-15"))))
    posted.append(negated, on: "2026-04-01")
    #expect(Set(try posted.postings().sums.map { $0.suffix(5) }) == [" 0.00"])
  }
}
