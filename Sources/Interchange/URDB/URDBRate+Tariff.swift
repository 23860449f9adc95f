public import CivilTime
import Metering
import Money
public import Tariffs

/// How a load's exports are dealt with, as `rate --metering` says it.
public enum ExportRule: String, Hashable, Sendable, CaseIterable {
  /// They count against imports, period by period; a surplus goes on to the next month.
  case net
  /// They are paid for, interval by interval.
  case netBilling = "net-billing"
}

extension URDBRate {
  /// The rule that the record names; `nil` where it names none, or one that needs generation
  /// measured apart from use.
  public var exportRule: ExportRule? {
    switch metering {
    case .net: .net
    case .netBilling, .netBillingHourly: .netBilling
    case .buyAllSellAll, nil: nil
    }
  }

  /// The rate as version `version` of `plan` from `from` on, with `exports` for what is delivered to
  /// the grid.
  ///
  /// Periods are named by their numbers in the record, as `period-2`. Under net metering tiers are
  /// pooled; under net billing each interval fills them, imports and exports apart.
  ///
  /// - Throws: `GridProblem` where the schedules are not 12 by 24, which no record that was read has.
  public func tariff(
    plan: String, version: UInt32, from: Day, exports: ExportRule, source: TariffSource?
  ) throws -> TariffVersion {
    let (periods, order) = try touPeriods(energy)
    let ladders = order.map { number in
      energy.period(number).tiers.map { EnergyTier($0, price: $0.price) }
    }
    var components = [
      Component(
        code: "energy", title: "Energy",
        kind: .energy(
          EnergyComponent(
            byPeriod: ladders.map(EnergyLadder.init(tiers:)),
            filling: exports == .net ? .pooled : .byInterval)))
    ]
    components.append(exportComponent(exports, order))
    var demandPeriods: [TouPeriod] = []
    if let demand {
      let (periods, order) = try touPeriods(demand)
      demandPeriods = periods
      let ladders = order.map { DemandComponent.Ladder(tiers: demand.period($0).demandTiers) }
      components.append(
        Component(
          code: "demand", title: "Demand by period",
          kind: .demand(DemandComponent(byPeriod: ladders))))
    }
    components += flatDemandComponents + charges
    return TariffVersion(
      plan: plan, version: version, effectiveFrom: from, title: title, periods: periods,
      demandPeriods: demandPeriods, source: source, components: components)
  }

  private func exportComponent(_ exports: ExportRule, _ order: [Int]) -> Component {
    guard exports == .netBilling else {
      return Component(
        code: "export", title: "Net metering",
        kind: .netMetering(NetMeteringComponent(carry: .hours([0, 5, 11, 17]), yearEnd: 12)))
    }
    let ladders = order.map { number in
      energy.period(number).tiers.map { EnergyTier($0, price: $0.sell ?? .zero) }
    }
    return Component(
      code: "export", title: "Energy delivered to the grid",
      kind: .netBilling(NetBillingComponent(byPeriod: ladders.map(EnergyLadder.init(tiers:)))))
  }

  /// A component for each period of the months' peaks, with its months.
  private var flatDemandComponents: [Component] {
    guard let flatDemand else { return [] }
    let months = flatDemand.weekday.map { $0[0] }
    return flatDemand.periods.enumerated().map { index, period in
      Component(
        code: index == 0 ? "flat-demand" : "flat-demand-\(index + 1)", title: "Demand",
        kind: .demand(DemandComponent(flat: period.demandTiers)),
        months: MonthSet((1...12).filter { months[$0 - 1] == period.number }))
    }
  }

  private var charges: [Component] {
    func numbered(_ code: String, _ index: Int) -> String {
      index == 0 ? code : "\(code)-\(index + 1)"
    }
    return fixed.enumerated().map { index, amount in
      Component(
        code: numbered("fixed", index), title: "Fixed charge",
        kind: .fixed(FixedComponent(price: amount.price, per: amount.span.term)))
    }
      + minimums.enumerated().map { index, amount in
        Component(
          code: numbered("minimum", index), title: "Minimum charge",
          kind: .minimum(MinimumComponent(price: amount.price, per: amount.span.term)))
      }
  }

  private func touPeriods(_ structure: Structure) throws -> (periods: [TouPeriod], order: [Int]) {
    let (periods, numbers) = try TouPeriod.periods(
      weekday: structure.weekday, weekend: structure.weekend, weekendDays: [.saturday, .sunday],
      name: { "period-\($0)" })
    return (periods, numbers)
  }
}

extension URDBRate.Structure {
  /// The period of this number, which the schedules name.
  func period(_ number: Int) -> URDBRate.Period {
    periods.first { $0.number == number } ?? URDBRate.Period(number: number, tiers: [])
  }
}

extension URDBRate.Period {
  fileprivate var demandTiers: [DemandComponent.Tier] {
    tiers.map {
      DemandComponent.Tier(limit: $0.limit.map(Power.init(milliwatts:)), price: $0.price)
    }
  }
}

extension EnergyTier {
  fileprivate init(_ tier: URDBRate.Tier, price: Price) {
    self.init(
      limit: tier.limit.map(Energy.init(milliwattHours:)), basis: tier.unit.basis, prices: [price])
  }
}

extension URDBRate.Unit {
  fileprivate var basis: EnergyTier.LimitBasis {
    switch self {
    case .kilowattHours, .kilowatts: .month
    case .kilowattHoursDaily: .day
    case .kilowattHoursPerKilowatt: .peak
    case .kilowattHoursPerKilowattDaily: .peakDay
    }
  }
}

extension URDBRate.Span {
  fileprivate var term: Term {
    switch self {
    case .day: .day
    case .month: .month
    case .year: .year
    }
  }
}
