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
  /// its input and its bill allocates nothing (but where energy is banked, or a period is split).
  ///
  /// - Energy comes segment by segment; a line of no energy is left out. Usage is below zero only
  ///   under net metering.
  /// - A fixed, demand or percentage component that stays the same over several segments is one line.
  /// - A percentage of nothing, and a tax on nothing, is left out.
  public mutating func rate(_ input: RatingInput) {
    lines.removeAll(keepingCapacity: true)
    counted = .zero
    bank = nil
    let factor = input.proration.factor(days: input.period.days)
    if input.hasBank {
      var bank = Bank(entries: input.carried.bank)
      for segment in input.segments.indices {
        net(&bank, input, segment)
        addSegment(input, segment, factor, isNetted: true)
      }
      close(&bank, input)
      self.bank = bank.statement
    } else {
      for segment in input.segments.indices { addSegment(input, segment, factor) }
    }
    if input.hasMinimum {
      addPercentages(input, isBeforeMinimum: true)
      addMinimums(input, factor)
      addPercentages(input, isBeforeMinimum: false)
    } else {
      addPercentages(input, isBeforeMinimum: nil)
    }
    addTaxes(input)
    sort()
    total = sum { _ in true }
  }

  /// The lines that count energy, power or time of a segment.
  private mutating func addSegment(
    _ input: RatingInput, _ segment: Int, _ factor: Fraction, isNetted: Bool = false
  ) {
    let tariff = input.segments[segment].tariff
    let usage = isNetted ? work.billed : input.segments[segment].usage
    let grain = input.grain(segment, usage)
    for index in tariff.steps.indices {
      if tariff.hasSeasonalSteps, !tariff.applies(tariff.steps[index], input.period.middle) {
        continue
      }
      switch tariff.steps[index].kind {
      case .energy:
        let charging = EnergyCharging(
          step: tariff.steps[index], tariff: tariff, segment: segment, factor: factor,
          grain: grain)
        addEnergy(charging, usage, input)
      case .netBilling:
        let charging = EnergyCharging(
          step: tariff.steps[index], tariff: tariff, segment: segment, factor: factor, sign: -1,
          grain: grain)
        addEnergy(charging, input.segments[segment].delivered, input)
      case .demand: addDemand(tariff.steps[index], tariff, input, segment)
      case .fixed: addFixed(tariff.steps[index], input, segment, factor)
      case .rider: addRider(tariff.steps[index], usage, input, segment)
      case .percentage, .minimum, .netMetering: break
      }
    }
  }
}

extension RatedBill {
  /// Percentages need the lines they count: they come last, in the tariffs' sequence.
  ///
  /// - Parameter isBeforeMinimum: only those that a minimum counts, or only the others; `nil` for all.
  fileprivate mutating func addPercentages(_ input: RatingInput, isBeforeMinimum: Bool?) {
    var end = 0
    for segment in input.segments.indices {
      end = max(end, input.segments[segment].tariff.percentagesEnd)
    }
    let first = input.segments.count == 1 ? input.segments[0].tariff.percentagesBegin : 0
    for sequence in first..<max(first, end) {
      for segment in input.segments.indices {
        let tariff = input.segments[segment].tariff
        guard sequence < tariff.percentagesEnd, tariff.steps[sequence].kind == .percentage,
          isBeforeMinimum == nil || tariff.steps[sequence].isBeforeMinimum == isBeforeMinimum,
          tariff.applies(tariff.steps[sequence], input.period.middle)
        else { continue }
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
        amount: input.amount(step.rate, of: base)))
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
          amount: input.amount(levy.rate, of: base)))
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
