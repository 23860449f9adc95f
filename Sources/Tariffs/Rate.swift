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
    lines.removeAll(keepingCapacity: true)
    work.begin()
    bank = nil
    Self.write(input, &lines, &work, &bank)
    total = work.total
    counted = work.counted
  }

  private static func write(
    _ input: RatingInput, _ lines: inout [RatedLine], _ work: inout Workspace,
    _ bank: inout BankStatement?
  ) {
    var count = input.levies.count
    let segments = input.segments.span
    for segment in segments.indices { count += segments[segment].tariff.maximumLines }
    lines.append(count, from: input) { work.rate($0, &$1, &bank) }
  }
}

extension [RatedLine] {
  /// Appends what `write` makes of `source`, at most `count` lines, into room made once.
  ///
  /// A closure that captured `source` would copy it, with a reference count for every array in it.
  fileprivate mutating func append<Source: ~Copyable>(
    _ count: Int, from source: borrowing Source,
    _ write: (borrowing Source, inout OutputSpan<RatedLine>) -> Void
  ) {
    append(addingCapacity: count) { write(source, &$0) }
  }
}

extension Workspace {
  fileprivate mutating func rate(
    _ input: RatingInput, _ lines: inout OutputSpan<RatedLine>, _ bank: inout BankStatement?
  ) {
    let factor = input.proration.factor(days: input.period.days)
    let hasMinimum = input.hasMinimum
    // Of one segment everything in one go: what holds its tariff costs as much as a line.
    var isDone = false
    if input.hasBank {
      bank = rateBanked(input, factor, &lines)
    } else {
      isDone = input.segments.count == 1 && !hasMinimum && input.waivers.isEmpty
      let segments = input.segments.span
      for segment in segments.indices {
        addSegment(
          segments[segment].tariff, segments[segment].usage.span, input, segment, factor, &lines,
          withPercentages: isDone)
      }
    }
    if !isDone { addCounting(input, factor, hasMinimum: hasMinimum, &lines) }
    addTaxes(input, &lines)
  }

  /// The lines that count other lines, but for taxes. Percentages count what is left after waivers, a
  /// minimum what there was before.
  private mutating func addCounting(
    _ input: RatingInput, _ factor: Fraction, hasMinimum: Bool,
    _ lines: inout OutputSpan<RatedLine>
  ) {
    waive(input, &lines)
    if hasMinimum {
      addPercentages(input, isBeforeMinimum: true, &lines)
      addMinimums(input, factor, &lines)
      addPercentages(input, isBeforeMinimum: false, &lines)
    } else {
      addPercentages(input, isBeforeMinimum: nil, &lines)
    }
    waive(input, &lines)
  }

  /// Brings the lines of components that promotions waive to 0.00.
  private mutating func waive(_ input: RatingInput, _ lines: inout OutputSpan<RatedLine>) {
    guard !input.waivers.isEmpty else { return }
    var span = lines.mutableSpan
    for index in span.indices {
      let line = span[index]
      guard input.waiver(of: line) != nil, line.amount != .zero else { continue }
      total -= line.amount
      span[index] = line.waiving
    }
  }

  private mutating func rateBanked(
    _ input: RatingInput, _ factor: Fraction, _ lines: inout OutputSpan<RatedLine>
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
    _ factor: Fraction, _ lines: inout OutputSpan<RatedLine>, withPercentages: Bool = false
  ) {
    let isWhole = factor.isOne && input.segments.count == 1
    for index in tariff.steps.indices where tariff.applies(index, input.period) {
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
      case .fixed: addFixed(index, tariff, input, segment, factor, &lines)
      case .rider: addRider(index, tariff, usage, input, segment, &lines)
      case .percentage, .minimum, .netMetering: break
      }
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
    _ input: RatingInput, isBeforeMinimum: Bool?, _ lines: inout OutputSpan<RatedLine>
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
    _ isBeforeMinimum: Bool?, _ lines: inout OutputSpan<RatedLine>
  ) {
    guard index < tariff.percentages.upperBound else { return }
    let step = tariff.steps[index]
    guard step.kind == .percentage, tariff.applies(index, input.period) else { return }
    if let isBeforeMinimum, isBeforeMinimum != step.isBeforeMinimum { return }
    let count = input.run(of: index, from: segment)
    guard count > 0 else { return }
    let base =
      input.segments.count == 1 && !step.countsByName
      ? step.base.sum(lines.span, withShares: false)
      : base(of: index, tariff, input, segment, count, lines.span)
    guard base != .zero else { return }
    append(
      RatedLine(
        step.line, segment: segment, segmentCount: count, quantity: base.cents,
        numerator: step.rate.rawValue, amount: input.amount(step.rate, of: base)), to: &lines)
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

  private mutating func addTaxes(_ input: RatingInput, _ lines: inout OutputSpan<RatedLine>) {
    let levies = input.levies.span
    // No tax counts another: taxes of the same classes have the same base, of the lines before them.
    let untaxed = lines.count
    var classes = ClassMask()
    var base = Money.zero
    for index in levies.indices {
      let levy = levies[index]
      if levy.base != classes {
        classes = levy.base
        base = classes.sum(lines.span.extracting(first: untaxed))
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

extension ClassMask {
  /// The sum of the lines of these classes, with shares of other lines or without.
  func sum(_ lines: Span<RatedLine>, withShares: Bool = true) -> Money {
    var sum: Int64 = 0
    for index in lines.indices {
      let line = lines[index]
      if contains(line.classNumber) && (withShares || !line.isShare) { sum += line.amount.cents }
    }
    return Money(cents: sum)
  }

  /// The same, of all lines, before waivers.
  func sumBeforeWaivers(_ lines: Span<RatedLine>) -> Money {
    var sum: Int64 = 0
    for index in lines.indices {
      let line = lines[index]
      if contains(line.classNumber) { sum += line.amount.cents + line.waived.cents }
    }
    return Money(cents: sum)
  }
}

extension Workspace {
  /// Puts a line where the order of the invoice wants it: mostly after all others.
  @inline(__always)
  mutating func append(_ line: RatedLine, to lines: inout OutputSpan<RatedLine>) {
    total += line.amount
    lines.append(line)
    if line.isAfter(lastPlace) {
      lastPlace = line.place
    } else {
      lastPlace = max(lastPlace, line.place)
      Self.sink(&lines)
    }
  }

  /// Lets the last line sink to its place among the others.
  private static func sink(_ lines: inout OutputSpan<RatedLine>) {
    var place = lines.count - 1
    while place > 0, lines[place].isBefore(lines[place - 1]) {
      lines.swapAt(place, place - 1)
      place -= 1
    }
  }
}
