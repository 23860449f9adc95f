/// What the clocks on the walls of a zone show: an offset from UTC, and when it changes.
///
/// The rules are pinned in the book, so that a replay gives the same days on any machine.
///
/// A local time that occurs twice (clocks go back) is its first occurrence. One that does not occur
/// (clocks go forward) is the moment the offset in force before the change gives: as much after
/// the change as the text is after the gap's beginning. So a day begins at its first moment.
public struct ZoneRules: Hashable, Sendable {
  /// A change of the offset.
  public struct Transition: Hashable, Sendable {
    /// When it takes effect.
    public var instant: Instant
    /// The offset from then on, in seconds east of UTC.
    public var offset: Int32

    /// The offset `offset` from `instant` on.
    public init(instant: Instant, offset: Int32) {
      self.instant = instant
      self.offset = offset
    }
  }

  /// The zone's name, as `Asia/Jerusalem`.
  public var name: String
  /// The offset before the first transition, in seconds east of UTC.
  public var initialOffset: Int32
  /// The changes, in ascending order.
  public var transitions: [Transition]

  /// The zone `name`; `transitions` must ascend.
  public init(name: String, initialOffset: Int32, transitions: [Transition] = []) {
    self.name = name
    self.initialOffset = initialOffset
    self.transitions = transitions
  }

  /// A zone that never changes its offset, in seconds east of UTC.
  public init(fixedOffset: Int32, name: String) {
    self.init(name: name, initialOffset: fixedOffset)
  }
}

extension ZoneRules {
  /// The offset at `instant`, in seconds east of UTC.
  public func offset(at instant: Instant) -> Int32 { run(at: instant).offset }

  /// The wall-clock time at `instant`.
  public func local(_ instant: Instant) -> LocalTime {
    LocalTime(seconds: instant.rawValue + Int64(offset(at: instant)))
  }

  /// The local date at `instant`.
  public func day(of instant: Instant) -> Day { local(instant).day }

  /// The moment `day` begins.
  public func midnight(of day: Day) -> Instant {
    instant(of: LocalTime(day: day, secondOfDay: 0))
  }

  /// How long `day` lasts, in seconds: 86,400 on most days, 82,800 or 90,000 when clocks change.
  public func length(of day: Day) -> Int64 { midnight(of: day + 1) - midnight(of: day) }

  /// The moment the clocks show `time`: its first where there are two; where there is none, by the
  /// offset before the gap.
  public func instant(of time: LocalTime) -> Instant {
    let seconds = time.seconds
    // No offset exceeds 26 hours: the transitions that matter lie within that distance.
    var index = firstTransition(after: Instant(rawValue: seconds - 93_600))
    var offset = index == 0 ? initialOffset : transitions[index - 1].offset
    while index < transitions.count {
      let candidate = seconds - Int64(offset)
      if candidate < transitions[index].instant.rawValue { break }
      let next = transitions[index]
      // In the gap: the clock reading lies before what the new offset shows at the change.
      if seconds < next.instant.rawValue + Int64(next.offset) { break }
      offset = next.offset
      index += 1
    }
    return Instant(rawValue: seconds - Int64(offset))
  }

  /// The offset at `instant`, and the moments it begins and ends (`nil` for ever): for loops over
  /// intervals.
  public func run(at instant: Instant) -> (offset: Int32, from: Instant?, until: Instant?) {
    let index = firstTransition(after: instant)
    let until = index < transitions.count ? transitions[index].instant : nil
    guard index > 0 else { return (initialOffset, nil, until) }
    return (transitions[index - 1].offset, transitions[index - 1].instant, until)
  }

  private func firstTransition(after instant: Instant) -> Int {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].instant <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
