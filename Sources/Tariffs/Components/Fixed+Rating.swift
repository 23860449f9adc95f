import CivilTime
import Metering
import Money

extension Workspace {
  /// The line of an amount a month, day or year.
  @inline(__always)
  mutating func addFixed(
    _ index: Int, _ tariff: CompiledTariff, _ input: RatingInput, _ segment: Int,
    _ factor: Fraction, _ lines: inout OutputSpan<RatedLine>
  ) {
    let count = input.run(of: index, from: segment)
    guard count > 0 else { return }
    let part = input.terms(tariff.steps[index].term, segment, count, factor)
    let step = tariff.steps[index]
    append(
      RatedLine(
        step.line, segment: segment, segmentCount: count,
        numerator: part.numerator, denominator: part.denominator,
        amount: part.denominator == 1
          ? input.amount(step.price, part.numerator)
          : Product(step.price.price, times: part).rounded(
            input.rounding, minorScale: input.precision.minorScale)), to: &lines)
  }

  /// The lines that top up to a minimum; all that it counts is there already.
  mutating func addMinimums(
    _ input: RatingInput, _ factor: Fraction, _ lines: inout OutputSpan<RatedLine>
  ) {
    counted = ClassMask(MinimumComponent.counted).sumBeforeWaivers(lines.span)
    for segment in input.segments.indices where input.segments[segment].tariff.hasMinimum {
      let tariff = input.segments[segment].tariff
      for index in tariff.steps.indices
      where tariff.steps[index].kind == .minimum
        && tariff.applies(index, input.period)
      {
        addMinimum(tariff.steps[index], input, segment, factor, &lines)
      }
    }
  }

  private mutating func addMinimum(
    _ step: Step, _ input: RatingInput, _ segment: Int, _ factor: Fraction,
    _ lines: inout OutputSpan<RatedLine>
  ) {
    let count = input.run(of: Int(step.line.component), from: segment)
    guard count > 0 else { return }
    var counted = Money.zero
    let run = segment..<(segment + count)
    for index in lines.indices
    where step.base.contains(lines[index].classNumber) && lines[index].type != .minimumCharge {
      counted += input.share(of: lines[index], within: run, beforeWaiver: true)
    }
    var minimum = Product(step.price.price, times: Fraction.one)
    if step.term == .year {
      guard input.period.middle.parts.month == 12, run.upperBound == input.segments.count else {
        return
      }
      counted += input.carried.counted
    } else {
      minimum = Product(step.price.price, times: input.terms(step.term, segment, count, factor))
    }
    let least = minimum.rounded(input.rounding, minorScale: input.precision.minorScale)
    let amount = least - max(.zero, counted)
    guard amount > .zero else { return }
    append(
      RatedLine(
        step.line, segment: segment, segmentCount: count,
        quantity: least.cents, numerator: counted.cents, amount: amount), to: &lines)
  }

  /// A rider's line: every kWh billed.
  mutating func addRider(
    _ index: Int, _ tariff: CompiledTariff, _ usage: Span<Energy>, _ input: RatingInput,
    _ segment: Int, _ lines: inout OutputSpan<RatedLine>
  ) {
    let step = tariff.steps[index]
    var total: Int64 = 0
    for period in usage.indices { total += usage[period].milliwattHours }
    guard total != 0 else { return }
    append(
      RatedLine(
        step.line, segment: segment, quantity: total,
        amount: input.amount(step.price, total)), to: &lines)
  }
}

extension RatingInput {
  /// How many terms `count` segments from `first` on are: a part of a month or year, or days.
  @inline(__always)
  func terms(_ term: Term, _ first: Int, _ count: Int, _ factor: Fraction) -> Fraction {
    if term == .month, count == segments.count { return factor }
    return partialTerms(term, first, count, factor)
  }

  private func partialTerms(
    _ term: Term, _ first: Int, _ count: Int, _ factor: Fraction
  ) -> Fraction {
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
