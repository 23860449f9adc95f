public import Money

/// To what amounts are rounded, and how days are counted.
public struct RatingConventions: Hashable, Sendable {
  /// How fine amounts and shares of energy are.
  public enum Precision: UInt8, Hashable, Sendable {
    /// Lines are in cents, shares of energy in whole watt-hours (finer only where the energy
    /// measured is).
    case invoice
    /// Nothing is rounded that could be seen at six decimals: lines are in 1e-9 currency units,
    /// shares of energy in 1e-6 kWh.
    case exact

    /// The decimals of a minor unit.
    var minorScale: Int { self == .invoice ? Money.scale : 9 }
  }

  /// What an amount a day is multiplied by.
  public enum DayCount: UInt8, Hashable, Sendable {
    /// The days of the bill.
    case actual
    /// A twelfth of 365 days for a full month, whatever its days.
    case averageMonth
  }

  /// How fine amounts are.
  public var precision: Precision
  /// How the days of charges and minimums by day are counted.
  public var dayCount: DayCount
  /// How a line's exact amount is rounded.
  public var rounding: Rounding
  /// What makes a month.
  public var proration: Proration

  /// Conventions.
  public init(
    precision: Precision = .invoice, dayCount: DayCount = .actual,
    rounding: Rounding = .halfAwayFromZero, proration: Proration = Proration()
  ) {
    self.precision = precision
    self.dayCount = dayCount
    self.rounding = rounding
    self.proration = proration
  }

  /// What a bill does.
  public static var invoice: RatingConventions { RatingConventions() }

  /// What published studies of tariffs do: nothing rounded, and a day charged as a twelfth of 365 a
  /// month.
  public static var exact: RatingConventions {
    RatingConventions(precision: .exact, dayCount: .averageMonth)
  }
}
