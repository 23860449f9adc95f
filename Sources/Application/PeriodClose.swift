import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Money
import ProjectionStore
import Revenue
import Tariffs

/// A month of accounting that was closed, or opened again.
public struct PeriodReport: Report {
  /// A ledger account.
  struct Total: Encodable, Sendable {
    let ledger: String
    let name: String
    let debits: String
    let credits: String
  }

  let month: String
  /// `closed`, `closed before`, `opened again` or `open already`.
  let how: String
  /// Entries that the totals are of; absent of a month that was opened again.
  let size: UInt64?
  let totals: [Total]
  let netBilled: String?
  let projection: String?
  let digest: String?
  /// The first day that takes postings from now on; absent where every day does.
  let firstOpenDay: String?
  /// Where it is in the book; absent where nothing was written.
  let position: UInt64?
  let root: String

  private enum CodingKeys: String, CodingKey {
    case month, how, size, totals, projection, digest, position, root
    case netBilled = "net_billed"
    case firstOpenDay = "first_open_day"
  }

  /// The control totals, and where later postings go.
  public var text: String {
    var lines = ["\(month) is \(how)" + (position.map { ": entry \($0)." } ?? ".")]
    if let size {
      lines[0] += " Its control totals, after \(size) entries:"
      var table = Table([
        ("Ledger", .left), ("Name", .left), ("Debits", .right), ("Credits", .right),
      ])
      for total in totals {
        table.add([
          total.ledger, total.name, InvoiceDocument.grouped(total.debits),
          InvoiceDocument.grouped(total.credits),
        ])
      }
      lines.append(totals.isEmpty ? "  Nothing was posted in it." : table.text(indent: 2))
      lines.append(
        "  Net billed \(InvoiceDocument.grouped(netBilled ?? "0.00")), by \(projection ?? "")")
    }
    lines.append(
      firstOpenDay.map { "What is posted from now on counts from \($0) on; its own day is kept." }
        ?? "Every day takes postings.")
    return lines.joined(separator: "\n")
  }
}

/// The months of accounting that are closed.
public struct CalendarReport: Report {
  /// A closed month.
  struct Row: Encodable, Sendable {
    let month: String
    let size: UInt64
    let debits: String
    let credits: String
    let netBilled: String
    let projection: String

    private enum CodingKeys: String, CodingKey {
      case month, size, debits, credits, projection
      case netBilled = "net_billed"
    }
  }

  let months: [Row]
  let firstOpenDay: String?

  private enum CodingKeys: String, CodingKey {
    case months
    case firstOpenDay = "first_open_day"
  }

  /// A table.
  public var text: String {
    guard let firstOpenDay else {
      return "No month is closed. `meterbook close 2025-10` closes one."
    }
    var table = Table([
      ("Month", .left), ("Entries", .right), ("Debits", .right), ("Credits", .right),
      ("Net billed", .right), ("By", .left),
    ])
    for row in months {
      table.add([
        row.month, "\(row.size)", InvoiceDocument.grouped(row.debits),
        InvoiceDocument.grouped(row.credits), InvoiceDocument.grouped(row.netBilled),
        row.projection,
      ])
    }
    return "\(table.text())\nPostings count from \(firstOpenDay) on."
  }
}

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

/// What a month comes to after so many entries; can go on with those that were added since.
private struct PeriodTotals {
  let month: AccountingMonth
  private var size: UInt64 = 0
  private var sums = LedgerSums()
  private var posted = RevenueDocument.Posted()
  private var rows = RowRun.merging([])
  private(set) var identity = ProjectionIdentity(Revenue.name, 1)

  /// What some entries add to it.
  private struct Part: Sendable {
    var sums = LedgerSums()
    var posted = RevenueDocument.Posted()
  }

  init(of month: AccountingMonth) { self.month = month }

  /// With the entries that `catalogue` has read.
  func extended(
    by ledger: Ledger, _ catalogue: ProjectionCatalogue, _ progress: @escaping ProgressHandler
  ) throws -> PeriodTotals {
    let identity = try catalogue.live(Revenue.name)
    var totals = identity == self.identity ? self : PeriodTotals(of: month)
    totals.identity = identity
    let (from, month) = (totals.size, month)
    try ledger.foldPostings(
      from: from, catalogue.size, by: catalogue.history, into: Part(), progress: progress
    ) {
      guard $1.day >= month.firstDay, $1.day < month.end else { return }
      $0.sums.add($1)
      $0.posted.take($1)
    } consume: {
      totals.sums.add($0.sums)
      totals.posted += $0.posted
    }
    let projection = try catalogue.projection(identity)
    totals.rows =
      from == 0
      ? try ledger.rows(projection, catalogue.size, progress)
      : RowRun.merging([
        totals.rows, try projection.folding(from..<catalogue.size, of: ledger.book),
      ])
    totals.size = catalogue.size
    return totals
  }

  /// What is written of it.
  func closed() throws -> PeriodClosed {
    PeriodClosed(
      month: month, size: size,
      totals: sums.accounts.sorted { $0.key < $1.key }.map {
        LedgerTotal(ledger: $0.key, debits: $0.value.debits, credits: $0.value.credits)
      }, netBilled: try netBilled(), projection: identity.description, digest: rows.digest())
  }

  /// Refuses totals that do not agree.
  func requireAgreement() throws {
    let net = try netBilled()
    let debits = sums.accounts.values.map(\.debits).sum()
    let credits = sums.accounts.values.map(\.credits).sum()
    guard debits == credits, posted.invoices == net, posted.lines == net else {
      throw Failure(
        "\(month) is not closed, because its control totals differ: debits \(debits), credits "
          + "\(credits); net billed \(net), invoices less cancellations \(posted.invoices), general "
          + "ledger \(posted.lines).",
        advice: "Run `meterbook verify`: something in the book, or this program, is wrong.")
    }
  }

  private func netBilled() throws -> Money {
    let figures = try RevenueFigures(rows, size: size)
    return Money(
      cents: figures.lines(.posted).reduce(0) {
        $1.cell.month == month.rawValue ? $0 + $1.sums.net : $0
      })
  }
}
