import CivilTime
import Metering
import Money

extension RatedBill {
  /// The bill for `input`.
  public init(rating input: RatingInput) {
    self.init()
    rate(input)
  }

  /// Rates `input`: every line rounded once, in the order of the invoice.
  ///
  /// Pure. Lines are written over the bill's former ones, so that a loop over accounts that keeps
  /// its input and its bill allocates nothing (but where tiers meet several periods, or a period is
  /// split).
  ///
  /// - Energy comes segment by segment; a line of no energy is left out. No usage is negative.
  /// - A fixed or percentage component that stays the same over several segments is one line.
  /// - A percentage of nothing, and a tax on nothing, is left out.
  public mutating func rate(_ input: RatingInput) {
    lines.removeAll(keepingCapacity: true)
    let factor = input.proration.factor(days: input.period.days)
    for segment in input.segments.indices {
      let tariff = input.segments[segment].tariff
      let usage = input.segments[segment].usage
      for index in tariff.steps.indices {
        switch tariff.steps[index].kind {
        case .energy: addEnergy(tariff.steps[index], tariff, usage, input, segment, factor)
        case .fixed: addFixed(tariff.steps[index], input, segment, factor)
        case .percentage: break
        }
      }
    }
    addPercentages(input)
    addTaxes(input)
    sort()
    total = sum { _ in true }
  }
}

extension RatedBill {
  fileprivate mutating func addEnergy(
    _ step: Step, _ tariff: CompiledTariff, _ usage: [Energy], _ input: RatingInput, _ segment: Int,
    _ factor: Fraction
  ) {
    var left: Int64 = 0
    for energy in usage { left += energy.wattHours }
    let isByPeriod = step.pricesPerTier > 1
    if !isByPeriod, step.tierCount == 1 {
      addEnergyLine(step, tariff, input.rounding, segment, tier: 0, period: nil, left)
      return
    }
    var rest = isByPeriod && step.tierCount > 1 ? usage.map(\.wattHours) : []
    var from: Int64 = 0
    for tier in 0..<step.tierCount {
      let limit = tariff.limits[step.firstTier + tier]
      let isLast = tier == step.tierCount - 1 || limit == .max
      let until =
        isLast ? .max : max(from, input.limit(limit, isDaily: step.isDaily, segment, factor))
      let quantity = isLast ? left : min(left, until - from)
      if !isByPeriod {
        addEnergyLine(step, tariff, input.rounding, segment, tier: tier, period: nil, quantity)
      } else if isLast, tier == 0 {
        for period in usage.indices {
          addEnergyLine(
            step, tariff, input.rounding, segment, tier: 0, period: period, usage[period].wattHours)
        }
      } else if isLast {
        for period in rest.indices {
          addEnergyLine(
            step, tariff, input.rounding, segment, tier: tier, period: period, rest[period])
        }
      } else if quantity != 0 {
        let shares = Self.shares(of: quantity, among: rest, total: left)
        for period in rest.indices {
          rest[period] -= shares[period]
          addEnergyLine(
            step, tariff, input.rounding, segment, tier: tier, period: period, shares[period])
        }
      }
      left -= quantity
      from = until
      if isLast || left == 0 { break }
    }
  }

  /// Each period's share of a tier: what is left of it, in proportion.
  private static func shares(of quantity: Int64, among rest: [Int64], total: Int64) -> [Int64] {
    quantity == total ? rest : Allocation.split(quantity, weights: rest)
  }

  private mutating func addEnergyLine(
    _ step: Step, _ tariff: CompiledTariff, _ rounding: Rounding, _ segment: Int, tier: Int,
    period: Int?, _ wattHours: Int64
  ) {
    guard wattHours != 0 else { return }
    let index = step.firstPrice + tier * step.pricesPerTier + (period ?? 0)
    let price = tariff.prices[index]
    lines.append(
      RatedLine(
        type: step.type, revenueClass: step.revenueClass, segment: UInt8(segment),
        component: step.component, tier: UInt8(tier), touPeriod: period.map { UInt8($0) },
        basis: .energy(Energy(wattHours: wattHours), price: price),
        amount: Product(price, times: wattHours, scale: Energy.scale).rounded(rounding)))
  }

  fileprivate mutating func addFixed(
    _ step: Step, _ input: RatingInput, _ segment: Int, _ factor: Fraction
  ) {
    let count = input.run(of: Int(step.component), from: segment)
    guard count > 0 else { return }
    var part = factor
    if count < input.segments.count {
      part = part * Fraction(Int64(input.days(segment, count)), Int64(input.period.days))
    }
    lines.append(
      RatedLine(
        type: step.type, revenueClass: step.revenueClass, segment: UInt8(segment),
        segmentCount: UInt8(count), component: step.component,
        basis: .months(part, price: step.price),
        amount: Product(step.price, times: part).rounded(input.rounding)))
  }

  /// Percentages need the lines they count: they come last, in the tariffs' sequence.
  fileprivate mutating func addPercentages(_ input: RatingInput) {
    var end = 0
    for segment in input.segments.indices {
      end = max(end, input.segments[segment].tariff.percentagesEnd)
    }
    let first = input.segments.count == 1 ? input.segments[0].tariff.percentagesBegin : 0
    for sequence in first..<max(first, end) {
      for segment in input.segments.indices {
        let tariff = input.segments[segment].tariff
        guard sequence < tariff.percentagesEnd, tariff.steps[sequence].kind == .percentage else {
          continue
        }
        addPercentage(tariff.steps[sequence], input, segment)
      }
    }
  }

  private mutating func addPercentage(_ step: Step, _ input: RatingInput, _ segment: Int) {
    let count = input.run(of: Int(step.component), from: segment)
    guard count > 0 else { return }
    let base = base(of: step, input, segment, count)
    guard base != .zero else { return }
    lines.append(
      RatedLine(
        type: step.type, revenueClass: step.revenueClass, segment: UInt8(segment),
        segmentCount: UInt8(count), component: step.component,
        basis: .share(of: base, rate: step.rate),
        amount: Product(step.rate, of: base).rounded(input.rounding)))
  }

  /// The sum of what a percentage in force over a run of segments counts; of a line that also covers
  /// other segments its share by days.
  private func base(of step: Step, _ input: RatingInput, _ segment: Int, _ count: Int) -> Money {
    if input.segments.count == 1, !step.countsByName { return sum { step.counts($0) } }
    var base = Money.zero
    let run = segment..<(segment + count)
    let span = lines.span
    for index in span.indices where input.counts(span[index], step, segment) {
      base += input.share(of: span[index], within: run)
    }
    return base
  }

  fileprivate mutating func addTaxes(_ input: RatingInput) {
    for index in input.levies.indices {
      let levy = input.levies[index]
      let base = sum { $0.type != .tax && levy.base.contains($0.revenueClass) }
      guard base != .zero, levy.rate.rawValue != 0 else { continue }
      lines.append(
        RatedLine(
          type: .tax, revenueClass: .passThrough, segment: 0,
          segmentCount: UInt8(input.segments.count), component: UInt8(index),
          basis: .share(of: base, rate: levy.rate),
          amount: Product(levy.rate, of: base).rounded(input.rounding)))
    }
  }
}

extension RatedBill {
  /// The sum of the lines that count.
  private func sum(where counts: (borrowing RatedLine) -> Bool) -> Money {
    var sum = Money.zero
    let span = lines.span
    for index in span.indices where counts(span[index]) { sum += span[index].amount }
    return sum
  }

  /// Puts the lines in the order of the invoice. They come nearly so: an insertion sort.
  fileprivate mutating func sort() {
    var span = lines.mutableSpan
    for index in span.indices.dropFirst() {
      guard span[index].precedes(span[index - 1]) else { continue }
      let line = span[index]
      var place = index
      while place > 0, line.precedes(span[place - 1]) {
        span[place] = span[place - 1]
        place -= 1
      }
      span[place] = line
    }
  }
}

extension RatedLine {
  /// Whether the line comes before `other` on the invoice: by section, then energy by period, tier,
  /// span and sequence; fixed by amount before waiver, descending, then sequence and span; taxes as
  /// the input has them.
  fileprivate func precedes(_ other: RatedLine) -> Bool {
    if section != other.section { return section < other.section }
    switch section {
    case 4:
      let (amount, others) = (amount + waived, other.amount + other.waived)
      if amount != others { return amount > others }
      return (component, segment) < (other.component, other.segment)
    case 5: return false
    default: return energyOrder < other.energyOrder
    }
  }

  /// The section of the invoice.
  private var section: UInt8 {
    switch type {
    case .energyCharge: 1
    case .demandCharge: 2
    case .rider: 3
    case .fixedCharge, .minimumCharge: 4
    case .adjustment, .credit, .lateFee: 5
    case .tax: 6
    }
  }

  /// Period, tier, span and sequence as one number.
  private var energyOrder: UInt32 {
    let period = touPeriod.map { UInt32($0) + 1 } ?? 0
    return period << 24 | UInt32(tier) << 16 | UInt32(segment) << 8 | UInt32(component)
  }
}
