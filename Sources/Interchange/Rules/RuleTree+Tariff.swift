import Metering
import Money
import Tariffs

extension TariffVersion {
  var tree: RuleTree {
    .fields([
      ("kind", .text("tariff")), ("plan", .text(plan)), ("version", .text("\(version)")),
      ("from", .text("\(effectiveFrom)")), ("title", text(title)),
      ("source", source?.tree), ("calendar", calendar.map { .text($0) }),
      ("season_basis", seasonBasis == .day ? nil : .text(seasonBasis.name)),
      ("periods", Self.list(periods)), ("demand_periods", Self.list(demandPeriods)),
      (
        "components",
        .list(
          components.map {
            RuleTree.Element(label: $0.code, value: $0.tree(periods, demandPeriods))
          })
      ),
    ])
  }

  private static func list(_ periods: [TouPeriod]) -> RuleTree? {
    periods.isEmpty
      ? nil : .list(periods.map { RuleTree.Element(label: $0.name, value: $0.tree) })
  }
}

extension TariffSource {
  fileprivate var tree: RuleTree {
    let digits = Array("0123456789abcdef")
    let hex = String(hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    return .fields([
      ("format", .text(format)), ("label", .text(label)), ("sha256", .text(hex)),
    ])
  }
}

extension TouPeriod {
  fileprivate var tree: RuleTree {
    .fields([
      ("name", .text(name)),
      (
        "windows",
        windows.isEmpty
          ? nil : .list(windows.map { RuleTree.Element(label: nil, value: $0.tree) })
      ),
    ])
  }
}

extension MonthSet {
  /// The months by number; nothing for the whole year.
  fileprivate var tree: RuleTree? {
    self == .all ? nil : .words(months.map { "\($0)" })
  }
}

extension TimeWindow {
  fileprivate var tree: RuleTree {
    .fields([
      ("season", season.map { .text($0) }), ("months", months.tree),
      ("days", days == [.everyDay] ? nil : .words(days.map(\.name))),
      ("hours", .text(Self.clock(startMinute) + "-" + Self.clock(endMinute))),
    ])
  }

  private static func clock(_ minute: Int16) -> String {
    func two(_ value: Int16) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return two(minute / 60) + ":" + two(minute % 60)
  }
}

extension Component {
  fileprivate func tree(_ periods: [TouPeriod], _ demandPeriods: [TouPeriod]) -> RuleTree {
    var all: [(String, RuleTree?)] = [
      ("code", .text(code)), ("type", .text(kind.word)), ("title", text(title)),
    ]
    all += kind.fields(periods, demandPeriods)
    all.append(("months", months.tree))
    all.append(("season", season.map { .text($0) }))
    all.append(("line_type", lineType == kind.defaultLineType ? nil : .text(lineType.name)))
    all.append(
      (
        "revenue_class",
        revenueClass == kind.defaultRevenueClass ? nil : .text(revenueClass.name)
      ))
    return .fields(all)
  }
}

extension ComponentKind {
  /// The word for the kind.
  fileprivate var word: String {
    switch self {
    case .energy: "energy"
    case .demand: "demand"
    case .fixed: "fixed"
    case .rider: "rider"
    case .percentage: "percentage"
    case .minimum: "minimum"
    case .netMetering: "net-metering"
    case .netBilling: "net-billing"
    }
  }

  fileprivate func fields(
    _ periods: [TouPeriod], _ demandPeriods: [TouPeriod]
  ) -> [(String, RuleTree?)] {
    func term(_ term: Term) -> RuleTree? { term == .month ? nil : .text(term.name) }
    switch self {
    case .energy(let it): return it.ladders.fields(periods, it.filling, usual: .pooled)
    case .netBilling(let it): return it.ladders.fields(periods, it.filling, usual: .byInterval)
    case .demand(let it): return it.fields(demandPeriods)
    case .fixed(let it): return [("price", .text("\(it.price)")), ("per", term(it.term))]
    case .minimum(let it): return [("price", .text("\(it.price)")), ("per", term(it.term))]
    case .rider(let it): return [("price", .text("\(it.price)"))]
    case .percentage(let it):
      let isDefault = it.baseClasses == PercentageComponent.defaultBase
      return [
        ("rate", .text(it.rate.percentage)),
        ("base", isDefault ? nil : .words(it.baseClasses.map(\.name))),
        ("base_components", it.baseComponents.isEmpty ? nil : .words(it.baseComponents)),
      ]
    case .netMetering(let it):
      var hours: RuleTree?
      if case .hours(let given) = it.carry { hours = .words(given.map { "\($0)" }) }
      return [
        ("carry_hours", hours), ("year_end", it.yearEnd.map { .text("\($0)") }),
        ("settlement", it.settlement.map { .text("\($0)") }),
      ]
    }
  }
}

extension DemandComponent {
  fileprivate func fields(_ periods: [TouPeriod]) -> [(String, RuleTree?)] {
    let ratchet = ratchet.map { ratchet -> RuleTree in
      .fields([
        ("rate", .text(ratchet.rate.percentage)), ("bills", .text("\(ratchet.bills)")),
      ])
    }
    guard isByPeriod else {
      let ladder = ladders.first ?? Ladder(tiers: [])
      return [(ladder.isSimple ? "price" : "tiers", ladder.tree), ("ratchet", ratchet)]
    }
    let names = periods.isEmpty ? ["all"] : periods.map(\.name)
    return [
      ("by_period", .fields(zip(names, ladders).map { ($0, $1.tree) })), ("ratchet", ratchet),
    ]
  }
}

extension DemandComponent.Ladder {
  fileprivate var isSimple: Bool { tiers.count == 1 && tiers[0].limit == nil }

  /// Its price, or its tiers.
  fileprivate var tree: RuleTree {
    if isSimple { return .text("\(tiers[0].price)") }
    return .list(
      tiers.map { tier in
        RuleTree.Element(
          label: nil,
          value: .fields([
            ("up_to", tier.limit.map { .text($0.kilowatts) }), ("price", .text("\(tier.price)")),
          ]))
      })
  }
}

extension [EnergyLadder] {
  fileprivate func fields(
    _ periods: [TouPeriod], _ filling: TierFilling, usual: TierFilling
  ) -> [(String, RuleTree?)] {
    let tiers = flatMap(\.tiers)
    let bases = Set(tiers.filter { $0.limit != nil }.map(\.basis))
    // The basis of tiers that have a limit is said once where they agree; an open tier has none.
    let common = bases.count == 1 ? bases.first ?? .month : .month
    let head: [(String, RuleTree?)] = [
      ("filling", filling == usual ? nil : .text(filling.name)),
      ("basis", common == .month ? nil : .text(common.name)),
    ]
    if count > 1 {
      let each = zip(periods, self).map { ($0.name, RuleTree?.some($1.tree([], common))) }
      return head + [("ladders", .fields(each))]
    }
    guard let ladder = first else { return head }
    if ladder.tiers.count == 1, ladder.tiers[0].limit == nil {
      return head + [ladder.tiers[0].prices(periods)]
    }
    return head + [("tiers", ladder.tree(periods, common))]
  }
}

extension EnergyLadder {
  fileprivate func tree(_ periods: [TouPeriod], _ common: EnergyTier.LimitBasis) -> RuleTree {
    .list(
      tiers.map { tier in
        RuleTree.Element(
          label: nil,
          value: .fields([
            ("up_to", tier.limit.map { .text($0.kilowattHours) }),
            ("basis", tier.limit == nil || tier.basis == common ? nil : .text(tier.basis.name)),
            tier.prices(periods),
          ]))
      })
  }
}

extension EnergyTier {
  /// The price, or a price for each period.
  fileprivate func prices(_ periods: [TouPeriod]) -> (String, RuleTree?) {
    guard prices.count == periods.count else {
      return ("price", prices.first.map { .text("\($0)") })
    }
    return ("prices", .fields(zip(periods, prices).map { ($0.name, .text("\($1)")) }))
  }
}
