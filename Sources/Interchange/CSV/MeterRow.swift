public import Metering

/// A row of a meters file: one register, or one interval channel, of a meter.
public struct MeterRow: CSVRow, Hashable {
  /// The meter.
  public var meter: String
  /// The account it serves.
  public var account: String
  /// Where it is; `nil` for the account's service point.
  public var servicePoint: String?
  /// The register or channel.
  public var register: RegisterSpec
  /// When the meter was installed.
  public var installedAt: LocalOrInstant
  /// What the register showed then, in units of its last decimal; `nil` for an interval channel.
  public var startReading: Int64?

  /// The columns of a meters file.
  public static let columns = [
    CSVColumn("meter", .value), CSVColumn("account", .value), CSVColumn("service_point", .nothing),
    CSVColumn("register", .value), CSVColumn("unit", .value), CSVColumn("dials", .nothing),
    CSVColumn("decimals", .nothing), CSVColumn("multiplier", .nothing),
    CSVColumn("direction", .nothing), CSVColumn("period", .nothing),
    CSVColumn("interval_minutes", .nothing), CSVColumn("installed_at", .value),
    CSVColumn("start_reading", .nothing),
  ]

  /// Reads a row.
  public init(_ fields: borrowing CSVFields) throws(FieldError) {
    meter = try fields.required(0, FieldText.identifier)
    account = try fields.required(1, FieldText.identifier)
    servicePoint = try fields.value(2, FieldText.identifier)
    installedAt = try fields.required(11, FieldText.time)
    let name = try fields.required(3, FieldText.identifier)
    let unit = try fields.required(4, FieldText.unit)
    let direction = try fields.value(8, FieldText.direction) ?? .import
    let period = try fields.value(9, FieldText.identifier)
    if let minutes = try fields.value(10, FieldText.intervalMinutes) {
      for column in [5, 6, 7, 12] where !fields.isEmpty(column) {
        throw fields.fault(column, .notForIntervalChannel)
      }
      register = RegisterSpec(
        name: name, unit: unit, dials: 0, direction: direction, touPeriod: period,
        intervalMinutes: minutes)
      startReading = nil
      return
    }
    register = RegisterSpec(
      name: name, unit: unit, dials: try Self.dials(fields),
      decimals: try Self.decimals(fields, unit),
      multiplier: try Self.multiplier(fields), direction: direction, touPeriod: period)
    startReading = try Self.startReading(fields, register)
  }

  private static func dials(_ fields: borrowing CSVFields) throws(FieldError) -> UInt8 {
    let dials = try fields.value(5) { bytes throws(RowError.Reason) in
      try FieldText.whole(bytes, 1...12)
    }
    guard let dials else { throw fields.fault(5, .neededByRegister) }
    return UInt8(dials)
  }

  private static func decimals(
    _ fields: borrowing CSVFields, _ unit: RegisterUnit
  ) throws(FieldError) -> UInt8 {
    let decimals = try fields.value(6) { bytes throws(RowError.Reason) in
      try FieldText.whole(bytes, 0...unit.maximumDecimals)
    }
    return UInt8(decimals ?? 0)
  }

  private static func multiplier(_ fields: borrowing CSVFields) throws(FieldError) -> Int32 {
    let multiplier = try fields.value(7) { bytes throws(RowError.Reason) in
      try FieldText.whole(bytes, 1...100_000)
    }
    return Int32(multiplier ?? 1)
  }

  private static func startReading(
    _ fields: borrowing CSVFields, _ register: RegisterSpec
  ) throws(FieldError) -> Int64 {
    let value = try fields.value(12) { bytes throws(RowError.Reason) in
      let decimal = try FieldText.decimal(bytes)
      guard let value = decimal.scaled(to: Int(register.decimals)) else {
        throw .tooPrecise(FieldText.text(bytes), places: Int(register.decimals))
      }
      guard value >= 0, value < register.modulus else {
        throw .offTheDial(FieldText.text(bytes), dials: Int(register.dials))
      }
      return value
    }
    guard let value else { throw fields.fault(12, .neededByRegister) }
    return value
  }
}

extension FieldText {
  static func unit(_ bytes: Span<UInt8>) throws(RowError.Reason) -> RegisterUnit {
    let units: [RegisterUnit] = [.kilowattHours, .wattHours]
    return try units[word(bytes, of: units.map(\.name))]
  }

  static func direction(_ bytes: Span<UInt8>) throws(RowError.Reason) -> FlowDirection {
    let directions: [FlowDirection] = [.import, .export]
    return try directions[word(bytes, of: directions.map(\.name))]
  }
}
