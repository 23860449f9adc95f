import Billing
public import CivilTime
public import EventSourcing
public import Money

/// Invoices by number, by account and by period: header and status. Lines are read from the book.
///
/// ```
/// 'n' account 0 ordinal (4)                   ->  InvoiceRow
/// 'p' month (4) account 0 ordinal (4)         ->  nothing: the month the period ends in
/// ```
///
/// Integers in keys are big-endian; `month` is 12 x year + month - 1 of the period's last day.
public enum Invoices: Projection {
  /// The projection's name.
  public static let name = "invoices"
  /// The rows' version.
  public static let version = 1

  /// Adds the row of an invoice that `entry` issues.
  public static func apply(
    _ entry: EntryView, at position: Position, bytes: RawSpan, to rows: inout RowChanges
  ) throws {
    guard entry.header.stream.kind == .account else { return }
    try entry.forEachEvent(in: bytes) { index, range in
      guard try Event.Kind(peeking: bytes, range) == .invoiceIssued,
        case .invoiceIssued(let invoice) = try Event.decode(bytes, range)
      else { return }
      let row = InvoiceRow(
        account: entry.header.stream.id, ordinal: invoice.ordinal,
        address: EventAddress(position, index), period: invoice.period,
        issued: Day(rawValue: entry.header.effectiveDay ?? 0), due: invoice.due,
        total: invoice.total, plan: invoice.plan)
      rows.put(row.key, row.value)
      rows.put(row.periodKey, [])
    }
  }

  /// The key of one invoice.
  public static func key(account: String, ordinal: UInt32) -> [UInt8] {
    prefix(account: account) + ordinal.bigEndianBytes
  }

  /// What the keys of all of an account's invoices begin with.
  public static func prefix(account: String) -> [UInt8] { [UInt8(ascii: "n")] + account.utf8 + [0] }

  /// What the keys of all invoices begin with.
  public static let prefix = [UInt8(ascii: "n")]

  /// What the keys of a month's invoices begin with; `day` is any day of the month.
  public static func prefix(monthOf day: Day) -> [UInt8] {
    let parts = day.parts
    return [UInt8(ascii: "p")] + UInt32(12 * parts.year + parts.month - 1).bigEndianBytes
  }

  /// The invoice that a month's key names.
  public static func invoice(inMonthKey key: RawSpan) -> (account: String, ordinal: UInt32) {
    let account = key.text(in: 5..<(key.byteCount - 5))
    return (account, key.bigEndian(at: key.byteCount - 4))
  }
}

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

  /// As `1000000001-0007`.
  public var number: String { InvoiceIssued.number(account: account, ordinal: ordinal) }

  var key: [UInt8] { Invoices.key(account: account, ordinal: ordinal) }

  var periodKey: [UInt8] { Invoices.prefix(monthOf: period.lastDay) + key.dropFirst() }

  var value: [UInt8] {
    var writer = WireWriter(capacity: 32)
    writer.unsigned(1, address.position.rawValue)
    writer.unsigned(2, UInt64(address.index))
    writer.signed(3, Int64(period.end.rawValue))
    writer.unsigned(4, UInt64(period.days))
    writer.signed(5, Int64(issued.rawValue))
    writer.signed(6, Int64(due.rawValue))
    writer.signed(7, total.cents)
    writer.string(8, plan)
    return writer.bytes
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
    var fields = [Int64](repeating: 0, count: 8)
    plan = ""
    var cursor = WireCursor(value)
    while let field = try cursor.next(in: value) {
      switch field.number {
      case 1, 2, 4: fields[field.number] = Int64(bitPattern: field.value)
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
  }
}

extension UInt32 {
  var bigEndianBytes: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}

extension RawSpan {
  func bigEndian(at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 8 | UInt32(byte(at: offset + $1)) }
  }
}
