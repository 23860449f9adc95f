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
    precondition(input.segments.count <= 255, "a segment's index takes eight bits")
    var most = input.levies.count
    var isPlain = input.carried.bank.isEmpty && input.waivers.isEmpty
    var classes = ClassMask()
    let segments = input.segments.span
    for segment in segments.indices {
      most += segments[segment].tariff.maximumLines
      isPlain = isPlain && segments[segment].tariff.isPlain
      classes.formUnion(segments[segment].tariff.classes)
    }
    if lines.count < most { makeRoom(most) }
    work.begin(input, classes)
    bank = nil
    Self.write(input, &lines, &work, &bank, isPlain: isPlain)
    if work.count < lines.count { lines.removeLast(lines.count - work.count) }
    total = work.total
    counted = work.counted
  }

  private static func write(
    _ input: RatingInput, _ lines: inout [RatedLine], _ work: inout Workspace,
    _ bank: inout BankStatement?, isPlain: Bool
  ) {
    var room = lines.mutableSpan
    if isPlain { work.ratePlain(input, &room) } else { work.rate(input, &room, &bank) }
  }

  /// Room for `count` lines; what is not written over goes at the end.
  private mutating func makeRoom(_ count: Int) {
    let line = RatedLine(
      LineHead(.adjustment, .passThrough, component: 0), segment: 0, amount: .zero)
    while lines.count < count { lines.append(line) }
  }
}

extension Workspace {
  /// A bill without a minimum, a bank or a waiver.
  fileprivate mutating func ratePlain(
    _ input: RatingInput, _ lines: inout MutableSpan<RatedLine>
  ) {
    let factor = input.proration.factor(days: input.period.days)
    // Of one segment everything in one go: what holds its tariff costs as much as a line.
    let isSingle = input.segments.count == 1
    let segments = input.segments.span
    for segment in segments.indices {
      addSegment(
        segments[segment].tariff, segments[segment].usage.span, input, segment, factor, &lines,
        withPercentages: isSingle)
    }
    if !isSingle { addPercentages(input, isBeforeMinimum: nil, &lines) }
    addTaxes(input, &lines)
  }

  fileprivate mutating func rate(
    _ input: RatingInput, _ lines: inout MutableSpan<RatedLine>, _ bank: inout BankStatement?
  ) {
    let factor = input.proration.factor(days: input.period.days)
    if input.hasBank {
      bank = rateBanked(input, factor, &lines)
    } else {
      let segments = input.segments.span
      for segment in segments.indices {
        addSegment(
          segments[segment].tariff, segments[segment].usage.span, input, segment, factor, &lines)
      }
    }
    // Percentages count what is left after waivers, a minimum what there was before.
    waive(input, &lines)
    if input.hasMinimum {
      addPercentages(input, isBeforeMinimum: true, &lines)
      addMinimums(input, factor, &lines)
      addPercentages(input, isBeforeMinimum: false, &lines)
    } else {
      addPercentages(input, isBeforeMinimum: nil, &lines)
    }
    waive(input, &lines)
    addTaxes(input, &lines)
  }

  /// Brings the lines of components that promotions waive to 0.00.
  private mutating func waive(_ input: RatingInput, _ lines: inout MutableSpan<RatedLine>) {
    guard !input.waivers.isEmpty else { return }
    for index in 0..<count {
      let line = lines[index]
      guard input.waiver(of: line) != nil, line.amount != .zero else { continue }
      total -= line.amount
      lines[index] = line.waiving
    }
  }

  private mutating func rateBanked(
    _ input: RatingInput, _ factor: Fraction, _ lines: inout MutableSpan<RatedLine>
  ) -> BankStatement {
    var bank = Bank(entries: input.carried.bank)
    for segment in input.segments.indices {
      net(&bank, input, segment)
      let billed = billed
      addSegment(input.segments[segment].tariff, billed.span, input, segment, factor, &lines)
    }
    close(&bank, input, &lines)
    return bank.statement
  }

  /// The lines that count energy, power or time of a segment; then those that count other lines,
  /// where it is the only one.
  private mutating func addSegment(
    _ tariff: CompiledTariff, _ usage: Span<Energy>, _ input: RatingInput, _ segment: Int,
    _ factor: Fraction, _ lines: inout MutableSpan<RatedLine>, withPercentages: Bool = false
  ) {
    let isWhole = factor.isOne && input.segments.count == 1
    for index in tariff.steps.indices where tariff.applies(index, input.period) {
      let first = count
      switch tariff.steps[index].kind {
      case .energy:
        let charging = EnergyCharging(
          step: index, segment: segment, factor: factor, isWhole: isWhole)
        addEnergy(charging, tariff, usage, input, &lines)
      case .netBilling:
        let charging = EnergyCharging(
          step: index, segment: segment, factor: factor, isWhole: isWhole, sign: -1)
        let delivered = input.segments[segment].delivered
        addEnergy(charging, tariff, delivered.span, input, &lines)
      case .demand: addDemand(index, tariff, input, segment, &lines)
      case .fixed:
        addFixed(index, tariff, input, segment, factor, &lines)
        continue
      case .rider: addRider(index, tariff, usage, input, segment, &lines)
      case .percentage, .minimum, .netMetering: continue
      }
      if tariff.steps[index].line.isByAmount { settle(from: first, &lines) }
    }
    guard withPercentages else { return }
    for index in tariff.percentages {
      addPercentage(index, tariff, input, segment, nil, &lines)
    }
  }
}

extension Workspace {
  /// Percentages need the lines they count: they come last, in the tariffs' sequence.
  ///
  /// - Parameter isBeforeMinimum: only those that a minimum counts, or only the others; `nil` for all.
  private mutating func addPercentages(
    _ input: RatingInput, isBeforeMinimum: Bool?, _ lines: inout MutableSpan<RatedLine>
  ) {
    let segments = input.segments.span
    var (first, end) = (Int.max, 0)
    for segment in segments.indices {
      first = min(first, segments[segment].tariff.percentages.lowerBound)
      end = max(end, segments[segment].tariff.percentages.upperBound)
    }
    guard first < end else { return }
    for index in first..<end {
      for segment in segments.indices {
        addPercentage(index, segments[segment].tariff, input, segment, isBeforeMinimum, &lines)
      }
    }
  }

  private mutating func addPercentage(
    _ index: Int, _ tariff: CompiledTariff, _ input: RatingInput, _ segment: Int,
    _ isBeforeMinimum: Bool?, _ lines: inout MutableSpan<RatedLine>
  ) {
    guard index < tariff.percentages.upperBound else { return }
    let step = tariff.steps[index]
    guard step.kind == .percentage, tariff.applies(index, input.period) else { return }
    if let isBeforeMinimum, isBeforeMinimum != step.isBeforeMinimum { return }
    let run = input.run(of: index, from: segment)
    guard run > 0 else { return }
    let base =
      input.segments.count == 1 && !step.countsByName
      ? step.base.contains(tariff.unsharedClasses)
        ? total - shared : step.base.sum(lines.span.extracting(first: count), withShares: false)
      : base(of: index, tariff, input, segment, run, lines.span.extracting(first: count))
    guard base != .zero else { return }
    let amount = input.amount(step.rate, of: base)
    shared += amount
    append(
      RatedLine(
        step.line, segment: segment, segmentCount: run, quantity: base.cents,
        numerator: step.rate.rawValue, amount: amount), to: &lines)
    if step.line.isByAmount { settle(&lines) }
  }

  /// The sum of what a percentage in force over a run of segments counts; of a line that also covers
  /// other segments its share by days.
  private func base(
    of index: Int, _ tariff: CompiledTariff, _ input: RatingInput, _ segment: Int, _ count: Int,
    _ lines: Span<RatedLine>
  ) -> Money {
    let step = tariff.steps[index]
    var base = Money.zero
    let run = segment..<(segment + count)
    for index in lines.indices where input.counts(lines[index], step, segment) {
      base += input.share(of: lines[index], within: run)
    }
    return base
  }

  private mutating func addTaxes(_ input: RatingInput, _ lines: inout MutableSpan<RatedLine>) {
    let levies = input.levies.span
    // No tax counts another: taxes of the same classes have the same base, of the lines before them.
    let (untaxed, whole) = (count, total)
    var classes = ClassMask()
    var base = Money.zero
    for index in levies.indices {
      let levy = levies[index]
      if levy.base != classes {
        classes = levy.base
        base =
          classes.contains(self.classes)
          ? whole : classes.sum(lines.span.extracting(first: untaxed))
      }
      guard base != .zero, levy.rate.rawValue != 0 else { continue }
      let amount = input.amount(levy.rate, of: base)
      append(
        RatedLine(
          levy.line, segment: 0, segmentCount: input.segments.count,
          quantity: base.cents, numerator: levy.rate.rawValue, amount: amount), to: &lines)
    }
  }
}

extension Workspace {
  /// The price of `line`, which is that of `price`, times `quantity`, of `scale` decimals, rounded once.
  @inline(__always)
  func amount(
    _ price: ReadyPrice, _ line: LineHead, _ quantity: Int64, scale: Int, _ input: RatingInput
  ) -> Money {
    let (product, overflow) = price.factor.multipliedReportingOverflow(by: quantity)
    if isUsual, price.isReady, !overflow, product >= 0 {
      return Money(cents: price.divisor.nearest(UInt64(bitPattern: product)))
    }
    return wideAmount(line, quantity, scale: scale, input)
  }

  /// The same of any price, quantity and rounding.
  @inline(never)
  private func wideAmount(
    _ line: LineHead, _ quantity: Int64, scale: Int, _ input: RatingInput
  ) -> Money {
    Product(line.price, times: quantity, scale: scale).rounded(
      input.rounding, minorScale: input.precision.minorScale)
  }
}
