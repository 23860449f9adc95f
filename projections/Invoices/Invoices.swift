import Billing
public import CivilTime
public import EventSourcing
public import Money

/// Invoices by number, by account and by period: header and status. Lines are read from the book.
///
/// ```
/// 'n' account 0 ordinal (4)                   ->  InvoiceRow
/// 'p' month (4) account 0 ordinal (4)         ->  nothing: the month the period ends in
/// 'x' account 0 ordinal (4)                   ->  ordinal (4) of what replaces it, 0 for none: it was
///                                                 cancelled
/// ```
///
/// Integers are big-endian; `month` is 12 x year + month - 1 of the period's last day, of a statement
/// of the day issued.
public struct Invoices: Projection {
  /// The name, and the rows' version.
  public let identity = ProjectionIdentity("invoices", 2)

  /// The projection.
  public init() {}

  /// Adds the row of an invoice that `entry` issues, and marks one that it cancels.
  public func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    guard entry.kind == .account else { return }
    let account = bytes.text(in: entry.id)
    try entry.forEachNumberedEvent(in: bytes) { index, range in
      let kind = try Event.Kind(peeking: bytes, range)
      guard kind == nil || kind == .invoiceIssued || kind == .invoiceCancelled else { return }
      switch try Event.decode(bytes, range) {
      case .invoiceIssued(let invoice):
        let row = InvoiceRow(
          account: account, ordinal: invoice.ordinal,
          address: EventAddress(position, index), period: invoice.period,
          issued: Day(rawValue: entry.effectiveDay ?? 0), due: invoice.due,
          total: invoice.total, plan: invoice.plan, isStatement: invoice.isStatement,
          replaces: invoice.replaces)
        rows.put(row.key, row.value)
        rows.put(row.periodKey, [])
        if invoice.replaces != 0 {
          rows.put(
            Self.cancelledKey(account: account, ordinal: invoice.replaces),
            invoice.ordinal.bigEndianBytes)
        }
      case .invoiceCancelled(let cancelled):
        rows.put(
          Self.cancelledKey(account: account, ordinal: cancelled.invoice.ordinal),
          UInt32(0).bigEndianBytes)
      default: break
      }
    }
  }

  /// The key of one invoice.
  public static func key(account: String, ordinal: UInt32) -> [UInt8] {
    prefix(account: account) + ordinal.bigEndianBytes
  }

  /// The key that is there if an invoice was cancelled.
  public static func cancelledKey(account: String, ordinal: UInt32) -> [UInt8] {
    [UInt8(ascii: "x")] + account.utf8 + [0] + ordinal.bigEndianBytes
  }

  /// The ordinal, in the value under a `cancelledKey`, of what replaces the invoice; 0 for none.
  public static func replacement(inValue value: RawSpan) -> UInt32 { value.bigEndian(at: 0) }

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
  /// Whether it bills no energy.
  public var isStatement: Bool
  /// The ordinal of the cancelled invoice that it replaces; 0 for none.
  public var replaces: UInt32

  /// As `1000000001-0007`.
  public var number: String { InvoiceIssued.number(account: account, ordinal: ordinal) }

  var key: [UInt8] { Invoices.key(account: account, ordinal: ordinal) }

  var periodKey: [UInt8] {
    Invoices.prefix(monthOf: isStatement ? issued : period.lastDay) + key.dropFirst()
  }

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
    writer.unsigned(9, isStatement ? 1 : 0)
    writer.unsigned(10, UInt64(replaces))
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
    var fields = [Int64](repeating: 0, count: 11)
    plan = ""
    var cursor = WireCursor(value)
    while let field = try cursor.next(in: value) {
      switch field.number {
      case 1, 2, 4, 9, 10: fields[field.number] = Int64(bitPattern: field.value)
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
