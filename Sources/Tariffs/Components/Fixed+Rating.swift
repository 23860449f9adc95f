import CivilTime
import Metering
import Money

extension RatedBill {
  mutating func addFixed(
    _ index: Int, _ tariff: CompiledTariff, _ input: RatingInput, _ segment: Int,
    _ factor: Fraction
  ) {
    let step = tariff.steps[index]
    let count = input.run(of: Int(step.line.component), from: segment)
    guard count > 0 else { return }
    let part = input.terms(step.term, segment, count, factor)
    append(
      RatedLine(
        step.line, segment: segment, segmentCount: count,
        basis: .terms(part, step.term, price: step.price),
        amount: part.denominator == 1
          ? input.amount(step.price, part.numerator, scale: 0)
          : Product(step.price, times: part).rounded(
            input.rounding, minorScale: input.precision.minorScale)))
  }

  /// The lines that top up to a minimum; all that it counts is there already.
  mutating func addMinimums(_ input: RatingInput, _ factor: Fraction) {
    counted = work.sums.all(ClassMask(MinimumComponent.counted))
    for segment in input.segments.indices where input.segments[segment].tariff.hasMinimum {
      let tariff = input.segments[segment].tariff
      for index in tariff.steps.indices
      where tariff.steps[index].kind == .minimum
        && tariff.applies(index, input.period)
      {
        addMinimum(tariff.steps[index], input, segment, factor)
      }
    }
  }

  private mutating func addMinimum(
    _ step: Step, _ input: RatingInput, _ segment: Int, _ factor: Fraction
  ) {
    let count = input.run(of: Int(step.line.component), from: segment)
    guard count > 0 else { return }
    var counted = Money.zero
    let run = segment..<(segment + count)
    for line in lines where step.base.contains(line.revenueClass) && line.type != .minimumCharge {
      counted += input.share(of: line, within: run, beforeWaiver: true)
    }
    var minimum = Product(step.price, times: Fraction.one)
    if step.term == .year {
      guard input.period.middle.parts.month == 12, run.upperBound == input.segments.count else {
        return
      }
      counted += input.carried.counted
    } else {
      minimum = Product(step.price, times: input.terms(step.term, segment, count, factor))
    }
    let least = minimum.rounded(input.rounding, minorScale: input.precision.minorScale)
    let amount = least - max(.zero, counted)
    guard amount > .zero else { return }
    append(
      RatedLine(
        step.line, segment: segment, segmentCount: count,
        basis: .topUp(minimum: least, counted: counted), amount: amount))
  }

  /// A rider's line: every kWh billed.
  mutating func addRider(
    _ index: Int, _ tariff: CompiledTariff, _ usage: [Energy], _ input: RatingInput,
    _ segment: Int
  ) {
    let step = tariff.steps[index]
    var total: Int64 = 0
    for energy in usage { total += energy.milliwattHours }
    guard total != 0 else { return }
    append(
      RatedLine(
        step.line, segment: segment,
        basis: .energy(Energy(milliwattHours: total), price: step.price),
        amount: input.amount(step.price, total, scale: Energy.scale)))
  }
}

extension RatingInput {
  /// How many terms `count` segments from `first` on are: a part of a month or year, or days.
  func terms(_ term: Term, _ first: Int, _ count: Int, _ factor: Fraction) -> Fraction {
    let days = Int64(count == segments.count ? period.days : self.days(first, count))
    if term == .day, dayCount == .actual { return Fraction(days, 1) }
    var part = factor
    if count < segments.count { part = part * Fraction(days, Int64(period.days)) }
    switch term {
    case .month: return part
    case .day: return part * Fraction(365, 12)
    case .year: return part * Fraction(1, 12)
    }
  }
}
