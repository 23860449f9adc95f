/// A price of one unit (a kWh, a month): an exact decimal with twelve decimals.
///
/// The range is about nine million currency units; a text with more decimals is refused, never
/// rounded.
public struct Price: RawRepresentable, Hashable, Comparable, Sendable {
  /// The number of decimals.
  public static let scale = 12

  /// The price in units of 1e-12.
  public var rawValue: Int64

  /// The price of `rawValue` units of 1e-12.
  @inlinable
  public init(rawValue: Int64) { self.rawValue = rawValue }

  /// By amount.
  public static func < (left: Price, right: Price) -> Bool { left.rawValue < right.rawValue }
}

extension Price: CustomStringConvertible {
  /// The price read from decimal text as `.09850`.
  public init(decimal text: some StringProtocol) throws(DecimalError) {
    rawValue = try DecimalText.parse(text, scale: Self.scale)
  }

  /// The price in decimal with at least two decimals, as `0.0985`.
  public var description: String {
    DecimalText.format(Int128(rawValue), scale: Self.scale, minimumDecimals: 2)
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
