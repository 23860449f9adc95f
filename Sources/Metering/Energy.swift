/// An amount of electric energy in whole watt-hours; negative for export where a channel nets.
public struct Energy: Hashable, Comparable, Sendable, AdditiveArithmetic {
  /// The number of decimals of a kWh.
  public static let scale = 3

  /// Watt-hours.
  public var wattHours: Int64

  /// An amount of `wattHours`.
  @inlinable
  public init(wattHours: Int64) { self.wattHours = wattHours }

  /// Whole kilowatt-hours.
  @inlinable
  public init(kilowattHours: Int64) { wattHours = kilowattHours * 1000 }

  /// None.
  @inlinable
  public static var zero: Energy { Energy(wattHours: 0) }

  /// The sum.
  @inlinable
  public static func + (left: Energy, right: Energy) -> Energy {
    Energy(wattHours: left.wattHours + right.wattHours)
  }

  /// The difference.
  @inlinable
  public static func - (left: Energy, right: Energy) -> Energy {
    Energy(wattHours: left.wattHours - right.wattHours)
  }

  /// By amount.
  @inlinable
  public static func < (left: Energy, right: Energy) -> Bool { left.wattHours < right.wattHours }
}

extension Energy: CustomStringConvertible {
  /// The amount in kWh without its unit, exact, as `191.379`.
  public var kilowattHours: String {
    let magnitude = wattHours.magnitude
    var text = (wattHours < 0 ? "-" : "") + String(magnitude / 1000)
    var rest = magnitude % 1000
    guard rest > 0 else { return text }
    text += "."
    var unit: UInt64 = 100
    while rest > 0 {
      text += String(rest / unit)
      rest %= unit
      unit /= 10
    }
    return text
  }

  /// The amount with its unit, as `191.379 kWh`.
  public var description: String { kilowattHours + " kWh" }
}
