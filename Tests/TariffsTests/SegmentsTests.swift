import CivilTime
import Metering
import Money
import Tariffs
import Testing

@Suite struct SegmentsTests {
  typealias X = Example
  static let chicago = ZoneRules(fixedOffset: -21_600, name: "Test/Chicago")

  static var rules: RuleSet {
    var rules = RuleSet()
    rules.publish(X.american)
    rules.publish(X.r1From2028())
    rules.publish(X.r1())
    rules.publish(X.r2())
    return rules
  }

  static func reading(_ day: String, _ value: Int64) -> Reading {
    Reading(
      register: "1", instant: Self.chicago.midnight(of: X.day(day)) + 36_000, value: value)
  }

  @Test func `a plan change and a rate change cut the period`() throws {
    let spans = try Self.rules.spans(
      of: X.period("2028-02-15", "2028-03-25"),
      plans: [
        .init(plan: "R1", from: X.day("2027-01-01")), .init(plan: "R2", from: X.day("2028-03-10")),
      ])
    #expect(
      spans.map(\.days.description) == [
        "2028-02-15 to 2028-02-29", "2028-03-01 to 2028-03-09", "2028-03-10 to 2028-03-24",
      ])
    #expect(spans.map(\.tariff.version.plan) == ["R1", "R1", "R2"])
    #expect(spans.map(\.tariff.version.version) == [1, 2, 1])
  }

  @Test func `assigning the same plan again does not cut`() throws {
    let spans = try Self.rules.spans(
      of: X.period("2027-02-15", "2027-03-15"),
      plans: [
        .init(plan: "R1", from: X.day("2027-01-01")), .init(plan: "R1", from: X.day("2027-03-01")),
      ])
    #expect(spans.count == 1)
  }

  @Test func `a day without plan or tariff is named`() {
    #expect(throws: UsageProblem.noPlan(X.day("2027-02-15"))) {
      try Self.rules.spans(
        of: X.period("2027-02-15", "2027-03-15"),
        plans: [.init(plan: "R1", from: X.day("2027-03-01"))])
    }
    #expect(throws: UsageProblem.noTariff(plan: "R9", X.day("2027-02-15"))) {
      try Self.rules.spans(
        of: X.period("2027-02-15", "2027-03-15"),
        plans: [.init(plan: "R9", from: X.day("2027-01-01"))])
    }
  }

  @Test func `a reading at the boundary is measured, others in between do not count`() throws {
    let spans = try Self.rules.spans(
      of: X.period("2028-02-15", "2028-03-15"),
      plans: [.init(plan: "R1", from: X.day("2027-01-01"))])
    let register = RegisterSpec(name: "1")
    let readings = [
      Self.reading("2028-02-15", 99_900), Self.reading("2028-02-20", 99_990),
      Self.reading("2028-03-01", 100), Self.reading("2028-03-15", 400),
    ]
    let measured = register.measuredUsage(readings, spans: spans, zone: Self.chicago)
    #expect(measured.map(\.energy) == [X.kWh(200), X.kWh(300)])
    let segments = try RatingSegment.segments(spans, measured: measured)
    #expect(segments.map(\.usage) == [[X.kWh(200)], [X.kWh(300)]])
    #expect(segments.map(\.isSplit) == [false, false])
    let split = try RatingSegment.segments(
      spans,
      measured: register.measuredUsage(
        [readings[0], readings[1], readings[3]], spans: spans, zone: Self.chicago))
    #expect(split.map { $0.usage[0].wattHours } == [258_621, 241_379])
    #expect(split.map(\.isSplit) == [true, true])
  }

  @Test func `what was used between two readings of one day is that day's`() throws {
    let spans = try Self.rules.spans(
      of: X.period("2028-02-15", "2028-03-15"),
      plans: [.init(plan: "R1", from: X.day("2027-01-01"))])
    let segments = try RatingSegment.segments(
      spans,
      measured: [
        MeasuredUsage(days: X.period("2028-02-15", "2028-03-01"), energy: X.kWh(7)),
        MeasuredUsage(days: X.period("2028-03-01", "2028-03-01"), energy: X.kWh(1)),
        MeasuredUsage(days: X.period("2028-03-01", "2028-03-15"), energy: X.kWh(5)),
      ])
    #expect(segments.map(\.usage) == [[X.kWh(7)], [X.kWh(6)]])
    #expect(segments.map(\.isSplit) == [false, false])
  }

  @Test func `one reading measures nothing`() {
    #expect(
      RegisterSpec(name: "1")
        .measuredUsage([Self.reading("2028-02-15", 5)], spans: [], zone: Self.chicago).isEmpty)
  }

  @Test func `a time-of-use plan needs a register for each of its periods`() throws {
    let period = X.period("2027-02-15", "2027-03-15")
    let spans = try Self.rules.spans(
      of: period, plans: [.init(plan: "R2", from: X.day("2027-01-01"))])
    func measured(_ names: String?...) -> [MeasuredUsage] {
      names.map { MeasuredUsage(days: period, energy: X.kWh(10), touPeriod: $0) }
    }
    let segments = try RatingSegment.segments(spans, measured: measured("off-peak", "on-peak"))
    #expect(segments[0].usage == [X.kWh(10), X.kWh(10)])
    #expect(throws: UsageProblem.noRegister(period: "off-peak", plan: "R2")) {
      try RatingSegment.segments(spans, measured: measured("on-peak"))
    }
    #expect(throws: UsageProblem.noRegister(period: "on-peak", plan: "R2")) {
      try RatingSegment.segments(spans, measured: measured(nil))
    }
    #expect(throws: UsageProblem.unknownPeriod("shoulder", plan: "R2")) {
      try RatingSegment.segments(spans, measured: measured("on-peak", "off-peak", "shoulder"))
    }
    // A plan without periods sums all registers.
    let flat = try Self.rules.spans(
      of: period, plans: [.init(plan: "R1", from: X.day("2027-01-01"))])
    let sum = try RatingSegment.segments(flat, measured: measured("on-peak", "off-peak"))
    #expect(sum[0].usage == [X.kWh(20)])
  }

  @Test func `a reading below an estimate cannot be rated`() throws {
    let period = X.period("2027-02-15", "2027-03-15")
    let spans = try Self.rules.spans(
      of: period, plans: [.init(plan: "R1", from: X.day("2027-01-01"))])
    let rest = Energy(wattHours: -1)
    #expect(throws: UsageProblem.belowEstimate(rest, period)) {
      try RatingSegment.segments(spans, measured: [MeasuredUsage(days: period, energy: rest)])
    }
  }

  @Test func `every reason is a sentence`() {
    let day = X.day("2027-02-15")
    for problem: UsageProblem in [
      .noPlan(day), .noTariff(plan: "R1", day), .noRegister(period: "p", plan: "R2"),
      .unknownPeriod("p", plan: "R2"), .netExport(.zero, X.period("2027-02-15", "2027-03-15")),
      .missingIntervals(1, first: Instant(rawValue: 0)), .noDemand(plan: "C1"), .beyondRange,
      .belowEstimate(X.kWh(-1), X.period("2027-02-15", "2027-03-15")),
    ] {
      #expect(problem.description.count > 20)
    }
    #expect(
      UsageProblem.missingIntervals(2, first: Instant(rawValue: 0)).description
        == "2 intervals are missing, the first at 1970-01-01T00:00:00Z")
    #expect(
      UsageProblem.noDemand(plan: "C1").description
        == "plan C1 charges for the greatest power, which dials do not record; it needs intervals")
    #expect(
      UsageProblem.belowEstimate(X.kWh(-77), X.period("2027-02-15", "2027-03-15")).description
        == "-77 kWh in 2027-02-15 to 2027-03-14: the reading is below the estimate that was billed "
        + "before it")
  }
}

@Suite struct ChangesInsideAPeriodTests {
  typealias X = Example

  /// 30 days, half on each side of 16 June 2027.
  static let period = X.period("2027-06-01", "2027-07-01")
  static let halves = [X.period("2027-06-01", "2027-06-16"), X.period("2027-06-16", "2027-07-01")]

  static func bill(_ first: [Component], _ second: [Component]) -> (RatedBill, RatingInput) {
    var later = X.r1(second)
    later.version = 2
    let segments = zip(halves, [X.r1(first), later]).map { days, tariff in
      RatingSegment(days: days, tariff: CompiledTariff(tariff), usage: [X.kWh(100)])
    }
    let input = RatingInput(period: period, segments: segments)
    return (X.bill(input), input)
  }

  @Test func `a fixed price that changed is two lines, by days`() {
    let dearer = Component(
      code: "service", title: "Service charge", kind: .fixed(FixedComponent(price: X.price("18"))))
    let (bill, input) = Self.bill([X.service, X.infrastructure], [dearer, X.infrastructure])
    #expect(bill.amounts(.fixedCharge) == ["9.00", "7.50", "3.50"])
    #expect(
      bill.lines.map { bill.explain(bill.lines.firstIndex(of: $0)!, input).version } == [
        1, 2, 2, 1, 1,
      ])
  }

  @Test func `a charge that only one plan has is charged for its days`() {
    let (bill, input) = Self.bill([X.service, X.infrastructure], [X.service])
    #expect(bill.amounts(.fixedCharge) == ["15.00", "1.75"])
    #expect(bill.explain(3, input).days == Self.halves[0])
    #expect(bill.explain(3, input).spanFactor == Fraction(15, 30))
  }

  @Test func `a percentage that changed counts the lines of its days, and its share of others`() {
    let four = Component(
      code: "franchise", title: "Franchise fee",
      kind: .percentage(PercentageComponent(rate: X.rate("4"))))
    let (bill, input) = Self.bill([X.service, X.franchise], [X.service, four])
    // 100 kWh at .0985 and half the service charge of 15.00 on each side.
    let fees = bill.lines.indices.filter { bill.lines[$0].revenueClass == .passThrough }
    #expect(
      fees.map { bill.lines[$0].basis } == [
        .share(of: X.money("17.35"), rate: X.rate("4")),
        .share(of: X.money("17.35"), rate: X.rate("3")),
      ])
    #expect(
      bill.explain(fees[1], input).counted.map(\.amount) == [X.money("9.85"), X.money("7.50")])
    let (kept, _) = Self.bill([X.service, X.franchise], [X.service, X.franchise])
    #expect(
      kept.lines.filter { $0.revenueClass == .passThrough }.map(\.basis) == [
        .share(of: X.money("34.70"), rate: X.rate("3"))
      ])
  }

  @Test func `a percentage counts what it names, another percentage too`() {
    let surcharge = Component(
      code: "surcharge",
      kind: .percentage(
        PercentageComponent(
          rate: X.rate("10"), baseClasses: [], baseComponents: ["service", "franchise"])),
      lineType: .rider, revenueClass: .variableRider)
    let input = X.input(
      Self.period, X.r1([X.service, X.franchise, surcharge]), [X.kWh(100)], [])
    let bill = X.bill(input)
    // Franchise 3 % of 24.85 is .75; 10 % of 15.75 is 1.58, a rider, shown before the fixed charges.
    #expect(bill.lines.map(\.type) == [.energyCharge, .rider, .fixedCharge, .fixedCharge])
    #expect(bill.lines.map(\.amount.description) == ["9.85", "1.58", "15.00", "0.75"])
    #expect(bill.explain(1, input).counted.map(\.line) == [2, 3])
  }

  @Test func `daily limits count real days, not months`() {
    var tariff = X.r1([])
    tariff.components = [
      Component(
        code: "energy",
        kind: .energy(
          EnergyComponent(
            basis: .day,
            tiers: [
              .init(limit: X.kWh(10), prices: [X.price("0.10")]), .init(prices: [X.price("0.20")]),
            ])))
    ]
    let month = X.bill(X.input(X.period("2027-03-01", "2027-04-01"), tariff, [X.kWh(400)], []))
    #expect(month.amounts(.energyCharge) == ["31.00", "18.00"])
    let short = X.bill(X.input(X.period("2027-03-01", "2027-03-13"), tariff, [X.kWh(150)], []))
    #expect(short.amounts(.energyCharge) == ["12.00", "6.00"])
  }

  @Test func `pooled tiers give each period its share`() {
    var tariff = X.r2([])
    tariff.components = [
      Component(
        code: "energy",
        kind: .energy(
          EnergyComponent(tiers: [
            .init(limit: X.kWh(500), prices: [X.price("0.20"), X.price("0.10")]),
            .init(prices: [X.price("0.30"), X.price("0.15")]),
          ])))
    ]
    // 1,000 kWh, a quarter on-peak: of each tier's 500 a quarter too.
    let bill = X.bill(
      X.input(X.period("2027-03-01", "2027-04-01"), tariff, [X.kWh(250), X.kWh(750)], []))
    #expect(bill.lines.map(\.energy) == [X.kWh(125), X.kWh(125), X.kWh(375), X.kWh(375)])
    #expect(bill.amounts(.energyCharge) == ["25.00", "37.50", "37.50", "56.25"])
    #expect(bill.lines.map(\.touPeriod) == [0, 0, 1, 1])
  }

  @Test func `no energy is no energy line, and no tax on nothing`() {
    let bill = X.bill(X.input(Self.period, X.r1([]), [.zero], X.stateAndCity))
    #expect(bill.lines.isEmpty && bill.total == .zero)
  }
}
