import CivilTime
import Metering
import Money

/// A tax as rating reads it.
struct Levy: Sendable {
  var base: ClassMask
  var rate: Rate

  init(_ rule: TaxRule) {
    base = ClassMask(rule.baseClasses)
    rate = rule.rate
  }
}

extension RatingInput {
  /// The days of `count` segments from `first` on.
  func days(_ first: Int, _ count: Int) -> Int {
    segments[first + count - 1].days.end - segments[first].days.start
  }

  /// How many segments from `segment` on have the same component; 0 where the segment before has it
  /// too, so that a line was already made.
  func run(of component: Int, from segment: Int) -> Int {
    guard segments.count > 1 else { return 1 }
    let wanted = segments[segment].tariff.version.components[component]
    if segment > 0, segments[segment - 1].tariff.version.components.contains(wanted) { return 0 }
    var count = 1
    while segment + count < segments.count,
      segments[segment + count].tariff.version.components.contains(wanted)
    {
      count += 1
    }
    return count
  }

  /// A tier's limit in this segment, in whole Wh: a month's, prorated, of which the segment has its
  /// days' share; or a day's, times its days.
  func limit(_ limit: Int64, isDaily: Bool, _ segment: Int, _ factor: Fraction) -> Int64 {
    if isDaily { return limit * Int64(segments[segment].days.days) }
    var whole = limit
    if !factor.isOne {
      whole = Rounding.halfAwayFromZero.quotient(
        Int128(limit) * Int128(factor.numerator), by: Int128(factor.denominator))
    }
    guard segments.count > 1 else { return whole }
    return Allocation.split(whole, weights: segments.map { Int64($0.days.days) })[segment]
  }

  /// Whether a percentage in force from `segment` on counts `line`.
  func counts(_ line: RatedLine, _ step: Step, _ segment: Int) -> Bool {
    guard line.type != .tax else { return false }
    if step.counts(line) { return true }
    guard step.countsByName else { return false }
    guard
      case .percentage(let percentage) =
        segments[segment].tariff.version.components[Int(step.component)].kind
    else { return false }
    let tariff = segments[Int(line.segment)].tariff
    return percentage.baseComponents.contains(
      tariff.version.components[Int(line.component)].code)
  }

  /// What of `line` falls into the segments `run`, by days where it covers others too.
  func share(of line: RatedLine, within run: Range<Int>) -> Money {
    guard segments.count > 1 else { return line.amount }
    let first = Int(line.segment)
    let span = first..<(first + Int(line.segmentCount))
    let common = span.clamped(to: run)
    if common == span { return line.amount }
    if common.isEmpty { return .zero }
    let parts = Allocation.split(line.amount, weights: span.map { Int64(segments[$0].days.days) })
    return parts[(common.lowerBound - first)..<(common.upperBound - first)].sum()
  }
}
