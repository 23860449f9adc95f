import Billing
import CivilTime
import EventLog
import EventSourcing
import Money
import Metering
import Revenue
import Tariffs

/// What was served and not billed at the beginning and at the end of a quarter, and who had a meter at
/// the end of each month: what the report says besides what was billed.
struct UnbilledFigures: Sendable {
  /// Cents and mWh.
  struct Sums: Hashable, Sendable {
    var cents: Int64 = 0
    var energy: Int64 = 0

    static func += (left: inout Self, right: Self) {
      left.cents += right.cents
      left.energy += right.energy
    }
  }

  /// At the beginning of the quarter, by cell.
  fileprivate(set) var open: [RevenueCell: Sums] = [:]
  /// At its end.
  fileprivate(set) var close: [RevenueCell: Sums] = [:]
  /// Customers with a meter in service at the ends of the months, added up, by cell.
  fileprivate(set) var meters: [RevenueCell: Int64] = [:]
  /// Accounts with days that cannot be rated, and why, by the obstacle's name.
  fileprivate(set) var obstacles: [String: Int64] = [:]

  fileprivate mutating func add(_ other: UnbilledFigures) {
    for (cell, sums) in other.open { open[cell, default: Sums()] += sums }
    for (cell, sums) in other.close { close[cell, default: Sums()] += sums }
    for (cell, count) in other.meters { meters[cell, default: 0] += count }
    for (code, count) in other.obstacles { obstacles[code, default: 0] += count }
  }
}

extension Ledger {
  /// What was unbilled around a quarter, of the first entries of the book, in account order on all
  /// cores.
  ///
  /// - Parameters:
  ///   - version: Of the projection, whose classifications count.
  ///   - moment: The present, after which no day is served yet; `nil` where the quarter is over.
  func unbilled(
    around quarter: Quarter, _ view: ReportView, _ catalogue: ProjectionCatalogue,
    classificationsOf version: Int, until moment: Instant?, progress: @escaping ProgressHandler
  ) throws -> UnbilledFigures {
    let desk = try UnbilledDesk(self, quarter, view, catalogue, version, until: moment)
    var figures = UnbilledFigures()
    try forEachAccountRange(
      of: UnbilledDesk.slice, "rating what is unbilled", progress: progress,
      produce: { try desk.figures(of: $0) }
    ) { figures.add($1) }
    return figures
  }
}

/// Rates what accounts were served and had not been billed: pure but for reading the book.
private struct UnbilledDesk: Sendable {
  /// Accounts that one core folds at a time.
  static let slice = 4_096

  private let book: Book
  private let size: UInt64
  private let quarter: Quarter
  private let view: ReportView
  private let moment: Instant?
  private let rulebook: RulebookState
  private let history: RulesHistory
  private let version: UInt64

  init(
    _ ledger: Ledger, _ quarter: Quarter, _ view: ReportView, _ catalogue: ProjectionCatalogue,
    _ version: Int, until moment: Instant?
  ) throws {
    self.moment = moment
    book = ledger.book
    size = catalogue.size
    self.quarter = quarter
    self.view = view
    rulebook = try ledger.rulebook(size: catalogue.size)
    history = catalogue.history
    self.version = history.version(ofClassification: version - 1)
  }

  /// One account after another.
  private struct Work {
    var fold = AccountFold()
    /// The accounting day of each of the account's entries.
    var days: [Day?] = []
    var memory = BillMemory()
    var frames: InvoiceFrames
    var figures = UnbilledFigures()
  }

  func figures(of range: StreamRange) throws -> UnbilledFigures {
    var work = Work(frames: InvoiceFrames(history))
    try book.read { snapshot in
      var account: [UInt8] = []
      try snapshot.foldStreams(kind: .account, from: range.from, upTo: range.upTo) {
        position, bytes in
        guard position.rawValue < size else { return .proceed }
        let entry = try EntryPlace(bytes)
        if entry.id.count != account.count || !bytes.holds(account, at: entry.id.lowerBound) {
          try take(&work)
          account.removeAll(keepingCapacity: true)
          for place in entry.id { account.append(bytes.byte(at: place)) }
          work.fold.begin()
          work.days.removeAll(keepingCapacity: true)
        }
        try work.fold.apply(entry, bytes)
        work.days.append(entry.effectiveDay.map { Day(rawValue: $0) })
        return .proceed
      }
      try take(&work)
    }
    return work.figures
  }

  private func take(_ work: inout Work) throws {
    let state = work.fold.state
    guard let details = state.details else { return }
    let zone = try rulebook.zone(of: state)
    countMeters(state, details, zone, &work.figures)
    let today = moment.map { zone.day(of: $0) } ?? quarter.end
    for (end, isClose) in [(quarter.firstDay, false), (quarter.end, true)] {
      let close = min(end, today)
      let request = UnbilledRequest(
        at: close, billed: billed(state, work.days, before: close), rules: rulebook.rules,
        rulesVersion: rulebook.version, zone: zone)
      var failed: String?
      var found: [RevenueCell: UnbilledFigures.Sums] = [:]
      try Account.unbilled(request, state, &work.memory) { days in
        switch days {
        case .rated(let bill): try add(bill, on: close - 1, &work.frames, to: &found)
        case .cannot(let obstacle): failed = obstacle.code
        }
      }
      if let failed, isClose { work.figures.obstacles[failed, default: 0] += 1 }
      work.figures.take(found, isClose: isClose)
    }
  }

  /// The days that are billed at a close by the invoices that count in the view.
  private func billed(
    _ state: AccountState, _ days: [Day?], before close: Day
  ) -> [BillingPeriod] {
    func posted(_ ordinal: UInt32) -> Day? {
      state.invoices.first { $0.ordinal == ordinal }.flatMap { posted($0) }
    }
    func posted(_ invoice: AccountState.Invoice) -> Day? {
      let place = Int(invoice.version) - 1
      return days.indices.contains(place) ? days[place] : nil
    }
    func first(_ invoice: AccountState.Invoice) -> Day? {
      var root = invoice
      while root.replaces != 0,
        let before = state.invoices.first(where: { $0.ordinal == root.replaces })
      {
        root = before
      }
      return posted(root)
    }
    var periods: [BillingPeriod] = []
    for invoice in state.invoices where !invoice.isStatement {
      let counts =
        switch view {
        case .posted:
          // What is cancelled is replaced by the same entry.
          posted(invoice).map { $0 < close } ?? false
            && !(invoice.isCancelled && posted(invoice.replacedBy).map { $0 < close } ?? true)
        case .restated: !invoice.isCancelled && first(invoice).map { $0 < close } ?? false
        }
      if counts { periods.append(invoice.period) }
    }
    return periods.sorted { $0.start < $1.start }
  }

  /// Adds the lines of a bill that is never issued: what is collected for others is no revenue.
  private func add(
    _ bill: Bill, on day: Day, _ frames: inout InvoiceFrames,
    to found: inout [RevenueCell: UnbilledFigures.Sums]
  ) throws {
    let frame = try frames.frame(of: bill.invoice, issued: day, version: version)
    var writer = WireWriter()
    var ends: [Int] = []
    for line in bill.lines(with: []) {
      Event.chargeRecorded(line).encode(into: &writer)
      ends.append(writer.count)
    }
    try writer.withWritten { bytes in
      var start = 0
      for end in ends {
        defer { start = end }
        guard let charge = try ChargeView(bytes, start..<end) else { continue }
        let rest = try frame.rest(of: charge)
        guard rest.revenueClass != .passThrough else { continue }
        let cell = RevenueCell(charge, rest, of: bill.invoice, frame, issued: day)
        let energy =
          rest.quantity == .energy ? charge.quantity * 1000 + charge.thousandths : 0
        found[cell, default: .init()] += .init(cents: charge.amount.cents, energy: energy)
      }
    }
  }

  /// Counts the account at the end of each month at which it is served by a meter.
  private func countMeters(
    _ state: AccountState, _ details: AccountOpened, _ zone: ZoneRules,
    _ figures: inout UnbilledFigures
  ) {
    guard let served = state.serviceStart else { return }
    for month in quarter.months {
      let day = AccountingMonth(rawValue: month).lastDay
      guard served <= day, moment.map({ day < zone.day(of: $0) }) ?? true,
        state.serviceStop.map({ $0 > day }) ?? true
      else { continue }
      let end = zone.midnight(of: day + 1)
      guard state.meters.contains(where: { $0.installed < end && $0.removed ?? end >= end })
      else { continue }
      let cell = RevenueCell(
        view: .both, month: quarter.months[0], jurisdiction: details.jurisdictions.first ?? "",
        ledger: "", sector: details.sector, customerClass: details.customerClass,
        plan: state.plan(on: day) ?? "", revenueClass: nil)
      figures.count(cell)
    }
  }
}

extension UnbilledFigures {
  fileprivate mutating func take(_ found: [RevenueCell: Sums], isClose: Bool) {
    for (cell, sums) in found {
      if isClose {
        close[cell, default: Sums()] += sums
      } else {
        open[cell, default: Sums()] += sums
      }
    }
  }

  fileprivate mutating func count(_ cell: RevenueCell) { meters[cell, default: 0] += 1 }
}
