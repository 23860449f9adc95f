import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// Readings: each accepted, known, or refused for a reason of its own.
@Suite struct ReadingTests {
  typealias X = Fixture

  static func outcome(_ given: Given<Account>, _ readings: NewReading...) -> RecordOutcome {
    Account.record(
      RecordReadings(readings, now: at("2026-06-01"), dailyMaximum: kWh(500)), given.state)
  }

  @Test func `a reading is recorded in its register's units`() throws {
    let spec = RegisterSpec(name: "1", dials: 6, decimals: 2, multiplier: 40)
    let given = try X.account(registers: [spec])
    let half = NewReading(meter: "M-1", at: at("2026-03-15"), units: 125, places: 1)
    given.when(X.readings(half)).then(
      .readingRecorded(ReadingRecorded(at: at("2026-03-15"), value: 1250)))
    let padded = NewReading(meter: "M-1", at: at("2026-03-15"), units: 125_000, places: 4)
    given.when(X.readings(padded)).then(
      .readingRecorded(ReadingRecorded(at: at("2026-03-15"), value: 1250)))
    let precise = NewReading(meter: "M-1", at: at("2026-03-15"), units: 12_345, places: 3)
    given.when(X.readings(precise)).thenRefused(.tooPrecise("12.345", decimals: 2))
  }

  @Test func `the same reading again is a duplicate and no event`() throws {
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 400)))
    let outcome = Self.outcome(given, X.reading("2026-03-15", 400), X.reading("2026-02-15", 0))
    #expect(outcome.events == [])
    #expect(outcome.duplicates == 2)
    #expect(outcome.refusals == [])
  }

  @Test func `another value for the same time is a conflict that shows both`() throws {
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 400)))
    given.when(X.readings(X.reading("2026-03-15", 401))).thenRefused(
      .conflict(existing: "400", given: "401", at: at("2026-03-15")))
  }

  @Test func `an earlier reading than the last is out of order`() throws {
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 400)))
    given.when(X.readings(X.reading("2026-03-10", 300))).thenRefused(
      .outOfOrder(last: at("2026-03-15")))
  }

  @Test func `readings in any order are recorded in order`() throws {
    let readings = [
      X.reading("2026-03-15", 400), X.reading("2026-02-20", 100), X.reading("2026-03-01", 250),
    ]
    let given = try X.account()
    let expected = given.when(X.readings(readings[1], readings[2], readings[0]))
    let shuffled = given.when(X.readings(readings[0], readings[1], readings[2]))
    #expect(try expected.outcome.get() == shuffled.outcome.get())
    #expect(try shuffled.outcome.get().count == 3)
  }

  @Test func `usage at the plausible limit passes, a kilowatt-hour more does not`() throws {
    let given = try X.account()
    let days: Int64 = 28
    #expect(Self.outcome(given, X.reading("2026-03-15", 500 * days)).accepted == 1)
    given.when(X.readings(X.reading("2026-03-15", 500 * days + 1))).thenRefused(
      .implausible(usage: kWh(500 * days + 1), limit: kWh(500 * days), isRollover: false))
  }

  @Test func `a plausible decrease is a rollover, another is implausible`() throws {
    let given = try X.account(startReadings: [99_412])
    #expect(Self.outcome(given, X.reading("2026-03-15", 268)).accepted == 1)
    given.when(X.readings(X.reading("2026-03-15", 99_000))).thenRefused(
      .implausible(usage: kWh(99_588), limit: kWh(14_000), isRollover: true))
  }

  @Test func `an implausible reading that a person vouches for is recorded with the reason`() throws
  {
    let given = try X.account()
    let command = RecordReadings(
      [X.reading("2026-03-15", 20_000)], now: at("2026-06-01"), dailyMaximum: kWh(500),
      acceptance: "a bakery moved in")
    given.when(.recordReadings(command)).then(
      .readingRecorded(ReadingRecorded(at: at("2026-03-15"), value: 20_000)),
      .readingAccepted(
        ReadingAccepted(
          register: RegisterNumber(), at: at("2026-03-15"), reason: "a bakery moved in")))
  }

  @Test func `a negative value and one with too many digits are refused`() throws {
    let given = try X.account()
    given.when(X.readings(X.reading("2026-03-15", -1))).thenRefused(.negative("-1"))
    given.when(X.readings(X.reading("2026-03-15", 100_000))).thenRefused(
      .offTheDial("100000", dials: 5))
  }

  @Test func `a reading before installation or in the future is refused`() throws {
    let given = try X.account()
    given.when(X.readings(X.reading("2026-02-14", 1))).thenRefused(
      .beforeInstallation(at("2026-02-15")))
    given.when(X.readings(X.reading("2026-03-15", 1), now: "2026-03-14")).thenRefused(
      .inFuture(now: at("2026-03-14")))
  }

  @Test func `an unknown meter or register is refused with those that exist`() throws {
    let given = try X.account(
      registers: [RegisterSpec(name: "on"), RegisterSpec(name: "off")], startReadings: [0, 0])
    given.when(X.readings(X.reading("2026-03-15", 1, meter: "M-9"))).thenRefused(
      .unknownMeter("M-9"))
    given.when(X.readings(X.reading("2026-03-15", 1, register: "x"))).thenRefused(
      .unknownRegister("x", meter: "M-1", known: ["on", "off"]))
    given.when(X.readings(X.reading("2026-03-15", 1))).thenRefused(
      .registerNotNamed(meter: "M-1", known: ["on", "off"]))
  }

  @Test func `a reading of an interval channel is refused`() throws {
    let given = try IntervalTests.account()
    given.when(X.readings(X.reading("2026-03-15", 1, register: "1"))).thenRefused(
      .wrongUnit(register: "1", isChannel: true))
  }

  @Test func `one bad reading does not stop the others`() throws {
    let given = try X.account()
    let outcome = Self.outcome(
      given, X.reading("2026-03-01", 100), X.reading("2026-03-02", 90_000),
      X.reading("2026-03-03", 120), X.reading("2026-03-03", 121), X.reading("2026-03-03", 120))
    #expect(outcome.accepted == 2)
    #expect(outcome.duplicates == 1)
    #expect(outcome.refusals.map(\.index) == [1, 3])
    #expect(outcome.refusals.map(\.reason.code) == ["implausible", "conflict"])
  }

  @Test func `a reading on the account of another day is bounded by the days since the last`()
    throws
  {
    let given = try X.account()
    let hour = NewReading(meter: "M-1", at: at("2026-02-15T01:00"), units: 500)
    #expect(Self.outcome(given, hour).accepted == 1)
    let more = NewReading(meter: "M-1", at: at("2026-02-15T01:00"), units: 501)
    #expect(Self.outcome(given, more).refusals.map(\.reason.code) == ["implausible"])
  }

  @Test func `a questioned reading is not billed until it is accepted`() throws {
    let register = RegisterNumber()
    let question = ReadingQuestioned(
      register: register, at: at("2026-03-15"), code: "odd", detail: "twice last year's")
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 400)))
      .after(.questionReading(question))
    given.when(X.bill(through: "2026-03-15")).thenRefused(
      .cannotBill(
        BillingObstacle(
          .questionedReading(register: "1", meter: "M-1", at: at("2026-03-15")),
          period("2026-02-15", "2026-03-15"))))
    let accepted = try given.after(
      .acceptReading(
        ReadingAccepted(register: register, at: at("2026-03-15"), reason: "seen it")))
    let events = try accepted.when(X.bill(through: "2026-03-15")).outcome.get()
    #expect(events.invoice?.ordinal == 1)
    let billed = try accepted.after(X.bill(through: "2026-03-15"))
    billed.when(.questionReading(question)).thenRefused(
      .alreadyBilled(through: day("2026-03-15")))
  }

  @Test func `every refusal has a code, a sentence and advice`() {
    for rejection in Rejections.all {
      #expect(!rejection.code.isEmpty)
      #expect(rejection.description != rejection.code, "\(rejection.code) has no sentence")
      #expect(!rejection.advice.isEmpty)
    }
    #expect(Set(Rejections.all.map(\.code)).count >= 30)
  }
}

/// One of every refusal.
enum Rejections {
  static let all: [AccountRejection] = [
    .notOpened, .openedDifferently(field: "zone", recorded: "a", given: "b"),
    .accountClosed(day("2026-01-01")), .invalid(field: "zone", reason: "is 'x y'"),
    .serviceNotStarted, .serviceStarted(day("2026-01-01")), .serviceStopped(day("2026-01-01")),
    .stopsBeforeStart(day("2026-01-01")), .stillServed, .notFinallyBilled,
    .alreadyBilled(through: day("2026-01-01")), .planAssigned("R1", from: day("2026-01-01")),
    .meterInstalled("M", difference: "registers"), .unknownMeter("M"),
    .meterRemoved("M", at("2026-01-01")), .unknownRegister("1", meter: "M", known: []),
    .registerNotNamed(meter: "M", known: []), .missingReading(register: "1", meter: "M"),
    .wrongUnit(register: "1", isChannel: true), .wrongLength(minutes: 30, channel: 15),
    .conflict(existing: "1", given: "2", at: at("2026-01-01")),
    .outOfOrder(last: at("2026-01-01")),
    .implausible(usage: kWh(2), limit: kWh(1), isRollover: false), .negative("-1"),
    .offTheDial("100000", dials: 5), .tooPrecise("1.5", decimals: 0),
    .overlap(with: at("2026-01-01"), minutes: 15), .beforeInstallation(at("2026-01-01")),
    .afterRemoval(at("2026-01-01")), .inFuture(now: at("2026-01-01")),
    .noSuchReading(at("2026-01-01")), .cannotBill(obstacle(.noMeter)),
    .cannotBill(
      obstacle(.missingReading(register: "1", meter: "M", near: day("2026-01-15"), window: 5))),
    .cannotBill(
      obstacle(.questionedReading(register: "1", meter: "M", at: at("2026-01-15")))),
    .cannotBill(obstacle(.usage(.noPlan(day("2026-01-01"))))),
    .cannotBill(obstacle(.usage(.noTariff(plan: "R1", day("2026-01-01"))))),
    .cannotBill(obstacle(.usage(.noRegister(period: "on", plan: "R2")))),
    .cannotBill(obstacle(.usage(.unknownPeriod("on", plan: "R2")))),
    .cannotBill(obstacle(.usage(.netExport(kWh(-1), period("2026-01-01", "2026-02-01"))))),
    .cannotBill(obstacle(.usage(.missingIntervals(2, first: at("2026-01-01"))))),
    .cannotBill(
      obstacle(
        .gap(meter: "M", register: "1", from: at("2026-01-01"), until: at("2026-01-02")))),
  ]

  static func obstacle(_ reason: BillingObstacle.Reason) -> BillingObstacle {
    BillingObstacle(reason, period("2026-01-01", "2026-02-01"))
  }
}
