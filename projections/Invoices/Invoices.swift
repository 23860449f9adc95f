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

  /// The room in which keys and values are written: there are hundreds of millions.
  private var key: [UInt8] = []
  private var value = WireWriter()

  /// The projection.
  public init() {}

  /// Adds the row of an invoice that `entry` issues, and marks one that it cancels.
  public mutating func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    guard entry.kind == .account else { return }
    try entry.forEachNumberedEvent(in: bytes) { index, range in
      switch try Event.Kind(peeking: bytes, range) {
      case .invoiceIssued:
        guard let invoice = try InvoiceView(bytes, range) else { return }
        put(invoice, EventAddress(position, index), entry, bytes, into: &rows)
      case .invoiceCancelled:
        guard case .invoiceCancelled(let it) = try Event.decode(bytes, range) else { return }
        rows.put(
          Self.cancelledKey(account: bytes.text(in: entry.id), ordinal: it.invoice.ordinal),
          UInt32(0).bigEndianBytes)
      case nil: _ = try Event.decode(bytes, range)
      default: break
      }
    }
  }

  private mutating func put(
    _ invoice: InvoiceView, _ address: EventAddress, _ entry: EntryPlace, _ bytes: RawSpan,
    into rows: inout RowChanges
  ) {
    let issued = Day(rawValue: entry.effectiveDay ?? 0)
    key.removeAll(keepingCapacity: true)
    key.append(UInt8(ascii: "n"))
    key.append(entry, ordinal: invoice.ordinal, bytes)
    value.removeAll()
    InvoiceRow.write(invoice, address, issued, plan: bytes.text(in: invoice.plan), into: &value)
    rows.put(key, written: value)
    let parts = (invoice.isStatement ? issued : invoice.period.lastDay).parts
    key.removeAll(keepingCapacity: true)
    key.append(UInt8(ascii: "p"))
    key.append(bigEndian: UInt32(12 * parts.year + parts.month - 1))
    key.append(entry, ordinal: invoice.ordinal, bytes)
    rows.put(key, [])
    guard invoice.replaces != 0 else { return }
    rows.put(
      Self.cancelledKey(account: bytes.text(in: entry.id), ordinal: invoice.replaces),
      invoice.ordinal.bigEndianBytes)
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

extension [UInt8] {
  /// Appends an entry's account and the number of one of its invoices.
  fileprivate mutating func append(_ entry: EntryPlace, ordinal: UInt32, _ bytes: RawSpan) {
    bytes.copy(entry.id, to: &self)
    append(0)
    append(bigEndian: ordinal)
  }

  fileprivate mutating func append(bigEndian number: UInt32) {
    append(UInt8(truncatingIfNeeded: number >> 24))
    append(UInt8(truncatingIfNeeded: number >> 16))
    append(UInt8(truncatingIfNeeded: number >> 8))
    append(UInt8(truncatingIfNeeded: number))
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
