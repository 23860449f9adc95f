import CivilTime
import Tariffs

/// What the bill before had in common with the next, so that a loop over accounts looks it up once:
/// never more than a look-up under the same rules would find.
public struct BillMemory: Sendable {
  /// The lines of the bill before, whose room the next takes.
  var rated = RatedBill()
  private var period: BillingPeriod?
  private var plans: [PlanAssignment] = []
  private var spans: [TariffSpan] = []
  private var lastDay: Day?
  private var jurisdictions: [String] = []
  private var input: RatingInput?

  /// No bill before.
  public init() {}

  /// What `RuleSet.spans` gives.
  mutating func spans(
    of period: BillingPeriod, plans: [PlanAssignment], _ rules: RuleSet
  ) throws(UsageProblem) -> [TariffSpan] {
    if period == self.period, plans == self.plans { return spans }
    spans = try rules.spans(of: period, plans: plans)
    (self.period, self.plans) = (period, plans)
    return spans
  }

  /// What a bill is computed from, with the taxes and policies of its last day.
  mutating func input(
    _ period: BillingPeriod, _ segments: [RatingSegment], of jurisdictions: [String],
    _ rules: RuleSet
  ) -> RatingInput {
    let day = period.lastDay
    guard var input, day == lastDay, jurisdictions == self.jurisdictions else {
      let policies = rules.billingPolicies(on: day)
      let input = RatingInput(
        period: period, segments: segments, taxes: rules.taxes(of: jurisdictions, on: day),
        rounding: policies.rounding, proration: policies.proration)
      (self.input, lastDay, self.jurisdictions) = (input, day, jurisdictions)
      return input
    }
    input.period = period
    input.segments = segments
    return input
  }
}
