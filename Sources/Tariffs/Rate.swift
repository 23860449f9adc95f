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
    work.sums = ClassSums()
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
    total = work.sums.total
    addTaxes(input)
    sort()
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
    append(
      RatedLine(
        type: step.type, revenueClass: step.revenueClass, segment: UInt8(segment),
        segmentCount: UInt8(count), component: step.component,
        basis: .share(of: base, rate: step.rate),
        amount: input.amount(step.rate, of: base)))
  }

  /// The sum of what a percentage in force over a run of segments counts; of a line that also covers
  /// other segments its share by days.
  private func base(of step: Step, _ input: RatingInput, _ segment: Int, _ count: Int) -> Money {
    if input.segments.count == 1, !step.countsByName { return work.sums.plain(step.base) }
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
      let base = work.sums.all(levy.base)
      guard base != .zero, levy.rate.rawValue != 0 else { continue }
      let amount = input.amount(levy.rate, of: base)
      total += amount
      lines.append(
        RatedLine(
          type: .tax, revenueClass: .passThrough, segment: 0,
          segmentCount: UInt8(input.segments.count), component: UInt8(index),
          basis: .share(of: base, rate: levy.rate), amount: amount))
    }
  }
}

extension RatedBill {
  /// Adds a line that is no tax.
  @inline(__always)
  mutating func append(_ line: RatedLine) {
    lines.append(line)
    work.sums.add(line)
  }

  /// Puts the lines in the order of the invoice. They come nearly so: an insertion sort.
  fileprivate mutating func sort() {
    var span = lines.mutableSpan
    guard span.count > 1 else { return }
    var last = span[0].order
    for index in 1..<span.count {
      let order = span[index].order
      if order > last || order == last && !span[index].isFixedBefore(span[index - 1]) {
        last = order
        continue
      }
      let line = span[index]
      var place = index
      while place > 0 {
        let before = span[place - 1].order
        guard order < before || order == before && line.isFixedBefore(span[place - 1]) else {
          break
        }
        span[place] = span[place - 1]
        place -= 1
      }
      span[place] = line
    }
  }
}

extension RatedLine {
  /// Whether the line comes before `other` in a section where amounts decide: by amount before waiver,
  /// descending, then by sequence and span.
  fileprivate func isFixedBefore(_ other: RatedLine) -> Bool {
    guard order == Self.fixedOrder else { return false }
    let (amount, others) = (amount + waived, other.amount + other.waived)
    if amount != others { return amount > others }
    return (component, segment) < (other.component, other.segment)
  }
}
