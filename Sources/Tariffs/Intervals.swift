public import CivilTime
public import Metering

/// What of interval blocks fell into some days.
public struct IntervalTally: Hashable, Sendable {
  /// How many intervals.
  public var count = 0
  /// How many of them were estimated or substituted.
  public var notActual = 0

  /// None yet.
  public init() {}
}

/// The greatest average power of an interval.
public struct Peak: Hashable, Sendable {
  /// The power; zero where nothing was taken.
  public var power: Power
  /// When the interval began; `nil` where none set a peak.
  public var at: Instant?

  /// A peak.
  public init(power: Power = .zero, at: Instant? = nil) {
    self.power = power
    self.at = at
  }
}

/// Days of a bill as moments, so that they are looked up once for many blocks.
public struct MeasuringSpan: Sendable {
  /// The moment the first day begins.
  public var begin: Instant
  /// The moment after the last day.
  public var end: Instant
  /// The day in the middle of the bill.
  public var middle: Day

  /// The days `days` of a bill for `period`.
  public init(_ days: BillingPeriod, of period: BillingPeriod, zone: ZoneRules) {
    begin = zone.midnight(of: days.start)
    end = zone.midnight(of: days.end)
    middle = period.middle
  }
}

/// Intervals in the order of time, kept for tiers that they fill one by one.
public struct IntervalSeries: Sendable {
  var blocks: [IntervalBlock]
  var span: MeasuringSpan
  var zone: ZoneRules
}

extension BillingPeriod {
  /// The day in the middle: it decides the month of a bill, and where a tariff says so its season.
  public var middle: Day { start + days / 2 }
}

extension RatingSegment {
  /// Adds the intervals of `block` that begin within `span`: by period, and where the tariff has
  /// demand the greatest.
  ///
  /// An interval belongs to the wall-clock time of its start, whatever its length; the hour that
  /// occurs twice when clocks go back counts twice. A block of several channels is their net.
  /// Allocates nothing.
  public mutating func add(
    _ block: IntervalBlock, _ span: MeasuringSpan, zone: ZoneRules, _ tally: inout IntervalTally
  ) {
    let range = block.range(span)
    guard !range.isEmpty else { return }
    let isActual = block.qualities.isEmpty
    var needsPeaks = tariff.needsPeaks
    if tariff.sellsExport {
      addBothWays(block, range, span, zone)
    } else if needsPeaks, tariff.hasOneClock, isActual {
      Self.addWithPeaks(
        PeriodWalk(tariff.clock, block, range, span.middle), block, zone, &usage, &peaks)
      needsPeaks = false
    } else {
      let values = block.values.span
      let unit = block.unit
      var walk = PeriodWalk(tariff.clock, block, range, span.middle)
      var sums = usage.mutableSpan
      while let piece = walk.next(zone) {
        // A book's intervals fit 32 bits, and a load's range is checked: the sum cannot overflow.
        var sum: Int64 = 0
        let part = values.extracting(piece.range)
        for index in part.indices { sum &+= part[index] }
        sums[piece.period].milliwattHours += sum * unit
      }
    }
    if needsPeaks { addPeaks(block, range, span, zone) }
    tally.count += range.count
    guard !isActual else { return }
    for index in range where !block.qualities[index].isMeasured { tally.notActual += 1 }
  }

  /// What is taken and what is delivered, each by itself.
  private mutating func addBothWays(
    _ block: IntervalBlock, _ range: Range<Int>, _ span: MeasuringSpan, _ zone: ZoneRules
  ) {
    let values = block.values.span
    var walk = PeriodWalk(tariff.clock, block, range, span.middle)
    while let piece = walk.next(zone) {
      var (all, given): (Int64, Int64) = (0, 0)
      for index in piece.range {
        all += values[index]
        given += min(0, values[index])
      }
      usage[piece.period].milliwattHours += (all - given) * block.unit
      delivered[piece.period].milliwattHours -= given * block.unit
    }
  }

  /// What is taken, and the greatest of it, of intervals that were all measured.
  private static func addWithPeaks(
    _ walk: PeriodWalk, _ block: IntervalBlock, _ zone: ZoneRules, _ usage: inout [Energy],
    _ peaks: inout [Peak]
  ) {
    let values = block.values.span
    let unit = block.unit
    let factor = unit * (60 / Int64(block.minutes))
    var walk = walk
    var sums = usage.mutableSpan
    var peaks = peaks.mutableSpan
    while let piece = walk.next(zone) {
      let part = values.extracting(piece.range)
      var (sum, best): (Int64, Int64) = (0, 0)
      for index in part.indices {
        sum &+= part[index]
        best = max(best, part[index])
      }
      sums[piece.period].milliwattHours += sum * unit
      guard best * factor > peaks[piece.period + 1].power.milliwatts else { continue }
      let place = part.indices.first { part[$0] == best } ?? 0
      let peak = Peak(
        power: Power(milliwatts: best * factor),
        at: block.start(of: piece.range.lowerBound + place))
      peaks[piece.period + 1] = peak
      if peak.power > peaks[0].power { peaks[0] = peak }
    }
  }

  private mutating func addPeaks(
    _ block: IntervalBlock, _ range: Range<Int>, _ span: MeasuringSpan, _ zone: ZoneRules
  ) {
    let values = block.values.span
    let isActual = block.qualities.isEmpty
    let factor = block.unit * (60 / Int64(block.minutes))
    var walk = PeriodWalk(tariff.demandClock, block, range, span.middle)
    while let piece = walk.next(zone) {
      let known = peaks[piece.period + 1].power.milliwatts
      let part = values.extracting(piece.range)
      var best: Int64 = 0
      var place: Int?
      if isActual {
        for index in part.indices { best = max(best, part[index]) }
        guard best * factor > known else { continue }
        place = part.indices.first { part[$0] == best }
      } else {
        for index in part.indices where part[index] > best {
          guard block.qualities[piece.range.lowerBound + index].isMeasured else { continue }
          (best, place) = (part[index], index)
        }
        guard best * factor > known else { continue }
      }
      let index = piece.range.lowerBound + (place ?? 0)
      let peak = Peak(power: Power(milliwatts: best * factor), at: block.start(of: index))
      peaks[piece.period + 1] = peak
      if peak.power > peaks[0].power { peaks[0] = peak }
    }
  }
}

extension IntervalBlock {
  /// The intervals that begin within `span`.
  func range(_ span: MeasuringSpan) -> Range<Int> {
    let step = Int64(minutes) * 60
    let from = max(0, Self.ceiling(span.begin - start, step))
    let until = min(Int64(values.count), Self.ceiling(span.end - start, step))
    return from < until ? Int(from)..<Int(until) : 0..<0
  }

  static func ceiling(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    dividend <= 0 ? dividend / divisor : (dividend + divisor - 1) / divisor
  }
}

extension RatingSegment {
  /// A segment in which nothing was used yet.
  public init(days: BillingPeriod, tariff: CompiledTariff) {
    self.init(
      days: days, tariff: tariff, usage: [Energy](repeating: .zero, count: tariff.usageCount))
    if tariff.sellsExport { delivered = usage }
    if tariff.needsPeaks { peaks = Array(repeating: Peak(), count: tariff.peakCount) }
  }

  /// The segments of a bill for `period` from intervals: every interval measured, none split.
  ///
  /// `blocks` are of one channel, or the net of several, by time, without overlap; blocks outside the
  /// spans do no harm.
  public static func segments(
    _ spans: [TariffSpan], intervals blocks: [IntervalBlock], zone: ZoneRules
  ) throws(UsageProblem) -> [RatingSegment] {
    guard let first = spans.first, let last = spans.last else { return [] }
    let period = BillingPeriod(start: first.days.start, end: last.days.end)
    var segments: [RatingSegment] = []
    for span in spans {
      var segment = RatingSegment(days: span.days, tariff: span.tariff)
      try segment.measure(blocks, of: period, zone: zone)
      segments.append(segment)
    }
    return segments
  }

  /// Measures the segment of a bill for `period` by `blocks`, in place of what it had.
  public mutating func measure(
    _ blocks: [IntervalBlock], of period: BillingPeriod, zone: ZoneRules
  ) throws(UsageProblem) {
    if let problem = Self.gap(blocks, MeasuringSpan(days, of: period, zone: zone)) {
      throw problem
    }
    try take(blocks, of: period, zone: zone)
  }

  /// Measures the segment of a bill for `period` by `blocks`, in place of what it had, and takes holes
  /// for granted.
  public mutating func take(
    _ blocks: [IntervalBlock], of period: BillingPeriod, zone: ZoneRules
  ) throws(UsageProblem) {
    for index in usage.indices { usage[index] = .zero }
    for index in delivered.indices { delivered[index] = .zero }
    for index in peaks.indices { peaks[index] = Peak() }
    let span = MeasuringSpan(days, of: period, zone: zone)
    var tally = IntervalTally()
    for block in blocks { add(block, span, zone: zone, &tally) }
    series =
      tariff.needsSeries ? IntervalSeries(blocks: blocks, span: span, zone: zone) : nil
    try checkNoExport()
  }

  /// The first hole; one shorter than an interval is none, because where clocks change by half an
  /// hour whole hours no longer begin at local midnight.
  private static func gap(_ blocks: [IntervalBlock], _ span: MeasuringSpan) -> UsageProblem? {
    var covered = span.begin
    var first: Instant?
    var missing: Int64 = 0
    let step = Int64(blocks.first?.minutes ?? 60) * 60
    func look(until next: Instant) {
      guard next - covered >= step else { return }
      first = first ?? covered
      missing += (next - covered + step - 1) / step
    }
    for block in blocks where block.end > span.begin && block.start < span.end {
      look(until: block.start)
      covered = max(covered, block.end)
    }
    look(until: span.end)
    return first.map { .missingIntervals(Int(missing), first: $0) }
  }
}
