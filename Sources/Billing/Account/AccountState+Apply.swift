public import EventSourcing
import CivilTime
import Metering
import Money

extension AccountState {
  /// Folds an entry of the account's stream, decoding no more of it than the fold needs: charges
  /// are stepped over, and of an invoice only what later decisions ask for is read.
  public mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws(WireError) {
    begin(version: entry.header.version)
    var cursor = entry.events(in: bytes)
    while let field = try cursor.next(in: bytes) {
      guard field.number == EntryView.eventsField, field.isDelimited else {
        throw .unknownField(field.number, in: "Entry")
      }
      var event = WireCursor(field.range)
      guard let inner = try event.next(in: bytes), inner.isDelimited, event.isAtEnd else {
        throw .missing(field: 0, in: "Event")
      }
      switch Event.Kind(rawValue: inner.number) {
      case .chargeRecorded: nextIndex += 1
      case .readingRecorded:
        let reading = try WireReader.read(ReadingRecorded.self, bytes, inner.range)
        record(reading, at: nextPlace())
      case .invoiceIssued: try issue(bytes, inner.range)
      case .intervalsRecorded:
        let view = try IntervalsView(contents: inner.range, bytes)
        if view.isActual {
          try record(view, bytes)
        } else {
          evolve(try Event.decode(bytes, field.range))
        }
      default: evolve(try Event.decode(bytes, field.range))
      }
    }
  }

  /// The place of the event to be folded next; it is folded then.
  mutating func nextPlace() -> EventReference {
    defer { nextIndex += 1 }
    return EventReference(version: UInt32(truncatingIfNeeded: version), index: nextIndex)
  }

  /// Folds intervals without an event in between.
  private mutating func record(_ view: IntervalsView, _ bytes: RawSpan) throws(WireError) {
    var values: [Int32] = []
    values.reserveCapacity(view.capacity)
    try view.forEach(in: bytes) { values.append(Int32(clamping: $0)) }
    record(
      Block(
        start: view.start, minutes: view.minutes, values: values, qualities: [],
        place: nextPlace()), of: view.register)
  }

  /// Folds an invoice, reading none of its texts.
  private mutating func issue(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    var reader = try WireReader(bytes, range, of: InvoiceIssued.wireName)
    let ordinal: UInt32 = try reader.integer(1, nil, bytes)
    let end = try reader.day(2, nil, bytes)
    let days: UInt32 = try reader.integer(3, nil, bytes)
    let dueAfter: Int32 = try reader.integer(4, nil, bytes)
    let total = try reader.money(5, nil, bytes)
    guard let start = end.moved(-Int64(days)), let due = end.moved(Int64(dueAfter)) else {
      throw .invalidValue(field: 3, in: InvoiceIssued.wireName)
    }
    _ = try reader.delimited(6, bytes)
    _ = try reader.unsigned(7, nil, bytes)
    _ = try reader.delimited(8, bytes)
    while try reader.delimited(9, bytes) != nil {}
    _ = try reader.unsigned(10, nil, bytes)
    let readings = try reader.delimited(11, bytes) ?? 0..<0
    _ = try reader.delimited(12, bytes)
    while try reader.delimited(13, bytes) != nil {}
    _ = try reader.unsigned(14, nil, bytes)
    let isFinal = try reader.flag(15, nil, bytes)
    try reader.finish()
    nextIndex += 1
    invoices.append(
      Invoice(
        ordinal: ordinal, period: BillingPeriod(start: start, end: end), due: due, total: total,
        isFinal: isFinal, version: version))
    var cursor = WireCursor(readings)
    while !cursor.isAtEnd {
      let version = try cursor.varint(in: bytes)
      let index = try cursor.varint(in: bytes)
      markBilled(
        EventReference(
          version: UInt32(truncatingIfNeeded: version), index: UInt32(truncatingIfNeeded: index)))
    }
  }
}
