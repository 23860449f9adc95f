import Billing
public import CivilTime
import Documents
import EventSourcing
import Money
import Receivables

/// What accounts owe, by how long it has been due, as of the end of a day.
public struct AgeingReport: Report {
  /// An account, with its open invoices.
  public struct Row: Encodable, Sendable {
    let account: String
    let mergedInto: String?
    let ages: Ages
    let invoices: [Invoice]

    private enum CodingKeys: String, CodingKey {
      case account, ages, invoices
      case mergedInto = "merged_into"
    }
  }

  /// An invoice of which something is open.
  public struct Invoice: Encodable, Sendable {
    let number: String
    let due: String?
    let daysPastDue: Int
    let open: String

    private enum CodingKeys: String, CodingKey {
      case number, due, open
      case daysPastDue = "days_past_due"
    }
  }

  /// Amounts by age: not due or less than 30 days past due; 30 to 59; 60 to 89; 90 and more.
  public struct Ages: Encodable, Sendable {
    let current: String
    let thirty: String
    let sixty: String
    let ninety: String
    /// Of all ages.
    let open: String
    /// What of payments pays no invoice yet.
    let credit: String
    /// What is owed: open less credit.
    let balance: String

    private enum CodingKeys: String, CodingKey {
      case current, open, credit, balance
      case thirty = "30"
      case sixty = "60"
      case ninety = "90+"
    }
  }

  let asOf: String
  let size: UInt64
  let accounts: [Row]
  /// Of all accounts that were asked for, shown or not.
  let total: Ages
  let accountCount: Int
  let invoiceCount: Int
  let truncated: Bool
  private let showsInvoices: Bool

  private enum CodingKeys: String, CodingKey {
    case size, accounts, total, truncated
    case asOf = "as_of"
    case accountCount = "account_count"
    case invoiceCount = "invoice_count"
  }

  /// A table of accounts, or of the invoices of one, and the totals.
  public var text: String {
    guard accountCount > 0 else { return "Nothing is owed as of \(asOf)." }
    var table = Table(
      (showsInvoices ? [("Invoice", .left), ("Due", .left)] : [("Account", .left)])
        + ["Current", "30", "60", "90+", "Open", "Credit", "Balance"].map { ($0, .right) })
    func add(_ name: String, due: String = "", _ cells: [String]) {
      table.add((showsInvoices ? [name, due] : [name]) + cells)
    }
    for row in accounts {
      for invoice in showsInvoices ? row.invoices : [] {
        let age = Age(daysPastDue: invoice.daysPastDue)
        let cells = Age.allCases.map { $0 == age ? invoice.open : "" }
        add(invoice.number, due: invoice.due ?? "", cells + [invoice.open, "", ""])
      }
      add(row.account + (row.mergedInto.map { " (part of \($0))" } ?? ""), row.ages.cells)
    }
    add("Total", total.cells)
    var lines = ["Receivables as of \(asOf)", table.text()]
    lines.append(
      "\(accountCount) account\(accountCount == 1 ? "" : "s"), "
        + "\(invoiceCount) open invoice\(invoiceCount == 1 ? "" : "s")")
    if truncated { lines.append("There are more: use --limit or --account.") }
    return lines.joined(separator: "\n")
  }
}

extension AgeingReport.Ages {
  fileprivate var cells: [String] { [current, thirty, sixty, ninety, open, credit, balance] }
}

extension Ledger {
  /// What accounts owe, by how long it has been due.
  ///
  /// - Parameters:
  ///   - day: As of its end; without one, the day of the book's last entry (UTC), with all that is in
  ///     the book.
  ///   - account: Only this account's, and that of those merged into it.
  ///   - limit: At most so many accounts are shown; 0 for all.
  public func ageing(
    asOf day: Day?, account: String?, limit: Int, progress: @escaping ProgressHandler
  ) throws -> AgeingReport {
    if let account { _ = try accountStream(account) }
    let found = try receivables(asOf: day, account: account, limit: limit, progress: progress)
    return AgeingReport(
      asOf: try day ?? lastDay(), found, showsInvoices: account != nil)
  }
}

extension AgeingReport {
  init(asOf day: Day, _ found: AccountReceivables, showsInvoices: Bool) {
    asOf = day.description
    size = found.size
    accounts = found.rows
    total = found.sums.report
    accountCount = found.accounts
    invoiceCount = found.sums.invoices
    truncated = found.isTruncated
    self.showsInvoices = showsInvoices
  }
}
