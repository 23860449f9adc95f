/// What a register counts. The numbers are stored, and never reused.
public enum RegisterUnit: UInt8, Hashable, Sendable, CaseIterable {
  /// Kilowatt-hours.
  case kilowattHours = 1
  /// Watt-hours.
  case wattHours = 2

  /// The name in files.
  public var name: String {
    switch self {
    case .kilowattHours: "kWh"
    case .wattHours: "Wh"
    }
  }

  /// The unit that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The most decimals a register of this unit may have, so that its values are whole Wh.
  public var maximumDecimals: Int { self == .kilowattHours ? 3 : 0 }
}

/// Which way energy flows, seen from the customer. The numbers are stored, and never reused.
public enum FlowDirection: UInt8, Hashable, Sendable, CaseIterable {
  /// Delivered to the customer.
  case `import` = 1
  /// Received from the customer.
  case export = 2

  /// The name in files.
  public var name: String { self == .import ? "import" : "export" }

  /// The direction that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// One of a meter's dials, or one of its interval channels.
public struct RegisterSpec: Hashable, Sendable {
  /// The most digits a register may have, decimals included.
  public static let maximumDigits = 15

  /// Its name on the meter, as `1` or `on-peak`.
  public var name: String
  /// What it counts.
  public var unit: RegisterUnit
  /// Digits before the point: the register rolls over at 10^dials. Not used by an interval channel.
  public var dials: UInt8
  /// Digits after the point; a `Reading` holds its value in units of 10^-decimals.
  public var decimals: UInt8
  /// What a count is multiplied by (current transformers): 1 or more.
  public var multiplier: Int32
  /// Which way the energy it counts flows.
  public var direction: FlowDirection
  /// The time-of-use period whose energy it counts; `nil` for all hours.
  public var touPeriod: String?
  /// For an interval channel its length: 5, 10, 15, 20, 30 or 60; `nil` for a dial.
  public var intervalMinutes: UInt8?

  /// A register or channel; the defaults are those of a plain five-dial meter.
  public init(
    name: String, unit: RegisterUnit = .kilowattHours, dials: UInt8 = 5, decimals: UInt8 = 0,
    multiplier: Int32 = 1, direction: FlowDirection = .import, touPeriod: String? = nil,
    intervalMinutes: UInt8? = nil
  ) {
    self.name = name
    self.unit = unit
    self.dials = dials
    self.decimals = decimals
    self.multiplier = multiplier
    self.direction = direction
    self.touPeriod = touPeriod
    self.intervalMinutes = intervalMinutes
  }
}

/// Why a register cannot be one.
public enum RegisterProblem: Error, Hashable, Sendable {
  /// No digits, or more than `RegisterSpec.maximumDigits` in all.
  case digits(Int)
  /// More decimals than make whole watt-hours.
  case decimals(Int, allowed: Int)
  /// A multiplier below 1.
  case multiplier(Int32)
  /// An interval length that does not divide the hour as meters do.
  case intervalMinutes(Int)
  /// A name that is empty.
  case unnamed
}

extension RegisterSpec {
  /// Refuses what no meter has.
  public func validate() throws(RegisterProblem) {
    guard !name.isEmpty else { throw .unnamed }
    let digits = Int(dials) + Int(decimals)
    guard intervalMinutes != nil || (1...Self.maximumDigits).contains(digits) && dials > 0 else {
      throw .digits(digits)
    }
    guard decimals <= unit.maximumDecimals else {
      throw .decimals(Int(decimals), allowed: unit.maximumDecimals)
    }
    guard multiplier >= 1 else { throw .multiplier(multiplier) }
    if let minutes = intervalMinutes, ![5, 10, 15, 20, 30, 60].contains(minutes) {
      throw .intervalMinutes(Int(minutes))
    }
  }

  /// The value at which the register begins again at 0, in units of its last decimal.
  public var modulus: Int64 {
    var value: Int64 = 1
    for _ in 0..<(Int(dials) + Int(decimals)) { value *= 10 }
    return value
  }

  /// The energy of a difference of readings, in units of the last decimal.
  public func energy(of difference: Int64) -> Energy {
    var wattHours = difference * Int64(multiplier)
    let exponent = unit == .kilowattHours ? 3 - Int(decimals) : 0
    for _ in 0..<exponent { wattHours *= 10 }
    return Energy(wattHours: wattHours)
  }

  /// The energy between two readings: `((end - start) mod 10^dials) x multiplier`.
  ///
  /// Whether a decrease is a rollover or a mistake is for the caller to judge.
  public func usage(from start: Int64, to end: Int64) -> (energy: Energy, rolledOver: Bool) {
    let difference = end - start
    guard difference < 0 else { return (energy(of: difference), false) }
    return (energy(of: difference + modulus), true)
  }

  /// The energy between two readings of which the first may be made up: what lies below an estimate
  /// is no rollover, but settles it. Then the way is measured from `actual`, the last reading before
  /// it that was measured, and the result is below zero where the estimate was too high.
  public func energy(from start: Reading, to end: Reading, since actual: Reading?) -> Energy {
    guard end.value < start.value, !start.quality.isMeasured, let actual else {
      return usage(from: start.value, to: end.value).energy
    }
    return usage(from: actual.value, to: end.value).energy
      - usage(from: actual.value, to: start.value).energy
  }
}
