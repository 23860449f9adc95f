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

extension CompiledTariff {
  /// Adds the intervals of `block` that begin within `days` to `usage`, by time-of-use period.
  ///
  /// An interval belongs to the wall-clock time of its start, whatever its length; the hour that
  /// occurs twice when clocks go back counts twice. Allocates nothing.
  public func add(
    _ block: IntervalBlock, during days: BillingPeriod, zone: ZoneRules, to usage: inout [Energy],
    _ tally: inout IntervalTally
  ) {
    let step = Int64(block.minutes) * 60
    let start = block.start.rawValue
    let from = max(0, ceiling(zone.midnight(of: days.start).rawValue - start, step))
    let until = min(
      Int64(block.values.count), ceiling(zone.midnight(of: days.end).rawValue - start, step))
    guard from < until else { return }
    var index = Int(from)
    while index < until {
      let instant = block.start(of: index)
      let run = zone.run(at: instant)
      let local = instant.rawValue + Int64(run.offset)
      let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
      var second = local - day * 86_400
      // To the end of the day by this offset, or to where the offset changes.
      var count = ceiling(86_400 - second, step)
      if let change = run.until { count = min(count, ceiling(change - instant, step)) }
      let end = min(Int(until), index + Int(count))
      let row = clock.row(of: Day(rawValue: Int32(day)))
      while index < end {
        let period = Int(clock.minutes[row + Int(second) / 60])
        usage[period].wattHours += block.values[index]
        second += step
        index += 1
      }
    }
    tally.count += Int(until - from)
    guard !block.qualities.isEmpty else { return }
    for index in Int(from)..<Int(until)
    where block.qualities[index] == .estimated || block.qualities[index] == .substituted {
      tally.notActual += 1
    }
  }

  private func ceiling(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    dividend <= 0 ? dividend / divisor : (dividend + divisor - 1) / divisor
  }
}

extension RatingSegment {
  /// The segments of a bill from intervals: every interval measured, none split.
  ///
  /// `blocks` are of one channel, by time, without overlap; blocks outside the spans do no harm.
  public static func segments(
    _ spans: [TariffSpan], intervals blocks: [IntervalBlock], zone: ZoneRules
  ) throws(UsageProblem) -> [RatingSegment] {
    var segments: [RatingSegment] = []
    for span in spans {
      var usage = [Energy](repeating: .zero, count: span.tariff.usageCount)
      var tally = IntervalTally()
      for block in blocks {
        span.tariff.add(block, during: span.days, zone: zone, to: &usage, &tally)
      }
      let begin = zone.midnight(of: span.days.start)
      let end = zone.midnight(of: span.days.end)
      if let problem = gap(blocks, from: begin, until: end) { throw problem }
      let segment = RatingSegment(days: span.days, tariff: span.tariff, usage: usage)
      try segment.checkNoExport()
      segments.append(segment)
    }
    return segments
  }

  /// The first hole; one shorter than an interval is none, because where clocks change by half an
  /// hour whole hours no longer begin at local midnight.
  private static func gap(
    _ blocks: [IntervalBlock], from begin: Instant, until end: Instant
  ) -> UsageProblem? {
    var covered = begin
    var first: Instant?
    var missing: Int64 = 0
    let step = Int64(blocks.first?.minutes ?? 60) * 60
    func look(until next: Instant) {
      guard next - covered >= step else { return }
      first = first ?? covered
      missing += (next - covered + step - 1) / step
    }
    for block in blocks where block.end > begin && block.start < end {
      look(until: block.start)
      covered = max(covered, block.end)
    }
    look(until: end)
    return first.map { .missingIntervals(Int(missing), first: $0) }
  }
}
