import Billing
import CivilTime
import Metering
import Money
import Tariffs
import Testing

/// The examples that Finance worked by hand, from the reading to the invoice, to the cent.
@Suite struct WorkedExamplesTests {
  typealias X = Fixture

  static func issued(
    _ given: Given<Account>, through: String, rules: RulebookState = X.rulebook(),
    zone: ZoneRules = X.zone
  ) throws -> [Event] {
    let command = X.bill(through: through, rules: rules, zone: zone)
    return try given.when(command).outcome.get()
  }

  @Test func `example 1: two time-of-use registers, 200 and 450 kWh, make 120.96`() throws {
    let registers = [
      RegisterSpec(name: "on", touPeriod: "on-peak"),
      RegisterSpec(name: "off", touPeriod: "off-peak"),
    ]
    let events = try Self.issued(
      X.account(
        plan: "R2", registers: registers, startReadings: [1000, 2000], jurisdictions: ["T8"]
      ).after(
        X.readings(
          X.reading("2026-03-15", 1200, register: "on"),
          X.reading("2026-03-15", 2450, register: "off"))), through: "2026-03-15")
    #expect(events.amounts == ["52.00", "45.00", "15.00", "8.96"])
    #expect(events.invoice?.total == money("120.96"))
  }

  @Test func `example 2: 1,137 kWh in three tiers with franchise and taxes make 167.13`() throws {
    let events = try Self.issued(
      X.account().after(X.readings(X.reading("2026-03-15", 1137))), through: "2026-03-15")
    #expect(
      events.amounts == ["49.25", "61.70", "22.91", "15.00", "4.57", "3.50", "7.85", "2.35"])
    let invoice = try #require(events.invoice)
    #expect(invoice.total == money("167.13"))
    #expect(invoice.period == period("2026-02-15", "2026-03-15"))
    #expect(invoice.due == day("2026-04-05"))
    #expect(invoice.plan == "R1")
    #expect(invoice.rules == 1)
    #expect(
      invoice.readings == [
        EventReference(version: 4, index: 1), EventReference(version: 5, index: 0),
      ])
    #expect(invoice.number(account: "1000000001") == "1000000001-0001")
  }

  @Test func `example 3: twelve days after moving in, 310 kWh, make 44.61`() throws {
    let events = try Self.issued(
      X.account(from: "2026-03-03").after(X.readings(X.reading("2026-03-15", 310))),
      through: "2026-03-15")
    #expect(events.amounts == ["19.70", "13.57", "6.00", "1.40", "1.22", "2.09", "0.63"])
    #expect(events.invoice?.total == money("44.61"))
  }

  @Test func `example 4: a rate change inside the period splits 870 kWh by days`() throws {
    let rules = X.rulebook(
      .tariffVersionPublished(
        TariffVersionPublished(
          X.r1(version: 2, from: "2028-03-01"), contentHash: X.hash(9))))
    let given = try X.account(from: "2028-02-15")
      .after(X.readings(X.reading("2028-03-15", 870)))
    let events = try Self.issued(given, through: "2028-03-15", rules: rules)
    let energy = events.charges.filter { $0.tax == nil && $0.quantity > 0 }
    #expect(energy.map(\.amount).sum() == money("96.29"))
    #expect(Set(energy.map { "\($0.amount)" }) == ["25.47", "23.62", "24.50", "22.70"])
    #expect(energy.map(\.quantity).reduce(0, +) == 870_000)
    let fixed = events.charges.filter { $0.furtherSegments == 1 && $0.tax == nil }
    #expect(fixed.count == 3, "a fixed price that did not change stays one line")
  }

  @Test func `example 5: a day of 25 hours in Jerusalem makes 5.90 of energy`() throws {
    let rules = X.rulebook(
      .calendarPublished(CalendarPublished(X.friday, contentHash: X.hash(8))),
      .tariffVersionPublished(
        TariffVersionPublished(
          TariffVersion(
            plan: "R3", version: 1, effectiveFrom: day("2020-01-01"), calendar: "israel",
            periods: X.r2().periods, components: X.r2().components), contentHash: X.hash(9))))
    let channel = RegisterSpec(name: "1", dials: 0, intervalMinutes: 60)
    let zone = X.jerusalem
    let start = zone.midnight(of: day("2025-10-26"))
    #expect(zone.length(of: day("2025-10-26")) == 25 * 3600)
    let values = (0..<25).map { hour -> Int64 in
      let second = zone.local(start + Int64(hour) * 3600).secondOfDay
      return (17 * 3600..<22 * 3600).contains(second) ? 3000 : 1000
    }
    let given = try X.account(
      plan: "R3", from: "2025-10-26", registers: [channel], startReadings: [nil],
      jurisdictions: [], cycleDay: 27, zone: zone
    ).after(
      .recordIntervals(
        RecordIntervals(
          meter: "M-1", blocks: [IntervalBlock(start: start, minutes: 60, values: values)],
          now: at("2026-01-01"), dailyMaximum: kWh(500), zone: zone)))
    let events = try Self.issued(given, through: "2025-10-27", rules: rules, zone: zone)
    #expect(Array(events.amounts.prefix(2)) == ["3.90", "2.00"])
    #expect(events.charges.map(\.quantity) == [15_000, 20_000, 0])
    #expect(
      events.invoice?.intervals == [
        EventRun(first: EventReference(version: 5, index: 0), count: 1)
      ])
  }
}
