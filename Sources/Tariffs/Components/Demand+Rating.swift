import CivilTime
import Metering
import Money

extension Workspace {
  /// The lines of demand by tier, and by demand period where the component is by them.
  mutating func addDemand(
    _ index: Int, _ tariff: CompiledTariff, _ input: RatingInput, _ segment: Int,
    _ lines: inout MutableSpan<RatedLine>
  ) {
    let step = tariff.steps[index]
    let run = input.run(of: Int(step.line.component), from: segment)
    guard run > 0 else { return }
    var part = Fraction.one
    if run < input.segments.count {
      part = Fraction(Int64(input.days(segment, run)), Int64(input.period.days))
    }
    for number in 0..<step.ladderCount {
      let place = step.isByPeriod ? number + 1 : 0
      var power = input.peak(place, segment..<(segment + run)).power
      if step.ratchetBills > 0 { power = max(power, input.ratchet(step)) }
      let ladder = tariff.ladders[step.firstLadder + number]
      let isNamed = step.isByPeriod && !tariff.version.demandPeriods.isEmpty
      var from: Int64 = 0
      for tier in 0..<ladder.tierCount {
        let rung = tariff.rungs[ladder.rung(tier: tier, period: 0)]
        let until = rung.limit.amount
        let quantity = min(power.milliwatts, until) - from
        guard quantity > 0 else { break }
        append(
          RatedLine(
            rung.line, segment: segment, segmentCount: run, period: isNamed ? number + 1 : 0,
            quantity: quantity, numerator: part.numerator, denominator: part.denominator,
            amount: part.isOne
              ? amount(rung.price, rung.line, quantity, scale: Power.scale, input)
              : Product(rung.line.price, times: quantity, scale: Power.scale, part: part).rounded(
                input.rounding, minorScale: input.precision.minorScale)), to: &lines)
        from = until
      }
    }
  }
}

extension RatingInput {
  /// The greatest power of some segments: of all hours (place 0), or of a demand period.
  func peak(_ place: Int, _ run: Range<Int>) -> Peak {
    var greatest = Peak()
    for index in run where place < segments[index].peaks.count {
      if segments[index].peaks[place].power > greatest.power {
        greatest = segments[index].peaks[place]
      }
    }
    return greatest
  }

  /// The greatest of the peaks that a ratchet counts.
  func ratchetPeak(_ bills: UInt8) -> Power {
    var greatest = Power.zero
    for index in max(0, carried.peaks.count - Int(bills))..<carried.peaks.count {
      greatest = max(greatest, carried.peaks[index])
    }
    return greatest
  }

  /// The least that is charged by a ratchet, in whole watts unless nothing is rounded.
  func ratchet(_ step: Step) -> Power {
    let unit: Int128 = precision == .exact ? 1 : 1000
    let exact = Int128(ratchetPeak(step.ratchetBills).milliwatts) * Int128(step.rate.rawValue)
    let whole = rounding.quotient(exact, by: PowersOfTen.wide(Rate.scale) * unit)
    return Power(milliwatts: whole * Int64(unit))
  }
}
