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
      for step in input.segments[segment].tariff.steps {
        switch step.kind {
        case .energy: addEnergy(step, input, segment, factor)
        case .fixed: addFixed(step, input, segment, factor)
        case .percentage: break
        }
      }
    }
    addPercentages(input)
    addTaxes(input)
    sort()
    var total = Money.zero
    for index in lines.indices { total += lines[index].amount }
    self.total = total
  }
}

extension RatedBill {
  fileprivate mutating func addEnergy(
    _ step: Step, _ input: RatingInput, _ segment: Int, _ factor: Fraction
  ) {
    let tariff = input.segments[segment].tariff
    let usage = input.segments[segment].usage
    var left: Int64 = 0
    for energy in usage { left += energy.wattHours }
    let isByPeriod = step.pricesPerTier > 1
    if !isByPeriod, step.tierCount == 1 {
      addEnergyLine(step, input, segment, tier: 0, period: nil, left)
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
        addEnergyLine(step, input, segment, tier: tier, period: nil, quantity)
      } else if isLast, tier == 0 {
        for period in usage.indices {
          addEnergyLine(step, input, segment, tier: 0, period: period, usage[period].wattHours)
        }
      } else if isLast {
        for period in rest.indices {
          addEnergyLine(step, input, segment, tier: tier, period: period, rest[period])
        }
      } else if quantity != 0 {
        let shares = Self.shares(of: quantity, among: rest, total: left)
        for period in rest.indices {
          rest[period] -= shares[period]
          addEnergyLine(step, input, segment, tier: tier, period: period, shares[period])
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
    _ step: Step, _ input: RatingInput, _ segment: Int, tier: Int, period: Int?, _ wattHours: Int64
  ) {
    guard wattHours != 0 else { return }
    let index = step.firstPrice + tier * step.pricesPerTier + (period ?? 0)
    let price = input.segments[segment].tariff.prices[index]
    lines.append(
      RatedLine(
        type: step.type, revenueClass: step.revenueClass, segment: UInt8(segment),
        component: step.component, tier: UInt8(tier), touPeriod: period.map { UInt8($0) },
        basis: .energy(Energy(wattHours: wattHours), price: price),
        amount: Product(price, times: wattHours, scale: Energy.scale).rounded(input.rounding)))
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
    var sequence = 0
    var isDone = false
    while !isDone {
      isDone = true
      for segment in input.segments.indices
      where sequence < input.segments[segment].tariff.steps.count {
        isDone = false
        let step = input.segments[segment].tariff.steps[sequence]
        if step.kind == .percentage { addPercentage(step, input, segment) }
      }
      sequence += 1
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
    var base = Money.zero
    for index in lines.indices where input.counts(lines[index], step, segment) {
      base += input.share(of: lines[index], within: segment..<(segment + count))
    }
    return base
  }

  fileprivate mutating func addTaxes(_ input: RatingInput) {
    let end = lines.count
    for index in input.taxes.indices {
      let mask = ClassMask(input.taxes[index].baseClasses)
      var base = Money.zero
      for line in 0..<end where mask.contains(lines[line].revenueClass) {
        base += lines[line].amount
      }
      let rate = input.taxes[index].rate
      guard base != .zero, rate.rawValue != 0 else { continue }
      lines.append(
        RatedLine(
          type: .tax, revenueClass: .passThrough, segment: 0,
          segmentCount: UInt8(input.segments.count), component: UInt8(index),
          basis: .share(of: base, rate: rate),
          amount: Product(rate, of: base).rounded(input.rounding)))
    }
  }
}

extension RatedBill {
  /// Puts the lines in the order of the invoice. They come nearly so: an insertion sort.
  fileprivate mutating func sort() {
    for index in lines.indices.dropFirst() {
      let line = lines[index]
      let key = line.orderKey
      var place = index
      while place > 0, key < lines[place - 1].orderKey {
        lines[place] = lines[place - 1]
        place -= 1
      }
      if place != index { lines[place] = line }
    }
  }
}

extension RatedLine {
  /// A line's place on the invoice: by section, then energy by period, tier, span and sequence;
  /// fixed by amount before waiver, descending, then sequence and span; taxes as the input has them.
  fileprivate var orderKey: (UInt64, Int64, UInt64) {
    let period = UInt64(touPeriod.map { $0 + 1 } ?? 0)
    switch type {
    case .energyCharge, .demandCharge, .rider:
      let section: UInt64 = type == .energyCharge ? 1 : type == .demandCharge ? 2 : 3
      return (
        section, 0, period << 24 | UInt64(tier) << 16 | UInt64(segment) << 8 | UInt64(component)
      )
    case .fixedCharge, .minimumCharge:
      return (4, -(amount + waived).cents, UInt64(component) << 8 | UInt64(segment))
    case .adjustment, .credit, .lateFee: return (5, 0, 0)
    case .tax: return (6, 0, UInt64(component))
    }
  }
}
