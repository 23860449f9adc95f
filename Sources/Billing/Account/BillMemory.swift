import CivilTime
import Tariffs

/// What the bill before had in common with the next, so that a loop over accounts looks it up once:
/// never more than a look-up under the same rules would find.
public struct BillMemory: Sendable {
  /// The bill made last, whose room the next takes.
  public internal(set) var bill = Bill()
  /// The clocks of the zone of the account before.
  var clock = ZoneClock(ZoneRules(fixedOffset: 0, name: ""))
  private var period: BillingPeriod?
  private var plans: [PlanAssignment] = []
  private var spans: [TariffSpan] = []
  private var lastDay: Day?
  private var jurisdictions: [String] = []

  /// No bill before.
  public init() {}

  /// Goes to the clocks of `zone`.
  mutating func take(_ zone: ZoneRules) {
    if clock.rules != zone { clock = ZoneClock(zone) }
  }

  /// Fills in what a bill for `period` is computed from, with the taxes, exemptions and policies of its
  /// last day.
  mutating func prepare(
    _ period: BillingPeriod, isByIntervals: Bool, _ rules: RuleSet, _ state: AccountState,
    waivers: [Waiver]
  ) throws(BillingObstacle) {
    do {
      try find(period, state.plans, rules)
    } catch {
      throw BillingObstacle(.usage(error), period)
    }
    takeRules(of: state.details?.jurisdictions ?? [], on: period.lastDay, rules)
    bill.input.period = period
    bill.measured.clear()
    if isByIntervals {
      try state.measureIntervals(
        period, spans, clock.rules, into: &bill.measured, &bill.input.segments)
    } else {
      try state.measureDials(period, spans, &clock, into: &bill.measured, &bill.input.segments)
    }
    bill.input.carried = state.carried(to: spans)
    bill.input.waivers = waivers
    bill.exemptions.removeAll(keepingCapacity: true)
    for exemption in state.exemptions where exemption.covers(period.lastDay) {
      bill.exemptions.append(exemption)
    }
  }

  /// Finds what `RuleSet.spans` gives.
  private mutating func find(
    _ period: BillingPeriod, _ plans: [PlanAssignment], _ rules: RuleSet
  ) throws(UsageProblem) {
    if period == self.period, plans == self.plans { return }
    spans = try rules.spans(of: period, plans: plans)
    (self.period, self.plans) = (period, plans)
  }

  private mutating func takeRules(of jurisdictions: [String], on day: Day, _ rules: RuleSet) {
    if day == lastDay, jurisdictions == self.jurisdictions { return }
    let policies = rules.billingPolicies(on: day)
    bill.input.taxes = rules.taxes(of: jurisdictions, on: day)
    bill.input.rounding = policies.rounding
    bill.input.proration = policies.proration
    (lastDay, self.jurisdictions) = (day, jurisdictions)
  }
}
