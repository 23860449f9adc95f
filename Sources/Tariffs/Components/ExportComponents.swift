import Metering
public import Money

/// Net metering: what is delivered to the grid counts, period by period and kWh for kWh, against
/// what is taken from it. A surplus is banked and counts on the bills after.
public struct NetMeteringComponent: Hashable, Sendable {
  /// Which period of the next bill a surplus counts in.
  public enum Carry: Hashable, Sendable {
    /// The one of the same name; a period that the next bill's tariff does not have loses it.
    case samePeriod
    /// The one that holds, on the next bill, the first of these hours of a working weekday (0 to 23)
    /// that the period holds on this one; a period that holds none of them loses it.
    case hours([UInt8])
  }

  /// Where a surplus goes.
  public var carry: Carry
  /// The month (1 to 12) whose bill empties the bank, after it was used; `nil` for never.
  public var yearEnd: UInt8?
  /// What is paid a kWh for what is in the bank when it is emptied; `nil`: it expires unpaid.
  public var settlement: Price?

  /// Net metering.
  public init(carry: Carry = .samePeriod, yearEnd: UInt8? = nil, settlement: Price? = nil) {
    self.carry = carry
    self.yearEnd = yearEnd
    self.settlement = settlement
  }
}

/// Net billing: each interval is either taken from the grid or delivered to it, and what is
/// delivered is paid for at prices of its own. The bill may come out below zero.
public struct NetBillingComponent: Hashable, Sendable {
  /// The ladders of the prices paid, as an energy component has them; what is delivered fills them.
  public var ladders: [EnergyLadder]
  /// Which energy fills a tier.
  public var filling: TierFilling

  /// Prices paid by ladders.
  public init(ladders: [EnergyLadder], filling: TierFilling = .byInterval) {
    self.ladders = ladders
    self.filling = filling
  }

  /// Prices paid by a ladder for each of the tariff's periods, in their order.
  public init(byPeriod ladders: [EnergyLadder], filling: TierFilling = .byInterval) {
    self.init(ladders: EnergyLadder.joined(ladders), filling: filling)
  }

  /// One price for all that is delivered.
  public init(price: Price) {
    self.init(ladders: [EnergyLadder(tiers: [EnergyTier(prices: [price])])])
  }
}

extension NetMeteringComponent: ComponentRule {
  var stepKind: Step.Kind { .netMetering }
  var defaultLineType: LineType { .energyCharge }
  var defaultRevenueClass: RevenueClass { .variableEnergy }

  func fill(_ step: inout Step, _ tables: inout StepTables) {
    step.line = step.line.with(.energy, price: settlement ?? .zero)
  }

  func problems(_ site: ComponentSite) -> [RuleProblem] {
    var found = ExportProblems.problems(site)
    if case .hours(let hours) = carry {
      if hours.isEmpty { found.append(.init(site.field + ".carry", "names no hour")) }
      if hours.contains(where: { $0 > 23 }) {
        found.append(.init(site.field + ".carry", "names an hour that no day has; use 0 to 23"))
      }
    }
    if let yearEnd, !(1...12).contains(yearEnd) {
      found.append(.init(site.field + ".year_end", "is no month; use 1 to 12"))
    }
    if settlement != nil, yearEnd == nil {
      found.append(
        .init(site.field + ".settlement", "needs year_end, the month that it is paid in"))
    }
    return found
  }
}

extension NetBillingComponent: ComponentRule {
  var stepKind: Step.Kind { .netBilling }
  var defaultLineType: LineType { .energyCharge }
  var defaultRevenueClass: RevenueClass { .variableEnergy }

  func fill(_ step: inout Step, _ tables: inout StepTables) {
    step.fill(ladders, filling, &tables)
  }

  func problems(_ site: ComponentSite) -> [RuleProblem] {
    ExportProblems.problems(site) + EnergyLadder.problems(ladders, filling, site)
  }
}

private enum ExportProblems {
  /// A tariff has one way of dealing with what is delivered to the grid, for all bills.
  static func problems(_ site: ComponentSite) -> [RuleProblem] {
    var found: [RuleProblem] = []
    let component = site.tariff.components[site.index]
    let isSecond = site.tariff.components[..<site.index].contains {
      switch $0.kind {
      case .netMetering, .netBilling: true
      default: false
      }
    }
    if isSecond {
      found.append(
        .init(site.field + ".type", "is the second for exported energy; a tariff has one"))
    }
    if component.months != .all || component.season != nil {
      found.append(.init(site.field + ".months", "must be the whole year for exported energy"))
    }
    return found
  }
}
