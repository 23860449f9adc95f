import CivilTime
import Metering
import Money

extension Workspace {
  /// The line of an amount a month, day or year.
  @inline(__always)
  mutating func addFixed(
    _ index: Int, _ tariff: CompiledTariff, _ input: RatingInput, _ segment: Int,
    _ factor: Fraction, _ lines: inout MutableSpan<RatedLine>
  ) {
    let run = input.run(of: index, from: segment)
    guard run > 0 else { return }
    let part = input.terms(tariff.steps[index].term, segment, run, factor)
    let step = tariff.steps[index]
    append(
      RatedLine(
        step.line, segment: segment, segmentCount: run,
        numerator: part.numerator, denominator: part.denominator,
        amount: part.denominator == 1
          ? amount(step.price, step.line, part.numerator, scale: 0, input)
          : Product(step.line.price, times: part).rounded(
            input.rounding, minorScale: input.precision.minorScale)), to: &lines)
    if step.line.isByAmount { settle(&lines) }
  }

  /// The lines that top up to a minimum; all that it counts is there already.
  mutating func addMinimums(
    _ input: RatingInput, _ factor: Fraction, _ lines: inout MutableSpan<RatedLine>
  ) {
    counted = ClassMask(MinimumComponent.counted)
      .sumBeforeWaivers(lines.span.extracting(first: count))
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
    _ lines: inout MutableSpan<RatedLine>
  ) {
    let length = input.run(of: Int(step.line.component), from: segment)
    guard length > 0 else { return }
    var counted = Money.zero
    let run = segment..<(segment + length)
    for index in 0..<count {
      let line = lines[index]
      guard line.isOf(step.base), line.type != .minimumCharge else { continue }
      counted += input.share(of: line, within: run, beforeWaiver: true)
    }
    var minimum = Product(step.line.price, times: Fraction.one)
    if step.term == .year {
      guard input.period.middle.parts.month == 12, run.upperBound == input.segments.count else {
        return
      }
      counted += input.carried.counted
    } else {
      minimum = Product(step.line.price, times: input.terms(step.term, segment, length, factor))
    }
    let least = minimum.rounded(input.rounding, minorScale: input.precision.minorScale)
    let amount = least - max(.zero, counted)
    guard amount > .zero else { return }
    append(
      RatedLine(
        step.line, segment: segment, segmentCount: length,
        quantity: least.cents, numerator: counted.cents, amount: amount), to: &lines)
    if step.line.isByAmount { settle(&lines) }
  }

  /// A rider's line: every kWh billed.
  mutating func addRider(
    _ index: Int, _ tariff: CompiledTariff, _ usage: Span<Energy>, _ input: RatingInput,
    _ segment: Int, _ lines: inout MutableSpan<RatedLine>
  ) {
    let step = tariff.steps[index]
    var total: Int64 = 0
    for period in usage.indices { total += usage[period].milliwattHours }
    guard total != 0 else { return }
    append(
      RatedLine(
        step.line, segment: segment, quantity: total,
        amount: amount(step.price, step.line, total, scale: Energy.scale, input)), to: &lines)
  }
}

extension RatingInput {
  /// How many terms `count` segments from `first` on are: a part of a month or year, or days.
  @inline(__always)
  func terms(_ term: Term, _ first: Int, _ count: Int, _ factor: Fraction) -> Fraction {
    if term == .month, count == segments.count { return factor }
    return partialTerms(term, first, count, factor)
  }

  @inline(never)
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
