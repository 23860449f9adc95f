import CivilTime
import Metering
import Money
import Tariffs

/// A rule as names and texts: what its YAML and its differences are made of.
indirect enum RuleTree: Hashable {
  case text(String)
  /// Fields in the order of the file.
  case fields([Field])
  /// Elements; those with a label are known by it, the others by their place.
  case list([Element])

  struct Field: Hashable {
    var name: String
    var value: RuleTree
  }

  struct Element: Hashable {
    var label: String?
    var value: RuleTree
  }

  /// Fields of which absent ones are left out.
  static func fields(_ all: [(String, RuleTree?)]) -> RuleTree {
    .fields(all.compactMap { name, value in value.map { Field(name: name, value: $0) } })
  }

  static func words(_ words: [String]) -> RuleTree {
    .list(words.map { Element(label: nil, value: .text($0)) })
  }
}

extension Rule {
  /// The rule's fields, those at their defaults left out.
  var tree: RuleTree {
    switch self {
    case .tariff(let rule): rule.tree
    case .tax(let rule): rule.tree
    case .calendar(let rule): rule.tree
    case .policies(let rule): rule.tree
    }
  }
}

/// A text, or nothing for the empty one.
private func text(_ text: String) -> RuleTree? { text.isEmpty ? nil : .text(text) }

extension TariffVersion {
  fileprivate var tree: RuleTree {
    .fields([
      ("kind", .text("tariff")), ("plan", .text(plan)), ("version", .text("\(version)")),
      ("from", .text("\(effectiveFrom)")), ("title", text(title)),
      ("calendar", calendar.map { .text($0) }),
      (
        "periods",
        periods.isEmpty
          ? nil : .list(periods.map { RuleTree.Element(label: $0.name, value: $0.tree) })
      ),
      (
        "components",
        .list(components.map { RuleTree.Element(label: $0.code, value: $0.tree(periods)) })
      ),
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

extension TimeWindow {
  fileprivate var tree: RuleTree {
    .fields([
      ("season", season.map { .text($0) }),
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
  fileprivate func tree(_ periods: [TouPeriod]) -> RuleTree {
    var all: [(String, RuleTree?)] = [("code", .text(code))]
    switch kind {
    case .energy(let energy):
      all += [("type", .text("energy")), ("title", text(title))]
      all += energy.fields(periods)
    case .fixed(let fixed):
      all += [("type", .text("fixed")), ("title", text(title))]
      all.append(("price", .text("\(fixed.price)")))
    case .percentage(let percentage):
      all += [("type", .text("percentage")), ("title", text(title))]
      all.append(("rate", .text(percentage.rate.percentage)))
      let isDefault = percentage.baseClasses == PercentageComponent.defaultBase
      all.append(("base", isDefault ? nil : .words(percentage.baseClasses.map(\.name))))
      all.append(
        (
          "base_components",
          percentage.baseComponents.isEmpty ? nil : .words(percentage.baseComponents)
        ))
    }
    all.append(("line_type", lineType == kind.defaultLineType ? nil : .text(lineType.name)))
    all.append(
      (
        "revenue_class",
        revenueClass == kind.defaultRevenueClass ? nil : .text(revenueClass.name)
      ))
    return .fields(all)
  }
}

extension EnergyComponent {
  fileprivate func fields(_ periods: [TouPeriod]) -> [(String, RuleTree?)] {
    if tiers.count == 1, tiers[0].limit == nil, basis == .month {
      return [Self.prices(tiers[0].prices, periods)]
    }
    let list = tiers.map { tier in
      RuleTree.Element(
        label: nil,
        value: .fields([
          ("up_to", tier.limit.map { .text($0.kilowattHours) }), Self.prices(tier.prices, periods),
        ]))
    }
    return [("basis", basis == .month ? nil : .text(basis.name)), ("tiers", .list(list))]
  }

  private static func prices(_ prices: [Price], _ periods: [TouPeriod]) -> (String, RuleTree?) {
    guard prices.count == periods.count else {
      return ("price", prices.first.map { .text("\($0)") })
    }
    return ("prices", .fields(zip(periods, prices).map { ($0.name, .text("\($1)")) }))
  }
}

extension TaxRule {
  fileprivate var tree: RuleTree {
    .fields([
      ("kind", .text("tax")), ("jurisdiction", .text(jurisdiction)), ("level", .text(level.name)),
      ("code", .text(code)), ("from", .text("\(effectiveFrom)")), ("title", text(title)),
      ("rate", .text(rate.percentage)),
      ("base", baseClasses == Self.defaultBase ? nil : .words(baseClasses.map(\.name))),
    ])
  }
}

extension Calendar {
  fileprivate var tree: RuleTree {
    let holidays = holidays.map { holiday in
      RuleTree.Element(
        label: "\(holiday.day)",
        value: .fields([("date", .text("\(holiday.day)")), ("name", text(holiday.name))]))
    }
    let seasons = seasons.map { season in
      let day = Day(year: 2024, month: Int(season.month), day: Int(season.day))
      return RuleTree.Element(
        label: nil,
        value: .fields([
          ("name", .text(season.name)), ("from", day.map { .text("\("\($0)".dropFirst(5))") }),
        ]))
    }
    return .fields([
      ("kind", .text("calendar")), ("calendar", .text(name)), ("version", .text("\(version)")),
      ("from", .text("\(effectiveFrom)")), ("weekend", .words(weekendDays.map(\.name))),
      ("holidays", holidays.isEmpty ? nil : .list(holidays)),
      ("seasons", seasons.isEmpty ? nil : .list(seasons)),
    ])
  }
}

extension Policies {
  fileprivate var tree: RuleTree {
    let limits = plausibility.byClass.map {
      ($0.customerClass.name, RuleTree?.some(.text($0.dailyMaximum.kilowattHours)))
    }
    return .fields([
      ("kind", .text("policy")), ("version", .text("\(version)")),
      ("from", .text("\(effectiveFrom)")), ("rounding", .text(rounding.name)),
      (
        "proration",
        .fields([
          (
            "full_month", .text("\(proration.fullMonthMinimum)-\(proration.fullMonthMaximum)")
          ), ("month_days", .text("\(proration.monthDays)")),
        ])
      ), ("cycle_window_days", .text("\(cycleWindowDays)")),
      (
        "plausible_kwh_per_day",
        .fields([("default", .text(plausibility.dailyMaximum.kilowattHours))] + limits)
      ),
    ])
  }
}
