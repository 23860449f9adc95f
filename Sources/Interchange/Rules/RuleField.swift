import CivilTime
import Metering
import Money
import Yams

/// A value in a rule file, with its path; reading it as the wrong thing is a problem, not an error.
struct RuleField {
  let node: Node
  let path: String
  let reading: RuleReading
  private let mark: Mark?

  init(_ node: Node, _ path: String, _ reading: RuleReading, at key: Mark? = nil) {
    self.node = node
    self.path = path
    self.reading = reading
    mark = node.mark ?? key
    reading.note(path, mark)
  }

  func problem(_ message: String) {
    reading.problem(path, mark, message)
  }

  /// Whether the value is neither a list nor fields.
  var isScalar: Bool {
    if case .scalar = node { true } else { false }
  }

  /// Whether the value holds fields, one of them called `name`.
  func has(_ name: String) -> Bool {
    guard case .mapping(let mapping) = node else { return false }
    return mapping.contains { $0.key.string == name }
  }

  /// Whether the value is empty or says so.
  var isNull: Bool {
    guard case .scalar(let scalar) = node else { return false }
    let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
    return !isQuoted && ["", "~", "null"].contains(scalar.string)
  }

  /// Whether the value is written where it stands; an anchor or alias is a problem.
  var isPlain: Bool {
    guard node.anchor != nil else { return true }
    problem("anchors and aliases are not accepted; write the value where it is used")
    return false
  }

  /// The text of a scalar.
  func text(_ expected: String) -> String? {
    guard isPlain else { return nil }
    guard case .scalar(let scalar) = node else {
      problem("must be \(expected), not a list or fields")
      return nil
    }
    return scalar.string
  }

  private func wrong(_ text: String, _ expected: String) {
    problem("\"\(clipped(text))\" is not \(expected)")
  }

  func identifier() -> String? {
    let expected = "a name of 1 to 64 printable ASCII characters without space"
    guard let text = text(expected) else { return nil }
    guard (try? FieldText.identifier(Array(text.utf8).span)) != nil else {
      wrong(text, expected)
      return nil
    }
    return text
  }

  func title() -> String? {
    let expected = "a text of up to 200 characters on one line"
    guard let text = text(expected) else { return nil }
    guard text.count <= 200, text.utf8.count <= 800,
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      wrong(text, expected)
      return nil
    }
    return text
  }

  func day() -> Day? {
    let expected = "a date; write an existing day as 2026-03-01"
    guard let text = text(expected) else { return nil }
    guard let day = try? FieldText.day(Array(text.utf8).span) else {
      wrong(text, expected)
      return nil
    }
    return day
  }

  func whole(_ range: ClosedRange<Int>) -> Int? {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let text = text(expected) else { return nil }
    guard let value = try? FieldText.whole(Array(text.utf8).span, range) else {
      wrong(text, expected)
      return nil
    }
    return value
  }

  func word(of words: [String]) -> Int? {
    let expected = "one of: \(words.joined(separator: ", "))"
    guard let text = text(expected) else { return nil }
    guard let index = words.firstIndex(of: text) else {
      wrong(text, expected)
      return nil
    }
    return index
  }

  /// The elements of a list, each with its path; `nil` with a problem if it is none.
  func list(_ expected: String) -> [RuleField]? {
    guard isPlain else { return nil }
    guard case .sequence(let sequence) = node else {
      problem("must be a list of \(expected), as [a, b]")
      return nil
    }
    return sequence.enumerated().map {
      RuleField($0.element, "\(path)[\($0.offset)]", reading, at: mark)
    }
  }

  /// The elements of a list of words, each once.
  func words<T: Hashable>(of all: [T], named name: (T) -> String) -> [T]? {
    guard let fields = list("words") else { return nil }
    var result: [T] = []
    for field in fields {
      guard let index = field.word(of: all.map(name)) else { continue }
      if result.contains(all[index]) { field.problem("\"\(name(all[index]))\" is given twice") }
      result.append(all[index])
    }
    return result
  }
}

extension RuleField {
  func price() -> Price? {
    decimal("a price, as .09850") { text throws(DecimalError) in try Price(decimal: text) }
  }

  /// An amount in whole cents.
  func money() -> Money? {
    decimal("an amount, as 5.00") { text throws(DecimalError) in try Money(decimal: text) }
  }

  /// An energy in kWh.
  func energy() -> Energy? {
    decimal("an energy in kWh, as 500") { text throws(DecimalError) in
      Energy(milliwattHours: try DecimalText.parse(text, scale: Energy.scale))
    }
  }

  /// A power in kW.
  func power() -> Power? {
    decimal("a power in kW, as 100") { text throws(DecimalError) in
      Power(milliwatts: try DecimalText.parse(text, scale: Power.scale))
    }
  }

  /// SHA-256 as 64 hexadecimal digits.
  func hash() -> [UInt8]? {
    let expected = "a SHA-256 of 64 hexadecimal digits"
    guard let text = text(expected) else { return nil }
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == 64, text.utf8.count == 64 else {
      wrong(text, expected)
      return nil
    }
    return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }

  /// A share: `3 %` or `0.03`.
  func rate() -> Rate? {
    let expected = "a share, as 3 % or 0.03"
    guard let text = text(expected) else { return nil }
    let rate: Rate?
    if text.hasSuffix("%") {
      let number = text.dropLast().trimmingSuffix { $0 == " " }
      rate = decimal(expected, number) { text throws(DecimalError) in try Rate(percent: text) }
    } else {
      rate = decimal(expected, text[...]) { text throws(DecimalError) in try Rate(decimal: text) }
    }
    guard let rate else { return nil }
    guard rate.rawValue >= 0, rate.rawValue <= 1_000_000_000 else {
      wrong(text, "from 0 to 100 %; write 3 % or 0.03")
      return nil
    }
    return rate
  }

  private func decimal<T>(
    _ expected: String, _ parse: (Substring) throws(DecimalError) -> T
  ) -> T? {
    guard let text = text(expected) else { return nil }
    return decimal(expected, text[...], parse)
  }

  private func decimal<T>(
    _ expected: String, _ text: Substring, _ parse: (Substring) throws(DecimalError) -> T
  ) -> T? {
    guard !text.contains(where: { $0 == "e" || $0 == "E" }) else {
      problem("\"\(clipped(String(text)))\" is written with an exponent; write \(expected)")
      return nil
    }
    do throws(DecimalError) {
      return try parse(text)
    } catch {
      problem("\"\(clipped(String(text)))\" \(error); write \(expected)")
      return nil
    }
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> Substring {
    var end = self
    while let last = end.last, isTrimmed(last) { end.removeLast() }
    return end
  }
}
