import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Money
import Tariffs

/// What rating the past again moves: the accounts and invoices touched, sums by dimension that tie to
/// the total, the distribution, and the greatest changes explained.
public struct RerateReport: Report {
  /// A sum.
  struct Row: Encodable, Sendable {
    let key: String
    let was: String
    let now: String
    let difference: String
  }

  /// How many accounts move by an amount within bounds.
  struct Bucket: Encodable, Sendable {
    let range: String
    let accounts: Int
  }

  /// One of the accounts that move most.
  struct Change: Encodable, Sendable {
    let account: String
    let difference: String
    let invoice: String
    let was: String
    let now: String
    let causes: [String]
    let lines: [RebillReport.Change]
  }

  /// A sum over a dimension beside the total: they agree.
  struct Control: Encodable, Sendable {
    let dimension: String
    let difference: String
    let agrees: Bool
  }

  private enum CodingKeys: String, CodingKey {
    case posted, from, to, accounts, invoices, was, now, difference, by, distribution, greatest
    case controls, obstacles, seconds
    case accountsTouched = "accounts_touched"
    case invoicesTouched = "invoices_touched"
    case adjustedBefore = "adjusted_before"
    case tooLate = "too_late_to_charge"
    case tooLateInvoices = "too_late_invoices"
  }

  let posted: String
  let from: String
  let to: String
  let accounts: Int
  let invoices: Int
  let accountsTouched: Int
  let invoicesTouched: Int
  let was: String
  let now: String
  let difference: String
  let adjustedBefore: String
  let tooLateInvoices: Int
  let tooLate: String
  let by: [String: [Row]]
  let distribution: [Bucket]
  let greatest: [Change]
  let controls: [Control]
  let obstacles: [String: Int]
  let seconds: Double

  /// Whether every sum ties to the total and every bill could be made.
  public var isSatisfied: Bool { controls.allSatisfy(\.agrees) && obstacles.isEmpty }

  init(
    _ request: RerateRequest, _ tally: RerateTally, _ ledger: Ledger, _ desk: RerateDesk,
    seconds: Double
  ) throws {
    posted = request.posting.rawValue
    from = request.days.lowerBound.description
    to = request.days.upperBound.description
    accounts = tally.accounts
    invoices = tally.invoices
    accountsTouched = tally.accountsMoved
    invoicesTouched = tally.invoicesMoved
    was = tally.total.was.description
    now = tally.total.now.description
    difference = tally.total.difference.description
    adjustedBefore = tally.adjusted.description
    tooLateInvoices = tally.tooLate.invoices
    tooLate = tally.tooLate.amount.description
    by = Dictionary(
      uniqueKeysWithValues: RerateDimension.allCases.map { dimension in
        (
          dimension.rawValue,
          (tally.sums[dimension] ?? [:]).sorted { $0.key < $1.key }.map {
            Row(
              key: $0.key, was: $0.value.was.description, now: $0.value.now.description,
              difference: $0.value.difference.description)
          }
        )
      })
    distribution = Self.buckets(tally)
    greatest = try tally.top.compactMap { try desk.explain($0.account, $0.difference) }
    controls = RerateDimension.allCases.map { dimension in
      let sum = (tally.sums[dimension] ?? [:]).values.map(\.difference).sum()
      return Control(
        dimension: dimension.rawValue, difference: sum.description,
        agrees: sum == tally.total.difference)
    }
    obstacles = tally.obstacles
    self.seconds = seconds
  }

  private static func buckets(_ tally: RerateTally) -> [Bucket] {
    var low = "less"
    return zip(RerateTally.bounds, tally.distribution).compactMap { bound, count in
      let high = bound == .max ? "more" : Money(cents: bound - 1).description
      defer { low = bound == .max ? "" : Money(cents: bound).description }
      return count == 0 ? nil : Bucket(range: "\(low) to \(high)", accounts: count)
    }
  }

  /// Tables.
  public var text: String {
    var lines = [
      "Bills whose last day is \(from) to \(to): \(invoices) of \(accounts) accounts",
      "  \(invoicesTouched) bills of \(accountsTouched) accounts change: \(was) was, \(now) "
        + "\(posted == "nothing" ? "would be" : "is"), \(difference) in all",
    ]
    if adjustedBefore != "0.00" { lines.append("  of which \(adjustedBefore) was adjusted before") }
    if tooLateInvoices > 0 {
      lines.append(
        "  \(tooLateInvoices) bills are too old to be charged more (\(tooLate)), and stay")
    }
    for (code, count) in obstacles.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(count) accounts cannot be rated again: \(code)")
    }
    if invoicesTouched > 0 {
      for dimension in RerateDimension.allCases {
        lines.append("\nBy \(dimension.rawValue.replacing("_", with: " "))")
        var table = Table([("", .left), ("was", .right), ("now", .right), ("", .right)])
        for row in by[dimension.rawValue] ?? [] {
          table.add([row.key, row.was, row.now, row.difference])
        }
        lines.append(table.text(indent: 2))
      }
      lines.append("\nAccounts by what they move")
      var table = Table([("", .left), ("accounts", .right), ("", .left)])
      for bucket in distribution {
        let bar = String(repeating: "#", count: max(1, 40 * bucket.accounts / accountsTouched))
        table.add([bucket.range, "\(bucket.accounts)", bar])
      }
      lines.append(table.text(indent: 2))
      lines.append("\nThe greatest changes")
      for change in greatest { lines.append(Self.text(of: change)) }
      lines.append("\nControl totals")
      for control in controls {
        lines.append(
          "  by \(control.dimension.replacing("_", with: " ")): \(control.difference)"
            + (control.agrees ? "" : ", which is NOT the total"))
      }
    }
    switch posted {
    case "nothing": lines.append("\nNothing was written.")
    case "adjustments": lines.append("\nThe differences are adjustments on the next bills.")
    default: lines.append("\nThe bills are cancelled and replaced.")
    }
    return lines.joined(separator: "\n")
  }

  private static func text(of change: Change) -> String {
    var table = Table([("", .left), ("was", .right), ("now", .right), ("", .right)])
    for line in change.lines { table.add([line.label, line.was, line.now, line.difference]) }
    return "  \(change.account)  \(change.difference), most of it on \(change.invoice): "
      + "\(change.was) is \(change.now) (\(change.causes.joined(separator: ", ")))\n"
      + table.text(indent: 6)
  }
}

extension RerateDesk {
  /// Where most of an account's change comes from, line by line.
  fileprivate func explain(
    _ account: String, _ difference: Money
  ) throws -> RerateReport.Change? {
    let stored = try book.read {
      try AccountInvoices(of: StreamID(.account, account), in: $0)
    }
    let zone = try rulebook.zone(of: stored.state)
    var found: (made: Rebilled, old: InvoiceIssued)?
    for bill in stored.state.bills where request.days.contains(bill.period.lastDay) {
      guard let issued = stored.issued[bill.ordinal] else { continue }
      let made = try? Account.rebill(
        Rebill(
          issued, reason: .ruleChanged, today: bill.period.end, rules: rulebook.rules,
          rulesVersion: rulebook.version, zone: zone), stored.state)
      guard let made, !made.events.isEmpty else { continue }
      if let best = found, abs(best.made.difference.cents) >= abs(made.difference.cents) {
        continue
      }
      found = (made, issued.invoice)
    }
    guard let found else { return nil }
    let comparison = BillComparison(found.made, of: found.old, rules: rulebook)
    return RerateReport.Change(
      account: account, difference: difference.description,
      invoice: found.old.number(account: account),
      was: found.made.was.map(\.amount).sum().description,
      now: found.made.bill.rated.total.description, causes: comparison.causes,
      lines: comparison.changes)
  }
}
