import CivilTime
public import EventSourcing
import Money
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
  private var recentSpans = Recent<SpansKey, [TariffSpan]>()
  private var lastDay: Day?
  private var jurisdictions: [String] = []
  private var recentRules = Recent<RulesKey, DayRules>()

  /// No bill before.
  public init() {}

  /// Writes the events of the bill made last. Changes nothing: `mutating`, because a caller that has a
  /// closure around it would otherwise copy the bill first.
  public mutating func encodeBill(into writer: inout WireWriter) {
    bill.encode(into: &writer)
  }

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
    spans = try recentSpans.value(of: SpansKey(period: period, plans: plans)) {
      key throws(UsageProblem) in
      try rules.spans(of: key.period, plans: key.plans)
    }
    (self.period, self.plans) = (period, plans)
  }

  private mutating func takeRules(of jurisdictions: [String], on day: Day, _ rules: RuleSet) {
    if day == lastDay, jurisdictions == self.jurisdictions { return }
    let found = recentRules.value(of: RulesKey(day: day, jurisdictions: jurisdictions)) { key in
      let policies = rules.billingPolicies(on: key.day)
      return DayRules(
        taxation: Taxation(rules.taxes(of: key.jurisdictions, on: key.day)),
        rounding: policies.rounding, proration: policies.proration)
    }
    bill.input.taxation = found.taxation
    bill.input.rounding = found.rounding
    bill.input.proration = found.proration
    (lastDay, self.jurisdictions) = (day, jurisdictions)
  }

  private struct SpansKey: Equatable {
    var period: BillingPeriod
    var plans: [PlanAssignment]
  }

  private struct RulesKey: Equatable {
    var day: Day
    var jurisdictions: [String]
  }

  /// What the bills of a last day and some jurisdictions have in common.
  private struct DayRules {
    var taxation: Taxation
    var rounding: Rounding
    var proration: Proration
  }
}

/// A few values found last, by key. A loop that goes through the same keys over and over, as the months
/// of one account after another, finds each beside the one before.
private struct Recent<Key: Equatable & Sendable, Value: Sendable>: Sendable {
  /// How many are kept: five years of months.
  private static var maximumCount: Int { 60 }

  private var items: [(key: Key, value: Value)] = []
  private var last = 0

  /// The value of a key, which `make` gives where it was not found lately.
  mutating func value<Failure: Error>(
    of key: Key, _ make: (Key) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    for step in 1...max(1, items.count) where !items.isEmpty {
      let place = (last + step) % items.count
      guard items[place].key == key else { continue }
      last = place
      return items[place].value
    }
    let value = try make(key)
    if items.count < Self.maximumCount {
      items.append((key, value))
      last = items.count - 1
    } else {
      last = (last + 1) % items.count
      items[last] = (key, value)
    }
    return value
  }
}
