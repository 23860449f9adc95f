public import CivilTime
public import Metering
public import Money

/// How a line came about: every factor needed to check it with a pocket calculator.
public struct LineExplanation: Hashable, Sendable {
  /// A tier's limit on its way from the tariff to the line.
  public struct Limit: Hashable, Sendable {
    /// As published, cumulative: an energy, or for demand a power.
    public var published: Quantity
    /// What it counts.
    public var basis: EnergyTier.LimitBasis
    /// For this line's days: prorated, and split where the period has several segments.
    public var applied: Quantity
  }

  /// An amount of energy or power.
  public enum Quantity: Hashable, Sendable, CustomStringConvertible {
    /// Energy.
    case energy(Energy)
    /// Power.
    case power(Power)

    /// As `500 kWh` or `45.6 kW`.
    public var description: String {
      switch self {
      case .energy(let energy): energy.description
      case .power(let power): power.description
      }
    }

    /// The amount in kWh or kW, without the unit.
    public var amount: String {
      switch self {
      case .energy(let energy): energy.kilowattHours
      case .power(let power): power.kilowatts
      }
    }
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
  /// A ratchet on a bill.
  public struct Ratchet: Hashable, Sendable {
    /// The rule.
    public var rule: DemandComponent.Ratchet
    /// The greatest peak of the bills that it counts.
    public var peak: Power
    /// The least that is charged.
    public var least: Power
  }

  /// The days it covers.
  public var days: BillingPeriod
  /// What part of a month the whole period is.
  public var monthFactor: Fraction
  /// What part of the period the line's days are.
  public var spanFactor: Fraction
  /// The energy of the line's segment in all hours; zero for what does not count energy. Of a line
  /// for energy delivered to the grid what was delivered.
  public var segmentUsage: Energy
  /// What of it was in the bank and is not billed.
  public var bankApplied: Energy
  /// Which energy fills the tiers.
  public var filling: TierFilling
  /// The peak that a demand line, or a limit by kW, is of; `nil` for others.
  public var peak: Peak?
  /// The ratchet that a demand line is at least of, and the peak it is a share of.
  public var ratchet: Ratchet?
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
      bankApplied: .zero, filling: .pooled, peak: nil, ratchet: nil, isSplit: false, touPeriod: nil,
      tierBegins: nil, tierEnds: nil, product: line.basis.product,
      rounding: input.rounding, counted: [], jurisdiction: "")
    if line.type == .tax {
      let rule = input.taxes[Int(line.component)]
      result.title = rule.title
      result.code = rule.code
      result.jurisdiction = rule.jurisdiction
      let mask = ClassMask(rule.baseClasses)
      for (other, counted) in lines.enumerated()
      where counted.type != .tax && counted.isOf(mask) {
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
    case .energy(let it): explain(line, it.ladders, it.filling, input, &result)
    case .netBilling(let it): explain(line, it.ladders, it.filling, input, &result)
    case .demand(let it): explain(line, it, input, run, &result)
    case .rider: result.segmentUsage = billedUsage(line, input, &result)
    case .percentage: result.counted = counted(line, input, run)
    case .minimum: result.counted = tested(line, input, run)
    case .netMetering: result.segmentUsage = bank?.settled ?? .zero
    case .fixed: break
    }
    return result
  }

  /// What of each period of a segment was billed: after the bank.
  private func billed(_ number: UInt8, _ segment: RatingSegment) -> [Energy] {
    guard let bank else { return segment.usage }
    var billed = segment.usage.map { max(.zero, $0) }
    for period in bank.periods where period.segment == number {
      billed[Int(period.period)] -= period.applied
    }
    return billed
  }

  /// What of a line's segment was taken, before the bank.
  private func billedUsage(
    _ line: RatedLine, _ input: RatingInput, _ result: inout LineExplanation
  ) -> Energy {
    let segment = input.segments[Int(line.segment)]
    var taken = Energy.zero
    for energy in segment.usage where energy > .zero { taken += energy }
    for period in bank?.periods ?? [] where period.segment == line.segment {
      result.bankApplied += period.applied
    }
    return taken
  }

  private func explain(
    _ line: RatedLine, _ ladders: [EnergyLadder], _ filling: TierFilling, _ input: RatingInput,
    _ result: inout LineExplanation
  ) {
    let segment = input.segments[Int(line.segment)]
    let isDelivered: Bool
    guard case .energy(let energy, _) = line.basis else { return }
    isDelivered = energy < .zero
    result.segmentUsage =
      isDelivered
      ? segment.delivered.reduce(.zero, +) : billedUsage(line, input, &result)
    result.isSplit = segment.isSplit
    result.filling = filling
    result.touPeriod = line.touPeriod.map { segment.tariff.version.periods[Int($0)].name }
    let ladder = ladders[ladders.count > 1 ? Int(line.touPeriod ?? 0) : 0]
    let grain = input.grain(Int(line.segment), billed(line.segment, segment).span)
    func limit(_ number: Int) -> LineExplanation.Limit? {
      guard ladder.tiers.indices.contains(number), let published = ladder.tiers[number].limit
      else { return nil }
      let tier = ladder.tiers[number]
      if tier.basis.countsPeak { result.peak = input.peak(0, input.segments.indices) }
      let applied = input.limit(
        Limit(amount: published.milliwattHours, basis: tier.basis), Int(line.segment),
        result.monthFactor, grain)
      return .init(
        published: .energy(published), basis: tier.basis,
        applied: .energy(Energy(milliwattHours: applied)))
    }
    result.tierBegins = limit(Int(line.tier) - 1)
    result.tierEnds = limit(Int(line.tier))
  }

  private func explain(
    _ line: RatedLine, _ demand: DemandComponent, _ input: RatingInput, _ run: Range<Int>,
    _ result: inout LineExplanation
  ) {
    let tariff = input.segments[run.lowerBound].tariff
    let number = Int(line.touPeriod ?? 0)
    result.touPeriod = line.touPeriod.map { tariff.version.demandPeriods[Int($0)].name }
    result.peak = input.peak(demand.isByPeriod ? number + 1 : 0, run)
    if let rule = demand.ratchet {
      result.ratchet = .init(
        rule: rule, peak: input.ratchetPeak(rule.bills),
        least: input.ratchet(tariff.steps[Int(line.component)]))
    }
    let ladder = demand.ladders[demand.isByPeriod ? number : 0]
    func limit(_ number: Int) -> LineExplanation.Limit? {
      guard ladder.tiers.indices.contains(number), let limit = ladder.tiers[number].limit
      else { return nil }
      return .init(published: .power(limit), basis: .month, applied: .power(limit))
    }
    result.tierBegins = limit(Int(line.tier) - 1)
    result.tierEnds = limit(Int(line.tier))
  }

  /// The lines that a minimum tested.
  private func tested(
    _ line: RatedLine, _ input: RatingInput, _ run: Range<Int>
  ) -> [LineExplanation.Counted] {
    let step = input.segments[run.lowerBound].tariff.steps[Int(line.component)]
    return lines.indices.compactMap { index in
      let other = lines[index]
      guard other.isOf(step.base), other.type != .minimumCharge,
        other.type != .tax
      else { return nil }
      let share = input.share(of: other, within: run, beforeWaiver: true)
      return share == .zero ? nil : .init(line: index, amount: share)
    }
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
      Product(price, times: energy.milliwattHours, scale: Energy.scale)
    case .demand(let power, let price, let part):
      Product(price, times: power.milliwatts, scale: Power.scale, part: part)
    case .terms(let part, _, let price): Product(price, times: part)
    case .topUp(let minimum, let counted):
      Product(
        numerator: Int128((minimum - max(.zero, counted)).cents), scale: Money.scale)
    case .share(let base, let rate): Product(rate, of: base)
    }
  }
}
