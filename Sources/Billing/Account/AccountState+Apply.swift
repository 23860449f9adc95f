public import EventSourcing
import CivilTime
import Metering
import Money
import Tariffs

extension AccountState {
  /// Folds an entry of the account's stream, decoding no more of it than the fold needs: charges
  /// are stepped over, and of an invoice only what later decisions ask for is read.
  public mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws(WireError) {
    var memory = FoldMemory()
    try apply(version: entry.header.version, entry.events(in: bytes), bytes, &memory)
  }

  /// Folds the events of an entry; `memory` keeps what one account has in common with the last.
  mutating func apply(
    version: UInt64, _ events: WireCursor, _ bytes: RawSpan, _ memory: inout FoldMemory
  ) throws(WireError) {
    begin(version: version)
    var cursor = events
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
        let reading = try ReadingRecorded.reading(in: inner.range, bytes)
        record(reading, at: nextPlace())
      case .invoiceIssued: try issue(bytes, inner.range)
      case .intervalsRecorded:
        let view = try IntervalsView(contents: inner.range, bytes)
        if view.isActual {
          try record(view, bytes)
        } else {
          evolve(try Event.decode(bytes, field.range))
        }
      case .accountOpened:
        details = try memory.accountOpened(bytes, inner.range)
        nextIndex += 1
      case .serviceStarted:
        serviceStart = try WireReader.read(ServiceStarted.self, bytes, inner.range).day
        nextIndex += 1
      case .ratePlanAssigned:
        let it = try WireReader.read(RatePlanAssigned.self, bytes, inner.range)
        assign(PlanAssignment(plan: it.plan, from: it.from))
        nextIndex += 1
      case .meterInstalled:
        meters.append(try memory.meterInstalled(bytes, inner.range))
        nextIndex += 1
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
        start: view.start, minutes: view.minutes, decimals: view.decimals, values: values,
        qualities: [], place: nextPlace()), of: view.register)
  }

  /// Folds an invoice, reading none of its texts.
  private mutating func issue(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    let view = try InvoiceView(contents: range, bytes)
    nextIndex += 1
    issue(
      Invoice(
        ordinal: view.ordinal, period: view.period, due: view.due, total: view.total,
        isFinal: view.isFinal, peak: view.peak, counted: view.counted, version: version,
        replaces: view.replaces, isStatement: view.isStatement, bank: banking))
    try view.forEachReading(in: bytes) { markBilled($0) }
  }
}
