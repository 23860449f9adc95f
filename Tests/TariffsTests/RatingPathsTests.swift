import CivilTime
import Metering
import Money
import Tariffs
import Testing

/// What is rated by another path than the usual one gives what it should.
@Suite struct RatingPathsTests {
  typealias X = Example

  private func bill(
    _ components: [Component], usage: [Energy], rounding: Rounding = .halfAwayFromZero,
    precision: RatingConventions.Precision = .invoice
  ) -> RatedBill {
    var version = X.r1([])
    if usage.count > 1 {
      let peak = TimeWindow(days: [.everyDay], startMinute: 1020, endMinute: 1200)
      version.periods = [TouPeriod(name: "peak", windows: [peak]), TouPeriod(name: "off")]
    }
    version.components = components
    let days = X.period("2026-03-01", "2026-04-01")
    return X.bill(
      RatingInput(
        period: days,
        segments: [RatingSegment(days: days, tariff: CompiledTariff(version), usage: usage)],
        rounding: rounding, precision: precision))
  }

  @Test(arguments: [
    (Rounding.halfAwayFromZero, "1.01"), (.halfEven, "1.00"), (.down, "1.00"), (.up, "1.01"),
  ])
  func `a charge is rounded by the policy`(_ rounding: Rounding, _ amount: String) {
    let charge = Component(code: "a", kind: .fixed(FixedComponent(price: X.price("1.005"))))
    #expect(bill([charge], usage: [.zero], rounding: rounding).amounts(.fixedCharge) == [amount])
  }

  @Test func `a charge is in billionths where nothing is rounded`() {
    let charge = Component(code: "a", kind: .fixed(FixedComponent(price: X.price("1.005"))))
    #expect(bill([charge], usage: [.zero], precision: .exact).total.cents == 1_005_000_000)
  }

  @Test func `a price with more decimals than are made ready is multiplied exactly`() {
    let tier = EnergyTier(prices: [X.price(".000009000000000001")])
    let energy = Component(code: "e", kind: .energy(EnergyComponent(tiers: [tier])))
    #expect(bill([energy], usage: [X.kWh(1)]).amounts(.energyCharge) == ["0.00"])
  }

  @Test func `energy shown among fixed charges goes by amount, tier by tier`() {
    func fixed(_ code: String, _ price: String) -> Component {
      Component(code: code, kind: .fixed(FixedComponent(price: X.price(price))))
    }
    let tiers = [
      EnergyTier(limit: X.kWh(100), prices: [X.price(".10")]),
      EnergyTier(prices: [X.price(".30")]),
    ]
    let energy = Component(
      code: "energy", kind: .energy(EnergyComponent(tiers: tiers)), lineType: .fixedCharge)
    let components = [fixed("a", "20"), energy, fixed("b", "15")]
    #expect(
      bill(components, usage: [X.kWh(200)]).amounts(.fixedCharge) == [
        "30.00", "20.00", "15.00", "10.00",
      ])
    #expect(
      bill(components, usage: [X.kWh(100)]).amounts(.fixedCharge) == ["20.00", "15.00", "10.00"])
  }

  @Test(arguments: [
    // The first period's energy and its share of a kWh, in mWh: whole Wh unless what is billed is finer.
    (1_000_000, 667_000), (1_000_001, 666_667),
  ])
  func `two periods share a tier in whole watt-hours unless usage is finer`(
    _ first: Int64, _ share: Int64
  ) {
    let tiers = [
      EnergyTier(limit: X.kWh(1), prices: [X.price("1"), X.price("2")]),
      EnergyTier(prices: [X.price("3"), X.price("4")]),
    ]
    let energy = Component(code: "energy", kind: .energy(EnergyComponent(tiers: tiers)))
    let bill = bill(
      [energy], usage: [Energy(milliwattHours: first), Energy(milliwattHours: 500_000)])
    let found = bill.lines.compactMap { line -> Int64? in
      if case .energy(let energy, _) = line.basis { return energy.milliwattHours }
      return nil
    }
    #expect(found == [share, first - share, 1_000_000 - share, share - 500_000])
  }

  @Test func `of two periods that share tiers only what has energy is a line`() {
    let tiers = [
      EnergyTier(limit: X.kWh(5), prices: [X.price("1"), X.price("2")]),
      EnergyTier(prices: [X.price("3"), X.price("4")]),
    ]
    let energy = Component(code: "energy", kind: .energy(EnergyComponent(tiers: tiers)))
    #expect(
      bill([energy], usage: [.zero, X.kWh(7)]).amounts(.energyCharge) == ["10.00", "8.00"])
    #expect(
      bill([energy], usage: [X.kWh(7), .zero]).amounts(.energyCharge) == ["5.00", "6.00"])
    #expect(
      bill([energy], usage: [X.kWh(2), X.kWh(2)]).amounts(.energyCharge) == ["2.00", "4.00"])
  }

  @Test func `two components of two periods go by period, tier and sequence`() {
    func energy(_ code: String, _ prices: [String]) -> Component {
      let tiers = [
        EnergyTier(limit: X.kWh(4), prices: prices[0..<2].map(X.price)),
        EnergyTier(prices: prices[2..<4].map(X.price)),
      ]
      return Component(code: code, kind: .energy(EnergyComponent(tiers: tiers)))
    }
    let bill = bill(
      [energy("a", ["1", "2", "3", "4"]), energy("b", ["10", "20", "30", "40"])],
      usage: [X.kWh(4), X.kWh(4)])
    #expect(
      bill.amounts(.energyCharge) == [
        "2.00", "20.00", "6.00", "60.00", "4.00", "40.00", "8.00", "80.00",
      ])
    #expect(bill.total.description == "220.00")
  }

  @Test func `a share counts no other share, a tax what its base names, all or less`() {
    func share(_ code: String, _ rate: String) -> Component {
      Component(code: code, kind: .percentage(PercentageComponent(rate: X.rate(rate))))
    }
    func tax(_ code: String, _ base: [RevenueClass]) -> TaxRule {
      TaxRule(
        jurisdiction: "US-TX", level: .state, code: code, rate: X.rate("10"),
        effectiveFrom: X.day("2020-01-01"), baseClasses: base)
    }
    let tier = EnergyTier(prices: [X.price("1")])
    var version = X.r1([])
    version.components = [
      Component(code: "energy", kind: .energy(EnergyComponent(tiers: [tier]))),
      Component(code: "service", kind: .fixed(FixedComponent(price: X.price("100")))),
      share("first", "10"), share("second", "20"),
    ]
    let days = X.period("2026-03-01", "2026-04-01")
    let bill = X.bill(
      RatingInput(
        period: days,
        segments: [
          RatingSegment(days: days, tariff: CompiledTariff(version), usage: [X.kWh(100)])
        ],
        taxes: [
          tax("all", [.variableEnergy, .fixed, .passThrough]), tax("fixed", [.fixed]),
          tax("own", [.variableEnergy, .fixed]),
        ]))
    #expect(bill.amounts(.fixedCharge) == ["100.00", "40.00", "20.00"])
    #expect(bill.amounts(.tax) == ["26.00", "10.00", "20.00"])
  }
}
