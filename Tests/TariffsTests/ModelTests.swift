import CivilTime
import Metering
import Money
import Tariffs
import Testing

/// What tariffs can say besides prices: seasons by bill, returning holidays, grids of hours, months of
/// components, and what keeps them from being published.
@Suite struct ModelTests {
  typealias X = Example

  static func problems(_ components: [Component], periods: [TouPeriod] = []) -> [String] {
    TariffVersion(
      plan: "P", version: 1, effectiveFrom: X.day("2020-01-01"), periods: periods,
      components: components
    ).problems(calendars: []).map(\.description)
  }

  static func energy(_ tiers: [EnergyTier]) -> Component {
    Component(code: "energy", kind: .energy(EnergyComponent(tiers: tiers)))
  }

  @Test func `a season by bill begins with the bill, by day on its day`() throws {
    let calendar = Calendar(
      name: "c", effectiveFrom: X.day("2020-01-01"), weekendDays: [],
      seasons: [.init(name: "winter", month: 10, day: 1), .init(name: "summer", month: 6, day: 1)])
    var version = TariffVersion(
      plan: "S", version: 1, effectiveFrom: X.day("2020-01-01"), calendar: "c",
      periods: [
        TouPeriod(
          name: "summer",
          windows: [TimeWindow(season: "summer", startMinute: 0, endMinute: 1440)]),
        TouPeriod(name: "winter"),
      ],
      components: [
        Component(
          code: "energy",
          kind: .energy(
            EnergyComponent(tiers: [.init(prices: [X.price(".30"), X.price(".10")])])))
      ])
    let zone = ZoneRules(fixedOffset: 0, name: "UTC")
    // 20 May to 20 June: the middle is 4 June, a summer's bill.
    let days = X.period("2026-05-20", "2026-06-20")
    let block = IntervalBlock(
      start: zone.midnight(of: days.start), minutes: 60,
      values: [Int64](repeating: 1000, count: days.days * 24))
    func usage() throws -> [Energy] {
      let tariff = CompiledTariff(version, calendars: [calendar])
      return try RatingSegment.segments(
        [TariffSpan(days: days, tariff: tariff)], intervals: [block], zone: zone)[0].usage
    }
    #expect(try usage() == [X.kWh(19 * 24), X.kWh(12 * 24)])
    version.seasonBasis = .bill
    #expect(try usage() == [X.kWh(31 * 24), .zero])
  }

  @Test(arguments: [
    ("2021-07-05", YearlyHoliday.Rule.date(month: 7, day: 4)),
    ("2020-07-03", .date(month: 7, day: 4)),
    ("2021-12-31", .date(month: 1, day: 1)),
    ("2026-11-26", .weekday(month: 11, .thursday, nth: 4)),
    ("2026-05-25", .weekday(month: 5, .monday, nth: 5)),
    ("2027-05-31", .weekday(month: 5, .monday, nth: 5)),
  ])
  func `a holiday that returns counts where it is observed`(
    _ text: String, _ rule: YearlyHoliday.Rule
  ) {
    let calendar = Calendar(
      name: "c", effectiveFrom: X.day("2000-01-01"), weekendDays: [.saturday, .sunday],
      yearlyHolidays: [YearlyHoliday(rule, observed: .nearestWeekday)])
    #expect(calendar.problems == [])
    let tariff = CompiledTariff(X.r2([], calendar: "c"), calendars: [calendar])
    let day = X.day(text)
    #expect(tariff.period(on: day, minute: 18 * 60) == 1, "a holiday is no working day")
    let other = day.weekday == .friday ? day - 1 : day + 1
    #expect(tariff.period(on: other, minute: 18 * 60) == 0, "the day beside it is one")
  }

  @Test func `a Sunday may move to Monday while a Saturday stays`() {
    let holiday = YearlyHoliday(.date(month: 7, day: 4), observed: .mondayAfterSunday)
    #expect(holiday.day(in: 2021) == X.day("2021-07-05"))
    #expect(holiday.day(in: 2020) == X.day("2020-07-04"))
    #expect(YearlyHoliday(.date(month: 2, day: 29)).day(in: 2027) == nil)
    let wrong = Calendar(
      name: "c", effectiveFrom: X.day("2000-01-01"), weekendDays: [],
      yearlyHolidays: [
        YearlyHoliday(.date(month: 2, day: 30)),
        YearlyHoliday(.weekday(month: 13, .monday, nth: 1)),
      ])
    #expect(wrong.problems.map(\.field) == ["yearly_holidays[0]", "yearly_holidays[1]"])
  }

  @Test func `a grid of hours gives the same period as its numbers, every hour of a year`() throws {
    var random = SeededRandom(seed: 77)
    for _ in 0..<20 {
      func grid() -> [[Int]] {
        (0..<12).map { _ in
          var row: [Int] = []
          while row.count < 24 {
            let number = Int(random.next() % 5) * 2
            row += Array(repeating: number, count: 1 + Int(random.next() % 9))
          }
          return Array(row.prefix(24))
        }
      }
      let (weekday, weekend) = (grid(), grid())
      let (periods, numbers) = try TouPeriod.periods(
        weekday: weekday, weekend: weekend, name: { "p\($0)" })
      let tariff = CompiledTariff(
        TariffVersion(
          plan: "G", version: 1, effectiveFrom: X.day("2018-01-01"), periods: periods,
          components: []))
      #expect(numbers == numbers.sorted())
      var day = X.day("2018-01-01")
      while day < X.day("2019-01-01") {
        let row = (day.weekday == .saturday || day.weekday == .sunday ? weekend : weekday)[
          day.parts.month - 1]
        for hour in 0..<24 {
          #expect(numbers[tariff.period(on: day, minute: hour * 60 + 59)] == row[hour])
        }
        day = day + 1
      }
    }
  }

  @Test func `a grid of the wrong shape is refused with the place`() {
    let good = [[Int]](repeating: [Int](repeating: 0, count: 24), count: 12)
    var short = good
    short[4].removeLast()
    var negative = good
    negative[11][23] = -1
    typealias Problem = TouPeriod.GridProblem
    for (grid, problem) in [
      (Array(good.dropLast()), Problem.months(11)), (short, .hours(23, month: 5)),
      (negative, .number(-1, month: 12, hour: 23)),
    ] {
      #expect(throws: problem) {
        try TouPeriod.periods(weekday: good, weekend: grid, name: { "\($0)" })
      }
    }
  }

  @Test func `energy that fills tiers period by period has its own period's prices in each`() {
    var version = X.r1([])
    let peak = TimeWindow(days: [.everyDay], startMinute: 1020, endMinute: 1200)
    version.periods = [TouPeriod(name: "peak", windows: [peak]), TouPeriod(name: "off")]
    version.components = [
      Component(
        code: "energy",
        kind: .energy(
          EnergyComponent(
            tiers: [
              EnergyTier(limit: X.kWh(100), prices: [X.price(".10"), X.price(".01")]),
              EnergyTier(prices: [X.price(".20"), X.price(".02")]),
            ], filling: .separate)))
    ]
    let days = X.period("2026-03-01", "2026-04-01")
    let bill = X.bill(
      RatingInput(
        period: days,
        segments: [
          RatingSegment(
            days: days, tariff: CompiledTariff(version), usage: [X.kWh(150), X.kWh(250)])
        ]))
    #expect(bill.amounts(.energyCharge) == ["10.00", "10.00", "1.00", "3.00"])
    #expect(bill.lines.map(\.touPeriod) == [0, 0, 1, 1])
  }

  @Test func `a component may be on the bills of some months only`() {
    let summer = Component(
      code: "summer", kind: .fixed(FixedComponent(price: X.price("7"))), months: MonthSet([6, 7]))
    let version = TariffVersion(
      plan: "M", version: 1, effectiveFrom: X.day("2020-01-01"),
      components: [X.tiers(".10", limits: []), summer])
    func fixed(_ start: String, _ end: String) -> [String] {
      X.bill(X.input(X.period(start, end), version, [X.kWh(1)], [])).amounts(.fixedCharge)
    }
    #expect(fixed("2026-05-20", "2026-06-20") == ["7.00"])
    #expect(fixed("2026-05-10", "2026-06-10") == [])
    #expect(fixed("2026-07-20", "2026-08-10") == ["4.90"])
  }

  @Test func `a rider below zero is a credit, and a percentage that is a rider tests the minimum`()
  {
    let version = TariffVersion(
      plan: "M", version: 1, effectiveFrom: X.day("2020-01-01"),
      components: [
        X.tiers(".10", limits: []),
        Component(code: "fuel", kind: .rider(RiderComponent(price: X.price("-.02")))),
        Component(
          code: "surcharge",
          kind: .percentage(
            PercentageComponent(rate: X.rate("10"), baseClasses: [.variableEnergy])),
          lineType: .rider, revenueClass: .variableRider),
        Component(code: "least", kind: .minimum(MinimumComponent(price: X.price("12")))),
        X.franchise,
      ])
    let input = X.input(X.period("2026-03-01", "2026-04-01"), version, [X.kWh(100)], [])
    let bill = X.bill(input)
    #expect(bill.amounts(.energyCharge) == ["10.00"])
    #expect(bill.amounts(.rider) == ["-2.00", "1.00"])
    #expect(bill.amounts(.minimumCharge) == ["3.00"])
    // 3 % of 10.00 - 2.00 + 3.00: a percentage counts no other percentage.
    #expect(bill.amounts(.fixedCharge) == ["0.33"])
    let least = bill.lines.firstIndex { $0.type == .minimumCharge }!
    #expect(bill.explain(least, input).counted.map(\.amount).sum() == X.money("9.00"))
  }

  @Test func `nonsense is refused with the place`() {
    let price = [X.price(".1")]
    #expect(
      Self.problems([
        Self.energy([.init(limit: Energy(wattHours: -5), prices: price), .init(prices: price)])
      ])
        == ["components[0].tiers[0].limit: must be above zero"])
    #expect(
      Self.problems([
        Component(code: "least", kind: .minimum(MinimumComponent(price: X.price("-1"))))
      ]) == ["components[0].price: is negative; a minimum is at least 0"])
    let export = Component(code: "a", kind: .netBilling(NetBillingComponent(price: price[0])))
    let second = Component(code: "b", kind: .netMetering(NetMeteringComponent()))
    #expect(
      Self.problems([export, second])
        == ["components[1].type: is the second for exported energy; a tariff has one"])
    let bank = NetMeteringComponent(carry: .hours([24]), settlement: X.price("1"))
    #expect(
      Self.problems([Component(code: "bank", kind: .netMetering(bank))]) == [
        "components[0].carry: names an hour that no day has; use 0 to 23",
        "components[0].settlement: needs year_end, the month that it is paid in",
      ])
    let demand = DemandComponent(
      flat: [.init(limit: Power(watts: 5), price: price[0])],
      ratchet: .init(rate: X.rate("120"), bills: 0))
    #expect(
      Self.problems([Component(code: "kw", kind: .demand(demand))]) == [
        "components[0].ratchet.rate: must be above 0 and at most 100 %",
        "components[0].ratchet.bills: must be from 1 to 36",
        "components[0].tiers[0].limit: must be open in the last tier",
      ])
    let own = EnergyComponent(ladders: [
      .init(tiers: [.init(prices: price)]), .init(tiers: [.init(prices: price)]),
    ])
    #expect(
      Self.problems([Component(code: "energy", kind: .energy(own))])
        == ["components[0].ladders: has 2 ladders; the tariff has 0 periods"])
    let circle = [
      Component(
        code: "a",
        kind: .percentage(PercentageComponent(rate: X.rate("1"), baseComponents: ["b"]))),
      Component(
        code: "b",
        kind: .percentage(PercentageComponent(rate: X.rate("1"), baseComponents: ["a"]))),
    ]
    #expect(
      Self.problems(circle) == [
        "components[0].base: 'b' is a percentage too and must come earlier: no circles"
      ])
    var never = Self.energy([.init(prices: price)])
    never.months = MonthSet([])
    #expect(Self.problems([never]) == ["components[0].months: is empty: it never applies"])
  }
}
