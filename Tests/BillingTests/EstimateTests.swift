import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// Readings that a bill estimates because there is none.
@Suite struct EstimateTests {
  typealias X = Fixture

  static func rules(
    _ method: EstimationPolicy.Method = .dailyAverage, days: UInt32? = nil, bills: UInt8 = 2
  ) -> RulebookState {
    let policies = Policies(
      version: 2, effectiveFrom: day("2020-01-02"), cycleWindowDays: 3,
      estimation: EstimationPolicy(method: method, days: days, billsInARow: bills))
    return X.rulebook(
      .policyPublished(PolicyPublished(policies, contentHash: X.hash(30))))
  }

  /// 280 kWh in 28 days, 10 a day, billed.
  static func account(_ rules: RulebookState = rules()) throws -> Given<Account> {
    try X.account(jurisdictions: []).after(X.readings(X.reading("2026-03-15", 280)))
      .after(X.bill(through: "2026-03-15", rules: rules))
  }

  static func estimate(
    _ date: String, _ value: Int64, register: UInt16 = 0,
    by method: EstimationPolicy.Method = .dailyAverage, from: EventReference,
    until: EventReference
  ) -> Event {
    .readingRecorded(
      ReadingRecorded(
        register: RegisterNumber(register: register), at: at(date), value: value,
        quality: .estimated, method: .computed,
        estimate: ReadingEstimate(method, from: from, until: until)))
  }

  static let start = EventReference(version: 4, index: 1)
  static let first = EventReference(version: 5, index: 0)

  @Test func `a missing reading is estimated by the daily average, and billed`() throws {
    let given = try Self.account()
    let bill = X.bill(through: "2026-04-15", rules: Self.rules())
    given.when(bill).then(
      Self.estimate("2026-04-15", 590, from: Self.start, until: Self.first))
    let after = try given.after(bill)
    let events = try after.when(bill).outcome.get()
    #expect(events.invoice?.period == period("2026-03-15", "2026-04-15"))
    #expect(events.invoice?.readings.last == EventReference(version: 7, index: 0))
    #expect(events.charges.first?.quantity == 310_000)
  }

  @Test func `half a unit of the register is one`() throws {
    // 14 kWh in 28 days, half of one a day: 15.5 in 31 days.
    let rules = Self.rules()
    let given = try X.account(jurisdictions: []).after(X.readings(X.reading("2026-03-15", 14)))
      .after(X.bill(through: "2026-03-15", rules: rules))
    given.when(X.bill(through: "2026-04-15", rules: rules)).then(
      Self.estimate("2026-04-15", 30, from: Self.start, until: Self.first))
  }

  @Test func `an average takes the last days of actual usage, over a rollover too`() throws {
    let rules = Self.rules(days: 31)
    var given = try X.account(startReadings: [99_000], jurisdictions: [])
    for (date, value) in [("2026-03-15", Int64(99_990)), ("2026-04-15", 300)] {
      given = try given.after(X.readings(X.reading(date, value)))
        .after(X.bill(through: date, rules: rules))
    }
    // 310 kWh in the last 31 days, not 1,300 in 59.
    let events = try given.when(X.bill(through: "2026-05-15", rules: rules)).outcome.get()
    guard case .readingRecorded(let reading)? = events.first else {
      Issue.record("nothing is estimated")
      return
    }
    #expect(reading.value == 600)
    // A window of one more day begins with the reading before.
    let longer = Self.rules(days: 32)
    let more = try given.when(X.bill(through: "2026-05-15", rules: longer)).outcome.get()
    guard case .readingRecorded(let reading)? = more.first else {
      Issue.record("nothing is estimated")
      return
    }
    #expect(reading.value == 300 + 661)
  }

  @Test func `no more bills in a row are estimated than the policy allows`() throws {
    let rules = Self.rules(bills: 1)
    let bill = X.bill(through: "2026-05-15", rules: rules)
    let once = X.bill(through: "2026-04-15", rules: rules)
    let given = try Self.account(rules).after(once).after(once)
    let obstacle = BillingObstacle(
      .estimatedInARow(register: "1", meter: "M-1", near: day("2026-05-15"), bills: 1),
      period("2026-04-15", "2026-05-15"))
    given.when(bill).thenRefused(.cannotBill(obstacle))
    #expect(obstacle.code == "estimated-in-a-row")
    #expect(
      obstacle.description
        == "register '1' of meter M-1 has no reading near 2026-05-15, and the policy lets no more "
        + "than 1 estimated bill follow one another")
    #expect(obstacle.advice == "have the meter read, import the reading, then bill again")
    // Two may, under a policy that lets two; the second goes by the same actual usage.
    let two = X.bill(through: "2026-05-15", rules: Self.rules())
    given.when(two).then(
      Self.estimate("2026-05-15", 890, from: Self.start, until: Self.first))
    // An actual reading in between lets one be estimated again.
    let read = try given.after(X.readings(X.reading("2026-05-15", 900))).after(bill)
    let next = try read.when(X.bill(through: "2026-06-15", rules: rules)).outcome.get()
    #expect(next.isEstimated)
  }

  @Test func `without history, or a policy, nothing is estimated`() throws {
    let rules = Self.rules()
    let new = try X.account(jurisdictions: [])
    let days = period("2026-02-15", "2026-03-15")
    let obstacle = BillingObstacle(
      .noHistory(
        register: "1", meter: "M-1", near: day("2026-03-15"), method: .dailyAverage), days)
    new.when(X.bill(through: "2026-03-15", rules: rules)).thenRefused(.cannotBill(obstacle))
    #expect(obstacle.code == "no-history")
    #expect(
      obstacle.description
        == "register '1' of meter M-1 has no reading near 2026-03-15, and none before it that the "
        + "policy's daily-average can be taken of")
    #expect(obstacle.advice == "import the reading, then bill again")
    new.when(X.bill(through: "2026-03-15")).thenRefused(
      .cannotBill(
        BillingObstacle(
          .missingReading(
            register: "1", meter: "M-1", near: day("2026-03-15"),
            window: Int(X.rulebook().rules.cycleWindowDays(on: day("2026-03-15")))), days)))
  }

  @Test func `the same month of the year before, a day's usage by a day's usage`() throws {
    let rules = Self.rules(.sameMonthLastYear)
    let young = try Self.account(rules)
    young.when(X.bill(through: "2026-04-15", rules: rules)).thenRefused(
      .cannotBill(
        BillingObstacle(
          .noHistory(
            register: "1", meter: "M-1", near: day("2026-04-15"), method: .sameMonthLastYear),
          period("2026-03-15", "2026-04-15"))))
    var given = try X.account(from: "2025-02-15", jurisdictions: [])
    var value: Int64 = 0
    for month in 3...14 {
      let date = day("2025-02-15").adding(months: month - 2, cycleDay: 15)
      // 124 kWh in the month to April 16th 2025, 1,000 in any other; read a day late then.
      let read = month == 4 ? date + 1 : date
      value += month == 4 ? 128 : 1000
      given = try given.after(X.readings(X.reading("\(read)", value)))
        .after(X.bill(through: "\(read)", rules: rules))
    }
    #expect(given.state.billedThrough == day("2026-02-15"))
    given = try given.after(X.readings(X.reading("2026-03-15", value + 1000)))
      .after(X.bill(through: "2026-03-15", rules: rules))
    let events = try given.when(X.bill(through: "2026-04-15", rules: rules)).outcome.get()
    guard case .readingRecorded(let reading)? = events.first else {
      Issue.record("nothing is estimated")
      return
    }
    // 128 kWh in 32 days are 4 a day: 124 in 31 days.
    #expect(reading.value == value + 1000 + 124)
    #expect(reading.estimate?.method == .sameMonthLastYear)
  }

  @Test func `the other dials' day is that of the estimate`() throws {
    let rules = Self.rules()
    let specs = [
      RegisterSpec(name: "on", touPeriod: "on-peak"),
      RegisterSpec(name: "off", touPeriod: "off-peak"),
    ]
    let given = try X.account(
      plan: "R2", registers: specs, startReadings: [0, 0], jurisdictions: []
    )
    .after(
      X.readings(
        X.reading("2026-03-15", 28, register: "on"), X.reading("2026-03-15", 56, register: "off"))
    )
    .after(X.bill(through: "2026-03-15", rules: rules))
    .after(X.readings(X.reading("2026-04-16", 70, register: "on")))
    let bill = X.bill(through: "2026-04-16", rules: rules)
    given.when(bill).then(
      Self.estimate(
        "2026-04-16", 120, register: 1, from: EventReference(version: 4, index: 2),
        until: EventReference(version: 5, index: 1)))
    #expect(
      try given.after(bill).when(bill).outcome.get().invoice?.period.end == day("2026-04-16"))
    // That day is still to come.
    given.when(X.bill(through: "2026-04-15", rules: rules)).thenRefused(
      .cannotBill(
        BillingObstacle(
          .missingReading(register: "off", meter: "M-1", near: day("2026-04-15"), window: 3),
          period("2026-03-15", "2026-04-15"))))
  }

  @Test func `what is still to come, or questioned, or billed by nothing is not estimated`() throws
  {
    let rules = Self.rules()
    let given = try Self.account(rules)
    let days = period("2026-03-15", "2026-04-15")
    let missing = BillingObstacle(
      .missingReading(register: "1", meter: "M-1", near: day("2026-04-15"), window: 3), days)
    given.when(X.bill(through: "2026-04-15", issued: "2026-04-14", rules: rules))
      .thenRefused(.cannotBill(missing))
    let questioned = try given.after(X.readings(X.reading("2026-04-15", 900))).after(
      .questionReading(
        ReadingQuestioned(
          register: RegisterNumber(), at: at("2026-04-15"), code: "odd", detail: "odd")))
    questioned.when(X.bill(through: "2026-04-15", rules: rules)).thenRefused(
      .cannotBill(
        BillingObstacle(
          .questionedReading(register: "1", meter: "M-1", at: at("2026-04-15")), days)))
    // No estimate without the bill that goes by it.
    let planless = try given.after(
      .assignPlan(PlanAssignment(plan: "NONE", from: day("2026-04-01"))))
    let outcome = planless.when(X.bill(through: "2026-04-15", rules: rules)).outcome
    guard case .failure(.cannotBill(let obstacle)) = outcome else {
      Issue.record("not refused: \(outcome)")
      return
    }
    #expect(obstacle.code == "no-tariff")
  }

  @Test func `an actual at the estimate's date supersedes it; a later one settles it`() throws {
    let rules = Self.rules()
    let bill = X.bill(through: "2026-04-15", rules: rules)
    let given = try Self.account(rules).after(bill).after(bill)
    let read = try given.after(X.readings(X.reading("2026-04-15", 600)))
    #expect(try RebillTests.rebill(read, 2, rules: rules).reason == .estimateSettled)
    // 620 kWh in 61 days: 315.08 of them in the first 31.
    let later = try given.after(X.readings(X.reading("2026-05-15", 900)))
    guard
      case .readingCorrected(let settled)? = Account.settleEstimates(later.state, zone: X.zone)
        .first
    else {
      Issue.record("nothing is settled")
      return
    }
    #expect(settled.value == 595)
  }
}
