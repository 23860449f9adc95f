public import CivilTime
public import EventSourcing
import Money
public import Tariffs

/// What was billed to one account after another, read in place: what rating the past again needs of
/// invoices and their lines, in the room of the account before.
public struct BilledInvoices: Sendable {
  /// An invoice that was issued, whether it stands or not.
  struct Invoice: Sendable {
    let ordinal: UInt32
    /// The accounting day.
    let day: Day
    /// Whether its energy was measured by intervals.
    let isByIntervals: Bool
    /// The place of its terms in `terms`.
    let terms: Int
    /// Where its lines are in `charges`.
    let charges: Range<Int>
  }

  private let days: ClosedRange<Day>
  private(set) var invoices: [Invoice] = []
  private(set) var charges: [ChargeView] = []
  /// What the invoices of all accounts say besides their numbers, each once.
  public private(set) var terms: [BilledTerms] = []
  private var places: [[UInt8]: Int] = [:]
  /// The bytes of the terms found last, and their place.
  private var last: (bytes: [UInt8], place: Int) = ([], 0)

  /// Nothing billed; of invoices whose period's last day is not in `days` nothing will be kept.
  public init(in days: ClosedRange<Day>) { self.days = days }

  /// Leaves the account for the next one.
  public mutating func begin() {
    invoices.removeAll(keepingCapacity: true)
    charges.removeAll(keepingCapacity: true)
  }

  /// Takes in the invoices that an entry of the account issues.
  public mutating func take(_ entry: EntryPlace, _ bytes: RawSpan) throws(WireError) {
    guard let day = entry.effectiveDay else { return }
    var first = charges.count
    try entry.forEachEvent(in: bytes) { range throws(WireError) in
      if try ChargeView.append(bytes, range, to: &charges) { return }
      if let view = try InvoiceView(bytes, range) {
        guard days.contains(view.period.lastDay) else {
          return charges.removeSubrange(first...)
        }
        let place = try TermsPlace(bytes, range)
        invoices.append(
          Invoice(
            ordinal: view.ordinal, day: Day(rawValue: day), isByIntervals: place.isByIntervals,
            terms: try number(of: place.terms, bytes, range), charges: first..<charges.count))
        first = charges.count
      } else if charges.count > first,
        try Event.Kind(peeking: bytes, range) == .invoiceCancelled
      {
        // They were negations.
        charges.removeSubrange(first...)
      }
    }
    if charges.count > first { charges.removeSubrange(first...) }
  }

  /// The invoice of a number, looked for at `hint` first.
  func invoice(_ ordinal: UInt32, hint: Int) -> Int? {
    if hint < invoices.count, invoices[hint].ordinal == ordinal { return hint }
    return invoices.lastIndex { $0.ordinal == ordinal }
  }

  /// The place of the terms whose bytes lie in `place`, of the invoice in the event that fills `range`.
  private mutating func number(
    of place: Range<Int>, _ bytes: RawSpan, _ range: Range<Int>
  ) throws(WireError) -> Int {
    if place.count == last.bytes.count, bytes.holds(last.bytes, at: place.lowerBound) {
      return last.place
    }
    let key = bytes.array(in: place)
    if let known = places[key] {
      last = (key, known)
      return known
    }
    guard case .invoiceIssued(let invoice) = try Event.decode(bytes, range) else {
      throw .missing(field: 2, in: "Event")
    }
    terms.append(
      BilledTerms(
        plan: invoice.plan, customerClass: invoice.customerClass,
        jurisdictions: invoice.jurisdictions, rules: invoice.rules))
    places[key] = terms.count - 1
    last = (key, terms.count - 1)
    return terms.count - 1
  }
}

/// What an invoice says besides its numbers.
public struct BilledTerms: Hashable, Sendable {
  /// The plan on the period's last day.
  public let plan: String
  /// The customer's class.
  public let customerClass: CustomerClass
  /// The jurisdictions.
  public let jurisdictions: [String]
  /// The version of the rules' stream it was made by.
  let rules: UInt64
}

/// Where an invoice's terms lie, and whether it bills intervals.
private struct TermsPlace {
  /// Plan, class, sector, jurisdictions and version of the rules: fields 6 to 10.
  let terms: Range<Int>
  let isByIntervals: Bool

  init(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    var event = WireCursor(range)
    guard let contents = try event.next(in: bytes)?.range else {
      throw .missing(field: 2, in: "Event")
    }
    var cursor = FieldCursor(contents, bytes)
    try cursor.skipVarint(0x08, bytes)
    try cursor.skipVarint(0x10, bytes)
    try cursor.skipVarint(0x18, bytes)
    try cursor.skipVarint(0x20, bytes)
    try cursor.skipVarint(0x28, bytes)
    let start = cursor.offset
    try cursor.text(0x32, bytes)
    try cursor.skipVarint(0x38, bytes)
    try cursor.text(0x42, bytes)
    while try cursor.contents(0x4A, bytes) != nil {}
    try cursor.skipVarint(0x50, bytes)
    terms = start..<cursor.offset
    try cursor.text(0x5A, bytes)
    isByIntervals = try !cursor.text(0x62, bytes).isEmpty
  }
}
