import Billing
import CivilTime
public import EventSourcing
import Metering

/// Invoices by number, account, period, type and the day issued: header and status. Lines are read from
/// the book.
///
/// ```
/// 'n' account 0 ordinal (4)              ->  InvoiceRow
/// 'p' day (4) account 0 ordinal (4)      ->  nothing: the last day billed; of a statement the day issued
/// 'd' day (4) block (8)                  ->  PositionMarks: the entries that issue invoices on the day
/// 's' type (1) account 0 ordinal (4)     ->  nothing: a statement, a final bill, a rebill
/// 'x' account 0 ordinal (4)              ->  ordinal (4) of what replaces it, 0 for none: it was
///                                            cancelled
/// 'e' account 0 version (4) index (4)    ->  nothing: an estimated reading, by its place on the
///                                            account's stream; the invoices that name it are estimated
/// ```
///
/// Integers are big-endian; of a day the sign bit is turned over, so that it sorts. An ordinary bill has
/// two rows.
public struct Invoices: Projection {
  /// The name, and the rows' version.
  public let identity = ProjectionIdentity("invoices", 3)

  private var issuing = PositionMarks()
  /// The room in which keys and values are written: there are hundreds of millions.
  private var key: [UInt8] = []
  private var value = WireWriter()

  /// The projection.
  public init() {}

  /// Adds the rows of an invoice that `entry` issues, marks one that it cancels, and notes readings that
  /// are estimated.
  public mutating func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    guard entry.kind == .account else { return }
    var issues = false
    try entry.forEachNumberedEvent(in: bytes) { index, range in
      switch try Event.Kind(peeking: bytes, range) {
      case .invoiceIssued:
        guard let invoice = try InvoiceView(bytes, range) else { return }
        issues = true
        put(invoice, EventAddress(position, index), entry, bytes, into: &rows)
      case .invoiceCancelled:
        guard case .invoiceCancelled(let it) = try Event.decode(bytes, range) else { return }
        rows.put(
          Self.cancelledKey(account: bytes.text(in: entry.id), ordinal: it.invoice.ordinal),
          UInt32(0).bigEndianBytes)
      case .readingRecorded:
        guard case .readingRecorded(let it) = try Event.decode(bytes, range),
          it.quality == .estimated
        else { return }
        rows.put(Self.estimatedKey(bytes.text(in: entry.id), entry.version, index), [])
      case .readingCorrected:
        guard case .readingCorrected(let it) = try Event.decode(bytes, range),
          it.quality == .estimated
        else { return }
        rows.put(Self.estimatedKey(bytes.text(in: entry.id), entry.version, index), [])
      case nil: _ = try Event.decode(bytes, range)
      default: break
      }
    }
    guard issues else { return }
    let day = Day(rawValue: entry.effectiveDay ?? 0)
    issuing.mark(position, under: Self.prefix(issuedOn: day), into: &rows)
  }

  /// Writes what is kept of the days issued.
  public mutating func flush(into rows: inout RowChanges) { issuing.flush(into: &rows) }

  private mutating func put(
    _ invoice: InvoiceView, _ address: EventAddress, _ entry: EntryPlace, _ bytes: RawSpan,
    into rows: inout RowChanges
  ) {
    let issued = Day(rawValue: entry.effectiveDay ?? 0)
    begin(with: Self.prefix, entry, ordinal: invoice.ordinal, bytes)
    value.removeAll()
    InvoiceRow.write(invoice, address, issued, plan: bytes.text(in: invoice.plan), into: &value)
    rows.put(key, written: value)
    let last = invoice.isStatement ? issued : invoice.period.lastDay
    begin(with: Self.prefix(lastDay: last), entry, ordinal: invoice.ordinal, bytes)
    rows.put(key, [])
    guard invoice.isStatement || invoice.isFinal || invoice.replaces != 0 else { return }
    for type in InvoiceType.allCases where type.holds(invoice) {
      begin(with: type.prefix, entry, ordinal: invoice.ordinal, bytes)
      rows.put(key, [])
    }
    guard invoice.replaces != 0 else { return }
    rows.put(
      Self.cancelledKey(account: bytes.text(in: entry.id), ordinal: invoice.replaces),
      invoice.ordinal.bigEndianBytes)
  }

  /// Writes a key that ends with an account and the number of one of its invoices.
  private mutating func begin(
    with prefix: [UInt8], _ entry: EntryPlace, ordinal: UInt32, _ bytes: RawSpan
  ) {
    key.removeAll(keepingCapacity: true)
    key += prefix
    bytes.copy(entry.id, to: &key)
    key.append(0)
    for shift: UInt32 in [24, 16, 8, 0] { key.append(UInt8(truncatingIfNeeded: ordinal >> shift)) }
  }
}

/// What few invoices are, and are therefore found by.
public enum InvoiceType: UInt8, Hashable, Sendable, CaseIterable {
  /// Bills no energy.
  case statement = 1
  /// The last bill after service stopped.
  case final = 2
  /// Replaces a cancelled one.
  case rebill = 3

  /// Whether an invoice is that.
  public func holds(_ row: InvoiceRow) -> Bool {
    holds(isStatement: row.isStatement, isFinal: row.isFinal, replaces: row.replaces)
  }

  func holds(_ invoice: InvoiceView) -> Bool {
    holds(
      isStatement: invoice.isStatement, isFinal: invoice.isFinal, replaces: invoice.replaces)
  }

  private func holds(isStatement: Bool, isFinal: Bool, replaces: UInt32) -> Bool {
    switch self {
    case .statement: isStatement
    case .final: isFinal
    case .rebill: replaces != 0
    }
  }

  /// What the keys of the type's invoices begin with.
  public var prefix: [UInt8] { [UInt8(ascii: "s"), rawValue] }
}
