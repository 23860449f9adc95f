public import Metering

/// The intervals of one kind at one usage point: ESPI's `MeterReading`.
public struct GreenButtonChannel: Hashable, Sendable {
  /// Its usage point, by index in the outline; `nil` where the file does not say.
  public var usagePoint: Int?
  /// The last part of its `self` link.
  public var id: String
  /// What its values are.
  public var readingType: ESPIReadingType?
  /// Why its values are not energy that can be billed; `nil` if they are.
  public var refusal: Refusal?
  /// The number of its interval blocks.
  public var blocks = 0
  /// The number of its intervals.
  public var intervals = 0

  /// Which way its energy flows.
  public var direction: FlowDirection { readingType?.flowDirection == 19 ? .export : .import }

  /// Why a channel cannot be billed.
  public enum Refusal: Hashable, Sendable {
    /// The service, or the commodity, is not electricity.
    case notElectricity(String)
    /// The values are no energy.
    case notEnergy(String)
    /// The values are meter states, averages or the like, not the energy of an interval.
    case notIntervalEnergy(String)
    /// The direction is neither forward, reverse nor net.
    case direction(Int)
    /// The file does not say what is measured.
    case noReadingType
    /// The file says two different things.
    case ambiguousReadingType
    /// A field of the reading type is no number, or far out of range.
    case badReadingType(field: String, text: String)
    /// The file does not say where.
    case noUsagePoint
  }
}

extension GreenButtonChannel.Refusal: CustomStringConvertible {
  /// Why, and what to do.
  public var description: String {
    switch self {
    case .notElectricity(let what):
      "it measures \(what), not electricity; Meterbook bills electricity only"
    case .notEnergy(let what):
      "its values are in \(what), not watt-hours (uom 72); ask for energy in watt-hours"
    case .notIntervalEnergy(let what):
      "its values are \(what), not the energy of each interval; ask for interval data"
    case .direction(let code):
      "its flowDirection is \(code); only 1 (to the customer), 4 (net) and 19 (to the grid) are "
        + "energy to bill"
    case .noReadingType:
      "the file has no ReadingType for it, so that its unit is unknown; ask for a complete file"
    case .ambiguousReadingType:
      "the file describes its ReadingType twice and differently; ask the file's sender which holds"
    case .badReadingType(let field, let text):
      "the \(field) of its ReadingType is \"\(clipped(text))\", which means nothing; ask the "
        + "file's sender"
    case .noUsagePoint:
      "the file does not say to which UsagePoint it belongs; ask for a complete file"
    }
  }
}

/// What the values of a channel are: ESPI's `ReadingType`, by its numbers.
public struct ESPIReadingType: Hashable, Sendable {
  /// The unit: 72 is watt-hours.
  public var unit: Int?
  /// Values are multiplied by ten to this power.
  public var powerOfTen = 0
  /// 1 to the customer, 19 to the grid, 4 net.
  public var flowDirection: Int?
  /// 1 is electricity.
  public var commodity: Int?
  /// 4 is the energy of each interval.
  public var accumulation: Int?
  /// 12 is plain values.
  public var qualifier: Int?
  /// The usual length of an interval, in seconds.
  public var intervalLength: Int?
  /// The quality of values that do not say theirs.
  public var defaultQuality: Int?

  /// Reads the fields of a `ReadingType` element; those it does not use are ignored.
  init(_ fields: [String: String]) throws(ESPIFieldError) {
    unit = try Self.number("uom", fields)
    powerOfTen = try Self.number("powerOfTenMultiplier", fields) ?? 0
    flowDirection = try Self.number("flowDirection", fields)
    commodity = try Self.number("commodity", fields)
    accumulation = try Self.number("accumulationBehaviour", fields)
    qualifier = try Self.number("dataQualifier", fields)
    intervalLength = try Self.number("intervalLength", fields)
    defaultQuality = try Self.number("defaultQuality", fields)
    guard (-18...18).contains(powerOfTen) else {
      throw ESPIFieldError(field: "powerOfTenMultiplier", text: "\(powerOfTen)")
    }
  }

  private static func number(
    _ name: String, _ fields: [String: String]
  ) throws(ESPIFieldError) -> Int? {
    guard let text = fields[name], !text.isEmpty else { return nil }
    guard let value = Int(text), abs(value) <= 1_000_000_000 else {
      throw ESPIFieldError(field: name, text: text)
    }
    return value
  }

  /// Why values of this type cannot be billed.
  var refusal: GreenButtonChannel.Refusal? {
    if let commodity, commodity != 0, commodity != 1, commodity != 2 {
      return .notElectricity(Self.commodities[commodity] ?? "commodity \(commodity)")
    }
    guard unit == 72 else {
      guard let unit else { return .notEnergy("an unknown unit") }
      return .notEnergy("\(Self.units[unit] ?? "another unit") (uom \(unit))")
    }
    if let accumulation, accumulation != 0, accumulation != 4 {
      return .notIntervalEnergy(
        "\(Self.accumulations[accumulation] ?? "of another kind") "
          + "(accumulationBehaviour \(accumulation))")
    }
    if let qualifier, qualifier != 0, qualifier != 12 {
      return .notIntervalEnergy("averages or extremes (dataQualifier \(qualifier))")
    }
    if let flowDirection, ![0, 1, 4, 19].contains(flowDirection) {
      return .direction(flowDirection)
    }
    return nil
  }

  /// Whether `other` means the same energy.
  func meansTheSame(as other: ESPIReadingType) -> Bool {
    unit == other.unit && powerOfTen == other.powerOfTen && flowDirection == other.flowDirection
      && commodity == other.commodity
  }

  static let commodities = [
    3: "communication", 4: "air", 5: "insulating gas", 6: "insulating oil", 7: "natural gas",
    8: "propane", 9: "drinking water", 10: "steam", 11: "waste water", 12: "heating fluid",
    13: "cooling fluid",
  ]
  static let services = [
    1: "gas", 2: "water", 3: "time", 4: "heat", 5: "refuse", 6: "sewerage", 7: "rates",
    8: "television", 9: "internet",
  ]
  static let units = [
    5: "amperes", 29: "volts", 31: "joules", 33: "hertz", 38: "watts", 42: "cubic metres",
    61: "volt-amperes", 63: "volt-amperes reactive", 71: "volt-ampere-hours",
    73: "volt-ampere-reactive-hours", 119: "cubic feet", 128: "US gallons", 132: "BTU",
    134: "litres", 169: "therms",
  ]
  static let accumulations = [
    1: "bulk quantities", 2: "states of a register", 3: "states of a register",
    6: "indications", 9: "sums", 12: "instantaneous values",
  ]
}

/// A field of a reading type that means nothing.
struct ESPIFieldError: Error, Hashable {
  var field: String
  var text: String
}
