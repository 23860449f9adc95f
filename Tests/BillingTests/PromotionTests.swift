import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// Promotions: a waived line stays at 0.00, and nothing counts it.
@Suite struct PromotionTests {
  typealias X = Fixture

  static let welcome = PromotionEnrolled(
    promotion: "WELCOME", component: "service", bills: 3, from: day("2026-02-15"))

  /// Example 1's account, enrolled.
  static func account() throws -> Given<Account> { try unenrolled().after(.enrol(welcome)) }

  private static func unenrolled() throws -> Given<Account> {
    try X.account(
      plan: "R2",
      registers: [
        RegisterSpec(name: "on", touPeriod: "on-peak"),
        RegisterSpec(name: "off", touPeriod: "off-peak"),
      ], startReadings: [1000, 2000], jurisdictions: ["T8"])
  }

  /// Another 200 kWh on-peak and 450 off-peak by a day.
  static func month(_ given: Given<Account>, _ number: Int64, _ date: String) throws -> Given<
    Account
  > {
    try given.after(
      X.readings(
        X.reading(date, 1000 + 200 * number, register: "on"),
        X.reading(date, 2000 + 450 * number, register: "off"))
    ).after(X.bill(through: date))
  }

  static let dates = ["2026-03-15", "2026-04-15", "2026-05-15", "2026-06-15"]

  @Test func `example 8: the service charge is waived, and the tax base shrinks to 104.76`()
    throws
  {
    let billed = try Self.month(Self.account(), 1, Self.dates[0])
    let charges = try #require(billed.history.last).charges
    #expect(charges.map { "\($0.amount)" } == ["52.00", "45.00", "0.00", "7.76"])
    #expect(charges[2].waived == money("15.00"))
    #expect(charges[2].waivedBy == "WELCOME")
    #expect(billed.state.invoices[0].total == money("104.76"))
  }

  @Test func `the first three bills are waived, and the fourth is not`() throws {
    var given = try Self.account()
    for (index, date) in Self.dates.enumerated() {
      given = try Self.month(given, Int64(index) + 1, date)
    }
    #expect(
      given.state.invoices.map { "\($0.total)" } == ["104.76", "104.76", "104.76", "120.96"])
    #expect(given.state.receivables.promotions[0].bills == [1, 2, 3])
  }

  @Test func `a cancelled bill keeps its slot for the bill that replaces it`() throws {
    var given = try Self.account()
    for (index, date) in Self.dates.prefix(2).enumerated() {
      given = try Self.month(given, Int64(index) + 1, date)
    }
    given = try given.after(
      .correctReading(
        CorrectReading(
          X.reading("2026-03-15", 1190, register: "on"), reason: "x", dailyMaximum: kWh(500))))
    given = try RebillTests.rebilled(given, 1, today: "2026-04-20", rules: X.rulebook())
    #expect(given.state.receivables.promotions[0].bills == [3, 2])
    #expect(given.history.last?.charges.last { $0.component == 1 }?.waived == money("15.00"))
    for (index, date) in Self.dates.suffix(2).enumerated() {
      given = try Self.month(given, Int64(index) + 3, date)
    }
    #expect(given.state.invoices.suffix(2).map { "\($0.total)" } == ["104.76", "120.96"])
  }

  @Test func `a bill from before the enrolment, made again, is not waived and takes no slot`()
    throws
  {
    let billed = try Self.month(Self.unenrolled(), 1, Self.dates[0])
    var given = try billed.after(.enrol(Self.welcome))
    given = try given.after(
      .correctReading(
        CorrectReading(
          X.reading("2026-03-15", 1190, register: "on"), reason: "x", dailyMaximum: kWh(500))))
    given = try RebillTests.rebilled(given, 1, today: "2026-04-20", rules: X.rulebook())
    #expect(given.state.receivables.promotions[0].bills == [])
    #expect(given.history.last?.charges.allSatisfy { $0.waived == .zero } == true)
  }

  @Test func `a bill with a waived line is derived again`() throws {
    let given = try Self.account().after(
      X.readings(
        X.reading("2026-03-15", 1200, register: "on"),
        X.reading("2026-03-15", 2450, register: "off")))
    let events = try given.when(X.bill(through: "2026-03-15")).outcome.get()
    let found = try Account.derive(
      events, state: given.state, rules: X.rulebook().rules, zone: X.zone)
    #expect(found.invoice.total == money("104.76"))
  }

  @Test func `an end before its bills are through waives no more`() throws {
    let billed = try Self.month(Self.account(), 1, Self.dates[0])
      .after(.endPromotion("WELCOME", day("2026-03-20"), reason: "left"))
    let next = try Self.month(billed, 2, Self.dates[1])
    #expect(next.state.invoices[1].total == money("120.96"))
    #expect(throws: AccountRejection.receivable(.notEnrolled("OTHER"))) {
      try Account.decide(.endPromotion("OTHER", day("2026-03-20"), reason: "x"), billed.state)
    }
  }

  @Test func `a franchise fee counts what is left, a minimum what there was before`() throws {
    let minimum = Component(
      code: "least", kind: .minimum(MinimumComponent(price: price("40.00"), per: .month)))
    let plan = TariffVersion(
      plan: "M", version: 1, effectiveFrom: day("2020-01-01"),
      components: [
        Component(
          code: "energy",
          kind: .energy(EnergyComponent(tiers: [.init(prices: [price(".10")])]))), X.service,
        minimum, X.franchise,
      ])
    let rules = X.rulebook(
      .tariffVersionPublished(TariffVersionPublished(plan, contentHash: X.hash(30))))
    let given = try X.account(plan: "M", jurisdictions: []).after(.enrol(Self.welcome))
      .after(X.readings(X.reading("2026-03-15", 200)))
      .after(X.bill(through: "2026-03-15", rules: rules))
    // 20.00 + 15.00 waived = 35.00: topped up by 5.00 to 40.00; 3 % of 20.00 + 5.00.
    let charges = try #require(given.history.last).charges
    #expect(
      charges.map { "\($0.component) \($0.amount)" } == ["0 20.00", "1 0.00", "2 5.00", "3 0.75"])
  }

  @Test func `enrolling twice, and on no bill, is refused`() throws {
    let given = try Self.account()
    given.when(.enrol(Self.welcome)).thenNothing()
    var other = Self.welcome
    other.bills = 4
    given.when(.enrol(other)).thenRefused(
      .receivable(.enrolled("WELCOME", from: day("2026-02-15"))))
    other = PromotionEnrolled(
      promotion: "NONE", component: "service", bills: 0, from: day("2026-02-15"))
    given.when(.enrol(other)).thenRefused(
      .invalid(field: "bills", reason: "is 0; a promotion is on one bill at least"))
  }
}
