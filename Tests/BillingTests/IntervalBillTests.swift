import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// Bills from intervals.
@Suite struct IntervalBillTests {
  typealias X = Fixture

  static func account(days: Int, plan: String = "R2") throws -> Given<Account> {
    try IntervalTests.account(plan: plan).after(
      .recordIntervals(
        IntervalTests.command(IntervalTests.days("2026-02-15T00:00", days, 1000))))
  }

  @Test func `a month of intervals is measured by the hour of the clock`() throws {
    let given = try Self.account(days: 28)
    let events = try given.when(X.bill(through: "2026-03-15")).outcome.get()
    // 20 working days of five hours at 1 kWh on-peak; the rest of 672 hours off-peak.
    #expect(Array(events.charges.map(\.quantity).prefix(2)) == [100_000, 572_000])
    #expect(events.amounts == ["26.00", "57.20", "15.00", "4.91", "1.47"])
    let invoice = try #require(events.invoice)
    #expect(invoice.period == period("2026-02-15", "2026-03-15"))
    #expect(invoice.intervals.map(\.count) == [28])
    #expect(invoice.readings == [])
  }

  @Test func `a period runs from cycle day to cycle day, whatever was recorded beyond`() throws {
    let given = try BillTests.billAll(try Self.account(days: 70), through: "2026-04-20")
    #expect(
      BillTests.periods(given) == ["2026-02-15 2026-03-15", "2026-03-15 2026-04-15"])
  }

  @Test func `a gap cannot be billed, and is once the intervals arrive`() throws {
    let given = try Self.account(days: 10)
      .after(
        .recordIntervals(
          IntervalTests.command(IntervalTests.days("2026-02-25T02:00", 18, 1000))))
    given.when(X.bill(through: "2026-03-15")).thenRefused(
      .cannotBill(
        BillingObstacle(
          .gap(
            meter: "M-1", register: "1", from: at("2026-02-25"), until: at("2026-02-25T02:00")),
          period("2026-02-15", "2026-03-15"))))
    let filled = try given.after(
      .recordIntervals(
        IntervalTests.command(IntervalTests.block("2026-02-25T00:00", [1000, 1000]))))
    let events = try filled.when(X.bill(through: "2026-03-15")).outcome.get()
    #expect(events.charges.map(\.quantity).reduce(0, +) == 672_000)
    // The block that filled the gap is recorded later and used in its place in time.
    #expect(events.invoice?.intervals.map(\.count) == [10, 1, 18])
  }

  @Test func `billed intervals are still known when they come again`() throws {
    let given = try Self.account(days: 28).after(X.bill(through: "2026-03-15"))
    let again = Account.record(
      IntervalTests.command(IntervalTests.days("2026-02-15T00:00", 28, 1000)), given.state)
    #expect(again.duplicates == 28 * 24)
    #expect(again.events == [])
    let other = Account.record(
      IntervalTests.command(IntervalTests.block("2026-02-20T00:00", [7])), given.state)
    #expect(other.refusals.map(\.reason.code) == ["conflict"])
  }

  @Test func `a plan change inside the period measures each plan's own days`() throws {
    let given = try Self.account(days: 28, plan: "R1")
      .after(.assignPlan(PlanAssignment(plan: "R2", from: day("2026-03-13"))))
    let events = try given.when(X.bill(through: "2026-03-15")).outcome.get()
    let energy = events.charges.filter { $0.quantity > 0 }
    // 26 days of R1 in two tiers; Friday 13 and Saturday 14 March of R2.
    let tiers = energy.filter { $0.segment == 0 }.map(\.quantity).reduce(0, +)
    #expect(tiers == 26 * 24_000)
    #expect(energy.filter { $0.segment == 1 }.map(\.quantity).sorted() == [5_000, 43_000])
  }

  @Test func `net export without a price for it cannot be billed`() throws {
    var command = IntervalTests.command(IntervalTests.days("2026-02-15T00:00", 28, -5))
    command.register = "1"
    let given = try IntervalTests.account(export: true).after(.recordIntervals(command))
    let outcome = given.when(X.bill(through: "2026-03-15")).outcome
    guard case .failure(let rejection) = outcome else {
      Issue.record("billed")
      return
    }
    #expect(rejection.code == "net-export")
  }

  @Test func `a dial exchanged for intervals ends its period that day`() throws {
    let given = try X.account().after(
      .removeMeter(
        RemoveMeter(
          meter: "M-1", at: at("2026-03-01"), finalReadings: [200], dailyMaximum: kWh(500)))
    ).after(
      .installMeter(
        InstallMeter(
          meter: "M-2", at: at("2026-03-01"),
          registers: [RegisterSpec(name: "1", dials: 0, intervalMinutes: 60)],
          startReadings: [nil]))
    ).after(
      .recordIntervals(
        RecordIntervals(
          meter: "M-2", blocks: [IntervalTests.days("2026-03-01T00:00", 14, 1000)],
          now: at("2030-01-01"), dailyMaximum: kWh(500), zone: X.zone)))
    let billed = try BillTests.billAll(given, through: "2026-03-31")
    #expect(
      BillTests.periods(billed) == ["2026-02-15 2026-03-01", "2026-03-01 2026-03-15"])
    #expect(billed.state.invoices.count == 2)
  }

  @Test func `a meter installed at noon is billed from noon on`() throws {
    let given = try Given(Account.self).after(.open(X.details()))
      .after(.startService(day("2026-03-13")))
      .after(.assignPlan(PlanAssignment(plan: "R1", from: day("2026-03-13"))))
      .after(
        .installMeter(
          InstallMeter(
            meter: "M-1", at: at("2026-03-13T12:00"),
            registers: [RegisterSpec(name: "1", dials: 0, intervalMinutes: 60)],
            startReadings: [nil]))
      )
      .after(
        .recordIntervals(
          IntervalTests.command(
            IntervalTests.block("2026-03-13T12:00", [Int64](repeating: 100, count: 36)))))
    let events = try given.when(X.bill(through: "2026-03-15")).outcome.get()
    #expect(events.charges.map(\.quantity).reduce(0, +) == 3600)
    #expect(events.invoice?.period == period("2026-03-13", "2026-03-15"))
  }
}
