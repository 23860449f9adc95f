/// An amount of currency in whole minor units: what an invoice says and a ledger adds.
///
/// Money is added, subtracted, negated and compared. It has no division and no default rounding: an
/// amount comes from a `Product`, rounded once by a named `Rounding`, or is split by `Allocation`.
/// Sums beyond 92 thousand billion units trap.
public struct Money: Hashable, Comparable, Sendable, AdditiveArithmetic {
  /// The number of decimals of a minor unit.
  public static let scale = 2

  /// The currency of all amounts, by its ISO 4217 code: a book has one.
  public static let currency = "USD"

  /// Whole minor units (cents).
  public var cents: Int64

  /// An amount of `cents` minor units.
  @inlinable
  public init(cents: Int64) { self.cents = cents }

  /// Nothing.
  public static var zero: Money { Money(cents: 0) }

  /// The sum.
  @inlinable
  public static func + (left: Money, right: Money) -> Money {
    Money(cents: left.cents + right.cents)
  }

  /// The difference.
  @inlinable
  public static func - (left: Money, right: Money) -> Money {
    Money(cents: left.cents - right.cents)
  }

  /// The exact opposite, as a cancellation needs.
  @inlinable
  public static prefix func - (money: Money) -> Money { Money(cents: -money.cents) }

  /// By amount.
  @inlinable
  public static func < (left: Money, right: Money) -> Bool { left.cents < right.cents }
}

extension Money: CustomStringConvertible {
  /// The amount read from decimal text as `120.96`; at most two decimals.
  public init(decimal text: some StringProtocol) throws(DecimalError) {
    cents = try DecimalText.parse(text, scale: Self.scale)
  }

  /// The amount with two decimals, as `-10.26`.
  public var description: String {
    DecimalText.format(Int128(cents), scale: Self.scale, minimumDecimals: Self.scale)
  }
}

extension Sequence where Element == Money {
  /// The sum of all amounts; zero for none.
  @inlinable
  public func sum() -> Money {
    var total = Money.zero
    for amount in self { total += amount }
    return total
  }
}
