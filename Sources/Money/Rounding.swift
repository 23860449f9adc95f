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
      return quotient(small, by: divisor)
    }
    let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    guard isUp(whole & 1 != 0, rest.magnitude, of: denominator.magnitude) else {
      return Int64(whole)
    }
    return Int64(numerator < 0 ? whole - 1 : whole + 1)
  }

  /// `numerator / denominator` as a whole number, in 64 bits; the denominator must be above zero.
  @inlinable
  public func quotient(_ numerator: Int64, by denominator: Int64) -> Int64 {
    precondition(denominator > 0)
    let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    guard isUp(whole & 1 != 0, rest.magnitude, of: denominator.magnitude) else { return whole }
    return numerator < 0 ? whole - 1 : whole + 1
  }

  /// `numerator / 10^exponent` as a whole number, for exponents of 0 to 18.
  @inlinable
  @inline(__always)
  public func quotient(_ numerator: Int64, byPowerOfTen exponent: Int) -> Int64 {
    let magnitude = numerator.magnitude
    let denominator = PowersOfTen.of(exponent).magnitude
    // Half of it is a whole number (of 1 nothing): to the nearest is towards zero after adding it.
    if self == .halfAwayFromZero {
      let nearest = Int64(
        bitPattern: PowersOfTen.quotient(magnitude &+ denominator &>> 1, exponent))
      return numerator < 0 ? 0 &- nearest : nearest
    }
    let whole = PowersOfTen.quotient(magnitude, exponent)
    let rest = magnitude &- whole &* denominator
    let rounded = Int64(
      bitPattern: isUp(whole & 1 != 0, rest, of: denominator) ? whole &+ 1 : whole)
    return numerator < 0 ? 0 &- rounded : rounded
  }

  /// Whether a quotient towards zero that leaves `rest` is to be one further from it.
  @inlinable
  @inline(__always)
  func isUp<Whole: FixedWidthInteger & UnsignedInteger>(
    _ isOdd: Bool, _ rest: Whole, of denominator: Whole
  ) -> Bool {
    let half = denominator &- rest
    // The usual one first: a comparison, no table of jumps.
    if self == .halfAwayFromZero { return rest >= half }
    if self == .halfEven { return rest > half || rest == half && isOdd }
    return self == .up && rest > 0
  }
}
