import Billing
public import CivilTime
public import EventSourcing
public import Money

/// What the projection keeps of an invoice.
public struct InvoiceRow: Hashable, Sendable {
  /// The account.
  public var account: String
  /// The invoice's ordinal on the account, from 1.
  public var ordinal: UInt32
  /// Where its `InvoiceIssued` is.
  public var address: EventAddress
  /// The period billed.
  public var period: BillingPeriod
  /// The accounting day.
  public var issued: Day
  /// The last day to pay.
  public var due: Day
  /// The sum of its lines.
  public var total: Money
  /// The plan on the period's last day.
  public var plan: String
  /// Whether it bills no energy.
  public var isStatement: Bool
  /// The ordinal of the cancelled invoice that it replaces; 0 for none.
  public var replaces: UInt32
  /// Whether it is the last bill after service stopped.
  public var isFinal: Bool

  /// As `1000000001-0007`.
  public var number: String { InvoiceIssued.number(account: account, ordinal: ordinal) }

  /// The last day billed; of a statement the day issued.
  public var lastDay: Day { isStatement ? issued : period.lastDay }

  /// Writes the value of an invoice's row.
  static func write(
    _ invoice: InvoiceView, _ address: EventAddress, _ issued: Day, plan: String,
    into writer: inout WireWriter
  ) {
    writer.unsigned(1, address.position.rawValue)
    writer.unsigned(2, UInt64(address.index))
    writer.signed(3, Int64(invoice.period.end.rawValue))
    writer.unsigned(4, UInt64(invoice.period.days))
    writer.signed(5, Int64(issued.rawValue))
    writer.signed(6, Int64(invoice.due.rawValue))
    writer.signed(7, invoice.total.cents)
    writer.string(8, plan)
    writer.unsigned(9, invoice.isStatement ? 1 : 0)
    writer.unsigned(10, UInt64(invoice.replaces))
    writer.unsigned(11, invoice.isFinal ? 1 : 0)
  }
}

extension InvoiceRow {
  /// Reads a row.
  public init(key: RawSpan, value: RawSpan) throws {
    try self.init(
      account: key.text(in: 1..<(key.byteCount - 5)),
      ordinal: key.bigEndian(at: key.byteCount - 4), value: value)
  }

  /// Reads the value of an invoice's row.
  public init(account: String, ordinal: UInt32, value: RawSpan) throws {
    self.account = account
    self.ordinal = ordinal
    var fields = [Int64](repeating: 0, count: 12)
    plan = ""
    var cursor = WireCursor(value)
    while let field = try cursor.next(in: value) {
      switch field.number {
      case 1, 2, 4, 9, 10, 11: fields[field.number] = Int64(bitPattern: field.value)
      case 3, 5, 6, 7: fields[field.number] = field.signed
      case 8: plan = value.text(in: field.range)
      default: throw WireError.unknownField(field.number, in: "InvoiceRow")
      }
    }
    address = EventAddress(Position(UInt64(fields[1])), Int(fields[2]))
    let end = Day(rawValue: Int32(fields[3]))
    period = BillingPeriod(start: end - Int(fields[4]), end: end)
    issued = Day(rawValue: Int32(fields[5]))
    due = Day(rawValue: Int32(fields[6]))
    total = Money(cents: fields[7])
    isStatement = fields[9] == 1
    replaces = UInt32(fields[10])
    isFinal = fields[11] == 1
  }
}
