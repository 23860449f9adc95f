import CivilTime
import EventSourcing
import Money
import Tariffs

extension WireCoder {
  /// A day, as `sint32`.
  mutating func day(_ field: Int, _ value: Day?, _ bytes: RawSpan) throws(Failure) -> Day {
    Day(rawValue: try integer(field, value?.rawValue, bytes))
  }

  /// A day that may be absent.
  mutating func optionalDay(
    _ field: Int, _ value: Day?, _ bytes: RawSpan
  ) throws(Failure) -> Day? {
    try optionalInteger(field, value?.rawValue, bytes).map { Day(rawValue: $0) }
  }

  /// A moment, as `sint64` seconds.
  mutating func instant(
    _ field: Int, _ value: Instant?, _ bytes: RawSpan
  ) throws(Failure) -> Instant {
    Instant(rawValue: try integer(field, value?.rawValue, bytes))
  }

  /// A moment that may be absent.
  mutating func optionalInstant(
    _ field: Int, _ value: Instant?, _ bytes: RawSpan
  ) throws(Failure) -> Instant? {
    try optionalInteger(field, value?.rawValue, bytes).map { Instant(rawValue: $0) }
  }

  /// An amount, as `sint64` cents.
  mutating func money(_ field: Int, _ value: Money?, _ bytes: RawSpan) throws(Failure) -> Money {
    Money(cents: try integer(field, value?.cents, bytes))
  }

  /// A name that may be absent; an empty one is none.
  mutating func name(
    _ field: Int, _ value: String??, _ bytes: RawSpan
  ) throws(Failure) -> String? {
    let text = try text(field, value.flatMap { $0 }, bytes)
    return text.isEmpty ? nil : text
  }

  /// An index that may be absent, as one more than itself.
  mutating func index(
    _ field: Int, _ value: UInt8??, _ bytes: RawSpan
  ) throws(Failure) -> UInt8? {
    let number = value.flatMap { $0 }.map { UInt64($0) + 1 }
    let read = try unsigned(field, number, bytes)
    guard read > 0 else { return nil }
    guard let index = UInt8(exactly: read - 1) else { try refuse(field) }
    return index
  }

  /// One of several, by number; the one most often meant is `common`, and stored as 0.
  mutating func choice<Choice: RawRepresentable<UInt8>>(
    _ field: Int, _ value: Choice?, common: Choice, _ bytes: RawSpan
  ) throws(Failure) -> Choice {
    let number = value.map { $0.rawValue == common.rawValue ? 0 : UInt64($0.rawValue) }
    let read = try unsigned(field, number, bytes)
    return try chosen(field, read, common: common)
  }

  /// The choice stored as `number`.
  func chosen<Choice: RawRepresentable<UInt8>>(
    _ field: Int, _ number: UInt64, common: Choice
  ) throws(Failure) -> Choice {
    guard number != 0 else { return common }
    guard let raw = UInt8(exactly: number), raw != common.rawValue,
      let found = Choice(rawValue: raw)
    else { try refuse(field) }
    return found
  }

  /// One of several, by number, or none.
  mutating func optionalChoice<Choice: RawRepresentable<UInt8>>(
    _ field: Int, _ value: Choice?, _ bytes: RawSpan
  ) throws(Failure) -> Choice? {
    let read = try unsigned(field, value.map { UInt64($0.rawValue) }, bytes)
    guard read != 0 else { return nil }
    guard let raw = UInt8(exactly: read), let found = Choice(rawValue: raw) else {
      try refuse(field)
    }
    return found
  }

  /// One of several, by number; there must be one.
  mutating func choice<Choice: RawRepresentable<UInt8>>(
    _ field: Int, _ value: Choice?, _ bytes: RawSpan
  ) throws(Failure) -> Choice {
    guard let found: Choice = try optionalChoice(field, value, bytes) else { try refuse(field) }
    return found
  }

  /// A list of choices, packed.
  mutating func choices<Choice: RawRepresentable<UInt8>>(
    _ field: Int, _ value: [Choice]?, _ bytes: RawSpan
  ) throws(Failure) -> [Choice] {
    let read = try packed(field, value?.map { UInt64($0.rawValue) }, bytes)
    var result: [Choice] = []
    for number in read {
      guard let raw = UInt8(exactly: number), let found = Choice(rawValue: raw) else {
        try refuse(field)
      }
      result.append(found)
    }
    return result
  }
}
