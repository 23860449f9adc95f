import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Money
import ProjectionStore
import Revenue
import Tariffs

extension Ledger {
  /// The months that are closed.
  public func periods() throws -> CalendarReport {
    let calendar = try calendar()
    return CalendarReport(
      months: calendar.closed.map { it in
        CalendarReport.Row(
          month: "\(it.month)", size: it.size,
          debits: it.totals.map(\.debits).sum().description,
          credits: it.totals.map(\.credits).sum().description,
          netBilled: it.netBilled.description, projection: it.projection)
      }, firstOpenDay: calendar.firstOpenDay?.description)
  }

  /// Closes a month of accounting: writes its control totals, lets later postings count from the first
  /// open day on, and keeps the rows of revenue as of now. It touches no volume.
  ///
  /// - Throws: `Failure` for a month that is not over, or not the next; for totals that do not agree.
  public func close(
    month text: String, progress: @escaping ProgressHandler
  ) throws -> PeriodReport {
    let month = try Self.month(text)
    let authority = try authority()
    try requireOver(month.end, month.description, to: "Close")
    var totals: PeriodTotals?
    while true {
      let rulebook = try rulebook()
      let calendar = try calendar()
      let catalogue = try ProjectionCatalogue(of: self)
      let closing = try (totals ?? PeriodTotals(of: month)).extended(
        by: self, catalogue, progress)
      totals = closing
      let closed = try closing.closed()
      let events: [Event]
      do throws(CalendarRejection) {
        events = try AccountingCalendar.decide(.close(closed), calendar)
      } catch {
        throw Failure("\(error).", advice: "\(error.advice).".sentence)
      }
      guard !events.isEmpty else { return try report(month, "closed before", nil) }
      try closing.requireAgreement()
      var batch = Batch()
      batch.add(header(.calendar, calendar.version + 1, authority)) { writer in
        for event in events { event.encodeField(into: &writer) }
      }
      batch.require(.rules, at: rulebook.version)
      // No posting comes between the totals and the closing.
      batch.require(size: catalogue.size)
      guard case .appended(let position, _, _) = try append(batch, at: now()) else { continue }
      try keepMonthEnd(month, closing.identity, catalogue, progress)
      return try report(month, "closed", position)
    }
  }

  /// Opens the month that was closed last again.
  ///
  /// - Throws: `Failure` without a reason, for another month, and for one whose quarter is filed.
  public func reopen(month text: String) throws -> PeriodReport {
    let month = try Self.month(text)
    let authority = try authority()
    guard !authority.reason.isEmpty else {
      throw Failure("A month is opened again for a reason.", advice: "Give one with --reason.")
    }
    while true {
      let calendar = try calendar()
      let quarter = Quarter(month: month.rawValue)
      let filing = try book.read { try FilingState(of: .filing(quarter), in: $0) }
      if let filed = filing.sealed.first {
        throw Failure(
          "\(month) is in \(quarter), which was filed after \(filed.size) entries.",
          advice: "Post corrections into the open month; `meterbook file bridge \(quarter)` shows "
            + "what they move, `meterbook file restate \(quarter)` files it.")
      }
      let events: [Event]
      do throws(CalendarRejection) {
        events = try AccountingCalendar.decide(.reopen(month), calendar)
      } catch {
        throw Failure("\(error).", advice: "\(error.advice).".sentence)
      }
      guard !events.isEmpty else { return try report(month, "open already", nil) }
      var batch = Batch()
      batch.add(header(.calendar, calendar.version + 1, authority)) { writer in
        for event in events { event.encodeField(into: &writer) }
      }
      batch.require(.filing(quarter), at: filing.version)
      guard case .appended(let position, _, _) = try append(batch, at: now()) else { continue }
      return try report(month, "opened again", position)
    }
  }

  private static func month(_ text: String) throws -> AccountingMonth {
    guard let month = AccountingMonth(text) else {
      throw Failure("\(text) is no month.", advice: "Write it as 2025-10.")
    }
    return month
  }

  private func report(
    _ month: AccountingMonth, _ how: String, _ position: Position?
  ) throws -> PeriodReport {
    let calendar = try calendar()
    let it = calendar.closed.first { $0.month == month }
    let chart = try LedgerChart(rulesHistory(size: book.head().size).allClassifications)
    return try PeriodReport(
      month: "\(month)", how: how, size: it?.size,
      totals: (it?.totals ?? []).map { total in
        PeriodReport.Total(
          ledger: total.ledger, name: chart.name(of: total.ledger),
          debits: total.debits.description, credits: total.credits.description)
      }, netBilled: it?.netBilled.description, projection: it?.projection,
      digest: it?.digest.hex, firstOpenDay: calendar.firstOpenDay?.description,
      position: position?.rawValue, root: book.head().root.bytes.hex)
  }
}
