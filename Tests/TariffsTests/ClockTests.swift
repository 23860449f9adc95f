import CivilTime
import Metering
import Money
import Tariffs
import Testing

/// Which time-of-use period a moment, and so an interval, belongs to.
@Suite struct ClockTests {
  typealias X = Example

  static let calendar = Calendar(
    name: "demo", effectiveFrom: X.day("2020-01-01"), weekendDays: [.saturday, .sunday],
    holidays: [Holiday(day: X.day("2026-07-03"), name: "Independence Day, observed")],
    seasons: [Season(name: "winter", month: 10, day: 1), Season(name: "summer", month: 6, day: 1)])

  static let tariff = TariffVersion(
    plan: "T", version: 1, effectiveFrom: X.day("2020-01-01"), calendar: "demo",
    periods: [
      TouPeriod(
        name: "peak",
        windows: [
          TimeWindow(season: "summer", days: [.workingDay], startMinute: 14 * 60, endMinute: 1200),
          TimeWindow(season: "winter", days: [.workingDay], startMinute: 390, endMinute: 600),
        ]),
      TouPeriod(
        name: "night",
        windows: [
          TimeWindow(startMinute: 0, endMinute: 360),
          TimeWindow(startMinute: 1380, endMinute: 1440),
        ]),
      TouPeriod(
        name: "friday", windows: [TimeWindow(days: [.friday], startMinute: 0, endMinute: 1440)]),
      TouPeriod(name: "day"),
    ],
    components: [
      Component(
        code: "energy",
        kind: .energy(
          EnergyComponent(tiers: [.init(prices: ["4", "1", "2", "3"].map(X.price))])))
    ])

  static let compiled = CompiledTariff(tariff, calendars: [calendar])

  @Test(arguments: [
    ("2026-07-01", 13, 59, "day"), ("2026-07-01", 14, 0, "peak"), ("2026-07-01", 19, 59, "peak"),
    ("2026-07-01", 20, 0, "day"), ("2026-07-01", 5, 59, "night"), ("2026-07-01", 23, 0, "night"),
    ("2026-07-03", 15, 0, "friday"), ("2026-07-10", 15, 0, "peak"), ("2026-07-10", 12, 0, "friday"),
    ("2026-07-10", 3, 0, "night"), ("2026-07-04", 15, 0, "day"), ("2026-09-30", 15, 0, "peak"),
    ("2026-10-01", 15, 0, "day"), ("2026-10-01", 6, 29, "day"), ("2026-10-01", 6, 30, "peak"),
    ("2027-05-31", 6, 30, "peak"), ("2027-06-01", 6, 30, "day"), ("2027-06-01", 14, 30, "peak"),
  ])
  func `a minute has one period`(_ day: String, _ hour: Int, _ minute: Int, _ name: String) {
    let index = Self.compiled.period(on: X.day(day), minute: hour * 60 + minute)
    #expect(Self.tariff.periods[index].name == name)
  }

  @Test func `a calendar's later version applies from its day`() {
    var later = Self.calendar
    later.version = 2
    later.effectiveFrom = X.day("2027-01-01")
    later.weekendDays = [.friday, .saturday]
    let compiled = CompiledTariff(Self.tariff, calendars: [Self.calendar, later])
    let sundays = ["2026-12-27", "2027-01-03"].map { compiled.period(on: X.day($0), minute: 400) }
    #expect(sundays.map { Self.tariff.periods[$0].name } == ["day", "peak"])
  }

  @Test(arguments: 1...80)
  func `summing by runs is summing one by one`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let minutes = [5, 15, 20, 30, 60][Int(random.next() % 5)]
    var offset: Int32 = 7_200
    var instant: Int64 = 1_780_000_000 + Int64(random.next() % 10_000_000)
    let start = Instant(rawValue: instant - instant % (Int64(minutes) * 60))
    var transitions: [ZoneRules.Transition] = []
    for _ in 0..<4 {
      instant += Int64(random.next() % 600_000)
      offset += Int32(random.next() % 5) * 1_800 - 3_600
      transitions.append(.init(instant: Instant(rawValue: instant - instant % 900), offset: offset))
    }
    let zone = ZoneRules(name: "Test/Random", initialOffset: 7_200, transitions: transitions)
    let values = (0..<Int(random.next() % 4_000)).map { _ in Int64(random.next() % 2_000) }
    let block = IntervalBlock(start: start, minutes: UInt8(minutes), values: values)
    let first = zone.day(of: start) + (Int(random.next() % 3) - 1)
    let days = BillingPeriod(start: first, end: first + Int(1 + random.next() % 40))
    var segment = RatingSegment(days: days, tariff: Self.compiled)
    var tally = IntervalTally()
    segment.add(block, MeasuringSpan(days, of: days, zone: zone), zone: zone, &tally)
    // By instants: with clocks set back across midnight a local day may come back after its end.
    let begin = zone.midnight(of: days.start)
    let end = zone.midnight(of: days.end)
    var expected = [Energy](repeating: .zero, count: 4)
    for (index, value) in values.enumerated() {
      let at = block.start(of: index)
      guard begin <= at, at < end else { continue }
      let local = zone.local(at)
      let period = Self.compiled.period(on: local.day, minute: Int(local.secondOfDay) / 60)
      expected[period] += Energy(wattHours: value)
    }
    #expect(segment.usage == expected, "seed \(seed)")
  }

  @Test func `a missing interval is counted and placed`() throws {
    let zone = ZoneRules(fixedOffset: 0, name: "UTC")
    let span = TariffSpan(days: X.period("2026-07-01", "2026-07-03"), tariff: Self.compiled)
    let start = zone.midnight(of: X.day("2026-07-01"))
    let full = IntervalBlock(start: start, minutes: 30, values: .init(repeating: 500, count: 96))
    let segments = try RatingSegment.segments([span], intervals: [full], zone: zone)
    #expect(segments[0].usage.reduce(.zero, +) == X.kWh(48))
    let parts = [
      IntervalBlock(start: start, minutes: 30, values: .init(repeating: 500, count: 10)),
      IntervalBlock(
        start: full.start(of: 12), minutes: 30, values: .init(repeating: 500, count: 80)),
    ]
    #expect(throws: UsageProblem.missingIntervals(6, first: full.start(of: 10))) {
      try RatingSegment.segments([span], intervals: parts, zone: zone)
    }
    #expect(throws: UsageProblem.missingIntervals(48, first: start)) {
      try RatingSegment.segments([span], intervals: [], zone: zone)
    }
  }

  @Test func `estimated intervals are counted apart`() {
    let zone = ZoneRules(fixedOffset: 0, name: "UTC")
    let start = zone.midnight(of: X.day("2026-07-01"))
    let block = IntervalBlock(
      start: start, minutes: 60, values: [1, 2, 3, 4],
      qualities: [.actual, .estimated, .corrected, .substituted])
    let days = X.period("2026-07-01", "2026-07-02")
    var segment = RatingSegment(days: days, tariff: Self.compiled)
    var tally = IntervalTally()
    segment.add(block, MeasuringSpan(days, of: days, zone: zone), zone: zone, &tally)
    #expect(tally.count == 4 && tally.notActual == 2)
  }
}
