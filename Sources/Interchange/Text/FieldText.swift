import CivilTime

/// Reads values from bytes in place: no text is made unless the value is text.
enum FieldText {
  /// The bytes as text; invalid UTF-8 cannot reach this (a record is checked whole).
  static func text(_ bytes: Span<UInt8>) -> String {
    guard let text = try? UTF8Span(validating: bytes) else { return "" }
    return String(copying: text)
  }

  /// 1 to 64 printable ASCII characters without space.
  static func identifier(_ bytes: Span<UInt8>) throws(RowError.Reason) -> String {
    guard isIdentifier(bytes) else { throw .notIdentifier(text(bytes)) }
    return text(bytes)
  }

  private static func isIdentifier(_ bytes: Span<UInt8>) -> Bool {
    guard (1...InterchangeLimits.identifier).contains(bytes.count) else { return false }
    for index in bytes.indices where bytes[index] < 0x21 || bytes[index] > 0x7E { return false }
    return true
  }

  /// Text without control characters.
  static func freeText(_ bytes: Span<UInt8>) throws(RowError.Reason) -> String {
    let value = text(bytes)
    guard bytes.count <= InterchangeLimits.freeText,
      value.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else { throw .notText(value) }
    return value
  }

  /// A sign, digits, a point.
  static func decimal(_ bytes: Span<UInt8>) throws(RowError.Reason) -> ExactDecimal {
    let count = bytes.count
    var at = 0
    var isNegative = false
    if count > 0, bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
      isNegative = bytes[0] == UInt8(ascii: "-")
      at = 1
    }
    var value: Int64 = 0
    var point = -1
    var digits = 0
    var significant = 0
    while at < count {
      let byte = bytes[at]
      let digit = byte &- 0x30
      if digit < 10 {
        digits += 1
        if significant > 0 || digit > 0 { significant += 1 }
        if significant <= 18 { value = value &* 10 &+ Int64(digit) }
      } else if byte == UInt8(ascii: "."), point < 0 {
        point = at
      } else {
        throw .notDecimal(text(bytes))
      }
      at += 1
    }
    guard digits > 0 else { throw .notDecimal(text(bytes)) }
    let places = point < 0 ? 0 : count - point - 1
    guard significant <= 18, places <= 18 else { throw .tooPrecise(text(bytes), places: 18) }
    return ExactDecimal(units: isNegative ? -value : value, places: places)
  }

  /// Digits only, in `range`.
  static func whole(
    _ bytes: Span<UInt8>, _ range: ClosedRange<Int>
  ) throws(RowError.Reason) -> Int {
    if let value = digits(bytes, 0, bytes.count), bytes.count <= 18, range.contains(value) {
      return value
    }
    throw .notWhole(text(bytes), from: range.lowerBound, through: range.upperBound)
  }

  /// `YYYY-MM-DD`.
  static func day(_ bytes: Span<UInt8>) throws(RowError.Reason) -> Day {
    guard bytes.count == 10, let day = dayAtStart(bytes) else { throw .notDate(text(bytes)) }
    return day
  }

  /// A date, or a date and a time, with or without an offset.
  static func time(_ bytes: Span<UInt8>) throws(RowError.Reason) -> LocalOrInstant {
    guard let value = timeIfAny(bytes) else { throw .notTime(text(bytes)) }
    return value
  }

  private static func timeIfAny(_ bytes: Span<UInt8>) -> LocalOrInstant? {
    guard let day = dayAtStart(bytes) else { return nil }
    let count = bytes.count
    if count == 10 { return .local(LocalTime(day: day, secondOfDay: 0)) }
    guard count >= 16, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
      bytes[13] == UInt8(ascii: ":"), let hour = digits(bytes, 11, 13), hour < 24,
      let minute = digits(bytes, 14, 16), minute < 60
    else { return nil }
    var at = 16
    var second = 0
    if count >= 19, bytes[16] == UInt8(ascii: ":") {
      guard let value = digits(bytes, 17, 19), value < 60 else { return nil }
      second = value
      at = 19
    }
    let time = LocalTime(day: day, secondOfDay: Int32(hour * 3600 + minute * 60 + second))
    if at == count { return .local(time) }
    guard let offset = offset(bytes, at) else { return nil }
    let wall = Int64(day.rawValue) * 86_400 + Int64(time.secondOfDay)
    return .instant(Instant(rawValue: wall - Int64(offset)))
  }

  /// `Z`, `+hh:mm` or `+hhmm` from `at` to the end, in seconds east of UTC.
  private static func offset(_ bytes: Span<UInt8>, _ at: Int) -> Int? {
    let count = bytes.count
    if bytes[at] == UInt8(ascii: "Z") { return at + 1 == count ? 0 : nil }
    let isWest = bytes[at] == UInt8(ascii: "-")
    guard isWest || bytes[at] == UInt8(ascii: "+"), count == at + 5 || count == at + 6,
      count == at + 5 || bytes[at + 3] == UInt8(ascii: ":"),
      let hours = digits(bytes, at + 1, at + 3), hours <= 18,
      let minutes = digits(bytes, count - 2, count), minutes < 60
    else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return isWest ? -seconds : seconds
  }

  private static func dayAtStart(_ bytes: Span<UInt8>) -> Day? {
    guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = digits(bytes, 0, 4), (1900...2200).contains(year),
      let month = digits(bytes, 5, 7), let day = digits(bytes, 8, 10)
    else { return nil }
    return Day(year: year, month: month, day: day)
  }

  /// The number that the bytes from `lower` to `upper` spell in ASCII digits.
  private static func digits(
    _ bytes: Span<UInt8>, _ lower: Int, _ upper: Int
  ) -> Int? {
    guard lower < upper else { return nil }
    var value = 0
    for index in lower..<upper {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int(digit)
    }
    return value
  }

  /// One of `words`.
  static func word(
    _ bytes: Span<UInt8>, of words: [String]
  ) throws(RowError.Reason) -> Int {
    let found = text(bytes)
    guard let index = words.firstIndex(of: found) else { throw .notOneOf(found, words) }
    return index
  }
}
