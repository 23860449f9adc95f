/// A moment in whole seconds, in UTC.
public struct Instant: RawRepresentable, Hashable, Comparable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  public var rawValue: Int64

  /// The moment `rawValue` seconds after the epoch.
  @inlinable
  public init(rawValue: Int64) { self.rawValue = rawValue }

  /// By time.
  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool { left.rawValue < right.rawValue }

  /// The moment `seconds` later.
  @inlinable
  public static func + (instant: Instant, seconds: Int64) -> Instant {
    Instant(rawValue: instant.rawValue + seconds)
  }

  /// The seconds from `start` to `end`.
  @inlinable
  public static func - (end: Instant, start: Instant) -> Int64 { end.rawValue - start.rawValue }
}

/// A wall-clock time: a date, and a second of the day by the clock on the wall.
public struct LocalTime: Hashable, Comparable, Sendable {
  /// The date.
  public var day: Day
  /// 0 to 86,399.
  public var secondOfDay: Int32

  /// The time `secondOfDay` on `day`.
  @inlinable
  public init(day: Day, secondOfDay: Int32) {
    self.day = day
    self.secondOfDay = secondOfDay
  }

  /// By date, then time.
  public static func < (left: Self, right: Self) -> Bool {
    (left.day, left.secondOfDay) < (right.day, right.secondOfDay)
  }

  /// Seconds since 1970-01-01T00:00:00 by this clock.
  var seconds: Int64 { Int64(day.rawValue) * 86_400 + Int64(secondOfDay) }

  init(seconds: Int64) {
    var day = seconds / 86_400
    if seconds % 86_400 < 0 { day -= 1 }
    self.init(
      day: Day(rawValue: Int32(truncatingIfNeeded: day)),
      secondOfDay: Int32(truncatingIfNeeded: seconds - day * 86_400))
  }
}

extension LocalTime: CustomStringConvertible {
  /// The time read from `YYYY-MM-DDTHH:MM[:SS]` (a space for the `T` too), or `nil` for anything
  /// else. It has no zone: see `Instant(iso:)` for a text that has one.
  public init?(iso text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard let (time, count) = Self.read(bytes), count == bytes.count else { return nil }
    self = time
  }

  /// The time as `YYYY-MM-DDTHH:MM:SS`.
  public var description: String {
    let second = Int(secondOfDay)
    return "\(day)T" + TextDigits.padded(second / 3600, 2) + ":"
      + TextDigits.padded(second / 60 % 60, 2) + ":" + TextDigits.padded(second % 60, 2)
  }

  /// The time at the beginning of `bytes`, and how many of them it takes.
  static func read(_ bytes: [UInt8]) -> (LocalTime, count: Int)? {
    guard bytes.count >= 16, bytes[10] == 0x54 || bytes[10] == 0x20, bytes[13] == 0x3A,
      let day = Day(iso: String(decoding: bytes[0..<10], as: UTF8.self)),
      let hour = TextDigits.number(bytes[11..<13]), hour < 24,
      let minute = TextDigits.number(bytes[14..<16]), minute < 60
    else { return nil }
    var second = 0
    var count = 16
    if bytes.count > 16, bytes[16] == 0x3A {
      guard bytes.count >= 19, let read = TextDigits.number(bytes[17..<19]), read < 60 else {
        return nil
      }
      second = read
      count = 19
    }
    let secondOfDay = Int32(hour * 3600 + minute * 60 + second)
    return (LocalTime(day: day, secondOfDay: secondOfDay), count)
  }
}

extension Instant: CustomStringConvertible {
  /// The moment read from `YYYY-MM-DDTHH:MM[:SS]` followed by `Z` or an offset as `-05:00`; `nil`
  /// for anything else, a text without zone included.
  public init?(iso text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard let (time, count) = LocalTime.read(bytes),
      let offset = Self.offset(bytes[count...])
    else { return nil }
    rawValue = time.seconds - Int64(offset)
  }

  /// The moment in UTC, as `2026-03-02T00:00:00Z`.
  public var description: String { "\(LocalTime(seconds: rawValue))Z" }

  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
    let text = Array(bytes)
    if text == [0x5A] { return 0 }
    guard let sign = text.first, sign == 0x2B || sign == 0x2D, text.count >= 5,
      let hours = TextDigits.number(text[1..<3]), hours < 24
    else { return nil }
    let rest = text[3] == 0x3A ? text[4...] : text[3...]
    guard rest.count == 2, let minutes = TextDigits.number(rest), minutes < 60 else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return sign == 0x2D ? -seconds : seconds
  }
}
