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

  /// `price` times `quantity` x 10^-`quantityScale` units (energy in mWh at a price a kWh: 6). Never
  /// overflows.
  @inlinable
  public init(_ price: Price, times quantity: Int64, scale quantityScale: Int) {
    self.init(
      numerator: Int128(price.digits) * Int128(quantity),
      scale: Int(price.decimals) + quantityScale)
  }

  /// `price` times `quantity` x 10^-`quantityScale` units, times `factor`. Traps beyond 128 bits.
  public init(
    _ price: Price, times quantity: Int64, scale quantityScale: Int, part factor: Fraction
  ) {
    self.init(
      numerator: Int128(price.digits) * Int128(quantity) * Int128(factor.numerator),
      scale: Int(price.decimals) + quantityScale, divisor: factor.denominator)
  }

  /// `price` times `factor`. Never overflows.
  @inlinable
  public init(_ price: Price, times factor: Fraction) {
    self.init(
      numerator: Int128(price.digits) * Int128(factor.numerator), scale: Int(price.decimals),
      divisor: factor.denominator)
  }

  /// `rate` of `base`, whose minor units are 10^-`minorScale`. Never overflows.
  @inlinable
  public init(_ rate: Rate, of base: Money, minorScale: Int = Money.scale) {
    self.init(
      numerator: Int128(rate.rawValue) * Int128(base.cents), scale: Rate.scale + minorScale)
  }

  /// The amount in whole minor units, which are 10^-`minorScale`. Traps beyond what `Money` holds.
  @inlinable
  public func rounded(_ rounding: Rounding, minorScale: Int = Money.scale) -> Money {
    let exponent = scale - minorScale
    if divisor == 1, exponent <= 18, let small = Int64(exactly: numerator) {
      if exponent >= 0 {
        return Money(cents: rounding.quotient(small, byPowerOfTen: exponent))
      }
      let (cents, overflow) = small.multipliedReportingOverflow(by: PowersOfTen.of(-exponent))
      if !overflow { return Money(cents: cents) }
    }
    guard exponent >= 0 else {
      let numerator = numerator * PowersOfTen.wide(-exponent)
      return Money(cents: rounding.quotient(numerator, by: Int128(divisor)))
    }
    return Money(
      cents: rounding.quotient(numerator, by: PowersOfTen.wide(exponent) * Int128(divisor)))
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

/// A power of ten made ready to divide by, where the same one divides again and again.
public struct PowerOfTen: Sendable {
  @usableFromInline let half: UInt64
  @usableFromInline let reciprocal: UInt64
  @usableFromInline let shift: UInt64

  /// 10^`exponent`, for 1 to 18.
  public init(exponent: Int) {
    precondition((1...18).contains(exponent), "1 to 18")
    half = PowersOfTen.of(exponent).magnitude / 2
    reciprocal = PowersOfTen.reciprocal(exponent)
    shift = PowersOfTen.shift(exponent)
  }

  /// What is nearest to `dividend`, at most 2^63, divided by it; of two the greater.
  @inlinable
  @inline(__always)
  public func nearest(_ dividend: UInt64) -> Int64 {
    // See `PowersOfTen.quotient`: towards zero after adding a half.
    let high = (dividend &+ half).multipliedFullWidth(by: reciprocal).high
    return Int64(bitPattern: high &>> shift)
  }
}

/// The powers of ten that scales need.
public enum PowersOfTen {
  /// 10^`exponent`, for 0 to 18.
  @inlinable
  @inline(__always)
  public static func of(_ exponent: Int) -> Int64 {
    switch exponent {
    case 0: 1
    case 1: 10
    case 2: 100
    case 3: 1_000
    case 4: 10_000
    case 5: 100_000
    case 6: 1_000_000
    case 7: 10_000_000
    case 8: 100_000_000
    case 9: 1_000_000_000
    case 10: 10_000_000_000
    case 11: 100_000_000_000
    case 12: 1_000_000_000_000
    case 13: 10_000_000_000_000
    case 14: 100_000_000_000_000
    case 15: 1_000_000_000_000_000
    case 16: 10_000_000_000_000_000
    case 17: 100_000_000_000_000_000
    default: 1_000_000_000_000_000_000
    }
  }

  /// `dividend / 10^exponent` towards zero, for 0 to 18; the dividend is at most 2^63 and half
  /// of 10^`exponent`.
  ///
  /// A multiplication by the reciprocal, and exact: rounding that up adds less to the product than
  /// is missing to the next whole quotient.
  @inlinable
  @inline(__always)
  static func quotient(_ dividend: UInt64, _ exponent: Int) -> UInt64 {
    guard exponent > 0 else { return dividend }
    let high = dividend.multipliedFullWidth(by: reciprocal(exponent)).high
    return high &>> shift(exponent)
  }

  /// The binary logarithm of 10^`exponent`: the reciprocal is scaled by its power of two.
  @inlinable
  @inline(__always)
  static func shift(_ exponent: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: (exponent &* 217_706) &>> 16)
  }

  /// 2^63 x 2^bits / 10^`exponent`, rounded up, for 1 to 18: where 2^bits is the next power of two.
  @inlinable
  @inline(__always)
  static func reciprocal(_ exponent: Int) -> UInt64 {
    switch exponent {
    case 1: 0xCCCC_CCCC_CCCC_CCCD
    case 2: 0xA3D7_0A3D_70A3_D70B
    case 3: 0x8312_6E97_8D4F_DF3C
    case 4: 0xD1B7_1758_E219_652C
    case 5: 0xA7C5_AC47_1B47_8424
    case 6: 0x8637_BD05_AF6C_69B6
    case 7: 0xD6BF_94D5_E57A_42BD
    case 8: 0xABCC_7711_8461_CEFD
    case 9: 0x8970_5F41_36B4_A598
    case 10: 0xDBE6_FECE_BDED_D5BF
    case 11: 0xAFEB_FF0B_CB24_AAFF
    case 12: 0x8CBC_CC09_6F50_88CC
    case 13: 0xE12E_1342_4BB4_0E14
    case 14: 0xB424_DC35_095C_D810
    case 15: 0x901D_7CF7_3AB0_ACDA
    case 16: 0xE695_94BE_C44D_E15C
    case 17: 0xB877_AA32_36A4_B44A
    default: 0x9392_EE8E_921D_5D08
    }
  }

  /// 10^`exponent`, for 0 to 36.
  @inlinable
  public static func wide(_ exponent: Int) -> Int128 {
    exponent <= 18 ? Int128(of(exponent)) : Int128(of(18)) * Int128(of(exponent - 18))
  }
}
