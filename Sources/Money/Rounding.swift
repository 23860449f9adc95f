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
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
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
