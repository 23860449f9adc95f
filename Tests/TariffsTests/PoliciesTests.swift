import Metering
import Money
import Tariffs
import Testing

@Suite struct `Policies of an account's life` {
  typealias X = Example

  private static let policy = LateFeePolicy(
    amount: X.money("5.00"), afterDays: 20, graceHours: 48, cap: X.rate("10"),
    exceptions: [
      .init(PolicyScope(customerClass: .industrial), amount: X.money("25.00")),
      .init(PolicyScope(jurisdiction: "US-CAP"), amount: X.money("8.00"), cap: X.rate("1.5")),
      .init(PolicyScope(jurisdiction: "US-LOW"), amount: X.money("3.00"), cap: X.rate("12")),
      .init(PolicyScope(jurisdiction: "US-NONE"), isForbidden: true),
      .init(
        PolicyScope(customerClass: .residential, jurisdiction: "US-LOW"), amount: X.money("1.00")),
    ])

  private func terms(_ customerClass: CustomerClass, _ jurisdictions: String...) -> LateFeeTerms {
    var policies = Policies(effectiveFrom: X.day("2020-01-01"))
    policies.lateFee = Self.policy
    return policies.lateFee(for: customerClass, jurisdictions: jurisdictions)
  }

  @Test func `a book that publishes no late fee has the usual one`() {
    let usual = Policies(effectiveFrom: X.day("2020-01-01"))
      .lateFee(for: .residential, jurisdictions: ["US-ST"])
    #expect(usual.amount == X.money("5.00"))
    #expect(usual.afterDays == 15)
    #expect(usual.graceSeconds == 86_400)
    #expect(usual.cap == nil)
    #expect(!usual.isForbidden)
  }

  @Test func `an exception takes the place of the general word, whether more or less`() {
    let general = terms(.commercial, "US-ST")
    #expect(general.amount == X.money("5.00") && general.cap == X.rate("10"))
    #expect(general.afterDays == 20 && general.graceSeconds == 172_800)
    let industrial = terms(.industrial)
    #expect(industrial.amount == X.money("25.00") && industrial.cap == X.rate("10"))
    let low = terms(.commercial, "US-ST", "US-LOW")
    #expect(low.amount == X.money("3.00") && low.cap == X.rate("12"))
  }

  @Test func `of several exceptions the lowest amount and the lowest cap count`() {
    let found = terms(.industrial, "US-CAP", "US-LOW")
    #expect(found.amount == X.money("3.00"))
    #expect(found.cap == X.rate("1.5"))
    #expect(terms(.residential, "US-LOW").amount == X.money("1.00"))
    #expect(terms(.residential).amount == X.money("5.00"))
  }

  @Test func `one exception that forbids is enough`() {
    let found = terms(.industrial, "US-CAP", "US-NONE")
    #expect(found.isForbidden)
    #expect(found.fee(onOpen: X.money("1000.00")) == .zero)
    #expect(!terms(.industrial, "US-CAP").isForbidden)
  }

  @Test(arguments: [
    ("120.96", "1.81"), ("120.00", "1.80"), ("333.33", "4.99"), ("333.34", "5.00"),
    ("1000.00", "5.00"), ("0.66", "0.00"), ("0.67", "0.01"), ("0.00", "0.00"), ("-20.00", "0.00"),
  ])
  func `a cap is the rate of the open amount, rounded down to the cent`(
    open: String, fee: String
  ) {
    let capped = LateFeeTerms(
      amount: X.money("5.00"), afterDays: 15, graceSeconds: 86_400, cap: X.rate("1.5"))
    #expect(capped.fee(onOpen: X.money(open)) == X.money(fee))
  }

  @Test func `without a cap the fee is the amount, and nothing where nothing is open`() {
    let free = LateFeeTerms(amount: X.money("5.00"), afterDays: 15, graceSeconds: 0)
    #expect(free.fee(onOpen: X.money("0.01")) == X.money("5.00"))
    #expect(free.fee(onOpen: .zero) == .zero)
  }

  @Test func `a rebill may charge more without limit, or for the fewest days that are meant`() {
    #expect(BackBilling().days(for: .residential, jurisdictions: ["US-ST"]) == nil)
    let limits = BackBilling(
      days: 730,
      exceptions: [
        .init(PolicyScope(customerClass: .residential), days: 365),
        .init(PolicyScope(jurisdiction: "US-ST"), days: 180),
        .init(PolicyScope(customerClass: .industrial), days: 1460),
      ])
    #expect(limits.days(for: .commercial, jurisdictions: []) == 730)
    #expect(limits.days(for: .residential, jurisdictions: []) == 365)
    #expect(limits.days(for: .residential, jurisdictions: ["US-ST"]) == 180)
    #expect(limits.days(for: .industrial, jurisdictions: []) == 1460)
  }

  @Test func `the policies in force on the day are the last to begin`() {
    var rules = RuleSet()
    for (version, from, cents) in [(1, "2020-01-01", 500), (2, "2026-04-01", 700)] {
      rules.publish(
        Policies(
          version: UInt32(version), effectiveFrom: X.day(from),
          lateFee: LateFeePolicy(amount: Money(cents: Int64(cents)))))
    }
    func fee(_ day: String) -> Money? {
      rules.policies(on: X.day(day))?.lateFee(for: .residential, jurisdictions: []).amount
    }
    #expect(fee("2026-03-31") == X.money("5.00"))
    #expect(fee("2026-04-01") == X.money("7.00"))
  }

  @Test func `nothing is estimated and nothing promoted unless a policy says so`() {
    var policies = Policies(effectiveFrom: X.day("2020-01-01"))
    #expect(policies.estimation == nil)
    #expect(policies.allocation == .oldestDueFirst)
    #expect(policies.promotion("welcome") == nil)
    let offer = PromotionOffer(code: "welcome", waives: "service", bills: 3)
    policies.promotions = [PromotionOffer(code: "other", waives: "x", bills: 1), offer]
    #expect(policies.promotion("welcome") == offer)
    #expect(EstimationPolicy(billsInARow: 2).days == 60)
    #expect(EstimationPolicy(method: .sameMonthLastYear, billsInARow: 2).days == 0)
  }

  @Test func `policies that make no sense are named field by field`() {
    var policies = Policies(effectiveFrom: X.day("2020-01-01"))
    policies.lateFee = LateFeePolicy(
      amount: X.money("-1.00"), cap: Rate(rawValue: -1),
      exceptions: [
        .init(PolicyScope(), amount: X.money("1.00")),
        .init(PolicyScope(customerClass: .industrial)),
        .init(PolicyScope(customerClass: .industrial), isForbidden: true, cap: X.rate("1")),
        .init(PolicyScope(jurisdiction: ""), amount: X.money("-0.01"), cap: Rate(rawValue: -1)),
      ])
    policies.estimation = EstimationPolicy(days: 0, billsInARow: 0)
    policies.backBilling = BackBilling(exceptions: [
      .init(PolicyScope(), days: 1), .init(PolicyScope(), days: 2),
    ])
    policies.promotions = [
      PromotionOffer(code: "", waives: "", bills: 0),
      PromotionOffer(code: "", waives: "x", bills: 1),
    ]
    let late = "late_fee.exceptions"
    #expect(
      policies.problems.map(\.field) == [
        "late_fee.amount", "late_fee.cap", late + "[0]", late + "[1]", late + "[2]", late + "[2]",
        late + "[3].jurisdiction", late + "[3].amount", late + "[3].cap", "estimation.days",
        "estimation.bills_in_a_row", "back_billing.exceptions[0]", "back_billing.exceptions[1]",
        "back_billing.exceptions[1]", "promotions[0].code", "promotions[0].waives",
        "promotions[0].bills", "promotions[1].code", "promotions[1].code",
      ])
    policies = Policies(effectiveFrom: X.day("2020-01-01"))
    policies.lateFee = Self.policy
    policies.estimation = EstimationPolicy(method: .sameMonthLastYear, days: 5, billsInARow: 1)
    #expect(policies.problems.map(\.field) == ["estimation.days"])
  }
}
