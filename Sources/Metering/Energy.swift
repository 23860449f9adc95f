/// An amount of electric energy in thousandths of a watt-hour; negative for export where a channel
/// nets.
///
/// Meters count whole watt-hours or tenths of them; the rest of the scale is room for exact shares.
/// The range is nine billion MWh.
public struct Energy: Hashable, Comparable, Sendable, AdditiveArithmetic {
  /// The number of decimals of a kWh.
  public static let scale = 6

  /// Thousandths of a watt-hour.
  public var milliwattHours: Int64

  /// An amount of `milliwattHours`.
  @inlinable
  public init(milliwattHours: Int64) { self.milliwattHours = milliwattHours }

  /// Whole watt-hours.
  @inlinable
  public init(wattHours: Int64) { milliwattHours = wattHours * 1000 }

  /// Whole kilowatt-hours.
  @inlinable
  public init(kilowattHours: Int64) { milliwattHours = kilowattHours * 1_000_000 }

  /// None.
  @inlinable
  public static var zero: Energy { Energy(milliwattHours: 0) }

  /// The whole watt-hours in it, towards zero.
  @inlinable
  public var wattHours: Int64 { milliwattHours / 1000 }

  /// Whether it is a number of whole watt-hours.
  @inlinable
  public var isWholeWattHours: Bool { milliwattHours % 1000 == 0 }

  /// The sum.
  @inlinable
  public static func + (left: Energy, right: Energy) -> Energy {
    Energy(milliwattHours: left.milliwattHours + right.milliwattHours)
  }

  /// The difference.
  @inlinable
  public static func - (left: Energy, right: Energy) -> Energy {
    Energy(milliwattHours: left.milliwattHours - right.milliwattHours)
  }

  /// The opposite.
  @inlinable
  public static prefix func - (energy: Energy) -> Energy {
    Energy(milliwattHours: -energy.milliwattHours)
  }

  /// By amount.
  @inlinable
  public static func < (left: Energy, right: Energy) -> Bool {
    left.milliwattHours < right.milliwattHours
  }
}

extension Energy: CustomStringConvertible {
  /// The amount in kWh without its unit, exact, as `191.379`.
  public var kilowattHours: String { milliwattHours.asMillionths }

  /// The amount with its unit, as `191.379 kWh`.
  public var description: String { kilowattHours + " kWh" }
}

extension Int64 {
  /// The number divided by a million in decimal, exact, without trailing zeros.
  var asMillionths: String {
    let magnitude = self.magnitude
    var text = (self < 0 ? "-" : "") + String(magnitude / 1_000_000)
    var rest = magnitude % 1_000_000
    guard rest > 0 else { return text }
    text += "."
    var unit: UInt64 = 100_000
    while rest > 0 {
      text += String(rest / unit)
      rest %= unit
      unit /= 10
    }
    return text
  }
}
