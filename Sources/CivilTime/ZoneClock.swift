/// A zone's rules for a loop over moments that lie near one another: what the clocks showed last is
/// not looked up again.
public struct ZoneClock: Hashable, Sendable {
  /// The rules.
  public let rules: ZoneRules
  /// A stretch of one offset, in seconds since 1970, and the offset.
  private var from: Int64 = 0
  private var until: Int64 = 0
  private var offset: Int64 = 0

  /// Two days: no change of an offset moves the clocks by more, so that what a clock shows this long
  /// after a change and before the next occurs once.
  private static let margin: Int64 = 2 * 86_400

  /// The clocks of a zone.
  public init(_ rules: ZoneRules) { self.rules = rules }

  /// What `ZoneRules.midnight(of:)` gives.
  public mutating func midnight(of day: Day) -> Instant {
    let seconds = Int64(day.rawValue) * 86_400
    let moment = seconds - offset
    if moment - from > Self.margin, until - moment > Self.margin {
      return Instant(rawValue: moment)
    }
    let midnight = rules.midnight(of: day)
    take(midnight)
    return midnight
  }

  /// What `ZoneRules.day(of:)` gives.
  public mutating func day(of instant: Instant) -> Day {
    if instant.rawValue < from || instant.rawValue >= until { take(instant) }
    return LocalTime(seconds: instant.rawValue + offset).day
  }

  /// Goes to the stretch that holds `instant`.
  private mutating func take(_ instant: Instant) {
    let run = rules.run(at: instant)
    from = run.from?.rawValue ?? Self.ever.lowerBound
    until = run.until?.rawValue ?? Self.ever.upperBound
    offset = Int64(run.offset)
  }

  /// Before and after every day that can be written.
  private static let ever: Range<Int64> = -(1 << 52)..<(1 << 52)
}
