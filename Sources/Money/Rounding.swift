/// How an exact amount becomes whole minor units, once, by a published policy. The numbers are
/// stored, and never reused.
public enum Rounding: UInt8, Hashable, Sendable, CaseIterable {
  /// To the nearest; a half away from zero. What a bill does unless its policy says otherwise.
  case halfAwayFromZero = 1
  /// To the nearest; a half to the even neighbour.
  case halfEven = 2
  /// Towards zero.
  case down = 3
  /// Away from zero.
  case up = 4

  /// The name in a rule file.
  public var name: String {
    switch self {
    case .halfAwayFromZero: "half-away-from-zero"
    case .halfEven: "half-even"
    case .down: "down"
    case .up: "up"
    }
  }

  /// The rounding a rule file calls `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// `numerator / denominator` as a whole number; the denominator must be above zero.
  @inlinable
  public func quotient(_ numerator: Int128, by denominator: Int128) -> Int64 {
    precondition(denominator > 0)
    if let small = Int64(exactly: numerator), let divisor = Int64(exactly: denominator) {
      let (quotient, remainder) = small.quotientAndRemainder(dividingBy: divisor)
      return quotient + step(quotient & 1 != 0, Int128(remainder), denominator, small < 0)
    }
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    return Int64(quotient) + step(quotient & 1 != 0, remainder, denominator, numerator < 0)
  }

  /// `numerator / denominator` as a whole number, in 64 bits; the denominator must be above zero.
  @inlinable
  public func quotient(_ numerator: Int64, by denominator: Int64) -> Int64 {
    precondition(denominator > 0)
    return rounded(numerator / denominator, numerator, denominator)
  }

  /// `numerator / 10^exponent` as a whole number, for exponents of 0 to 18.
  ///
  /// A division by a constant is a multiplication; the usual exponents have their own.
  @inlinable
  public func quotient(_ numerator: Int64, byPowerOfTen exponent: Int) -> Int64 {
    switch exponent {
    case 0: return numerator
    case 6: return rounded(numerator / 1_000_000, numerator, 1_000_000)
    case 7: return rounded(numerator / 10_000_000, numerator, 10_000_000)
    case 8: return rounded(numerator / 100_000_000, numerator, 100_000_000)
    case 9: return rounded(numerator / 1_000_000_000, numerator, 1_000_000_000)
    case 10: return rounded(numerator / 10_000_000_000, numerator, 10_000_000_000)
    default: return quotient(numerator, by: PowersOfTen.of(exponent))
    }
  }

  @inlinable
  func rounded(_ quotient: Int64, _ numerator: Int64, _ denominator: Int64) -> Int64 {
    let remainder = numerator - quotient * denominator
    guard remainder != 0 else { return quotient }
    let rest = remainder.magnitude
    let half = denominator.magnitude - rest
    let isUp: Bool
    switch self {
    case .halfAwayFromZero: isUp = rest >= half
    case .halfEven: isUp = rest > half || rest == half && quotient & 1 != 0
    case .down: isUp = false
    case .up: isUp = true
    }
    guard isUp else { return quotient }
    return numerator < 0 ? quotient - 1 : quotient + 1
  }

  /// What to add to a quotient truncated towards zero.
  @inlinable
  func step(_ isOdd: Bool, _ remainder: Int128, _ denominator: Int128, _ isNegative: Bool)
    -> Int64
  {
    guard remainder != 0 else { return 0 }
    let rest = remainder.magnitude
    let half = denominator.magnitude - rest
    let isUp: Bool
    switch self {
    case .halfAwayFromZero: isUp = rest >= half
    case .halfEven: isUp = rest > half || rest == half && isOdd
    case .down: isUp = false
    case .up: isUp = true
    }
    guard isUp else { return 0 }
    return isNegative ? -1 : 1
  }
}
