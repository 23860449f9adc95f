public import CivilTime
public import EventSourcing
public import Metering
public import Money

/// The numbers of an invoice, read in place: what folds and reports need of it, without allocation.
public struct InvoiceView: Hashable, Sendable {
  /// From 1, an account's own.
  public let ordinal: UInt32
  /// The days billed.
  public let period: BillingPeriod
  /// When it is due.
  public let due: Day
  /// The sum of its charges.
  public let total: Money
  /// Whether it is the last one after service stopped.
  public let isFinal: Bool
  /// The greatest power, where the tariff depends on it.
  public let peak: Power?
  /// What a yearly minimum counts of it.
  public let counted: Money
  /// The ordinal of the cancelled invoice it replaces; 0 for none.
  public let replaces: UInt32
  /// Whether it bills no energy.
  public let isStatement: Bool
  /// Where the code of the plan on the period's last day lies.
  public let plan: Range<Int>
  /// Where the places of the readings used lie.
  private let readings: Range<Int>

  /// The invoice in the event that fills `range`; `nil` for an event of another kind.
  @inlinable @inline(__always)
  public init?(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    // Field 2, length-delimited.
    guard let contents = try WireCursor.only(0x12, bytes, range, in: "Event") else { return nil }
    try self.init(contents: contents, bytes)
  }

  /// The invoice in the message that fills `contents`.
  ///
  /// Refuses what is not canonical, but for the texts, which it steps over.
  @usableFromInline
  init(contents: Range<Int>, _ bytes: RawSpan) throws(WireError) {
    let name = InvoiceIssued.wireName
    var cursor = FieldCursor(contents, bytes)
    guard let ordinal = UInt32(exactly: try cursor.unsigned(0x08, bytes)) else {
      throw .invalidValue(field: 1, in: name)
    }
    let end = try cursor.signed(0x10, bytes)
    let days = try cursor.unsigned(0x18, bytes)
    let dueAfter = try cursor.signed(0x20, bytes)
    guard let last = Int32(exactly: end) else { throw .invalidValue(field: 2, in: name) }
    guard days <= UInt32.max, let start = Day(rawValue: last).moved(-Int64(days)) else {
      throw .invalidValue(field: 3, in: name)
    }
    guard Int32(exactly: dueAfter) != nil, let due = Day(rawValue: last).moved(dueAfter) else {
      throw .invalidValue(field: 4, in: name)
    }
    self.ordinal = ordinal
    self.due = due
    period = BillingPeriod(start: start, end: Day(rawValue: last))
    total = Money(cents: try cursor.signed(0x28, bytes))
    plan = try cursor.text(0x32, bytes)
    _ = try cursor.unsigned(0x38, bytes)
    try cursor.text(0x42, bytes)
    while try cursor.contents(0x4A, bytes) != nil {}
    _ = try cursor.unsigned(0x50, bytes)
    readings = try cursor.text(0x5A, bytes)
    // Most invoices end here.
    guard !cursor.isAtEnd else {
      (replaces, isFinal, peak, counted, isStatement) = (0, false, nil, .zero, false)
      return
    }
    try cursor.text(0x62, bytes)
    while try cursor.contents(0x6A, bytes) != nil {}
    guard let replaces = UInt32(exactly: try cursor.unsigned(0x70, bytes)) else {
      throw .invalidValue(field: 14, in: name)
    }
    self.replaces = replaces
    let final = try cursor.unsigned(0x78, bytes)
    guard final <= 1 else { throw .invalidValue(field: 15, in: name) }
    isFinal = final == 1
    guard var rest = try cursor.rest(bytes, lastField: 15, of: name) else {
      (peak, counted, isStatement) = (nil, .zero, false)
      return
    }
    peak = try rest.optionalSigned(16, nil, bytes).map { Power(milliwatts: $0) }
    counted = try rest.money(17, nil, bytes)
    isStatement = try rest.flag(18, nil, bytes)
    _ = try rest.delimited(19, bytes)
    try rest.finish()
  }

  /// Lends every reading's place to `body`, in order.
  @inline(__always)
  func forEachReading(
    in bytes: RawSpan, _ body: (EventReference) -> Void
  ) throws(WireError) {
    var cursor = WireCursor(readings)
    while !cursor.isAtEnd {
      let version = try cursor.varint(in: bytes)
      let index = try cursor.varint(in: bytes)
      body(
        EventReference(
          version: UInt32(truncatingIfNeeded: version), index: UInt32(truncatingIfNeeded: index)))
    }
  }
}
