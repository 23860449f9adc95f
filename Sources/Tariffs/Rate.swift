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
    work.begin()
    counted = .zero
    bank = nil
    let factor = input.proration.factor(days: input.period.days)
    if input.hasBank {
      var bank = Bank(entries: input.carried.bank)
      for segment in input.segments.indices {
        net(&bank, input, segment)
        let billed = work.billed
        addSegment(input.segments[segment].tariff, billed, input, segment, factor)
      }
      close(&bank, input)
      self.bank = bank.statement
    } else {
      let segments = input.segments.span
      for segment in segments.indices {
        addSegment(segments[segment].tariff, segments[segment].usage, input, segment, factor)
      }
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
  }

  /// The lines that count energy, power or time of a segment.
  private mutating func addSegment(
    _ tariff: CompiledTariff, _ usage: [Energy], _ input: RatingInput, _ segment: Int,
    _ factor: Fraction
  ) {
    let grain = input.grain(segment, usage)
    for index in tariff.steps.indices where tariff.applies(index, input.period) {
      switch tariff.steps[index].kind {
      case .energy:
        let charging = EnergyCharging(index, segment: segment, factor: factor, grain: grain)
        addEnergy(charging, tariff, usage, input)
      case .netBilling:
        let charging = EnergyCharging(
          index, segment: segment, factor: factor, sign: -1, grain: grain)
        addEnergy(charging, tariff, input.segments[segment].delivered, input)
      case .demand: addDemand(index, tariff, input, segment)
      case .fixed: addFixed(index, tariff, input, segment, factor)
      case .rider: addRider(index, tariff, usage, input, segment)
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
    let segments = input.segments.span
    var (first, end) = (Int.max, 0)
    for segment in segments.indices {
      first = min(first, segments[segment].tariff.percentages.lowerBound)
      end = max(end, segments[segment].tariff.percentages.upperBound)
    }
    guard first < end else { return }
    for index in first..<end {
      for segment in segments.indices {
        addPercentage(index, segments[segment].tariff, input, segment, isBeforeMinimum)
      }
    }
  }

  private mutating func addPercentage(
    _ index: Int, _ tariff: CompiledTariff, _ input: RatingInput, _ segment: Int,
    _ isBeforeMinimum: Bool?
  ) {
    guard index < tariff.percentages.upperBound else { return }
    let step = tariff.steps[index]
    guard step.kind == .percentage, tariff.applies(index, input.period) else { return }
    if let isBeforeMinimum, isBeforeMinimum != step.isBeforeMinimum { return }
    let count = input.run(of: index, from: segment)
    guard count > 0 else { return }
    let base = base(of: step, input, segment, count)
    guard base != .zero else { return }
    append(
      RatedLine(
        step.line, segment: segment, segmentCount: count,
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
    let levies = input.levies.span
    // No tax counts another: taxes of the same classes have the same base.
    var classes = ClassMask()
    var base = Money.zero
    for index in levies.indices {
      let levy = levies[index]
      if levy.base != classes {
        classes = levy.base
        base = work.sums.all(classes)
      }
      guard base != .zero, levy.rate.rawValue != 0 else { continue }
      let amount = input.amount(levy.rate, of: base)
      total += amount
      insert(
        RatedLine(
          levy.line, segment: 0, segmentCount: input.segments.count,
          basis: .share(of: base, rate: levy.rate), amount: amount))
    }
  }
}

extension RatedBill {
  /// Adds a line that is no tax.
  @inline(__always)
  mutating func append(_ line: RatedLine) {
    work.sums.add(line)
    insert(line)
  }

  /// Puts a line where the order of the invoice wants it: mostly after all others.
  @inline(__always)
  fileprivate mutating func insert(_ line: RatedLine) {
    lines.append(line)
    if line.order <= work.lastOrder { sink() } else { work.lastOrder = line.order }
  }

  /// Lets the last line sink to its place among the others.
  private mutating func sink() {
    var span = lines.mutableSpan
    var place = span.count - 1
    guard place > 0, span[place].isBefore(span[place - 1]) else { return }
    let line = span[place]
    while place > 0, line.isBefore(span[place - 1]) {
      span[place] = span[place - 1]
      place -= 1
    }
    span[place] = line
  }
}

extension RatedLine {
  /// Whether the line comes before `other`, which was added first: by order, and in a section where
  /// amounts decide by amount before waiver, descending, then by sequence and span.
  @inline(__always)
  fileprivate func isBefore(_ other: RatedLine) -> Bool {
    if order != other.order { return order < other.order }
    guard order == Self.fixedOrder else { return false }
    let (amount, others) = (amount + waived, other.amount + other.waived)
    if amount != others { return amount > others }
    return (component, segment) < (other.component, other.segment)
  }
}
