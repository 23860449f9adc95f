import Application
import ArgumentParser
import Foundation

struct RevenueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revenue", abstract: "The quarterly revenue report, fixed and variable apart.",
    discussion: """
      Control totals hold the report against the invoices and the general ledger; where
      they differ the command says so and exits with 1. The report is folded from the
      book; --known-at folds only what the book knew then.

      Examples:
        meterbook revenue 2026Q1
        meterbook revenue 2026Q1 --view restated --html revenue.html --xlsx revenue.xlsx
        meterbook revenue 2026Q1 --version revenue@2 --known-at 2026-04-05T00:00:00Z --csv
        meterbook revenue 2026Q1 --explain "*/*/*/residential/R1/FIXED"
      """)
  @Argument(help: "As 2026Q1.") var quarter: String
  @Option(help: "posted: each posting where it was posted; restated: at its bill's first issue.")
  var view = "posted"
  @Option(help: "The version of the projection, as revenue@2. Default: the one that answers.")
  var version: String?
  @Option(
    help: ArgumentHelp(
      "Only the book's first entries: how many, recorded by when, or SIZE:ROOT.",
      valueName: "position|time|checkpoint"))
  var knownAt: String?
  @Option(
    help: ArgumentHelp(
      "Show the entries behind an account's figures, or a row's: jurisdiction/ledger/sector/class/"
        + "plan/revenue class, * for any.", valueName: "account|row"))
  var explain: String?
  @Option(help: "With --explain: at most so many entries are shown; 0 for all.") var limit = 50
  @OptionGroup var options: DocumentOptions

  func run() throws {
    guard let quarter = Quarter(quarter) else {
      throw ValidationError("\(quarter) is no quarter: expected one such as 2026Q1.")
    }
    guard let view = RevenueView(rawValue: view) else {
      throw ValidationError("--view \(view): expected posted or restated.")
    }
    guard limit >= 0 else { throw ValidationError("--limit \(limit): expected 0 or more.") }
    let ledger = try options.open()
    if let explain {
      let report = try ledger.revenueEntries(
        of: quarter, view, version: version, knownAt: knownAt.map(ledger.size(knownAt:)),
        behind: explain, limit: limit, progress: Console.progress)
      return try options.show(report, report.document)
    }
    let report = try ledger.revenue(
      of: quarter, view, version: version, knownAt: knownAt.map(ledger.size(knownAt:)),
      progress: Console.progress)
    try options.show(report, report.document)
  }
}
