import CivilTime
import Metering
import Money
import Tariffs
import Testing

/// Demand by intervals: peaks, ratchets, tiers, and what sets no peak.
@Suite struct DemandTests {
  typealias X = Example

  static let zone = ZoneRules(fixedOffset: 0, name: "UTC")
  static let days = X.period("2026-03-01", "2026-04-01")

  static func tariff(_ components: [Component], demandPeriods: [TouPeriod] = []) -> CompiledTariff {
    let version = TariffVersion(
      plan: "D", version: 1, effectiveFrom: X.day("2020-01-01"), demandPeriods: demandPeriods,
      components: components)
    #expect(version.problems(calendars: []).map(\.description) == [])
    return CompiledTariff(version)
  }

  static func flat(_ ratchet: DemandComponent.Ratchet? = nil) -> Component {
    Component(
      code: "demand", title: "Demand",
      kind: .demand(DemandComponent(flat: [.init(price: X.price("9.75"))], ratchet: ratchet)))
  }

  /// A month of 15-minute intervals of `base` Wh, with others in some places.
  static func block(
    _ base: Int64, _ others: [Int: Int64] = [:], estimated: Set<Int> = []
  ) -> IntervalBlock {
    var values = [Int64](repeating: base, count: 31 * 96)
    for (place, value) in others { values[place] = value }
    let qualities =
      estimated.isEmpty
      ? [] : values.indices.map { estimated.contains($0) ? Quality.estimated : .actual }
    return IntervalBlock(
      start: zone.midnight(of: days.start), minutes: 15, values: values, qualities: qualities)
  }

  static func input(
    _ tariff: CompiledTariff, _ block: IntervalBlock, carried: Carried = Carried()
  ) throws -> RatingInput {
    RatingInput(
      period: days,
      segments: try RatingSegment.segments(
        [TariffSpan(days: days, tariff: tariff)], intervals: [block], zone: zone),
      carried: carried)
  }

  @Test func `example 7: 11.40 kWh in 15 minutes are 45.6 kW, the ratchet asks for 48.8`() throws {
    let tariff = Self.tariff([Self.flat(.init(rate: X.rate("80"), bills: 11))])
    let block = Self.block(1_000, [1_000: 11_400])
    let input = try Self.input(
      tariff, block,
      carried: Carried(peaks: [Power(watts: 61_000), Power(watts: 40_000)]))
    let bill = X.bill(input)
    #expect(bill.amounts(.demandCharge) == ["475.80"])
    let facts = bill.explain(0, input)
    #expect(facts.peak == Peak(power: Power(watts: 45_600), at: block.start(of: 1_000)))
    #expect(facts.ratchet?.peak == Power(watts: 61_000))
    #expect(facts.ratchet?.least == Power(watts: 48_800))
    #expect(facts.product.description == "475.8")
  }

  @Test func `without a ratchet, or with lower peaks before, the month's own peak counts`() throws {
    let block = Self.block(1_000, [1_000: 11_400])
    let own = X.bill(try Self.input(Self.tariff([Self.flat()]), block))
    #expect(own.amounts(.demandCharge) == ["444.60"])
    let tariff = Self.tariff([Self.flat(.init(rate: X.rate("80"), bills: 2))])
    // The peak of 61 kW is three bills ago: a ratchet of two does not see it.
    let carried = Carried(
      peaks: [Power(watts: 61_000), Power(watts: 40_000), Power(watts: 41_000)])
    let input = try Self.input(tariff, block, carried: carried)
    #expect(X.bill(input).amounts(.demandCharge) == ["444.60"])
  }

  @Test func `estimated and substituted intervals set no peak`() throws {
    let tariff = Self.tariff([Self.flat()])
    let block = Self.block(1_000, [500: 11_400, 600: 9_000], estimated: [500])
    let input = try Self.input(tariff, block)
    #expect(input.segments[0].peaks[0].power == Power(watts: 36_000))
    #expect(X.bill(input).amounts(.demandCharge) == ["351.00"])
    let none = Self.block(0, [500: 11_400], estimated: Set(0..<(31 * 96)))
    let empty = try Self.input(tariff, none)
    #expect(empty.segments[0].peaks[0] == Peak())
    #expect(X.bill(empty).amounts(.demandCharge) == [])
  }

  @Test func `what is delivered to the grid sets no peak`() throws {
    let export = Component(code: "bank", kind: .netMetering(NetMeteringComponent()))
    let tariff = Self.tariff([Self.flat(), export])
    let input = try Self.input(tariff, Self.block(-2_000, [7: 500, 8: -20_000]))
    #expect(input.segments[0].peaks[0].power == Power(watts: 2_000))
  }

  @Test func `demand by periods takes the peak in each, and tiers in kW`() throws {
    let window = TimeWindow(days: [.everyDay], startMinute: 17 * 60, endMinute: 20 * 60)
    let periods = [TouPeriod(name: "on", windows: [window]), TouPeriod(name: "off")]
    let component = Component(
      code: "peaks",
      kind: .demand(
        DemandComponent(byPeriod: [
          .init(tiers: [
            .init(limit: Power(watts: 10_000), price: X.price("2")), .init(price: X.price("5")),
          ]),
          .init(tiers: [.init(price: X.price("1.5"))]),
        ])))
    let tariff = Self.tariff([component], demandPeriods: periods)
    // 24 kW at 17:00 on the second day, 40 kW at noon.
    let block = Self.block(250, [96 + 17 * 4: 6_000, 96 + 12 * 4: 10_000])
    let input = try Self.input(tariff, block)
    let bill = X.bill(input)
    #expect(bill.amounts(.demandCharge) == ["20.00", "70.00", "60.00"])
    #expect(bill.explain(1, input).touPeriod == "on")
    #expect(bill.explain(1, input).tierBegins?.applied == .power(Power(watts: 10_000)))
    #expect(bill.explain(2, input).peak?.at == block.start(of: 96 + 12 * 4))
  }

  @Test func `the bill by dials of a tariff with demand is refused, with the plan's name`() throws {
    let span = TariffSpan(days: Self.days, tariff: Self.tariff([Self.flat()]))
    #expect(throws: UsageProblem.noDemand(plan: "D")) {
      try RatingSegment.segments(
        [span], measured: [MeasuredUsage(days: Self.days, energy: X.kWh(5))])
    }
  }

  @Test func `a change of price inside the period charges each part its own peak and days`() throws
  {
    let first = Self.tariff([Self.flat()])
    var later = first.version
    later.version = 2
    later.components[0].kind = .demand(DemandComponent(flat: [.init(price: X.price("10"))]))
    let cut = X.day("2026-03-11")
    let spans = [
      TariffSpan(days: BillingPeriod(start: Self.days.start, end: cut), tariff: first),
      TariffSpan(
        days: BillingPeriod(start: cut, end: Self.days.end), tariff: CompiledTariff(later)),
    ]
    let block = Self.block(250, [96: 5_000, 20 * 96: 10_000])
    let input = RatingInput(
      period: Self.days,
      segments: try RatingSegment.segments(spans, intervals: [block], zone: Self.zone))
    // 20 kW x 9.75 x 10/31 and 40 kW x 10 x 21/31.
    #expect(X.bill(input).amounts(.demandCharge) == ["62.90", "270.97"])
    // One component throughout is one line, by the greatest peak of all the days.
    let same = RatingInput(
      period: Self.days,
      segments: try RatingSegment.segments(
        [spans[0], TariffSpan(days: spans[1].days, tariff: first)], intervals: [block],
        zone: Self.zone))
    #expect(X.bill(same).amounts(.demandCharge) == ["390.00"])
  }
}
