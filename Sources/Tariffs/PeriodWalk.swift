import CivilTime
import Metering

/// Consecutive intervals, stretch by stretch of one time-of-use period: an interval belongs to the
/// wall-clock time of its start.
struct PeriodWalk {
  /// Intervals of one period.
  struct Piece {
    var period: Int
    var range: Range<Int>
  }

  private let clock: PeriodClock
  private let start: Int64
  private let step: Int64
  /// 2^32 / `step`, rounded up: a product with it, shifted, is a quotient of up to two days' seconds.
  private let reciprocal: UInt64
  private let end: Int
  private var index: Int
  /// The offset in force, and where it ends.
  private var offset: Int64 = 0
  private var offsetUntil: Int64 = .min
  /// The day the walk is in, and the day that decides its season.
  private var day = DayCursor(Day(rawValue: 0))
  private let middle: DayCursor
  /// The second of the day by the clock on the wall, and where the stretches of this offset end.
  private var second: Int64 = 0
  private var dayEnd: Int
  private var place = 0

  /// A walk over the intervals `range` of `block`, on a bill in whose middle `middle` lies.
  init(_ clock: PeriodClock, _ block: IntervalBlock, _ range: Range<Int>, _ middle: Day) {
    self.clock = clock
    start = block.start.rawValue
    step = Int64(block.minutes) * 60
    reciprocal = (1 << 32) / UInt64(step) + 1
    index = range.lowerBound
    end = range.upperBound
    dayEnd = range.lowerBound
    self.middle = DayCursor(middle)
  }

  /// The next intervals of one period; `nil` at the end.
  @inline(__always)
  mutating func next(_ zone: ZoneRules) -> Piece? {
    guard index < end else { return nil }
    if clock.isSingle {
      defer { index = end }
      return Piece(period: 0, range: index..<end)
    }
    if index == dayEnd { begin(zone) }
    var stretch = clock.stretches[place]
    while second >= Int64(stretch.endMinute) * 60 {
      place += 1
      stretch = clock.stretches[place]
    }
    let count = steps(Int64(stretch.endMinute) * 60 - second)
    let next = min(dayEnd, index + count)
    let piece = Piece(period: Int(stretch.period), range: index..<next)
    second += Int64(next - index) * step
    index = next
    place += 1
    return piece
  }

  /// Begins a day, or goes on in one after the clocks changed.
  private mutating func begin(_ zone: ZoneRules) {
    let instant = start + Int64(index) * step
    if instant < offsetUntil, second >= 86_400 {
      // The day after, by the same offset.
      second -= 86_400
      day.advance()
    } else {
      if instant >= offsetUntil {
        let run = zone.run(at: Instant(rawValue: instant))
        offset = Int64(run.offset)
        offsetUntil = run.until?.rawValue ?? .max
      }
      let local = instant + offset
      let number = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
      second = local - number * 86_400
      day.move(to: Day(rawValue: Int32(number)))
    }
    // To the end of the day by this offset, or to where the offset changes.
    var rest = 86_400 - second
    if offsetUntil < instant + rest { rest = offsetUntil - instant }
    dayEnd = min(end, index + steps(rest))
    place = clock.place(day, middle)
  }

  /// How many intervals begin within `seconds`, at most two days.
  private func steps(_ seconds: Int64) -> Int {
    Int(truncatingIfNeeded: (UInt64(seconds + step - 1) * reciprocal) >> 32)
  }
}
