/// Why a text is not a decimal number that fits its scale exactly.
public enum DecimalError: Error, Hashable, Sendable {
  /// There is nothing to read.
  case empty
  /// A character that no decimal number has, at this offset from 0.
  case unexpectedCharacter(Character, offset: Int)
  /// No digit at all, as in `-.`.
  case noDigits
  /// More decimals than the scale holds, other than zeros.
  case tooManyDecimals(allowed: Int)
  /// A number beyond what 64 bits hold at this scale.
  case outOfRange
}

extension DecimalError: CustomStringConvertible {
  /// The reason, as the end of a sentence that begins with the text.
  public var description: String {
    switch self {
    case .empty: "is empty where a number belongs"
    case .unexpectedCharacter(let character, let offset):
      "is not a decimal number: '\(character)' at character \(offset + 1)"
    case .noDigits: "has no digits"
    case .tooManyDecimals(let allowed):
      "has more than \(allowed) decimals, and numbers are never rounded on the way in"
    case .outOfRange: "is too large"
    }
  }
}

/// Decimal numbers as text: read exactly or refused, printed exactly.
public enum DecimalText {
  /// The number in `text` as a whole number of 10^-`scale`.
  ///
  /// A sign, digits, a point, an exponent (`5e-05`) are read; spaces and thousands separators are
  /// not. Decimals beyond the scale are refused unless they are zeros.
  public static func parse(_ text: some StringProtocol, scale: Int) throws(DecimalError) -> Int64 {
    let number = try digits(of: text)
    let exponent = scale - number.decimals
    if number.magnitude == 0 { return 0 }
    var magnitude = number.magnitude
    if exponent >= 0 {
      for _ in 0..<min(exponent, 39) {
        let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
        guard !overflow else { throw .outOfRange }
        magnitude = product
      }
    } else {
      for _ in 0..<min(-exponent, 39) {
        let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10)
        guard remainder == 0 else { throw .tooManyDecimals(allowed: scale) }
        magnitude = quotient
      }
    }
    let signed = number.isNegative ? -magnitude : magnitude
    guard let value = Int64(exactly: signed) else { throw .outOfRange }
    return value
  }

  /// The number in `text` as its digits and how many of them are decimals, at most
  /// `maximumDecimals`; zeros at its end are left out.
  public static func digits(
    _ text: some StringProtocol, maximumDecimals: Int
  ) throws(DecimalError) -> (digits: Int64, decimals: Int) {
    let number = try digits(of: text)
    var (magnitude, decimals) = (number.magnitude, number.decimals)
    if magnitude == 0 { return (0, 0) }
    while decimals > 0, magnitude % 10 == 0 {
      magnitude /= 10
      decimals -= 1
    }
    guard decimals <= maximumDecimals else { throw .tooManyDecimals(allowed: maximumDecimals) }
    while decimals < 0 {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      guard !overflow else { throw .outOfRange }
      magnitude = product
      decimals += 1
    }
    guard let value = Int64(exactly: number.isNegative ? -magnitude : magnitude),
      value.magnitude < 1_000_000_000_000_000_000
    else { throw .outOfRange }
    return (value, decimals)
  }

  /// `value` x 10^-`scale` in decimal, trailing zeros left out beyond `minimumDecimals`.
  public static func format(_ value: Int128, scale: Int, minimumDecimals: Int = 0) -> String {
    var digits = Array(String(value.magnitude).utf8)
    if digits.count <= scale {
      digits.insert(contentsOf: repeatElement(0x30, count: scale + 1 - digits.count), at: 0)
    }
    let point = digits.count - scale
    var end = digits.count
    while end > point + minimumDecimals, end > point, digits[end - 1] == 0x30 { end -= 1 }
    var text = value < 0 ? "-" : ""
    text += String(decoding: digits[..<point], as: UTF8.self)
    if end > point { text += "." + String(decoding: digits[point..<end], as: UTF8.self) }
    return text
  }

  private struct Digits {
    var magnitude: Int128 = 0
    var decimals = 0
    var isNegative = false
  }

  private static func digits(of text: some StringProtocol) throws(DecimalError) -> Digits {
    var result = Digits()
    var seen = 0
    var isPastPoint = false
    var offset = 0
    var exponent: (value: Int, isNegative: Bool, digits: Int)?
    guard !text.isEmpty else { throw .empty }
    for character in text {
      defer { offset += 1 }
      switch character {
      case "0"..."9" where exponent != nil:
        let value = exponent!.value * 10 + Int(character.asciiValue! - 0x30)
        guard value < 10_000 else { throw .outOfRange }
        exponent!.value = value
        exponent!.digits += 1
      case "0"..."9":
        guard let ascii = character.asciiValue else { continue }
        seen += 1
        let (tens, overflow) = result.magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(Int128(ascii - 0x30))
        guard !overflow, !carry else { throw .outOfRange }
        result.magnitude = sum
        if isPastPoint { result.decimals += 1 }
      case "-" where offset == 0: result.isNegative = true
      case "+" where offset == 0: break
      case "-" where exponent.map { $0.digits == 0 && !$0.isNegative } ?? false:
        exponent!.isNegative = true
      case "+" where exponent.map { $0.digits == 0 && !$0.isNegative } ?? false: break
      case "." where !isPastPoint && exponent == nil: isPastPoint = true
      case "e" where exponent == nil && seen > 0, "E" where exponent == nil && seen > 0:
        exponent = (0, false, 0)
      default: throw .unexpectedCharacter(character, offset: offset)
      }
    }
    guard seen > 0 else { throw .noDigits }
    if let exponent {
      guard exponent.digits > 0 else { throw .noDigits }
      result.decimals -= exponent.isNegative ? -exponent.value : exponent.value
    }
    return result
  }
}
