import Billing
import CivilTime
import Metering
import Money
import Tariffs

extension Samples {
  static var policies: PolicyPublished {
    PolicyPublished(
      Policies(
        version: 2, effectiveFrom: day("2020-01-01"), rounding: .halfEven,
        proration: Proration(fullMonthMinimum: 27, fullMonthMaximum: 34, monthDays: 30),
        cycleWindowDays: 4,
        plausibility: Plausibility(
          dailyMaximum: kWh(400),
          byClass: [.init(customerClass: .industrial, dailyMaximum: kWh(90_000))]),
        lateFee: LateFeePolicy(
          amount: money("7.50"), afterDays: 20, graceHours: 48, cap: rate("1.5"),
          exceptions: [
            .init(
              PolicyScope(customerClass: .residential, jurisdiction: "US-IL"), isForbidden: true),
            .init(PolicyScope(customerClass: .commercial), amount: money("0.00"), cap: rate("0")),
          ]), allocation: .newestDueFirst,
        estimation: EstimationPolicy(method: .sameMonthLastYear, days: 30, billsInARow: 2),
        backBilling: BackBilling(
          days: 0,
          exceptions: [
            .init(PolicyScope(customerClass: .residential, jurisdiction: "US-IL"), days: 365)
          ]),
        promotions: [
          PromotionOffer(code: "welcome", title: "Welcome", waives: "service", bills: 3)
        ]),
      contentHash: Fixture.hash(8))
  }

  static var classification: ClassificationPublished {
    ClassificationPublished(
      Classification(
        name: "demo", version: 3, effectiveFrom: day("2020-01-01"),
        control: ControlAccounts(
          cash: "1", receivables: "2", credits: "3", uncollectible: "4", taxes: "5", accrued: "6"),
        lines: [
          .init(
            code: "energy", revenueClass: .variableEnergy, customerClass: .residential,
            ledger: "440", reportsAs: .passThrough), .init(ledger: "442"),
        ]), contentHash: Fixture.hash(4))
  }
}
