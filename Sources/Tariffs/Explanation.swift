public import CivilTime
public import Metering
public import Money

/// How a line came about: every factor needed to check it with a pocket calculator.
public struct LineExplanation: Hashable, Sendable {
  /// A tier's limit on its way from the tariff to the line.
  public struct Limit: Hashable, Sendable {
    /// As published, cumulative.
    public var published: Energy
    /// What it counts.
    public var basis: EnergyComponent.LimitBasis
    /// For this line's days: prorated, and split where the period has several segments.
    public var applied: Energy
  }

  /// A line that a percentage or a tax counts.
  public struct Counted: Hashable, Sendable {
    /// Its index on the bill.
    public var line: Int
    /// What of it counts.
    public var amount: Money
  }

  /// What the customer reads.
  public var title: String
  /// The component's code, or the tax's.
  public var code: String
  /// The tariff's plan; empty for a tax.
  public var plan: String
  /// The tariff's version; 0 for a tax.
  public var version: UInt32
  /// The days it covers.
  public var days: BillingPeriod
  /// What part of a month the whole period is.
  public var monthFactor: Fraction
  /// What part of the period the line's days are.
  public var spanFactor: Fraction
  /// The energy of the line's segment in all hours; zero for what does not count energy.
  public var segmentUsage: Energy
  /// Whether that energy is a share, by days, of a longer measurement.
  public var isSplit: Bool
  /// The time-of-use period's name, or `nil` for all hours.
  public var touPeriod: String?
  /// Where the line's tier begins; `nil` in the first.
  public var tierBegins: Limit?
  /// Where the line's tier ends; `nil` in the last.
  public var tierEnds: Limit?
  /// The exact amount, before rounding.
  public var product: Product
  /// How it was rounded.
  public var rounding: Rounding
  /// What a percentage or a tax counts.
  public var counted: [Counted]
  /// A tax's jurisdiction; empty for others.
  public var jurisdiction: String
}

extension RatedBill {
  /// How line `index` came about, from the `input` that this bill was rated from.
  public func explain(_ index: Int, _ input: RatingInput) -> LineExplanation {
    let line = lines[index]
    let first = Int(line.segment)
    let run = first..<(first + Int(line.segmentCount))
    let days = BillingPeriod(
      start: input.segments[first].days.start, end: input.segments[run.upperBound - 1].days.end)
    var result = LineExplanation(
      title: "", code: "", plan: "", version: 0, days: days,
      monthFactor: input.proration.factor(days: input.period.days),
      spanFactor: Fraction(Int64(days.days), Int64(input.period.days)), segmentUsage: .zero,
      isSplit: false, touPeriod: nil, tierBegins: nil, tierEnds: nil, product: line.basis.product,
      rounding: input.rounding, counted: [], jurisdiction: "")
    if line.type == .tax {
      let rule = input.taxes[Int(line.component)]
      result.title = rule.title
      result.code = rule.code
      result.jurisdiction = rule.jurisdiction
      let mask = ClassMask(rule.baseClasses)
      for (other, counted) in lines.enumerated()
      where counted.type != .tax && mask.contains(counted.revenueClass) {
        result.counted.append(.init(line: other, amount: counted.amount))
      }
      return result
    }
    let tariff = input.segments[first].tariff
    let component = tariff.version.components[Int(line.component)]
    result.title = component.title
    result.code = component.code
    result.plan = tariff.version.plan
    result.version = tariff.version.version
    switch component.kind {
    case .energy(let energy): explain(line, energy, input, &result)
    case .fixed: break
    case .percentage: result.counted = counted(line, input, run)
    }
    return result
  }

  private func explain(
    _ line: RatedLine, _ energy: EnergyComponent, _ input: RatingInput,
    _ result: inout LineExplanation
  ) {
    let segment = input.segments[Int(line.segment)]
    result.segmentUsage = segment.usage.reduce(.zero, +)
    result.isSplit = segment.isSplit
    result.touPeriod = line.touPeriod.map { segment.tariff.version.periods[Int($0)].name }
    func limit(_ tier: Int) -> LineExplanation.Limit? {
      guard energy.tiers.indices.contains(tier), let published = energy.tiers[tier].limit else {
        return nil
      }
      let applied = input.limit(
        published.wattHours, isDaily: energy.basis == .day, Int(line.segment), result.monthFactor)
      return .init(
        published: published, basis: energy.basis, applied: Energy(wattHours: applied))
    }
    result.tierBegins = limit(Int(line.tier) - 1)
    result.tierEnds = limit(Int(line.tier))
  }

  private func counted(_ line: RatedLine, _ input: RatingInput, _ run: Range<Int>)
    -> [LineExplanation.Counted]
  {
    let step = input.segments[run.lowerBound].tariff.steps[Int(line.component)]
    return lines.indices.compactMap { index in
      guard input.counts(lines[index], step, run.lowerBound) else { return nil }
      let share = input.share(of: lines[index], within: run)
      return share == .zero ? nil : .init(line: index, amount: share)
    }
  }
}

extension RatedLine.Basis {
  /// The exact amount.
  public var product: Product {
    switch self {
    case .energy(let energy, let price):
      Product(price, times: energy.wattHours, scale: Energy.scale)
    case .months(let part, let price): Product(price, times: part)
    case .share(let base, let rate): Product(rate, of: base)
    }
  }
}
