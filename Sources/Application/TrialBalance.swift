import Billing
public import CivilTime
import Documents
import EventSourcing
import Money
import Tariffs

/// What was debited and credited in each ledger account, and whether the book balances.
public struct TrialBalanceReport: Report {
  /// A ledger account.
  public struct Row: Encodable, Sendable {
    let ledger: String
    let name: String
    let debits: String
    let credits: String
    let balance: String
  }

  /// Two figures that must agree: one from the postings, one from the receivables of all accounts.
  public struct Control: Encodable, Sendable {
    let name: String
    let ledger: String
    let accounts: String
    let agrees: Bool
  }

  let asOf: String?
  let size: UInt64
  let ledgers: [Row]
  let debits: String
  let credits: String
  /// Debits less credits: zero.
  let difference: String
  let controls: [Control]
  let balances: Bool

  private enum CodingKeys: String, CodingKey {
    case size, ledgers, debits, credits, difference, controls, balances
    case asOf = "as_of"
  }

  /// Whether the book balances and the controls agree.
  public var isSatisfied: Bool { balances }

  /// A table, then the controls.
  public var text: String {
    var table = Table([
      ("Ledger", .left), ("Name", .left), ("Debits", .right), ("Credits", .right),
      ("Balance", .right),
    ])
    for row in ledgers {
      table.add([row.ledger, row.name, row.debits, row.credits, row.balance])
    }
    table.add(["", "Total", debits, credits, difference])
    var lines = [
      "Trial balance" + (asOf.map { " as of \($0)" } ?? "") + ", \(size) entries", table.text(),
    ]
    for control in controls {
      lines.append(
        control.agrees
          ? "\(control.name) of all accounts: \(control.accounts), as in the ledger"
          : "\(control.name) of all accounts: \(control.accounts), "
            + "but \(control.ledger) in the ledger: run `meterbook verify`")
    }
    if !balances {
      lines.append("The book does not balance: the difference is \(difference).")
    }
    return lines.joined(separator: "\n")
  }
}

extension Ledger {
  /// The trial balance as of the end of a day, or of all that is in the book, held against what the
  /// accounts' balances come to.
  public func trialBalance(
    asOf day: Day?, progress: @escaping ProgressHandler
  ) throws -> TrialBalanceReport {
    let receivables = try receivables(asOf: day, account: nil, limit: 0, progress: progress)
    let size = receivables.size
    let history = try rulesHistory(size: size)
    let sums = try ledgerSums(
      size: size, by: history, counts: { posted in day.map { posted <= $0 } ?? true },
      progress: progress)
    return TrialBalanceReport(
      asOf: day, sums, LedgerChart(history.allClassifications),
      controls: [
        (
          "Receivables", history.allClassifications.map(\.control.receivables),
          receivables.open
        ),
        ("Credit balances", history.allClassifications.map(\.control.credits), -receivables.credit),
      ], size: size)
  }
}

extension TrialBalanceReport {
  init(
    asOf day: Day?, _ sums: LedgerSums, _ chart: LedgerChart,
    controls: [(name: String, ledgers: [String], accounts: Money)], size: UInt64
  ) {
    asOf = day?.description
    self.size = size
    ledgers = sums.accounts.sorted { $0.key < $1.key }.map { ledger, sides in
      Row(
        ledger: ledger, name: chart.name(of: ledger), debits: sides.debits.description,
        credits: sides.credits.description, balance: sides.balance.description)
    }
    let debits = sums.accounts.values.map(\.debits).sum()
    let credits = sums.accounts.values.map(\.credits).sum()
    self.debits = debits.description
    self.credits = credits.description
    difference = (debits - credits).description
    self.controls = controls.map { control in
      let ledger = Set(control.ledgers).map { sums.accounts[$0]?.balance ?? .zero }.sum()
      return Control(
        name: control.name, ledger: ledger.description, accounts: control.accounts.description,
        agrees: ledger == control.accounts)
    }
    balances = debits == credits && self.controls.allSatisfy(\.agrees)
  }
}
