public import Billing
import CivilTime
public import EventSourcing
import Money
import Tariffs

/// Revenue by month and everything the quarterly report asks for, as posted and restated.
///
/// ```
/// 'l' view month (4) jurisdiction 0 ledger 0 sector 0 class (1) plan 0 revenue class (1)
///       ->  sums (8 each): gross, cancelled, rebilled, prior period, waived, mWh, mW, bills
/// 'b' view month (4) jurisdiction 0 0 sector 0 class (1) plan 0 0
///       ->  sums (8 each): bills first issued, cancelled, issued again
/// ```
///
/// Integers in keys are big-endian. A line is in the class and ledger account of the classification in
/// force on the day its bill was issued, of those this version knows. Energy and power are counted once
/// a segment: of the first component of a tariff that bills them.
public struct Revenue: Projection {
  /// The name, and the version: one more than the number of classifications it knows.
  public let identity: ProjectionIdentity
  private let version: UInt64
  private var frames: InvoiceFrames
  private var shelf = RevenueShelf()
  /// What was summed of the bills that the shelf does not take.
  private var cells: [RevenueCell: RevenueSums] = [:]
  private var bills: [RevenueCell: [Int64]] = [:]

  /// The name of all versions.
  public static let name = "revenue"

  /// The revenue by the first `classifications` that `history` published.
  public init(_ history: RulesHistory, classifications: Int) {
    identity = ProjectionIdentity(Self.name, classifications + 1)
    version = history.version(ofClassification: classifications)
    frames = InvoiceFrames(history)
  }

  /// Adds the lines of the bills that `entry` issues and cancels.
  public mutating func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    guard entry.kind == .account else { return }
    var firsts = [UInt32: Day]()
    var events = entry.events(in: bytes)
    // Where the fields of the bill to come begin, and whether a charge is among them.
    var start = events.offset
    var isCharging = false
    while !events.isAtEnd {
      if events.shortEvent(0x0A, in: bytes) != nil {
        isCharging = true
        continue
      }
      // Readings are as many as bills.
      if events.shortEvent(0x1A, in: bytes) != nil { continue }
      let place = events.offset
      let range = try events.event(in: bytes)
      switch try Event.Kind(peeking: bytes, range) {
      case .chargeRecorded:
        isCharging = true
        continue
      case .invoiceIssued:
        try issue(range, start..<place, bytes, entry, firsts, position)
      case .invoiceCancelled:
        guard case .invoiceCancelled(let it) = try Event.decode(bytes, range) else { continue }
        firsts[it.invoice.ordinal] = it.first
        let charges = try charges(in: start..<place, bytes)
        try cancel(it, charges, day(entry, bytes, position), self.place(entry, bytes, position))
      case nil:
        _ = try Event.decode(bytes, range)
        continue
      default: continue
      }
      start = events.offset
      isCharging = false
    }
    // What is of no bill is read all the same.
    if isCharging { _ = try charges(in: start..<events.offset, bytes) }
  }

  /// Writes the sums.
  public mutating func flush(into rows: inout RowChanges) {
    shelf.flush { cell, sums in
      cells[cell, default: RevenueSums()] += sums
    } bills: { cell, count in
      bills[cell, default: [0, 0, 0]][0] += count
    }
    for (cell, sums) in cells { rows.add(cell.key, sums.numbers) }
    for (cell, counts) in bills { rows.add(cell.key, counts) }
    cells.removeAll()
    bills.removeAll()
  }
}

extension Revenue {
  /// Says where a problem is.
  private typealias Problem = (PostingProblem.Reason) -> PostingProblem

  private func place(_ entry: EntryPlace, _ bytes: RawSpan, _ position: Position) -> Problem {
    let account = bytes.text(in: entry.id)
    return { PostingProblem(EventAddress(position, 0), account: account, $0) }
  }

  private func day(
    _ entry: EntryPlace, _ bytes: RawSpan, _ position: Position
  ) throws(PostingProblem) -> Day {
    guard let day = entry.effectiveDay else { throw place(entry, bytes, position)(.noDay) }
    return Day(rawValue: day)
  }

  /// The charges among the events whose fields fill `range`.
  private func charges(in range: Range<Int>, _ bytes: RawSpan) throws(WireError) -> [ChargeView] {
    var charges: [ChargeView] = []
    var events = WireCursor(range)
    while !events.isAtEnd {
      if let charge = try ChargeView.next(&events, bytes) { charges.append(charge) }
    }
    return charges
  }

  /// Adds the bill in the event that fills `range`, whose charges are in the fields before it.
  private mutating func issue(
    _ range: Range<Int>, _ fields: Range<Int>, _ bytes: RawSpan, _ entry: EntryPlace,
    _ firsts: [UInt32: Day], _ position: Position
  ) throws {
    let day = try day(entry, bytes, position)
    let shape = try shelf.shape(bytes, range)
    if let shape, let desk = shelf.desk(of: shape, day, bytes) {
      if try shelf.add(fields, bytes, to: desk) { return }
    }
    let problem = place(entry, bytes, position)
    guard case .invoiceIssued(let invoice) = try Event.decode(bytes, range) else { return }
    let frame = try frame(of: invoice, day, problem)
    if let shape, shelf.desk(of: shape, day, bytes) == nil {
      let desk = shelf.put(RevenueDesk(invoice, frame, day), for: shape, day, bytes)
      if try shelf.add(fields, bytes, to: desk) { return }
    }
    let first = invoice.replaces == 0 ? day : firsts[invoice.replaces] ?? day
    let isRebill = invoice.replaces != 0
    let isPrior = first.quarter != day.quarter
    let charges = try charges(in: fields, bytes)
    try add(
      charges, of: invoice, frame, day, first, isFirst: !isRebill, counts: isRebill ? 2 : 0, problem
    ) {
      guard isRebill else { return $0.gross += $1 }
      $0.rebilled += $1
      if isPrior { $0.priorPeriod += $1 }
    }
  }

  private mutating func cancel(
    _ it: InvoiceCancelled, _ charges: [ChargeView], _ day: Day, _ problem: Problem
  ) throws {
    let frame = try frame(of: it.invoice, it.issued, problem)
    try add(charges, of: it.invoice, frame, day, it.first, isFirst: false, counts: 1, problem) {
      $0.cancelled += $1
    }
  }

  private mutating func frame(
    of invoice: InvoiceIssued, _ day: Day, _ problem: Problem
  ) throws(PostingProblem) -> InvoiceFrame {
    do {
      return try frames.frame(of: invoice, issued: day, version: version)
    } catch {
      throw problem(error)
    }
  }

  /// Adds the charges of a bill, line by line.
  ///
  /// - Parameters:
  ///   - isFirst: Whether the bill is issued for the first time, which both views show on one day.
  ///   - counts: Which of the three counts of bills it is in.
  private mutating func add(
    _ charges: [ChargeView], of invoice: InvoiceIssued, _ frame: InvoiceFrame, _ day: Day,
    _ first: Day, isFirst: Bool, counts: Int, _ problem: Problem,
    _ amount: (inout RevenueSums, Int64) -> Void
  ) throws(PostingProblem) {
    var found: [RevenueCell: RevenueSums] = [:]
    for charge in charges {
      let rest: InvoiceFrame.Rest
      do {
        rest = try frame.rest(of: charge)
      } catch {
        throw problem(error)
      }
      let cell = RevenueCell(charge, rest, of: invoice, frame, issued: day)
      var sums = found[cell] ?? RevenueSums()
      amount(&sums, charge.amount.cents)
      sums.add(charge, rest.quantity)
      sums.bills = counts == 1 ? -1 : 1
      found[cell] = sums
    }
    let views: [(RevenueCell.View, Day)] =
      isFirst ? [(.both, day)] : [(.posted, day), (.restated, first)]
    for (view, day) in views {
      for (line, sums) in found {
        var cell = line
        (cell.view, cell.month) = (view, RevenueCell.month(of: day))
        cells[cell, default: RevenueSums()] += sums
        // In its bill's own quarter nothing is of an earlier one.
        if view == .restated { cells[cell]?.priorPeriod -= sums.priorPeriod }
      }
      if invoice.isStatement { continue }
      let cell = RevenueCell(
        view: view, month: RevenueCell.month(of: day),
        jurisdiction: invoice.jurisdictions.first ?? "", ledger: "", sector: invoice.sector,
        customerClass: invoice.customerClass, plan: invoice.plan, revenueClass: nil)
      bills[cell, default: [0, 0, 0]][counts] += counts == 1 ? -1 : 1
    }
  }
}

extension RevenueSums {
  mutating func add(_ charge: ChargeView, _ quantity: InvoiceFrame.Quantity) {
    waived += charge.waived.cents
    switch quantity {
    case .energy: energy += charge.quantity * 1000 + charge.thousandths
    case .power: power += charge.quantity * 1000 + charge.thousandths
    case .none: break
    }
  }
}

extension Day {
  /// The quarter, counted: 4 x year + quarter - 1.
  var quarter: Int {
    let parts = parts
    return 4 * parts.year + (parts.month - 1) / 3
  }
}
