import Billing
import Documents
import EventSourcing
import Foundation
import Money

/// What a late-fee run found, row by row of the decision table, and what it wrote.
public struct LateFeeReport: Report {
  /// A fee of a dry run.
  public struct Fee: Encodable, Sendable {
    let invoice: String
    let amount: String
    let days: UInt32
    let open: String
  }

  let asOf: String
  let dryRun: Bool
  let accounts: Int
  let invoices: Int
  /// Invoices by the row that was the first to match.
  let rows: [String: Int]
  let capped: Int
  let assessed: Int
  let amount: String
  let newReasons: Int
  let plansBroken: Int
  let statements: Int
  let conflicts: Int
  let fees: [Fee]
  /// Fees that could not be written.
  let failed: [String]
  private let failedSlices: Int
  let entries: UInt64
  let root: String
  let seconds: Double

  private enum CodingKeys: String, CodingKey {
    case accounts, invoices, rows, capped, assessed, amount, statements, conflicts, fees, failed
    case entries, root, seconds
    case asOf = "as_of"
    case dryRun = "dry_run"
    case newReasons = "new_reasons"
    case plansBroken = "plans_broken"
  }

  init(
    asOf: Timestamp, isDry: Bool, accounts: Int, tally: LateFeeTally, fees: [LateFeeSlice.Fee],
    conflicts: Int, failed: [String], failedSlices: Int, entries: UInt64, root: String,
    seconds: Double
  ) {
    self.asOf = asOf.iso
    dryRun = isDry
    self.accounts = accounts
    invoices = tally.invoices
    rows = Dictionary(uniqueKeysWithValues: (1...8).map { ("\($0)", tally.rows[$0]) })
    capped = tally.capped
    assessed = tally.assessed
    amount = tally.amount.description
    newReasons = tally.skips
    plansBroken = tally.broken
    statements = tally.statements
    self.conflicts = conflicts
    self.fees = fees.map {
      Fee(
        invoice: $0.name, amount: $0.fee.amount.description, days: $0.fee.days,
        open: $0.fee.open.description)
    }
    self.failed = failed
    self.failedSlices = failedSlices
    self.entries = entries
    self.root = root
    self.seconds = seconds
  }

  /// Whether everything could be written.
  public var isSatisfied: Bool { failedSlices == 0 }

  /// The most fees that a dry run lists as text.
  private static let listed = 20

  /// The rows, the sums, and in a dry run the first of the fees.
  public var text: String {
    var table = Table([("", .left), ("", .left), ("", .right)])
    for row in 1...8 {
      table.add(["\(row)", LateFeeRow.titles[row], "\(rows["\(row)"] ?? 0)"])
      if row == 7, capped > 0 { table.add(["8", "capped to 0.00", "\(capped)"]) }
    }
    var lines = [
      "Late fees as of \(asOf)" + (dryRun ? ", dry run: nothing was written" : ""),
      "  \(accounts) accounts, \(invoices) invoices", table.text(indent: 2),
      "  \(assessed) \(assessed == 1 ? "fee" : "fees") of \(InvoiceDocument.grouped(amount)) in all",
    ]
    if plansBroken > 0 {
      lines.append("  \(plansBroken) payment \(plansBroken == 1 ? "plan" : "plans") broken")
    }
    if statements > 0 {
      lines.append(
        "  \(statements) \(statements == 1 ? "statement" : "statements"), where no bill follows")
    }
    for fee in fees.prefix(Self.listed) {
      lines.append("  \(fee.invoice): \(fee.amount) on \(fee.open), \(fee.days) days late")
    }
    if fees.count > Self.listed {
      lines.append("  There are \(fees.count - Self.listed) more: --json has them all.")
    }
    if conflicts > 0 {
      lines.append(
        "  \(conflicts) append \(conflicts == 1 ? "conflict" : "conflicts"), decided again")
    }
    if !isSatisfied {
      lines.append("  \(failed.count) fees could not be written; run it again.")
    }
    if entries == 0, !dryRun {
      lines.append("  Nothing was added: the book is as it was, root \(root)")
    }
    lines.append("  " + String(format: "%.1f", seconds) + " s")
    return lines.joined(separator: "\n")
  }
}
