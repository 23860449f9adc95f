public import CivilTime
public import Tariffs

/// A row of an accounts file: a customer's account, where it is served and on which plan.
public struct AccountRow: CSVRow, Hashable {
  /// The account.
  public var account: String
  /// Who the customer is.
  public var customerClass: CustomerClass
  /// The IANA name of its zone; whether such a zone exists is for the caller to find.
  public var zone: String
  /// The jurisdictions that tax it, in the file's order; may be empty.
  public var jurisdictions: [String]
  /// The day of the month its cycle turns, 1 to 28.
  public var cycleDay: UInt8
  /// Days from issue to due.
  public var daysUntilDue: UInt16
  /// Where energy is delivered.
  public var servicePoint: String
  /// The rate plan.
  public var plan: String
  /// The date service began.
  public var serviceStart: Day
  /// The date the plan applies from, `serviceStart` or later.
  public var planFrom: Day
  /// For reports.
  public var sector: String?
  /// What must stay forgettable: for the private file, never for the book.
  public var personal: Personal

  /// What a row says of a person.
  public struct Personal: Hashable, Sendable {
    /// The customer's name.
    public var name: String?
  }

  /// The columns of an accounts file.
  public static let columns = [
    CSVColumn("account", .value), CSVColumn("class", .value), CSVColumn("zone", .value),
    CSVColumn("jurisdictions", .column), CSVColumn("cycle_day", .value),
    CSVColumn("days_until_due", .value), CSVColumn("service_point", .value),
    CSVColumn("plan", .value), CSVColumn("service_start", .value),
    CSVColumn("plan_from", .nothing), CSVColumn("name", .nothing), CSVColumn("sector", .nothing),
  ]

  /// Reads a row.
  public init(_ fields: borrowing CSVFields) throws(FieldError) {
    account = try fields.required(0, FieldText.identifier)
    customerClass = try fields.required(1, FieldText.customerClass)
    zone = try fields.required(2, FieldText.identifier)
    jurisdictions = try fields.value(3, FieldText.identifiers) ?? []
    cycleDay = try UInt8(
      fields.required(4) { bytes throws(RowError.Reason) in try FieldText.whole(bytes, 1...28) })
    daysUntilDue = try UInt16(
      fields.required(5) { bytes throws(RowError.Reason) in try FieldText.whole(bytes, 0...365) })
    servicePoint = try fields.required(6, FieldText.identifier)
    plan = try fields.required(7, FieldText.identifier)
    serviceStart = try fields.required(8, FieldText.day)
    planFrom = try fields.value(9, FieldText.day) ?? serviceStart
    personal = try Personal(name: fields.value(10, FieldText.freeText))
    sector = try fields.value(11, FieldText.identifier)
    if planFrom < serviceStart { throw fields.fault(9, .beforeService("\(planFrom)")) }
  }
}

extension FieldText {
  static func customerClass(_ bytes: Span<UInt8>) throws(RowError.Reason) -> CustomerClass {
    try CustomerClass.allCases[word(bytes, of: CustomerClass.allCases.map(\.name))]
  }

  /// Identifiers separated by `;`, each once.
  static func identifiers(_ bytes: Span<UInt8>) throws(RowError.Reason) -> [String] {
    var result: [String] = []
    var start = 0
    for index in 0...bytes.count {
      guard index == bytes.count || bytes[index] == UInt8(ascii: ";") else { continue }
      let name = try identifier(bytes.extracting(start..<index))
      guard !result.contains(name) else { throw .repeated(name) }
      result.append(name)
      start = index + 1
    }
    return result
  }
}
