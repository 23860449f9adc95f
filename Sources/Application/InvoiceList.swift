import Billing
import CivilTime
import Documents
import EventSourcing
import Invoices
import LMDB
import Money

/// Invoices that were asked for.
public struct InvoiceListReport: Report {
  /// One invoice.
  public struct Row: Encodable, Sendable {
    let number: String
    let account: String
    let period: InvoiceDocument.Period
    let issued: String
    let due: String
    let plan: String
    let status: String
    let total: String
    let position: String
    let isStatement: Bool
    let isFinal: Bool
    let replaces: String?

    private enum CodingKeys: String, CodingKey {
      case number, account, period, issued, due, plan, status, total, position, replaces
      case isStatement = "statement"
      case isFinal = "final"
    }
  }

  let invoices: [Row]
  /// Whether the limit left some out.
  let truncated: Bool

  /// A table, or a sentence where there are none.
  public var text: String {
    guard !invoices.isEmpty else { return "No invoices." }
    var table = Table([
      ("Invoice", .left), ("Period", .left), ("Days", .right), ("Issued", .left), ("Due", .left),
      ("Plan", .left), ("Total", .right), ("Status", .left),
    ])
    for row in invoices {
      table.add([
        row.number, row.isStatement ? "statement" : "\(row.period.start) to \(row.period.end)",
        row.isStatement ? "" : "\(row.period.days)", row.issued, row.due, row.plan, row.total,
        row.status,
      ])
    }
    return table.text()
      + (truncated
        ? "\nThere are more: use --limit, --account, --period, --type or --issued-since." : "")
  }
}

extension Ledger {
  /// The invoices that a filter means: those issued since a day the latest first, those of a period by
  /// their last day, others in order of account and ordinal.
  ///
  /// - Parameter limit: At most so many; 0 for all.
  public func invoices(
    _ filter: InvoiceFilter = InvoiceFilter(), limit: Int, progress: @escaping ProgressHandler
  ) throws -> InvoiceListReport {
    let search = try InvoiceSearch(filter, in: followInvoices(progress), of: self)
    var rows: [InvoiceListReport.Row] = []
    var isTruncated = false
    try search.forEach { found in
      if limit > 0, rows.count == limit {
        isTruncated = true
        return .stop
      }
      rows.append(InvoiceListReport.Row(found.row, replacement: found.replacement))
      return .proceed
    }
    return InvoiceListReport(invoices: rows, truncated: isTruncated)
  }
}

extension InvoiceListReport.Row {
  fileprivate init(_ row: InvoiceRow, replacement: UInt32?) {
    number = row.number
    account = row.account
    period = InvoiceDocument.Period(row.period)
    issued = row.issued.description
    due = row.due.description
    plan = row.plan
    func name(_ ordinal: UInt32) -> String {
      InvoiceIssued.number(account: row.account, ordinal: ordinal)
    }
    status =
      replacement.map { $0 == 0 ? "cancelled" : "cancelled, replaced by \(name($0))" } ?? "issued"
    isStatement = row.isStatement
    isFinal = row.isFinal
    replaces = row.replaces == 0 ? nil : name(row.replaces)
    total = row.total.description
    position = row.address.description
  }
}

extension InvoiceDocument.Period {
  init(_ period: BillingPeriod) {
    self.init(
      start: period.start.description, end: period.end.description, days: period.days)
  }
}
