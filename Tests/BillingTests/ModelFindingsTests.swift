import Billing
import Metering
import Testing

/// What the model test found, or was written to find: each in as few steps as it takes.
@Suite struct `What random lives bring up` {
  @Test func `a payment from before a plan does not lower what the plan was paid, when returned`()
    throws
  {
    let given = try Owing.one().after(Owing.pay("20.00", "2026-03-05T09:00", "EARLY"))
      .after(Owing.plan([("2026-03-20", "50.00")], on: "2026-03-05"))
      .after(Owing.pay("30.00", "2026-03-06T09:00", "IN-TIME"))
      .after(Owing.giveBack("EARLY", on: "2026-03-07"))
    #expect(given.state.receivables.plans[0].paid == money("30.00"))
  }

  @Test func `a payment dated before a plan that comes during it counts, until it is returned`()
    throws
  {
    let paid = try Owing.one().after(Owing.plan([("2026-03-20", "50.00")], on: "2026-03-05"))
      .after(Owing.pay("30.00", "2026-03-01", "LATE"))
    #expect(paid.state.receivables.plans[0].paid == money("30.00"))
    let returned = try paid.after(Owing.giveBack("LATE", on: "2026-03-07"))
    #expect(returned.state.receivables.plans[0].paid == money("0.00"))
  }

  @Test func `no bill follows where service stops on a day that is billed already`() throws {
    let given = try Owing.one().after(.stopService(day("2026-02-09")))
      .after(Owing.adjust("4.00", on: "2026-03-05"))
    #expect(given.state.invoices.count == 2)
    #expect(given.state.invoices[1].isStatement && given.state.invoices[1].total == money("4.00"))
  }

  @Test func `a merged account takes no rows of a file either`() throws {
    let merged = try Owing.finallyBilled().after(
      .merge(AccountMerged(into: "2", day: day("2026-03-01"), reason: "one customer"), id: "1"))
    let known = Fixture.reading("2026-02-09", 1137)
    for reading in [known, Fixture.reading("2026-02-20", 1200)] {
      let outcome = Account.record(
        RecordReadings([reading], now: at("2026-03-02"), dailyMaximum: kWh(500)), merged.state)
      #expect(outcome.events == [] && outcome.duplicates == 0)
      #expect(outcome.refusals.map(\.reason) == [.receivable(.merged(into: "2"))])
    }
  }

  @Test func `a bill made again that no promotion was on takes no place of one`() throws {
    var given = try PromotionTests.month(
      Fixture.account(
        plan: "R2",
        registers: [
          RegisterSpec(name: "on", touPeriod: "on-peak"),
          RegisterSpec(name: "off", touPeriod: "off-peak"),
        ], startReadings: [1000, 2000], jurisdictions: ["T8"]), 1, PromotionTests.dates[0]
    ).after(.enrol(PromotionTests.welcome))
    given = try given.after(
      .correctReading(
        CorrectReading(
          Fixture.reading(PromotionTests.dates[0], 1190, register: "on"), reason: "misread",
          dailyMaximum: kWh(500))))
    given = try RebillTests.rebilled(given, 1, today: "2026-04-01", rules: Fixture.rulebook())
    #expect(given.state.receivables.promotions[0].bills == [])
    let again = try RebillTests.rebill(given, 2, today: "2026-04-02", rules: Fixture.rulebook())
    #expect(again.events == [], "nothing has changed since")
    for month in 2...4 {
      given = try PromotionTests.month(given, Int64(month), PromotionTests.dates[month - 1])
    }
    #expect(given.state.receivables.promotions[0].bills == [3, 4, 5])
  }

  @Test func `what was given up since is no reason to take a fee back`() throws {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00")).after(Owing.writeOff())
      .after(Owing.pay("1.00", "2026-03-16T09:00"))
    #expect(given.fees == [money("5.00")], "1.00 would have left much open at the run")
  }
}
