public import Metering

/// A row of an intervals file: the energy of one interval.
public struct IntervalRow: CSVRow, Hashable {
  /// The meter.
  public var meter: String
  /// The channel; `nil` where the file leaves it to a meter that has only one.
  public var register: String?
  /// When the interval begins.
  public var start: LocalOrInstant
  /// Its length; `nil` where the file leaves it to the channel.
  public var minutes: UInt8?
  /// The energy; negative where it was delivered to the grid.
  public var energy: Energy
  /// How far it can be trusted.
  public var quality: Quality

  /// The columns of an intervals file.
  public static let columns = [
    CSVColumn("meter", .value), CSVColumn("register", .nothing), CSVColumn("start", .value),
    CSVColumn("minutes", .nothing), CSVColumn("kwh", .value), CSVColumn("quality", .nothing),
  ]

  /// Reads a row.
  public init(_ fields: borrowing CSVFields) throws(FieldError) {
    meter = try fields.required(0, FieldText.identifier)
    register = try fields.value(1, FieldText.identifier)
    start = try fields.required(2, FieldText.time)
    minutes = try fields.value(3, FieldText.intervalMinutes)
    energy = try fields.required(4, FieldText.energy)
    quality = try fields.value(5, FieldText.quality) ?? .actual
  }
}

extension FieldText {
  /// The lengths of interval that meters have.
  static let intervalLengths = [5, 10, 15, 20, 30, 60]

  static func intervalMinutes(_ bytes: Span<UInt8>) throws(RowError.Reason) -> UInt8 {
    UInt8(intervalLengths[try word(bytes, of: intervalLengths.map(String.init))])
  }

  static func energy(_ bytes: Span<UInt8>) throws(RowError.Reason) -> Energy {
    guard let units = try decimal(bytes).scaled(to: Energy.scale) else {
      throw .notWattHours(text(bytes))
    }
    return Energy(milliwattHours: units)
  }
}
