import Billing
import CivilTime
import Documents
import Money
import Tariffs

/// What billing again changed, or would change.
public struct RebillReport: Report {
  /// A line that changes; what was billed and what is now.
  struct Change: Encodable, Sendable {
    let label: String
    let was: String
    let now: String
    let difference: String
  }

  /// A bill that changes.
  struct Row: Encodable, Sendable {
    let invoice: String
    let replacement: String
    let period: InvoiceDocument.Period
    let reason: String
    let causes: [String]
    let was: String
    let now: String
    let difference: String
    let lines: [Change]
  }

  /// A bill that would change and may not.
  struct Refusal: Encodable, Sendable {
    let invoice: String
    let code: String
    let detail: String
  }

  private enum CodingKeys: String, CodingKey {
    case account, looked, rebilled, refused, difference
    case balanceBefore = "balance_before"
    case balanceAfter = "balance_after"
    case isDryRun = "dry_run"
  }

  let account: String
  let day: Day
  let isDryRun: Bool
  /// What was, or would be, appended: an entry each.
  var entries: [[Event]] = []
  var looked = 0
  private(set) var rebilled: [Row] = []
  private(set) var refused: [Refusal] = []
  private var sum = Money.zero
  private(set) var difference = "0.00"
  private var balanceBefore = ""
  private(set) var balanceAfter = ""

  init(account: String, day: Day, isDryRun: Bool) {
    self.account = account
    self.day = day
    self.isDryRun = isDryRun
  }

  /// Whether nothing that changes was refused.
  public var isSatisfied: Bool { refused.isEmpty }

  mutating func balance(before: Money, after: Money) {
    (balanceBefore, balanceAfter) = (before.description, after.description)
  }

  mutating func refuse(_ reason: AccountRejection, _ invoice: InvoiceIssued) {
    refused.append(
      Refusal(
        invoice: invoice.number(account: account), code: reason.code,
        detail: "\(reason); \(reason.advice)"))
  }

  mutating func add(_ made: Rebilled, of old: InvoiceIssued, rules: RulebookState) {
    let comparison = BillComparison(made, of: old, rules: rules)
    rebilled.append(
      Row(
        invoice: old.number(account: account),
        replacement: made.bill.invoice.number(account: account),
        period: InvoiceDocument.Period(old.period), reason: made.reason.name,
        causes: comparison.causes, was: made.was.map(\.amount).sum().description,
        now: made.bill.rated.total.description, difference: made.difference.description,
        lines: comparison.changes))
    sum += made.difference
    difference = sum.description
  }

  /// A paragraph for each bill that changes, then the sums.
  public var text: String {
    var lines: [String] = []
    for row in rebilled {
      let verb = isDryRun ? "would be cancelled and replaced by" : "is cancelled and replaced by"
      lines.append("Invoice \(row.invoice) \(verb) \(row.replacement)")
      let causes = row.causes.filter { $0 != row.reason }.joined(separator: ", ")
      lines.append(
        "  \(row.period.start) to \(row.period.end), \(row.reason)"
          + (causes.isEmpty ? "" : ": \(causes)"))
      var table = Table([("", .left), ("was", .right), ("now", .right), ("", .right)])
      for line in row.lines {
        table.add([line.label, line.was, line.now, line.difference])
      }
      table.add(["total", row.was, row.now, row.difference])
      lines.append(table.text(indent: 4))
    }
    for row in refused {
      lines.append("Invoice \(row.invoice) stays as it is: \(row.detail)")
    }
    if rebilled.isEmpty, refused.isEmpty {
      lines.append("Nothing changes: \(looked) bills of account \(account) are right.")
    } else if !rebilled.isEmpty {
      lines.append(
        "\(rebilled.count) of \(looked) bills, \(difference) in all; "
          + "the balance was \(balanceBefore) and \(isDryRun ? "would be" : "is") \(balanceAfter)")
    }
    if isDryRun { lines.append("Nothing was written.") }
    return lines.joined(separator: "\n")
  }
}

extension CancellationReason {
  /// As reports name it.
  var name: String {
    switch self {
    case .readingCorrected: "reading-corrected"
    case .estimateSettled: "estimate-settled"
    case .ruleChanged: "rule-changed"
    case .earlierInvoice: "earlier-invoice"
    case .decided: "decided"
    case .exemption: "exemption"
    }
  }
}

/// A bill beside the one that replaces it.
struct BillComparison {
  /// Lines that change, in the order of the new bill, then those that are gone.
  private(set) var changes: [RebillReport.Change] = []
  /// What differs, in words.
  private(set) var causes: [String] = []

  init(_ made: Rebilled, of old: InvoiceIssued, rules: RulebookState) {
    let rated = made.bill.rated
    let now = rated.lines.indices.map { index in
      (
        line: made.now[index],
        label: InvoiceDocument.Line(index, of: rated, made.bill.input, address: "").label
      )
    }
    var was = made.was
    for (line, label) in now {
      let match = was.firstIndex { $0.isSameKind(as: line) }
      let before = match.map { was.remove(at: $0) }
      guard before != line else { continue }
      add(label, before?.amount, line.amount)
      note(before, line)
    }
    for line in was {
      add(line.tax != nil ? "Tax no longer due" : "Line no longer due", line.amount, nil)
      causes.append("lines")
    }
    var seen: Set<String> = []
    causes = causes.filter { seen.insert($0).inserted }
  }

  private mutating func add(_ label: String, _ was: Money?, _ now: Money?) {
    guard was != now else { return }
    changes.append(
      RebillReport.Change(
        label: label, was: was?.description ?? "-", now: now?.description ?? "-",
        difference: ((now ?? .zero) - (was ?? .zero)).description))
  }

  private mutating func note(_ was: ChargeRecorded?, _ now: ChargeRecorded) {
    guard let was else { return causes.append(now.tier > 0 ? "tier" : "lines") }
    if was.quantity != now.quantity || was.thousandths != now.thousandths {
      causes.append("kWh")
    } else if now.tax != nil {
      if was.amount + was.waived != now.amount + now.waived { causes.append("tax") }
      if was.waivedBy != now.waivedBy { causes.append("exemption") }
    } else if was.waived != now.waived {
      causes.append("promotion")
    } else {
      causes.append("price")
    }
  }
}

extension ChargeRecorded {
  /// Whether both are the same line of a bill, whatever they come to.
  fileprivate func isSameKind(as other: Self) -> Bool {
    (component, tier, touPeriod, tax, segment) == (
      other.component, other.tier, other.touPeriod, other.tax, other.segment
    )
  }
}
