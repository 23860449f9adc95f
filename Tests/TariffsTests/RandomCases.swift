import CivilTime
import Metering
import Money
import Tariffs

/// SplitMix64: the same numbers for the same seed, on any machine.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func price(below units: UInt64) -> Price {
    Price(digits: Int64(next() % (units * 100_000)), decimals: 5)
  }

  mutating func period() -> BillingPeriod {
    let start = Day(rawValue: 18_000 + Int32(next() % 3_000))
    return BillingPeriod(start: start, end: start + (2 + Int(next() % 60)))
  }

  mutating func tariff(periods count: Int, isSteep: Bool = false) -> TariffVersion {
    var limit: Int64 = 0
    let tiers = (0..<(1 + Int(next() % 3))).map { _ -> EnergyTier in
      limit += isSteep ? 1 + Int64(next() % 5_000) : 1 + Int64(next() % 700_000)
      return EnergyTier(
        limit: Energy(wattHours: limit), prices: (0..<max(1, count)).map { _ in price(below: 1) })
    }
    let open = [EnergyTier(prices: tiers[0].prices)]
    let basis: EnergyTier.LimitBasis = next() % 4 == 0 && !isSteep ? .day : .month
    var components = [
      Component(
        code: "energy", kind: .energy(EnergyComponent(basis: basis, tiers: tiers + open))),
      Component(code: "service", kind: .fixed(FixedComponent(price: price(below: 30)))),
      Component(code: "meter", kind: .fixed(FixedComponent(price: price(below: 9)))),
    ]
    let rate = Rate(rawValue: Int64(1 + next() % 80) * 1_000_000)
    components.append(
      Component(code: "franchise", kind: .percentage(PercentageComponent(rate: rate))))
    let names = (0..<count).map { index in
      TouPeriod(
        name: "p\(index)",
        windows: index == count - 1
          ? [] : [TimeWindow(startMinute: Int16(index * 60), endMinute: Int16(index * 60 + 60))])
    }
    return TariffVersion(
      plan: "T", version: 1, effectiveFrom: Day(rawValue: 0), periods: names, components: components
    )
  }

  /// A bill's input; `isSteep` for tiers so low that every one is reached.
  mutating func input(segments count: Int, isSteep: Bool = false) -> RatingInput {
    var period = period()
    period.end = period.start + max(count, period.days)
    let tariff = tariff(periods: isSteep ? 0 : Int(next() % 4), isSteep: isSteep)
    var cuts = [period.start, period.end]
    while cuts.count < count + 1 {
      let cut = period.start + Int(next() % UInt64(period.days))
      if !cuts.contains(cut) { cuts.append(cut) }
    }
    cuts.sort()
    var segments: [RatingSegment] = []
    for index in 0..<count {
      var version = tariff
      // Each later segment has a price of its own, and sometimes a service charge or a franchise.
      version.version = UInt32(index + 1)
      if index > 0, next() % 2 == 0 {
        version.components[1] = self.tariff(periods: 0).components[1]
      }
      if index > 0, next() % 2 == 0 {
        version.components[3] = self.tariff(periods: 0).components[3]
      }
      let compiled = CompiledTariff(version)
      segments.append(
        RatingSegment(
          days: BillingPeriod(start: cuts[index], end: cuts[index + 1]), tariff: compiled,
          usage: (0..<compiled.usageCount).map { _ in
            Energy(wattHours: (isSteep ? 200_000 : 0) + Int64(next() % 900_000))
          }))
    }
    return RatingInput(
      period: period, segments: segments,
      taxes: [Example.tax("state", .state, "5"), Example.tax("city", .city, "1.375")])
  }
}
