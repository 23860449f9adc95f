public import Metering

/// A row of a readings file: what a register showed.
public struct ReadingRow: CSVRow, Hashable {
  /// The meter.
  public var meter: String
  /// The register; `nil` where the file leaves it to a meter that has only one.
  public var register: String?
  /// When.
  public var time: LocalOrInstant
  /// What it showed; exact, its places not yet held against the register's.
  public var value: ExactDecimal
  /// How far it can be trusted.
  public var quality: Quality
  /// How it was obtained.
  public var method: ReadingMethod

  /// The columns of a readings file.
  public static let columns = [
    CSVColumn("meter", .value), CSVColumn("register", .nothing), CSVColumn("time", .value),
    CSVColumn("value", .value), CSVColumn("quality", .nothing), CSVColumn("method", .nothing),
  ]

  /// Reads a row.
  public init(_ fields: borrowing CSVFields) throws(FieldError) {
    meter = try fields.required(0, FieldText.identifier)
    register = try fields.value(1, FieldText.identifier)
    time = try fields.required(2, FieldText.time)
    value = try fields.required(3, FieldText.decimal)
    quality = try fields.value(4, FieldText.quality) ?? .actual
    method = try fields.value(5, FieldText.method) ?? .unspecified
  }
}

extension FieldText {
  /// The qualities that a file may claim; a correction is a decision, not an import.
  static func quality(_ bytes: Span<UInt8>) throws(RowError.Reason) -> Quality {
    let qualities: [Quality] = [.actual, .customerRead, .estimated, .substituted]
    return try qualities[word(bytes, of: ["actual", "customer", "estimated", "substituted"])]
  }

  static func method(_ bytes: Span<UInt8>) throws(RowError.Reason) -> ReadingMethod {
    let methods: [ReadingMethod] = [.manual, .remote, .customer, .computed]
    return try methods[word(bytes, of: methods.map(\.name))]
  }
}
