/// The rule for the years after a zone file's last transition: a POSIX TZ string, as
/// `IST-2IDT,M3.4.4/26,M10.5.0`, with the hours beyond a day that RFC 9636 allows.
struct FutureRule {
  /// A day of the year, and the wall-clock second on it.
  private struct Date {
    enum Kind {
      /// Day 1 to 365, February 29th never counted.
      case julian(Int)
      /// Day 0 to 365, February 29th counted.
      case ordinal(Int)
      /// The `week`th (5: last) `weekday` (0: Sunday) of `month`.
      case weekday(month: Int, week: Int, weekday: Int)
    }

    var kind: Kind
    var second: Int64

    func day(in year: Int) -> Day {
      let newYear = Day(year: year, month: 1, day: 1)!
      switch kind {
      case .julian(let number):
        let isLeap = Day.daysIn(month: 2, year: year) == 29
        return newYear + (number - 1 + (isLeap && number >= 60 ? 1 : 0))
      case .ordinal(let number): return newYear + number
      case .weekday(let month, let week, let weekday):
        let first = Day(year: year, month: month, day: 1)!
        let skip = (weekday - Int(first.weekday.rawValue) % 7 + 7) % 7
        var date = first + (skip + 7 * (week - 1))
        while date.parts.month != month { date = date - 7 }
        return date
      }
    }

    func seconds(in year: Int) -> Int64 { Int64(day(in: year).rawValue) * 86_400 + second }
  }

  private var standard: Int32 = 0
  private var saving: (offset: Int32, begins: Date, ends: Date)?

  /// The rule that `text` states, or `nil`.
  init?(_ text: String) {
    var scanner = Scanner(text)
    guard scanner.name(), let west = scanner.time() else { return nil }
    standard = Int32(-west)
    if scanner.isAtEnd { return }
    guard scanner.name() else { return nil }
    var offset = standard + 3600
    if !scanner.isAt(0x2C) {
      guard let west = scanner.time() else { return nil }
      offset = Int32(-west)
    }
    guard scanner.take(0x2C), let begins = Self.date(&scanner), scanner.take(0x2C),
      let ends = Self.date(&scanner), scanner.isAtEnd
    else { return nil }
    saving = (offset, begins, ends)
  }

  /// The changes after `last` up to the end of `year`.
  func changes(after last: ZoneRules.Transition?, until year: Int) -> [ZoneRules.Transition] {
    guard let saving else { return [] }
    let start = last?.instant ?? Instant(rawValue: 0)
    let firstYear = LocalTime(seconds: start.rawValue).day.parts.year
    var changes: [ZoneRules.Transition] = []
    for year in min(firstYear, year)...year {
      changes.append(
        .init(
          instant: Instant(rawValue: saving.begins.seconds(in: year) - Int64(standard)),
          offset: saving.offset))
      changes.append(
        .init(
          instant: Instant(rawValue: saving.ends.seconds(in: year) - Int64(saving.offset)),
          offset: standard))
    }
    return changes.filter { $0.instant > start }.sorted { $0.instant < $1.instant }
  }

  private static func date(_ scanner: inout Scanner) -> Date? {
    let kind: Date.Kind
    if scanner.take(0x4D) {
      guard let month = scanner.number(), (1...12).contains(month), scanner.take(0x2E),
        let week = scanner.number(), (1...5).contains(week), scanner.take(0x2E),
        let weekday = scanner.number(), weekday < 7
      else { return nil }
      kind = .weekday(month: month, week: week, weekday: weekday)
    } else if scanner.take(0x4A) {
      guard let number = scanner.number(), (1...365).contains(number) else { return nil }
      kind = .julian(number)
    } else {
      guard let number = scanner.number(), number <= 365 else { return nil }
      kind = .ordinal(number)
    }
    guard scanner.take(0x2F) else { return Date(kind: kind, second: 7200) }
    guard let second = scanner.time() else { return nil }
    return Date(kind: kind, second: Int64(second))
  }
}

/// Reads the words of a POSIX TZ string.
private struct Scanner {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { offset == bytes.count }

  func isAt(_ byte: UInt8) -> Bool { offset < bytes.count && bytes[offset] == byte }

  mutating func take(_ byte: UInt8) -> Bool {
    guard isAt(byte) else { return false }
    offset += 1
    return true
  }

  /// Passes over an abbreviation: letters, or anything between angle brackets.
  mutating func name() -> Bool {
    if take(0x3C) {
      while offset < bytes.count, bytes[offset] != 0x3E { offset += 1 }
      return take(0x3E)
    }
    let start = offset
    while offset < bytes.count, (0x41...0x5A).contains(bytes[offset] & 0xDF) { offset += 1 }
    return offset - start >= 3
  }

  mutating func number() -> Int? {
    let start = offset
    while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
    return offset - start < 4 ? TextDigits.number(bytes[start..<offset]) : nil
  }

  /// `[+-]hh[:mm[:ss]]` in seconds, up to 167 hours.
  mutating func time() -> Int? {
    let isNegative = take(0x2D)
    if !isNegative { _ = take(0x2B) }
    guard let hours = number(), hours <= 167 else { return nil }
    var seconds = hours * 3600
    for unit in [60, 1] where take(0x3A) {
      guard let part = number(), part < 60 else { return nil }
      seconds += part * unit
    }
    return isNegative ? -seconds : seconds
  }
}
