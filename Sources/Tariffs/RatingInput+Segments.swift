import CivilTime
public import Metering
import Money

/// A tax as rating reads it.
struct Levy: Sendable {
  var line: LineHead
  var base: ClassMask
  var rate: Rate

  /// The taxes in their order.
  static func levies(_ taxes: [TaxRule]) -> [Levy] {
    taxes.enumerated().map { index, rule in
      Levy(
        line: LineHead(.tax, .passThrough, component: UInt8(index)).with(.share),
        base: ClassMask(rule.baseClasses), rate: rule.rate)
    }
  }
}

extension RatingInput {
  /// The days of `count` segments from `first` on.
  func days(_ first: Int, _ count: Int) -> Int {
    segments[first + count - 1].days.end - segments[first].days.start
  }

  /// How many segments from `segment` on have the same component; 0 where the segment before has it
  /// too, so that a line was already made.
  @inline(__always)
  func run(of component: Int, from segment: Int) -> Int {
    segments.count == 1 ? 1 : longRun(of: component, from: segment)
  }

  private func longRun(of component: Int, from segment: Int) -> Int {
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

  /// What waives a line, if it is waived.
  public func waiver(of line: RatedLine) -> Waiver? {
    guard !waivers.isEmpty, line.type != .tax, Int(line.segment) < segments.count else {
      return nil
    }
    let components = segments[Int(line.segment)].tariff.version.components
    let code = components[Int(line.component)].code
    return waivers.first { $0.component == code }
  }

  /// Whether energy is or may be banked.
  var hasBank: Bool {
    if !carried.bank.isEmpty { return true }
    let segments = segments.span
    for index in segments.indices where segments[index].tariff.netsExport { return true }
    return false
  }

  /// The greatest power of the bill; `nil` where no tariff depends on it.
  public var peak: Power? {
    for index in segments.indices where segments[index].tariff.needsPeaks {
      return peak(0, segments.indices).power
    }
    return nil
  }

  /// Whether some tariff has a minimum by year.
  public var hasYearlyMinimum: Bool {
    for index in segments.indices where segments[index].tariff.hasYearlyMinimum { return true }
    return false
  }

  /// Whether some tariff has a minimum.
  var hasMinimum: Bool {
    let segments = segments.span
    for index in segments.indices where segments[index].tariff.hasMinimum { return true }
    return false
  }

  /// In how many mWh limits and shares of energy are given: whole Wh, unless nothing is rounded or
  /// `usage`, which is billed, or what is paid for is finer.
  @inline(__always)
  func grain(_ segment: Int, _ usage: Span<Energy>) -> Int64 {
    guard precision == .invoice else { return 1 }
    for index in usage.indices where !usage[index].isWholeWattHours { return 1 }
    for energy in segments[segment].delivered where !energy.isWholeWattHours { return 1 }
    return 1000
  }

  /// A tier's limit in this segment, in mWh, a multiple of `grain`: a month's, prorated, of which the
  /// segment has its days' share; a day's, times its days; a kW's, times the bill's peak, of which it
  /// has its days' share; a kW and day's, times the bill's peak and its days.
  @inline(__always)
  func limit(
    _ limit: Limit, _ segment: Int, _ factor: Fraction, _ grain: @autoclosure () -> Int64
  ) -> Int64 {
    if limit.isPlain, factor.isOne, segments.count == 1 { return limit.amount }
    return scaled(limit, segment, factor, grain())
  }

  private func scaled(
    _ limit: Limit, _ segment: Int, _ factor: Fraction, _ grain: Int64
  ) -> Int64 {
    var whole = limit.amount
    switch limit.basis {
    case .day:
      return Self.multiple(
        Int128(whole) * Int128(segments[segment].days.days), by: 1, of: grain)
    case .month:
      whole = Self.multiple(
        Int128(whole) * Int128(factor.numerator), by: Int128(factor.denominator), of: grain)
    case .peak:
      let power = peak(0, 0..<segments.count).power.milliwatts
      whole = Self.multiple(
        Int128(whole) * Int128(power), by: PowersOfTen.wide(Power.scale), of: grain)
    case .peakDay:
      let power = peak(0, 0..<segments.count).power.milliwatts
      return Self.multiple(
        Int128(whole) * Int128(power) * Int128(segments[segment].days.days),
        by: PowersOfTen.wide(Power.scale), of: grain)
    }
    guard segments.count > 1 else { return whole }
    return Allocation.split(whole / grain, weights: segments.map { Int64($0.days.days) })[segment]
      * grain
  }

  private static func multiple(_ dividend: Int128, by divisor: Int128, of grain: Int64) -> Int64 {
    Rounding.halfAwayFromZero.quotient(dividend, by: divisor * Int128(grain)) * grain
  }

  /// `rate` of `base`, rounded once.
  @inline(__always)
  func amount(_ rate: Rate, of base: Money) -> Money {
    let (product, overflow) = rate.rawValue.multipliedReportingOverflow(by: base.cents)
    if !overflow {
      return Money(cents: rounding.quotient(product, byPowerOfTen: Rate.scale))
    }
    let minor = precision.minorScale
    return Product(rate, of: base, minorScale: minor).rounded(rounding, minorScale: minor)
  }

  /// Whether a percentage in force from `segment` on counts `line`.
  func counts(_ line: RatedLine, _ step: Step, _ segment: Int) -> Bool {
    guard line.type != .tax else { return false }
    if step.counts(line) { return true }
    guard step.countsByName else { return false }
    guard
      case .percentage(let percentage) =
        segments[segment].tariff.version.components[Int(step.line.component)].kind
    else { return false }
    let tariff = segments[Int(line.segment)].tariff
    return percentage.baseComponents.contains(
      tariff.version.components[Int(line.component)].code)
  }

  /// What of `line` falls into the segments `run`, by days where it covers others too.
  func share(of line: RatedLine, within run: Range<Int>, beforeWaiver: Bool = false) -> Money {
    let amount = beforeWaiver ? line.amount + line.waived : line.amount
    guard segments.count > 1 else { return amount }
    let first = Int(line.segment)
    let span = first..<(first + Int(line.segmentCount))
    let common = span.clamped(to: run)
    if common == span { return amount }
    if common.isEmpty { return .zero }
    let parts = Allocation.split(amount, weights: span.map { Int64(segments[$0].days.days) })
    return parts[(common.lowerBound - first)..<(common.upperBound - first)].sum()
  }
}
