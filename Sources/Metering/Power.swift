/// Electric power in thousandths of a watt: the average of an interval, its energy times the
/// intervals in an hour.
public struct Power: Hashable, Comparable, Sendable {
  /// The number of decimals of a kW.
  public static let scale = 6

  /// Thousandths of a watt.
  public var milliwatts: Int64

  /// A power of `milliwatts`.
  @inlinable
  public init(milliwatts: Int64) { self.milliwatts = milliwatts }

  /// Whole watts.
  @inlinable
  public init(watts: Int64) { milliwatts = watts * 1000 }

  /// The average power of `energy` in an interval of `minutes`, which divide the hour.
  @inlinable
  public init(_ energy: Energy, inMinutes minutes: UInt8) {
    milliwatts = energy.milliwattHours * (60 / Int64(minutes))
  }

  /// None.
  @inlinable
  public static var zero: Power { Power(milliwatts: 0) }

  /// By amount.
  @inlinable
  public static func < (left: Power, right: Power) -> Bool { left.milliwatts < right.milliwatts }
}

extension Power: CustomStringConvertible {
  /// The power in kW without its unit, exact, as `45.6`.
  public var kilowatts: String { milliwatts.asMillionths }

  /// The power with its unit, as `45.6 kW`.
  public var description: String { kilowatts + " kW" }
}
