import Money
import Billing
import CivilTime
import EventSourcing
import Tariffs

/// The desks of bills issued for the first time, found by what their invoices say: nearly all bills of
/// a utility are of a few hundred kinds, so that a line is added to its sums without being named.
struct RevenueShelf: Sendable {
  private var desks: [RevenueDesk] = []
  /// The desk found last, and its shape.
  private var last = 0
  private var lastShape = ShapeCopy()
  /// By the shape's hash: a desk's place and one, 0 for none. A power of two, half of it empty.
  private var table = [UInt32](repeating: 0, count: 256)

  /// The shape of the invoice in the event that fills `range`; `nil` for an invoice that says more.
  func shape(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) -> InvoiceShape? {
    try InvoiceShape(bytes, range, like: lastShape)
  }

  /// The place of the desk for invoices of a shape issued on a day; `nil` if there is none yet.
  mutating func desk(of shape: InvoiceShape, _ day: Day, _ bytes: RawSpan) -> Int? {
    if shape.isLike, last < desks.count, desks[last].day == day { return last }
    let mask = table.count - 1
    var place = Int(truncatingIfNeeded: shape.hash(day, bytes)) & mask
    while table[place] != 0 {
      let desk = Int(table[place]) - 1
      if desks[desk].day == day, shape.holds(desks[desk].shape, bytes) {
        last = desk
        lastShape = desks[desk].shape
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

  /// Adds the charges in the fields of a bill; `false` if one of them is none that the desk knows, and
  /// nothing is added.
  mutating func add(
    _ fields: Range<Int>, _ bytes: RawSpan, to desk: Int
  ) throws(WireError) -> Bool {
    try desks[desk].add(fields, bytes)
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
  fileprivate var shape = ShapeCopy()
  fileprivate var hash: UInt64 = 0
  /// The cell of each slot: those of the taxes, then of the segments' components.
  private var cells: [RevenueCell] = []
  /// What is summed in each slot.
  private var slots: [Slot] = []
  private var places = Places()
  /// How many bills were added.
  private var count: Int64 = 0
  private let bill: RevenueCell

  /// Where the slots are.
  private struct Places {
    /// The first slots are the taxes'.
    var taxes = 0
    /// The slots of each segment's components.
    var segments: [Range<Int>] = []
    /// Those of the first segment, in which most charges begin.
    var first = 0..<0

    /// The slot of a charge; `nil` if there is none.
    @inline(always)
    func place(of charge: ChargeView) -> Int? {
      guard charge.type == 0 else { return nil }
      // Taxes are numbered from 1.
      if charge.tax != 0 { return charge.tax <= taxes ? Int(charge.tax) - 1 : nil }
      var slots = first
      if charge.segment != 0 {
        guard charge.segment < segments.count else { return nil }
        slots = segments[Int(charge.segment)]
      }
      return charge.component < slots.count ? slots.lowerBound + Int(charge.component) : nil
    }
  }

  /// The sums of a line of the bills.
  private struct Slot {
    /// The slot that stands for this one's cell in the count of bills.
    let cell: Int
    let quantity: InvoiceFrame.Quantity
    var cents: Int64 = 0
    var waived: Int64 = 0
    /// Thousandths of the quantity.
    var thousandths: Int64 = 0
    /// Bills that have a line of the cell, and which the last one was.
    var bills: Int64 = 0
    var last: Int64 = 0
  }

  init(_ invoice: InvoiceIssued, _ frame: InvoiceFrame, _ day: Day) {
    self.day = day
    bill = RevenueCell(
      view: .both, month: RevenueCell.month(of: day),
      jurisdiction: invoice.jurisdictions.first ?? "", ledger: "", sector: invoice.sector,
      customerClass: invoice.customerClass, plan: invoice.plan, revenueClass: nil)
    for rest in frame.taxes { add(rest, plan: invoice.plan) }
    places.taxes = cells.count
    for (segment, rests) in frame.components.enumerated() {
      let start = cells.count
      for rest in rests { add(rest, plan: frame.plans[segment]) }
      places.segments.append(start..<cells.count)
    }
    places.first = places.segments.first ?? 0..<0
  }

  private mutating func add(_ rest: InvoiceFrame.Rest, plan: String) {
    var cell = bill
    if let jurisdiction = rest.jurisdiction { cell.jurisdiction = jurisdiction }
    (cell.ledger, cell.plan, cell.revenueClass) = (rest.ledger, plan, rest.revenueClass)
    slots.append(Slot(cell: cells.firstIndex(of: cell) ?? cells.count, quantity: rest.quantity))
    cells.append(cell)
  }

  /// Adds the charges in the fields of a bill; `false` if one of them has no slot, and nothing is added.
  fileprivate mutating func add(
    _ fields: Range<Int>, _ bytes: RawSpan
  ) throws(WireError) -> Bool {
    count += 1
    guard let stranger = try put(fields, bytes) else { return true }
    try takeOff(fields.lowerBound..<stranger, bytes)
    count -= 1
    return false
  }

  /// Adds the charges in `fields` up to the first that has no slot, and returns where that begins.
  private mutating func put(_ fields: Range<Int>, _ bytes: RawSpan) throws(WireError) -> Int? {
    let (count, places) = (count, places)
    var slots = slots.mutableSpan
    var events = WireCursor(fields)
    while !events.isAtEnd {
      let start = events.offset
      guard let charge = try ChargeView.next(&events, bytes) else { continue }
      guard let place = places.place(of: charge) else { return start }
      slots[place].cents += charge.amount.cents
      slots[place].waived += charge.waived.cents
      slots[place].thousandths += charge.quantity * 1000 + charge.thousandths
      let cell = slots[place].cell
      slots[cell].bills += slots[cell].last == count ? 0 : 1
      slots[cell].last = count
    }
    return nil
  }

  /// Takes off again the charges in `fields`, of the bill at hand.
  private mutating func takeOff(_ fields: Range<Int>, _ bytes: RawSpan) throws(WireError) {
    var events = WireCursor(fields)
    while !events.isAtEnd {
      guard let charge = try ChargeView.next(&events, bytes),
        let place = places.place(of: charge)
      else { continue }
      slots[place].cents -= charge.amount.cents
      slots[place].waived -= charge.waived.cents
      slots[place].thousandths -= charge.quantity * 1000 + charge.thousandths
      let cell = slots[place].cell
      if slots[cell].last == count {
        slots[cell].last = 0
        slots[cell].bills -= 1
      }
    }
  }

  fileprivate func forEach(
    _ lines: (RevenueCell, RevenueSums) -> Void, _ bills: (RevenueCell, Int64) -> Void
  ) {
    guard count > 0 else { return }
    for (cell, slot) in zip(cells, slots) where slots[slot.cell].bills != 0 {
      var sums = RevenueSums()
      (sums.gross, sums.waived, sums.bills) = (slot.cents, slot.waived, slot.bills)
      switch slot.quantity {
      case .energy: sums.energy = slot.thousandths
      case .power: sums.power = slot.thousandths
      case .none: break
      }
      lines(cell, sums)
    }
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

  /// Whether it is that of the copy it was read by.
  let isLike: Bool

  /// The shape of the invoice in the event that fills `range`; `nil` for an invoice that says more. What
  /// is as in `copy` is not read again.
  @inline(always)
  init?(_ bytes: RawSpan, _ range: Range<Int>, like copy: ShapeCopy) throws(WireError) {
    guard let contents = try WireCursor.only(0x12, bytes, range, in: "Event") else { return nil }
    var cursor = FieldCursor(contents, bytes)
    _ = try cursor.unsigned(0x08, bytes)
    let start = cursor.offset
    let isPeriod = cursor.pass(copy.period, bytes)
    if !isPeriod {
      _ = try cursor.signed(0x10, bytes)
      _ = try cursor.unsigned(0x18, bytes)
    }
    period = start..<cursor.offset
    _ = try cursor.signed(0x20, bytes)
    _ = try cursor.signed(0x28, bytes)
    let plan = cursor.offset
    let isTerms = cursor.pass(copy.terms, bytes)
    if !isTerms {
      try cursor.text(0x32, bytes)
      _ = try cursor.unsigned(0x38, bytes)
      try cursor.text(0x42, bytes)
      while try cursor.contents(0x4A, bytes) != nil {}
      _ = try cursor.unsigned(0x50, bytes)
    }
    terms = plan..<cursor.offset
    isLike = isPeriod && isTerms
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
  func copy(_ bytes: RawSpan) -> ShapeCopy {
    ShapeCopy(period: bytes.array(in: period), terms: bytes.array(in: terms))
  }

  /// Whether the bytes are those of a copy.
  func holds(_ copy: ShapeCopy, _ bytes: RawSpan) -> Bool {
    period.count == copy.period.count && terms.count == copy.terms.count
      && bytes.holds(copy.period, at: period.lowerBound)
      && bytes.holds(copy.terms, at: terms.lowerBound)
  }
}

/// The bytes of an invoice's shape.
struct ShapeCopy {
  fileprivate var period: [UInt8] = []
  fileprivate var terms: [UInt8] = []
}
