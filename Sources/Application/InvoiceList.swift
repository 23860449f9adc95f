import Billing
import CivilTime
import Documents
import EventSourcing
import Invoices
import LMDB
import Money
import ProjectionStore

/// Invoices by number.
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
    let replaces: String?

    private enum CodingKeys: String, CodingKey {
      case number, account, period, issued, due, plan, status, total, position, replaces
      case isStatement = "statement"
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
    return table.text() + (truncated ? "\nThere are more: use --limit, --account or --period." : "")
  }
}

extension Ledger {
  /// Invoices in order of account and ordinal: an account's, a month's, or all.
  ///
  /// - Parameters:
  ///   - month: Only those whose period ends in it.
  ///   - limit: At most so many; 0 for all.
  public func invoices(
    account: String?, month: Month?, limit: Int, progress: @escaping ProgressHandler
  ) throws -> InvoiceListReport {
    let file = try followInvoices(progress)
    var rows: [InvoiceListReport.Row] = []
    var isTruncated = false
    func add(_ row: InvoiceRow) throws -> Bool {
      if limit > 0, rows.count == limit {
        isTruncated = true
        return false
      }
      let replacement = try file.withValue(
        forKey: Invoices.cancelledKey(account: row.account, ordinal: row.ordinal)
      ) { Invoices.replacement(inValue: $0) }
      rows.append(InvoiceListReport.Row(row, replacement: replacement))
      return true
    }
    if let month {
      try file.forEach(prefix: Invoices.prefix(monthOf: month.first)) { key, _ in
        let invoice = Invoices.invoice(inMonthKey: key)
        guard account == nil || account == invoice.account else { return .proceed }
        let key = Invoices.key(account: invoice.account, ordinal: invoice.ordinal)
        let row = try file.withValue(forKey: key) { value in
          try InvoiceRow(account: invoice.account, ordinal: invoice.ordinal, value: value)
        }
        guard let row else { return .proceed }
        return try add(row) ? .proceed : .stop
      }
    } else {
      let prefix = account.map(Invoices.prefix(account:)) ?? Invoices.prefix
      try file.forEach(prefix: prefix) { key, value in
        try add(InvoiceRow(key: key, value: value)) ? .proceed : .stop
      }
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
