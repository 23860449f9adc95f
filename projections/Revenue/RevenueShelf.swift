import Money
import Billing
import CivilTime
import EventSourcing
import Tariffs

/// The desks of bills issued for the first time, found by what their invoices say: nearly all bills of
/// a utility are of a few hundred kinds, so that a line is added to its sums without being named.
struct RevenueShelf: Sendable {
  private var desks: [RevenueDesk] = []
  /// The desk found last.
  private var last = 0
  /// By the shape's hash: a desk's place and one, 0 for none. A power of two, half of it empty.
  private var table = [UInt32](repeating: 0, count: 256)

  /// The place of the desk for invoices of a shape issued on a day; `nil` if there is none yet.
  mutating func desk(of shape: InvoiceShape, _ day: Day, _ bytes: RawSpan) -> Int? {
    if last < desks.count, desks[last].day == day, shape.holds(desks[last].shape, bytes) {
      return last
    }
    let mask = table.count - 1
    var place = Int(truncatingIfNeeded: shape.hash(day, bytes)) & mask
    while table[place] != 0 {
      let desk = Int(table[place]) - 1
      if desks[desk].day == day, shape.holds(desks[desk].shape, bytes) {
        last = desk
        return desk
      }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Puts a desk up, and returns its place.
  mutating func put(
    _ desk: RevenueDesk, for shape: InvoiceShape, _ day: Day, _ bytes: RawSpan
  ) -> Int {
    if 2 * desks.count >= table.count {
      table = [UInt32](repeating: 0, count: 2 * table.count)
      for place in desks.indices { note(place, desks[place].hash) }
    }
    var desk = desk
    desk.shape = shape.copy(bytes)
    desk.hash = shape.hash(day, bytes)
    desks.append(desk)
    note(desks.count - 1, desk.hash)
    return desks.count - 1
  }

  private mutating func note(_ desk: Int, _ hash: UInt64) {
    let mask = table.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while table[place] != 0 { place = (place + 1) & mask }
    table[place] = UInt32(desk + 1)
  }

  /// Adds the lines of a bill; `false` if one of them is none that the desk knows, and nothing is
  /// added.
  mutating func add(_ charges: [ChargeView], to desk: Int) -> Bool {
    desks[desk].add(charges)
  }

  /// Hands over all sums and counts, and forgets them.
  mutating func flush(
    lines: (RevenueCell, RevenueSums) -> Void, bills: (RevenueCell, Int64) -> Void
  ) {
    for desk in desks { desk.forEach(lines, bills) }
    self = RevenueShelf()
  }
}

/// The sums of bills that are issued on one day and say the same of everything but their amounts.
struct RevenueDesk: Sendable {
  fileprivate let day: Day
  fileprivate var shape: [UInt8] = []
  fileprivate var hash: UInt64 = 0
  /// The cell and what the quantity is of each slot: those of the segments' components, then of the
  /// taxes.
  private var cells: [RevenueCell] = []
  private var quantities: [InvoiceFrame.Quantity] = []
  /// The first slot of each segment, then of the taxes, then the end.
  private var starts: [Int] = []
  /// Of each slot the sums.
  private var sums: [RevenueSums]
  /// The slot that stands for a slot's cell in the count of bills, and the last bill counted there.
  private var cellSlots: [Int] = []
  private var counted: [Int64]
  private var count: Int64 = 0
  private let bill: RevenueCell

  init(_ invoice: InvoiceIssued, _ frame: InvoiceFrame, _ day: Day) {
    self.day = day
    bill = RevenueCell(
      view: .both, month: RevenueCell.month(of: day),
      jurisdiction: invoice.jurisdictions.first ?? "", ledger: "", sector: invoice.sector,
      customerClass: invoice.customerClass, plan: invoice.plan, revenueClass: nil)
    sums = []
    counted = []
    for (segment, rests) in frame.components.enumerated() {
      starts.append(cells.count)
      for rest in rests { add(rest, plan: frame.plans[segment]) }
    }
    starts.append(cells.count)
    for rest in frame.taxes { add(rest, plan: invoice.plan) }
    starts.append(cells.count)
    sums = Array(repeating: RevenueSums(), count: cells.count)
    counted = Array(repeating: 0, count: cells.count)
    cellSlots = cells.map { cell in cells.firstIndex(of: cell)! }
  }

  private mutating func add(_ rest: InvoiceFrame.Rest, plan: String) {
    var cell = bill
    if let jurisdiction = rest.jurisdiction { cell.jurisdiction = jurisdiction }
    (cell.ledger, cell.plan, cell.revenueClass) = (rest.ledger, plan, rest.revenueClass)
    cells.append(cell)
    quantities.append(rest.quantity)
  }

  /// The slot of a line; `nil` if there is none.
  @inline(__always)
  private func slot(_ charge: ChargeView) -> Int? {
    guard charge.type == 0 else { return nil }
    if charge.tax != 0 {
      let slot = starts[starts.count - 2] + Int(charge.tax) - 1
      return slot < cells.count ? slot : nil
    }
    guard charge.segment < starts.count - 2 else { return nil }
    let slot = starts[Int(charge.segment)] + Int(charge.component)
    return slot < starts[Int(charge.segment) + 1] ? slot : nil
  }

  fileprivate mutating func add(_ charges: [ChargeView]) -> Bool {
    for charge in charges where slot(charge) == nil { return false }
    count += 1
    for charge in charges {
      let slot = slot(charge)!
      sums[slot].gross += charge.amount.cents
      sums[slot].add(charge, quantities[slot])
      let cell = cellSlots[slot]
      if counted[cell] != count {
        counted[cell] = count
        sums[cell].bills += 1
      }
    }
    return true
  }

  fileprivate func forEach(
    _ lines: (RevenueCell, RevenueSums) -> Void, _ bills: (RevenueCell, Int64) -> Void
  ) {
    guard count > 0 else { return }
    for slot in cells.indices where counted[cellSlots[slot]] != 0 { lines(cells[slot], sums[slot]) }
    bills(bill, count)
  }
}

/// What an invoice says besides its number, its total and its readings, where it is issued for the
/// first time under one plan: the bytes of the fields that its lines' cells depend on.
struct InvoiceShape {
  /// Where end day and days lie.
  private let period: Range<Int>
  /// Where plan, class, sector, jurisdictions and rules lie.
  private let terms: Range<Int>

  /// The shape of the invoice in the event that fills `range`; `nil` for an invoice that says more.
  init?(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    var event = WireCursor(range)
    guard let contents = try event.next(in: bytes)?.range else { return nil }
    var cursor = FieldCursor(contents, bytes)
    _ = try cursor.unsigned(0x08, bytes)
    let start = cursor.offset
    _ = try cursor.signed(0x10, bytes)
    _ = try cursor.unsigned(0x18, bytes)
    period = start..<cursor.offset
    _ = try cursor.signed(0x20, bytes)
    _ = try cursor.signed(0x28, bytes)
    let plan = cursor.offset
    try cursor.text(0x32, bytes)
    _ = try cursor.unsigned(0x38, bytes)
    try cursor.text(0x42, bytes)
    while try cursor.contents(0x4A, bytes) != nil {}
    _ = try cursor.unsigned(0x50, bytes)
    terms = plan..<cursor.offset
    try cursor.text(0x5A, bytes)
    try cursor.text(0x62, bytes)
    guard cursor.isAtEnd else { return nil }
  }

  /// A hash of the shape and the day issued.
  func hash(_ day: Day, _ bytes: RawSpan) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: Int(day.rawValue)) &+ 0x9E37_79B9_7F4A_7C15
    for range in [period, terms] {
      var place = range.lowerBound
      while place < range.upperBound {
        // What is read beyond the range is masked.
        let left = range.upperBound - place
        var word: UInt64 = 0
        if place + 8 <= bytes.byteCount {
          word = bytes.fixed64(at: place)
          if left < 8 { word &= 1 << UInt64(8 * left) - 1 }
        } else {
          for index in 0..<min(8, left) {
            word |= UInt64(bytes.byte(at: place + index)) << UInt64(8 * index)
          }
        }
        hash = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 32
        place += 8
      }
    }
    return hash
  }

  /// The bytes.
  func copy(_ bytes: RawSpan) -> [UInt8] {
    var copy: [UInt8] = []
    bytes.copy(period, to: &copy)
    bytes.copy(terms, to: &copy)
    return copy
  }

  /// Whether the bytes are those of a copy.
  func holds(_ copy: [UInt8], _ bytes: RawSpan) -> Bool {
    guard copy.count == period.count + terms.count else { return false }
    // `unsafe`: the bytes of bytes.
    let other = unsafe copy.span.bytes
    return bytes.extracting(period).isEqual(to: other.extracting(0..<period.count))
      && bytes.extracting(terms).isEqual(to: other.extracting(period.count..<copy.count))
  }
}
