import Billing
import EventLog
import EventSourcing
import Money
import ProjectionStore
import Revenue

/// What a month comes to after so many entries; can go on with those that were added since.
struct PeriodTotals {
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
