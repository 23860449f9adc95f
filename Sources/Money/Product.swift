/// A fraction of whole numbers, as the 12/30 of a proration: never reduced, so that it reads as it
/// came about.
public struct Fraction: Hashable, Sendable, CustomStringConvertible {
  /// Above the line.
  public var numerator: Int64
  /// Below the line; above zero.
  public var denominator: Int64

  /// `numerator / denominator`; the denominator must be above zero.
  @inlinable
  public init(_ numerator: Int64, _ denominator: Int64) {
    precondition(denominator > 0)
    self.numerator = numerator
    self.denominator = denominator
  }

  /// One, as 1/1.
  public static var one: Fraction { Fraction(1, 1) }

  /// Whether the value is one, however written.
  public var isOne: Bool { numerator == denominator }

  /// The product, not reduced. Traps beyond 64 bits.
  public static func * (left: Fraction, right: Fraction) -> Fraction {
    Fraction(left.numerator * right.numerator, left.denominator * right.denominator)
  }

  /// `12/30`, or `1` for one.
  public var description: String { isOne ? "1" : "\(numerator)/\(denominator)" }
}

/// An exact amount of currency before its one rounding: a price times a quantity, a share of money.
///
/// Its value is `numerator / (divisor x 10^scale)`.
public struct Product: Hashable, Sendable {
  /// The digits.
  public var numerator: Int128
  /// How many of them are decimals.
  public var scale: Int
  /// What remains to divide by; 1 for everything but a prorated price.
  public var divisor: Int64

  /// `numerator / (divisor x 10^scale)`; the divisor must be above zero.
  @inlinable
  public init(numerator: Int128, scale: Int, divisor: Int64 = 1) {
    precondition(divisor > 0)
    self.numerator = numerator
    self.scale = scale
    self.divisor = divisor
  }

  /// `price` times `quantity` x 10^-`quantityScale` units (energy in Wh at a price a kWh: 3). Never
  /// overflows.
  @inlinable
  public init(_ price: Price, times quantity: Int64, scale quantityScale: Int) {
    self.init(
      numerator: Int128(price.rawValue) * Int128(quantity), scale: Price.scale + quantityScale)
  }

  /// `price` times `factor`. Never overflows.
  @inlinable
  public init(_ price: Price, times factor: Fraction) {
    self.init(
      numerator: Int128(price.rawValue) * Int128(factor.numerator), scale: Price.scale,
      divisor: factor.denominator)
  }

  /// `rate` of `base`. Never overflows.
  @inlinable
  public init(_ rate: Rate, of base: Money) {
    self.init(
      numerator: Int128(rate.rawValue) * Int128(base.cents), scale: Rate.scale + Money.scale)
  }

  /// The amount in whole minor units. Traps beyond what `Money` holds.
  @inlinable
  public func rounded(_ rounding: Rounding) -> Money {
    let unit = PowersOfTen.of(scale - Money.scale)
    return Money(cents: rounding.quotient(numerator, by: unit * Int128(divisor)))
  }
}

extension Product: CustomStringConvertible {
  /// The exact value: a decimal as `22.91325`, or where none is finite a fraction as `175/29`.
  public var description: String {
    var top = numerator
    var bottom = Int128(divisor)
    let common = Self.greatestCommonDivisor(top.magnitude, bottom.magnitude)
    if common > 1 {
      top /= Int128(common)
      bottom /= Int128(common)
    }
    var decimals = scale
    while bottom % 10 == 0 {
      bottom /= 10
      decimals += 1
    }
    while bottom % 2 == 0 {
      bottom /= 2
      top *= 5
      decimals += 1
    }
    while bottom % 5 == 0 {
      bottom /= 5
      top *= 2
      decimals += 1
    }
    if bottom == 1 { return DecimalText.format(top, scale: decimals) }
    return "\(DecimalText.format(top, scale: decimals))/\(bottom)"
  }

  private static func greatestCommonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
    var (larger, smaller) = (left, right)
    while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
    return larger
  }
}

/// The powers of ten that scales need.
@usableFromInline
enum PowersOfTen {
  /// 10^`exponent`, for 0 to 18.
  @inlinable
  static func of(_ exponent: Int) -> Int128 {
    switch exponent {
    case 9: return 1_000_000_000
    case 10: return 10_000_000_000
    case 13: return 10_000_000_000_000
    default:
      var power: Int64 = 1
      for _ in 0..<exponent { power *= 10 }
      return Int128(power)
    }
  }
}
