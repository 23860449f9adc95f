import ArgumentParser
import CivilTime
import Metering
import Money
import Tariffs

/// Rates in a loop, as a bill run does; prints nanoseconds. `tools/bench/rating` runs it beside a C
/// program that only sums.
struct Rating: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Rates account-months from registers, or years of hourly intervals.",
    discussion: """
      Prints the case, how many were rated, nanoseconds each, and a sum that must not change.
      """)

  /// What is rated.
  enum Case: String, ExpressibleByArgument, CaseIterable {
    /// Three tiers, two fixed charges, a franchise fee and two taxes from one register.
    case month
    /// Two periods, three tiers, a service charge and a tax from two registers.
    case pooled
    /// A year of hourly intervals on a time-of-use tariff with two seasons: twelve bills.
    case year
    /// The same with demand, flat and by period.
    case demand
  }

  @Argument(help: "month, pooled, year or demand.") var what: Case
  @Option(help: "How often.") var loops = 200_000

  func run() throws {
    let bench = try RatingBench()
    var bill = RatedBill()
    var sum: Int64 = 0
    let clock = ContinuousClock()
    // Once for the caches, and so that rooms have grown before time is taken.
    sum = try bench.rate(what, 1, &bill)
    sum = 0
    let begin = clock.now
    sum = try bench.rate(what, loops, &bill)
    let time = clock.now - begin
    let (seconds, attoseconds) = time.components
    let each =
      (seconds * 1_000_000_000 + attoseconds / 1_000_000_000) * 10 / Int64(max(1, loops))
    print("rating \(what.rawValue) \(loops) \(each / 10).\(each % 10) \(sum)")
  }
}

/// Tariffs, usage and intervals to rate.
private struct RatingBench {
  let taxes: [TaxRule]
  let tiered: CompiledTariff
  let pooled: CompiledTariff
  let seasonal: CompiledTariff
  let demand: CompiledTariff
  let months: [BillingPeriod]
  let load: [IntervalBlock]
  let zone: ZoneRules

  init() throws {
    let from = Day(rawValue: 17_532)  // 2018-01-01
    zone = ZoneRules(fixedOffset: 0, name: "UTC")
    months = (0..<12).map {
      BillingPeriod(
        start: from.adding(months: $0, cycleDay: 1), end: from.adding(months: $0 + 1, cycleDay: 1))
    }
    // The same values as the C program makes.
    var state: UInt64 = 2018
    let values = (0..<8760).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 54)
    }
    load = [IntervalBlock(start: zone.midnight(of: from), minutes: 60, values: values)]
    func price(_ text: String) throws -> Price { try Price(decimal: text) }
    func tiers(_ prices: [[String]]) throws -> Component {
      let limits: [Int64] = [500, 1000]
      let tiers = try prices.enumerated().map { index, prices in
        EnergyTier(
          limit: index < prices.count + 1 && index < 2 ? Energy(kilowattHours: limits[index]) : nil,
          prices: try prices.map(price))
      }
      return Component(code: "energy", kind: .energy(EnergyComponent(tiers: tiers)))
    }
    let service = Component(
      code: "service", kind: .fixed(FixedComponent(price: try price("15.00"))))
    let infrastructure = Component(
      code: "infrastructure", kind: .fixed(FixedComponent(price: try price("3.50"))))
    let franchise = Component(
      code: "franchise", kind: .percentage(PercentageComponent(rate: try Rate(percent: "3"))))
    func tariff(
      _ periods: [TouPeriod], _ components: [Component], demandPeriods: [TouPeriod] = []
    ) -> CompiledTariff {
      CompiledTariff(
        TariffVersion(
          plan: "X", version: 1, effectiveFrom: from, periods: periods,
          demandPeriods: demandPeriods, components: components))
    }
    tiered = tariff(
      [],
      [try tiers([[".09850"], [".12340"], [".16725"]]), service, infrastructure, franchise])
    let on = TimeWindow(
      days: [.monday, .tuesday, .wednesday, .thursday, .friday], startMinute: 1020,
      endMinute: 1320)
    pooled = tariff(
      [TouPeriod(name: "on", windows: [on]), TouPeriod(name: "off")],
      [
        try tiers([[".26", ".10"], [".27", ".11"], [".29", ".13"]]), service, infrastructure,
        franchise,
      ])
    var summer = on
    summer.months = MonthSet(6...9)
    var winter = on
    winter.months = MonthSet([1, 2, 3, 4, 5, 10, 11, 12])
    let periods = [
      TouPeriod(name: "summer", windows: [summer]), TouPeriod(name: "winter", windows: [winter]),
      TouPeriod(name: "off"),
    ]
    let energy = Component(
      code: "energy",
      kind: .energy(
        EnergyComponent(tiers: [.init(prices: try [".31", ".24", ".11"].map(price))])))
    seasonal = tariff(periods, [energy, service])
    let flat = Component(
      code: "flat", kind: .demand(DemandComponent(flat: [.init(price: try price("9.75"))])))
    let peaks = Component(
      code: "peaks",
      kind: .demand(
        DemandComponent(
          byPeriod: try ["4.2", "2.1", "0"].map { .init(tiers: [.init(price: try price($0))]) })))
    demand = tariff(periods, [energy, flat, peaks, service], demandPeriods: periods)
    taxes = try [("US-ST", JurisdictionLevel.state, "5"), ("US-ST-CITY", .city, "1.5")].map {
      TaxRule(
        jurisdiction: $0.0, level: $0.1, code: "sales", rate: try Rate(percent: $0.2),
        effectiveFrom: from)
    }
  }

  /// Rates `loops` times into `bill`; the sum of the totals.
  func rate(_ what: Rating.Case, _ loops: Int, _ bill: inout RatedBill) throws -> Int64 {
    switch what {
    case .month: rateMonths(tiered, [1_137_000], loops, &bill)
    case .pooled: rateMonths(pooled, [412_345, 903_211], loops, &bill)
    case .year: try rateYears(seasonal, loops, &bill)
    case .demand: try rateYears(demand, loops, &bill)
    }
  }

  private func rateMonths(
    _ tariff: CompiledTariff, _ usage: [Int64], _ loops: Int, _ bill: inout RatedBill
  ) -> Int64 {
    var input = RatingInput(
      period: months[2],
      segments: [
        RatingSegment(
          days: months[2], tariff: tariff, usage: usage.map { Energy(wattHours: $0) })
      ], taxes: taxes)
    var sum: Int64 = 0
    for turn in 0..<loops {
      input.segments[0].usage[0] = Energy(wattHours: usage[0] + Int64(turn & 255) * 1000)
      bill.rate(input)
      sum += bill.total.cents
    }
    return sum
  }

  private func rateYears(
    _ tariff: CompiledTariff, _ loops: Int, _ bill: inout RatedBill
  ) throws -> Int64 {
    var input = RatingInput(
      period: months[0], segments: [RatingSegment(days: months[0], tariff: tariff)])
    var sum: Int64 = 0
    for _ in 0..<loops {
      for month in months {
        input.period = month
        input.segments[0].days = month
        try input.segments[0].take(load, of: month, zone: zone)
        bill.rate(input)
        sum += bill.total.cents
      }
    }
    return sum
  }
}
