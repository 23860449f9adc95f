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

  /// The projection.
  public init() {}

  /// Adds the rows of an invoice that `entry` issues, marks one that it cancels, and notes readings that
  /// are estimated.
  public mutating func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    guard entry.kind == .account else { return }
    let account = bytes.text(in: entry.id)
    let day = Day(rawValue: entry.effectiveDay ?? 0)
    var issues = false
    try entry.forEachNumberedEvent(in: bytes) { index, range in
      let kind = try Event.Kind(peeking: bytes, range)
      guard kind == nil || Self.kinds.contains(kind!) else { return }
      switch try Event.decode(bytes, range) {
      case .invoiceIssued(let invoice):
        issues = true
        let row = InvoiceRow(
          account: account, ordinal: invoice.ordinal,
          address: EventAddress(position, index), period: invoice.period, issued: day,
          due: invoice.due, total: invoice.total, plan: invoice.plan,
          isStatement: invoice.isStatement, replaces: invoice.replaces, isFinal: invoice.isFinal)
        Self.put(row, into: &rows)
      case .invoiceCancelled(let cancelled):
        rows.put(
          Self.cancelledKey(account: account, ordinal: cancelled.invoice.ordinal),
          UInt32(0).bigEndianBytes)
      case .readingRecorded(let it) where it.quality == .estimated:
        rows.put(Self.estimatedKey(account, entry.version, index), [])
      case .readingCorrected(let it) where it.quality == .estimated:
        rows.put(Self.estimatedKey(account, entry.version, index), [])
      default: break
      }
    }
    if issues { issuing.mark(position, under: Self.prefix(issuedOn: day), into: &rows) }
  }

  /// Writes what is kept of the days issued.
  public mutating func flush(into rows: inout RowChanges) { issuing.flush(into: &rows) }

  private static let kinds: Set<Event.Kind> = [
    .invoiceIssued, .invoiceCancelled, .readingRecorded, .readingCorrected,
  ]

  private static func put(_ row: InvoiceRow, into rows: inout RowChanges) {
    rows.put(row.key, row.value)
    rows.put(prefix(lastDay: row.lastDay) + row.key.dropFirst(), [])
    for type in InvoiceType.allCases where type.holds(row) {
      rows.put(type.prefix + row.key.dropFirst(), [])
    }
    if row.replaces != 0 {
      rows.put(
        cancelledKey(account: row.account, ordinal: row.replaces), row.ordinal.bigEndianBytes)
    }
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
    switch self {
    case .statement: row.isStatement
    case .final: row.isFinal
    case .rebill: row.replaces != 0
    }
  }

  /// What the keys of the type's invoices begin with.
  public var prefix: [UInt8] { [UInt8(ascii: "s"), rawValue] }
}
