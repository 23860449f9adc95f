public import CivilTime

/// How far a value can be trusted. The numbers are stored, and never reused.
public enum Quality: UInt8, Hashable, Sendable, CaseIterable {
  /// Read from the meter.
  case actual = 1
  /// Read by the customer.
  case customerRead = 2
  /// Estimated from history.
  case estimated = 3
  /// Put in place of a missing or wrong value.
  case substituted = 4
  /// Supersedes an earlier value.
  case corrected = 5

  /// Whether a value was measured rather than made up in its place.
  public var isMeasured: Bool { self != .estimated && self != .substituted }

  /// The name in files.
  public var name: String {
    switch self {
    case .actual: "actual"
    case .customerRead: "customer-read"
    case .estimated: "estimated"
    case .substituted: "substituted"
    case .corrected: "corrected"
    }
  }

  /// The quality that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// How a value was obtained. The numbers are stored, and never reused.
public enum ReadingMethod: UInt8, Hashable, Sendable, CaseIterable {
  /// Not said.
  case unspecified = 0
  /// By a person at the meter.
  case manual = 1
  /// By telemetry.
  case remote = 2
  /// Told by the customer.
  case customer = 3
  /// Computed from history.
  case computed = 4

  /// The name in files.
  public var name: String { "\(self)" }

  /// The method that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// A register's value at an instant.
public struct Reading: Hashable, Sendable {
  /// The register's name on its meter.
  public var register: String
  /// When.
  public var instant: Instant
  /// What it showed, in units of the register's last decimal.
  public var value: Int64
  /// How far it can be trusted.
  public var quality: Quality
  /// How it was obtained.
  public var method: ReadingMethod

  /// A register's value at an instant.
  public init(
    register: String, instant: Instant, value: Int64, quality: Quality = .actual,
    method: ReadingMethod = .unspecified
  ) {
    self.register = register
    self.instant = instant
    self.value = value
    self.quality = quality
    self.method = method
  }
}

/// A channel's values over a contiguous span; each interval is half-open and begins where the one
/// before it ends.
public struct IntervalBlock: Hashable, Sendable {
  /// The most decimals of a watt-hour.
  public static let maximumDecimals: UInt8 = 3

  /// When the first interval begins.
  public var start: Instant
  /// The length of each interval.
  public var minutes: UInt8
  /// How many decimals of a watt-hour the values have, 0 to 3.
  public var decimals: UInt8
  /// Energies in units of 10^-`decimals` watt-hours, one an interval.
  public var values: [Int64]
  /// One an interval; empty where all are actual.
  public var qualities: [Quality]

  /// A block; `qualities` is empty or as long as `values`.
  public init(
    start: Instant, minutes: UInt8, decimals: UInt8 = 0, values: [Int64],
    qualities: [Quality] = []
  ) {
    self.start = start
    self.minutes = minutes
    self.decimals = decimals
    self.values = values
    self.qualities = qualities
  }

  /// The moment the last interval ends.
  public var end: Instant { start + Int64(values.count) * Int64(minutes) * 60 }

  /// The moment interval `index` begins.
  public func start(of index: Int) -> Instant { start + Int64(index) * Int64(minutes) * 60 }

  /// The quality of interval `index`.
  public func quality(at index: Int) -> Quality { qualities.isEmpty ? .actual : qualities[index] }

  /// The thousandths of a watt-hour that a value counts in.
  public var unit: Int64 { Self.unit(decimals: decimals) }

  /// The thousandths of a watt-hour in a unit of 10^-`decimals` watt-hours, 0 to 3 decimals.
  public static func unit(decimals: UInt8) -> Int64 {
    switch decimals {
    case 0: 1000
    case 1: 100
    case 2: 10
    default: 1
    }
  }

  /// The energy of interval `index`.
  public func energy(at index: Int) -> Energy { Energy(milliwattHours: values[index] * unit) }

  /// The sum of the values.
  public var total: Energy { Energy(milliwattHours: values.reduce(0, +) * unit) }
}
