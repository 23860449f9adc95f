import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// What was served and is on no invoice at a close.
@Suite("Unbilled days") struct UnbilledTests {
  typealias X = Fixture

  /// The bills over the days before `close` that `billed` leaves out, as period and lines.
  private func unbilled(
    _ given: Given<Account>, at close: String, billed: [BillingPeriod]
  ) -> [(period: BillingPeriod, lines: [ChargeRecorded])] {
    let rules = X.rulebook()
    var memory = BillMemory()
    var found: [(period: BillingPeriod, lines: [ChargeRecorded])] = []
    Account.unbilled(
      UnbilledRequest(
        at: day(close), billed: billed, rules: rules.rules, rulesVersion: rules.version,
        zone: X.zone), given.state, &memory
    ) { days in
      if case .rated(let bill) = days { found.append((bill.invoice.period, bill.lines(with: []))) }
    }
    return found
  }

  /// 280 kWh in the 28 days to 15 March, billed: 10 a day. The rules have taxes for the account.
  private func account() throws -> Given<Account> {
    try X.account().after(X.readings(X.reading("2026-03-15", 280)))
      .after(X.bill(through: "2026-03-15"))
  }

  @Test func `are rated as a bill over just them, before tax`() throws {
    let given = try account()
    let billed = given.history.joined().compactMap { event -> BillingPeriod? in
      if case .invoiceIssued(let it) = event { it.period } else { nil }
    }
    try #require(billed.count == 1)
    let lines = given.history.joined().contains { event in
      if case .chargeRecorded(let it) = event { it.tax != nil } else { false }
    }
    #expect(lines, "the bill itself has a tax")
    let found = unbilled(given, at: "2026-04-01", billed: billed)
    #expect(found.map(\.period) == [period("2026-03-15", "2026-04-01")])
    #expect(found[0].lines.allSatisfy { $0.tax == nil })
    #expect(found[0].lines.reduce(0) { $0 + ($1.component == 0 ? $1.quantity : 0) } == 170_000)
  }

  @Test func `are none where everything is billed, nor after service stopped`() throws {
    let given = try account()
    let billed = [BillingPeriod(start: day("2000-01-01"), end: day("2026-03-15"))]
    #expect(unbilled(given, at: "2026-03-15", billed: billed).isEmpty)
    #expect(unbilled(given, at: "2026-02-01", billed: billed).isEmpty)
    let stopped = try given.after(.stopService(day("2026-03-20")))
    #expect(
      unbilled(stopped, at: "2026-04-01", billed: billed).map(\.period)
        == [period("2026-03-15", "2026-03-20")])
  }

  @Test func `are each stretch that no invoice covers`() throws {
    let given = try account().after(X.readings(X.reading("2026-04-15", 590)))
    let start = try #require(given.state.serviceStart)
    let found = unbilled(given, at: "2026-05-01", billed: [period("2026-03-15", "2026-04-15")])
    #expect(
      found.map(\.period) == [
        BillingPeriod(start: start, end: day("2026-03-15")), period("2026-04-15", "2026-05-01"),
      ])
    #expect(
      found.map { $0.lines.reduce(0) { $0 + ($1.component == 0 ? $1.quantity : 0) } } == [
        280_000, 160_000,
      ])
  }

  @Test func `have waived what a bill of then would have: bills made since use up no promotion`()
    throws
  {
    var given = try PromotionTests.account()
    for number in 1...3 {
      given = try PromotionTests.month(given, Int64(number), PromotionTests.dates[number - 1])
    }
    let bills = given.state.bills.map(\.period)
    try #require(bills.count == 3 && given.state.receivables.promotions[0].bills.count == 3)
    func service(_ count: Int, ended: AccountCommand? = nil) throws -> [Money] {
      let given = try ended.map { try given.after($0) } ?? given
      let close = bills[count - 1].end + 10
      return unbilled(given, at: close.description, billed: Array(bills.prefix(count)))
        .flatMap(\.lines).map(\.waived).filter { $0 != .zero }
    }
    // Ten days of 15.00 a month, waived by the second and third bill but not the fourth.
    #expect(try service(1) == [money("5.00")])
    #expect(try service(2) == [money("5.00")])
    #expect(try service(3) == [])
    // It ended after the first close and before the second.
    let ended = AccountCommand.endPromotion("WELCOME", bills[0].end + 20, reason: "left")
    #expect(try service(1, ended: ended) == [money("5.00")])
    #expect(try service(2, ended: ended) == [])
  }
}
