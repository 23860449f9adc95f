import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// Corrected readings, settled estimates, and bills that are cancelled and replaced.
@Suite struct RebillTests {
  typealias X = Fixture

  /// R1 without the franchise fee, a tax of 8 % only: what worked example 6 names.
  static let rules = X.rulebook(
    .tariffVersionPublished(
      TariffVersionPublished(
        X.r1(plan: "R1-6", [X.service, X.infrastructure]), contentHash: X.hash(20))))

  /// Example 6: 99,412 at the start, estimated at 00,268 on the cycle day, billed.
  static func estimated(_ value: Int64 = 268) throws -> Given<Account> {
    var reading = X.reading("2026-03-15", value)
    reading.quality = .estimated
    return try X.account(plan: "R1-6", startReadings: [99_412], jurisdictions: ["T8"])
      .after(X.readings(reading))
      .after(X.bill(through: "2026-03-15", rules: rules))
  }

  /// The invoices of every entry so far.
  static func issued(_ given: Given<Account>) -> [UInt32: IssuedInvoice] {
    let all = given.history.flatMap { IssuedInvoice.all(in: $0, on: day("2026-03-15")) }
    return Dictionary(all.map { ($0.invoice.ordinal, $0) }, uniquingKeysWith: { $1 })
  }

  static func rebill(
    _ given: Given<Account>, _ ordinal: UInt32, today: String = "2026-04-01",
    rules: RulebookState = rules
  ) throws -> Rebilled {
    let issued = try #require(issued(given)[ordinal])
    return try Account.rebill(
      Rebill(
        issued, today: day(today), rules: rules.rules, rulesVersion: rules.version, zone: X.zone),
      given.state)
  }

  /// The account after the bill `ordinal` is made again.
  static func rebilled(
    _ given: Given<Account>, _ ordinal: UInt32, today: String = "2026-04-01",
    rules: RulebookState = rules
  ) throws -> Given<Account> {
    var next = given
    let events = try rebill(given, ordinal, today: today, rules: rules).events
    try #require(!events.isEmpty)
    next.history.append(events)
    next.state.append(events)
    for event in events { #expect(try roundTrip(event) == event) }
    return next
  }

  @Test func `example 6: an estimate of 856 kWh, settled at 779, is -10.26`() throws {
    let given = try Self.estimated()
    #expect(given.state.invoices[0].total == money("120.61"))
    let settled = try given.after(X.readings(X.reading("2026-03-15", 191)))
    let made = try Self.rebill(settled, 1)
    #expect(made.difference == money("-10.26"))
    #expect(made.reason == .readingCorrected || made.reason == .estimateSettled)
    let after = try Self.rebilled(settled, 1)
    #expect(after.state.invoices.map(\.total) == [money("120.61"), money("110.35")])
    #expect(after.state.invoices[0].isCancelled)
    #expect(after.state.invoices[0].replacedBy == 2)
    #expect(after.state.balance == money("110.35"))
    let lines = try #require(after.history.last).charges
    #expect(
      lines.map { "\($0.amount)" } == [
        "-49.25", "-43.93", "-15.00", "-3.50", "-8.93", "49.25", "34.43", "15.00", "3.50", "8.17",
      ])
  }

  @Test func `a cancellation is the exact negation of the stored lines`() throws {
    let settled = try Self.estimated().after(X.readings(X.reading("2026-03-15", 191)))
    let original = try #require(Self.issued(settled)[1])
    let events = try Self.rebill(settled, 1).events
    let negated = events.prefix { if case .invoiceCancelled = $0 { false } else { true } }
    for (line, before) in zip(Array(negated).charges, original.charges) {
      #expect(line.amount == -before.amount)
      #expect(line.quantity == -before.quantity)
      #expect((line.component, line.tier) == (before.component, before.tier))
    }
    #expect(Array(negated).charges.map(\.amount).sum() == -original.invoice.total)
  }

  @Test func `made again, a bill that is right is left alone`() throws {
    let settled = try Self.estimated().after(X.readings(X.reading("2026-03-15", 191)))
    let after = try Self.rebilled(settled, 1)
    #expect(try Self.rebill(after, 2).events == [])
    #expect(throws: AccountRejection.receivable(.invoiceCancelled(1, replacedBy: 2))) {
      try Self.rebill(after, 1)
    }
  }

  @Test func `a bill in the middle is replaced, and the next bill goes on after the last`() throws {
    var given = try X.account(plan: "R1-6", jurisdictions: ["T8"])
    for (date, value) in [("2026-03-15", 700), ("2026-04-15", 1500), ("2026-05-15", 2100)] {
      given = try given.after(X.readings(X.reading(date, Int64(value))))
        .after(X.bill(through: date, rules: Self.rules))
    }
    let corrected = try given.after(
      .correctReading(
        CorrectReading(
          X.reading("2026-04-15", 1400), reason: "read again", dailyMaximum: kWh(500))))
    let used = [UInt32(2), 3]
    var next = corrected
    for ordinal in used { next = try Self.rebilled(next, ordinal, today: "2026-06-01") }
    let kWhs = next.state.bills.map(\.period.days)
    #expect(kWhs.count == 3)
    #expect(next.state.billedThrough == day("2026-05-15"))
    #expect(try Self.rebill(next, 1).events == [])
    let total = try Self.energy(next)
    #expect(total == 2_100_000)
    let more = try next.after(X.readings(X.reading("2026-06-15", 2500)))
    let events = try more.when(X.bill(through: "2026-06-15", rules: Self.rules)).outcome.get()
    #expect(events.invoice?.period == period("2026-05-15", "2026-06-15"))
    #expect(events.invoice?.ordinal == 6)
    #expect(events.charges.map(\.quantity).reduce(0, +) == 400_000)
  }

  /// The Wh of the bills that stand.
  static func energy(_ given: Given<Account>) throws -> Int64 {
    let issued = issued(given)
    return given.state.bills.reduce(0) { sum, bill in
      sum + (issued[bill.ordinal]?.charges.map(\.quantity).reduce(0, +) ?? 0)
    }
  }

  @Test func `a replacement is derived again from the events before it`() throws {
    let settled = try Self.estimated().after(X.readings(X.reading("2026-03-15", 191)))
    let events = try Self.rebill(settled, 1).events
    let found = try Account.derive(
      events, ordinal: 2, state: settled.state, rules: Self.rules.rules, zone: X.zone)
    #expect(found.invoice.total == money("110.35"))
    #expect(found.invoice.replaces == 1)
  }

  @Test func `a later actual spreads the usage since the last actual over the days`() throws {
    var estimate = X.reading("2026-03-15", 800)
    estimate.quality = .estimated
    let given = try X.account(plan: "R1-6", jurisdictions: ["T8"])
      .after(X.readings(estimate)).after(X.bill(through: "2026-03-15", rules: Self.rules))
      .after(X.readings(X.reading("2026-04-15", 1180)))
    // 59 days, 1,180 kWh: 20 a day, of which 28 days are the estimated period.
    let events = Account.settleEstimates(given.state, zone: X.zone)
    guard case .readingCorrected(let corrected)? = events.first else {
      Issue.record("nothing is settled")
      return
    }
    #expect(corrected.value == 560)
    #expect(corrected.quality == .substituted)
    var settled = given
    settled.history.append(events)
    settled.state.append(events)
    #expect(Account.settleEstimates(settled.state, zone: X.zone) == [])
    let made = try Self.rebill(settled, 1)
    #expect(made.reason == .estimateSettled)
    #expect(made.bill.rated.lines.count == 5)
    let after = try Self.rebilled(settled, 1)
    let next = try after.when(X.bill(through: "2026-04-15", rules: Self.rules)).outcome.get()
    #expect(next.charges.map(\.quantity).reduce(0, +) == 620_000)
  }

  @Test func `the payments of a cancelled invoice go to its replacement first`() throws {
    let paid = try Self.estimated().after(
      .receivePayment(
        ReceivePayment(
          PaymentReceived(
            reference: "P1", amount: money("120.61"), at: at("2026-03-20"),
            day: day("2026-03-20")), today: day("2026-03-20")))
    ).after(X.readings(X.reading("2026-03-15", 191)))
    #expect(paid.state.balance == .zero)
    let after = try Self.rebilled(paid, 1)
    #expect(after.state.invoices.map(\.open) == [.zero, .zero])
    #expect(after.state.receivables.payments[0].unallocated == money("10.26"))
    #expect(after.state.balance == money("-10.26"))
  }

  @Test func `an overdue invoice that is cancelled has its late fee reversed`() throws {
    let run = AccountCommand.assessLateFees(
      AssessLateFees(
        at: at("2026-04-25"), today: day("2026-04-25"),
        terms: Policies(effectiveFrom: day("2020-01-01"))
          .lateFee(for: .residential, jurisdictions: []), rulesVersion: 8))
    let late = try Self.estimated().after(run).after(X.readings(X.reading("2026-03-15", 191)))
    #expect(late.state.receivables.lateFees.count == 1)
    let after = try Self.rebilled(late, 1, today: "2026-04-26")
    #expect(after.state.receivables.lateFees[0].reversed?.reason == .cancelled)
    #expect(after.state.receivables.items.allSatisfy { !$0.isWaiting })
    #expect(after.state.invoices[1].due == day("2026-05-17"))
  }

  @Test func `the policy limits how far back more is charged, and never how far less is`() throws {
    let limited = X.rulebook(
      .tariffVersionPublished(
        TariffVersionPublished(
          X.r1(plan: "R1-6", [X.service, X.infrastructure]), contentHash: X.hash(20))),
      .policyPublished(
        PolicyPublished(
          Policies(
            version: 2, effectiveFrom: day("2020-01-02"), backBilling: BackBilling(days: 30)),
          contentHash: X.hash(21))))
    let more = try Self.estimated().after(X.readings(X.reading("2026-03-15", 290)))
    _ = try Self.rebill(more, 1, today: "2026-04-14", rules: limited)
    #expect(
      throws: AccountRejection.receivable(
        .tooLateToCharge(1, more: money("2.94"), days: 30))
    ) {
      try Self.rebill(more, 1, today: "2026-04-15", rules: limited)
    }
    let less = try Self.estimated().after(X.readings(X.reading("2026-03-15", 191)))
    #expect(try !Self.rebill(less, 1, today: "2028-04-15", rules: limited).events.isEmpty)
  }

  @Test func `a rule that was wrong is why a bill changes`() throws {
    let given = try X.account(plan: "R1-6", jurisdictions: ["T8"])
      .after(X.readings(X.reading("2026-03-15", 400)))
      .after(X.bill(through: "2026-03-15", rules: Self.rules))
    var cheaper = X.r1(version: 2, plan: "R1-6", [X.service])
    cheaper.components[0] = X.tiers(".09", ".12", ".16")
    let new = X.rulebook(
      .tariffVersionPublished(
        TariffVersionPublished(
          X.r1(plan: "R1-6", [X.service, X.infrastructure]), contentHash: X.hash(20))),
      .tariffVersionPublished(TariffVersionPublished(cheaper, contentHash: X.hash(22))))
    let made = try Self.rebill(given, 1, rules: new)
    #expect(made.reason == .ruleChanged)
    // 39.40 + 18.50 + 8 % was 62.53; 36.00 + 15.00 + 8 % is 55.08.
    #expect(made.difference == money("-7.45"))
  }

  @Test func `a reading is corrected once, and what was recorded is still known`() throws {
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 400)))
    func correct(_ value: Int64, _ reason: String = "read again") -> AccountCommand {
      .correctReading(
        CorrectReading(X.reading("2026-03-15", value), reason: reason, dailyMaximum: kWh(500)))
    }
    let corrected = try given.after(correct(380))
    #expect(corrected.state.meters[0].registers[0].readings[1].value == 380)
    corrected.when(X.readings(X.reading("2026-03-15", 400))).thenNothing()
    corrected.when(correct(390)).thenRefused(.correctedBefore(at("2026-03-15")))
    given.when(correct(380, "")).thenRefused(
      .invalid(field: "reason", reason: "is empty; say why"))
    given.when(
      .correctReading(
        CorrectReading(X.reading("2026-03-16", 1), reason: "x", dailyMaximum: kWh(500)))
    ).thenRefused(.noSuchReading(at("2026-03-16")))
  }

  @Test func `a corrected, lower reading is no rollover`() throws {
    let given = try X.account(startReadings: [500])
      .after(X.readings(X.reading("2026-03-15", 900)))
    let outcome = given.when(
      .correctReading(
        CorrectReading(X.reading("2026-03-15", 400), reason: "x", dailyMaximum: kWh(500)))
    ).outcome
    guard case .failure(.implausible(_, _, let isRollover)) = outcome else {
      Issue.record("not refused as implausible: \(outcome)")
      return
    }
    #expect(isRollover)
  }
}
