/// A price of one unit (a kWh, a month): an exact decimal of up to eighteen digits, as many of them
/// decimals as its text has.
///
/// A text with more digits or decimals is refused, never rounded. Two prices of one amount are the
/// same price, however many zeros they were written with.
public struct Price: Hashable, Comparable, Sendable {
  /// The most decimals.
  public static let maximumDecimals = 18

  /// The digits, the sign with them; the last is not 0 but in 0 itself and in whole numbers.
  public let digits: Int64
  /// How many of the digits are decimals.
  public let decimals: UInt8

  /// `digits` x 10^-`decimals`; at most `maximumDecimals`.
  public init(digits: Int64, decimals: Int) {
    precondition((0...Self.maximumDecimals).contains(decimals), "0 to 18 decimals")
    var (digits, decimals) = (digits, decimals)
    while decimals > 0, digits % 10 == 0 {
      digits /= 10
      decimals -= 1
    }
    self.digits = digits
    self.decimals = UInt8(decimals)
  }

  /// Nothing.
  public static var zero: Price { Price(digits: 0, decimals: 0) }

  /// The sum, or `nil` where it has too many digits.
  public static func sum(_ left: Price, _ right: Price) -> Price? {
    let decimals = max(left.decimals, right.decimals)
    let sum = left.scaled(to: decimals) + right.scaled(to: decimals)
    return Int64(exactly: sum).map { Price(digits: $0, decimals: Int(decimals)) }
  }

  /// By amount.
  public static func < (left: Price, right: Price) -> Bool {
    let decimals = max(left.decimals, right.decimals)
    return left.scaled(to: decimals) < right.scaled(to: decimals)
  }

  private func scaled(to decimals: UInt8) -> Int128 {
    Int128(digits) * PowersOfTen.wide(Int(decimals - self.decimals))
  }
}

extension Price: CustomStringConvertible {
  /// The price read from decimal text as `.09850`.
  public init(decimal text: some StringProtocol) throws(DecimalError) {
    let (digits, decimals) = try DecimalText.digits(text, maximumDecimals: Self.maximumDecimals)
    self.init(digits: digits, decimals: decimals)
  }

  /// The price in decimal with at least two decimals, as `0.0985`.
  public var description: String {
    DecimalText.format(
      Int128(digits) * (decimals < 2 ? PowersOfTen.wide(2 - Int(decimals)) : 1),
      scale: max(2, Int(decimals)), minimumDecimals: 2)
  }
}

/// A pure fraction, as a tax rate: an exact decimal with nine decimals.
public struct Rate: RawRepresentable, Hashable, Comparable, Sendable {
  /// The number of decimals.
  public static let scale = 9

  /// The fraction in units of 1e-9: 3 % is 30,000,000.
  public var rawValue: Int64

  /// The fraction of `rawValue` units of 1e-9.
  @inlinable
  public init(rawValue: Int64) { self.rawValue = rawValue }

  /// By amount.
  public static func < (left: Rate, right: Rate) -> Bool { left.rawValue < right.rawValue }
}

extension Rate: CustomStringConvertible {
  /// The fraction read from decimal text as `0.03`.
  public init(decimal text: some StringProtocol) throws(DecimalError) {
    rawValue = try DecimalText.parse(text, scale: Self.scale)
  }

  /// The fraction read from a percentage without its sign, as `1.5`.
  public init(percent text: some StringProtocol) throws(DecimalError) {
    rawValue = try DecimalText.parse(text, scale: Self.scale - 2)
  }

  /// The fraction in decimal, as `0.03`.
  public var description: String { DecimalText.format(Int128(rawValue), scale: Self.scale) }

  /// The fraction as a percentage, as `3 %`.
  public var percentage: String {
    DecimalText.format(Int128(rawValue), scale: Self.scale - 2) + " %"
  }
}
