public import CivilTime
public import EventSourcing
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
  /// Where the places of the readings used lie.
  private let readings: Range<Int>

  /// The invoice in the event that fills `range`; `nil` for an event of another kind.
  public init?(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    // Field 2, length-delimited.
    guard let contents = try WireCursor.only(0x12, bytes, range, in: "Event") else { return nil }
    try self.init(contents: contents, bytes)
  }

  /// The invoice in the message that fills `contents`.
  ///
  /// Refuses what is not canonical, but for the texts, which it steps over.
  init(contents: Range<Int>, _ bytes: RawSpan) throws(WireError) {
    var reader = try WireReader(bytes, contents, of: InvoiceIssued.wireName)
    ordinal = try reader.integer(1, nil, bytes)
    let end = try reader.day(2, nil, bytes)
    let days: UInt32 = try reader.integer(3, nil, bytes)
    let dueAfter: Int32 = try reader.integer(4, nil, bytes)
    total = try reader.money(5, nil, bytes)
    guard let start = end.moved(-Int64(days)), let due = end.moved(Int64(dueAfter)) else {
      throw .invalidValue(field: 3, in: InvoiceIssued.wireName)
    }
    period = BillingPeriod(start: start, end: end)
    self.due = due
    _ = try reader.delimited(6, bytes)
    _ = try reader.unsigned(7, nil, bytes)
    _ = try reader.delimited(8, bytes)
    while try reader.delimited(9, bytes) != nil {}
    _ = try reader.unsigned(10, nil, bytes)
    readings = try reader.delimited(11, bytes) ?? 0..<0
    _ = try reader.delimited(12, bytes)
    while try reader.delimited(13, bytes) != nil {}
    _ = try reader.unsigned(14, nil, bytes)
    isFinal = try reader.flag(15, nil, bytes)
    try reader.finish()
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
