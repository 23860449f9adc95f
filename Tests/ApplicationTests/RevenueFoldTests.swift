import Billing
import CivilTime
import EventLog
import EventSourcing
import Money
import ProjectionStore
import Revenue
import Tariffs
import Testing

@testable import Application

/// Bills that are nearly alike, folded one after another: the fold remembers what the last one said.
@Suite("Revenue folded") struct RevenueFoldTests {
  /// The revenue of a book with a bill, that bill, and its charges.
  private struct Made {
    let revenue: Revenue
    let invoice: InvoiceIssued
    let charges: [ChargeRecorded]
    let day: Day

    init() throws {
      let ledger = try RevenueTests.acrossQuarters().read()
      let size = try ledger.book.head().size
      revenue = Revenue(try ledger.rulesHistory(size: size), classifications: 0)
      var found: (InvoiceIssued, [ChargeRecorded], Day)?
      try ledger.book.read { snapshot in
        try snapshot.forEach { _, bytes in
          let entry = try EntryView(bytes)
          guard entry.header.stream.kind == .account, found == nil else { return .proceed }
          var charges: [ChargeRecorded] = []
          for event in try entry.decodedEvents(bytes) {
            switch event {
            case .chargeRecorded(let charge): charges.append(charge)
            case .invoiceIssued(let invoice):
              found = (invoice, charges, Day(rawValue: try #require(entry.header.effectiveDay)))
            default: break
            }
          }
          return .proceed
        }
      }
      (invoice, charges, day) = try #require(found)
    }

    /// An entry that issues `invoice` on `day` with `charges`.
    func entry(_ invoice: InvoiceIssued, _ charges: [ChargeRecorded], on day: Day) -> [UInt8] {
      var header = EntryHeader(stream: StreamID(.account, "1"), version: 1)
      header.effectiveDay = day.rawValue
      return entry(header, charges.map(Event.chargeRecorded) + [.invoiceIssued(invoice)])
    }

    func entry(_ header: EntryHeader, _ events: [Event]) -> [UInt8] {
      var writer = WireWriter()
      _ = header.encode(into: &writer)
      for event in events { event.encodeField(into: &writer) }
      return writer.bytes
    }

    /// The figures of `entries`, folded by one copy of the projection.
    func figures(_ entries: [[UInt8]]) throws -> RevenueFigures {
      var (fold, rows) = (revenue, RowChanges())
      for bytes in entries {
        let bytes = unsafe bytes.span.bytes
        try fold.evolve(EntryPlace(bytes), at: Position(0), bytes, into: &rows)
      }
      fold.flush(into: &rows)
      return try RevenueFigures(rows.run(), size: 0)
    }

    /// What `entries` come to, each folded by a copy of its own.
    func sum(_ entries: [[UInt8]]) throws -> RevenueFigures {
      var rows = RowChanges()
      for bytes in entries {
        var fold = revenue
        let bytes = unsafe bytes.span.bytes
        try fold.evolve(EntryPlace(bytes), at: Position(0), bytes, into: &rows)
        fold.flush(into: &rows)
      }
      return try RevenueFigures(rows.run(), size: 0)
    }
  }

  @Test func `bills that say nearly the same are each in their own cells`() throws {
    let made = try Made()
    var business = made.invoice
    business.customerClass = .commercial
    var longer = made.invoice
    longer.period = BillingPeriod(start: made.invoice.period.start, end: made.day)
    let later = made.day + 40
    let kinds = [made.invoice, business, longer].flatMap { invoice in
      [made.day, later].map { made.entry(invoice, made.charges, on: $0) }
    }
    // Each after each.
    let entries = kinds.flatMap { first in kinds.flatMap { [first, $0] } }
    let (together, alone) = (try made.figures(entries), try made.sum(entries))
    #expect(together.lines == alone.lines)
    #expect(together.bills == alone.bills)
    #expect(together.bills.values.map { $0[0] }.sorted() == [12, 12, 24, 24])
    let classes = Set(together.lines.keys.map { $0.customerClass })
    #expect(classes == [.residential, .commercial])
  }

  @Test func `a bill with a line of its own is counted once in each cell`() throws {
    let made = try Made()
    let fee = ChargeRecorded(
      amount: Money(cents: 1200), type: .lateFee, reference: "7", revenueClass: .lateFee)
    let plain = made.entry(made.invoice, made.charges, on: made.day)
    let odd = made.entry(made.invoice, made.charges + [fee], on: made.day)
    let figures = try made.figures([plain, odd, plain, odd])
    let bills = figures.lines.mapValues(\.bills)
    #expect(figures.bills.values.map { $0[0] } == [4])
    for (cell, count) in bills { #expect(count == (cell.revenueClass == .lateFee ? 2 : 4)) }
    let cents = made.charges.reduce(0) { $0 + $1.amount.cents }
    #expect(figures.lines.values.reduce(0) { $0 + $1.gross } == 4 * cents + 2 * 1200)
    let energy = made.charges.filter { $0.component == 0 && $0.tax == nil }.map(\.quantity)
    #expect(figures.lines.values.reduce(0) { $0 + $1.energy } == 4000 * energy.reduce(0, +))
  }

  @Test func `a line that the rules do not have stops it`() throws {
    let made = try Made()
    let plain = made.entry(made.invoice, made.charges, on: made.day)
    for wrong in [
      ChargeRecorded(amount: Money(cents: 1), tax: 9), ChargeRecorded(component: 9, amount: .zero),
      ChargeRecorded(amount: .zero, segment: 1),
    ] {
      let odd = made.entry(made.invoice, made.charges + [wrong], on: made.day)
      #expect(throws: PostingProblem.self) { try made.figures([plain, odd]) }
    }
    let taxes = UInt8(made.charges.count { $0.tax != nil })
    let next = ChargeRecorded(amount: Money(cents: 1), tax: taxes)
    let odd = made.entry(made.invoice, made.charges + [next], on: made.day)
    #expect(throws: PostingProblem.self) { try made.figures([plain, odd]) }
  }

  @Test func `a charge of no bill is read all the same`() throws {
    let made = try Made()
    var header = EntryHeader(stream: StreamID(.account, "1"), version: 1)
    header.effectiveDay = made.day.rawValue
    let sound = made.entry(header, made.charges.map(Event.chargeRecorded))
    #expect(try made.figures([sound]).lines.isEmpty)
    // A component that is written although it is 0.
    let damaged = sound + [0x7A, 0x04, 0x0A, 0x02, 0x08, 0x00]
    #expect(throws: WireError.self) { try made.figures([damaged]) }
    // An event that ends beyond its entry.
    let cut = made.entry(made.invoice, made.charges, on: made.day).dropLast()
    #expect(throws: WireError.self) { try made.figures([Array(cut)]) }
    for length in 0..<sound.count { _ = try? made.figures([Array(sound.prefix(length))]) }
  }
}
