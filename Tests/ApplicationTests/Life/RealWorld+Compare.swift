import CivilTime
import Documents
import Foundation
import Money
import Testing

@testable import Application

extension RealWorld {
  /// What differs between an account in the book and in the model.
  ///
  /// - Parameter seen: Invoices compared line by line before; those that are new are compared.
  func difference(
    _ number: Int, _ model: NaiveAccount, _ seen: inout Int
  ) throws -> String? {
    let report = try held.balance(of: model.terms.id)
    let said = Self.lines(report)
    let expected = model.lines
    if said != expected {
      let missing = expected.filter { !said.contains($0) }.prefix(4)
      let more = said.filter { !expected.contains($0) }.prefix(4)
      return "account \(model.terms.id) has \(Array(more)), expected \(Array(missing))"
    }
    // Conservation, from the program's own figures but for what was given up.
    let standing = report.invoices.filter { !$0.status.hasPrefix("cancelled") }
    let paid = report.payments.filter { $0.status == "received" }.map { Self.number($0.amount) }.sum
    let open =
      standing.map { Self.number($0.total) }.sum - paid
      - model.invoices.filter { !$0.isCancelled }.map { $0.givenUp + $0.givenUpFees }.sum
    guard Self.number(report.balance) == open, model.conserved == open else {
      return "billed - credited - paid is \(open), open \(report.balance)"
    }
    while seen < model.invoices.count {
      let invoice = model.invoices[seen]
      let document = try held.invoice(report.invoices[seen].invoice).document
      let lines = document.lines.map { "\($0.type) \($0.amount)" }
      if lines != invoice.lines {
        return "invoice \(document.number) has \(lines), expected \(invoice.lines)"
      }
      seen += 1
    }
    return nil
  }

  /// What differs between all accounts as the projections have them, and the model.
  ///
  /// - Parameter isEnd: Whether the whole book is verified too.
  func difference(_ models: [NaiveAccount], isEnd: Bool) throws -> String? {
    let ageing = try held.ageing(asOf: nil, account: nil, limit: 0) { _ in }
    for model in models {
      let row = ageing.accounts.first { $0.account == model.terms.id }
      let open = cents(model.invoices.map(model.openInAll).sum)
      if (row?.ages.open ?? "0.00", row?.ages.credit ?? "0.00") != (open, cents(model.credit)) {
        return "ageing of \(model.terms.id) has \(row?.ages.open ?? "nothing") open and "
          + "\(row?.ages.credit ?? "no") credit, expected \(open) and \(cents(model.credit))"
      }
    }
    let trial = try held.trialBalance(asOf: nil) { _ in }
    if !trial.isSatisfied { return "the trial balance is off: \(trial.text)" }
    let untold = try held.notifications { _ in }.notifications.count
    if untold != models.map(\.untold).sum {
      return "\(untold) notifications wait, expected \(models.map(\.untold).sum)"
    }
    guard isEnd else { return nil }
    let verified = try held.verify { _ in }
    return verified.isSatisfied ? nil : "the book is not sound: \(verified.text)"
  }

  static func number(_ text: String) -> Int { Int((try? Money(decimal: text))?.cents ?? .max) }

  /// An account in lines, for comparison.
  private static func lines(_ report: BalanceReport) -> [String] {
    var lines = ["balance \(report.balance), credit \(report.credit)"]
    lines += report.invoices.map { it in
      let end = it.status.hasPrefix("cancelled") ? ", \(it.status)" : ""
      return "invoice \(it.invoice) due \(it.due) total \(it.total) paid \(it.paid) open \(it.open)"
        + end
    }
    lines += report.payments.map {
      "payment \($0.reference) of \($0.received), \($0.amount), credit \($0.credit), \($0.status)"
    }
    lines += report.waiting.map {
      "waiting \($0.type) \($0.revenueClass) \($0.amount) about \($0.about ?? "-"): \($0.reason)"
    }
    lines += report.disputes.map {
      "dispute of \($0.invoice) since \($0.opened), \($0.amount), \($0.status): \($0.reason)"
    }
    lines += report.plans.map { "plan of \($0.started), \($0.paid) of \($0.total), \($0.status)" }
    return lines
  }
}

extension NaiveAccount.Invoice {
  /// The lines of the document.
  var lines: [String] {
    let waited = items.map { NaiveLine(type: $0.type, amount: $0.amount) }
    return (rated + waited + taxes).map { "\($0.type) \(cents($0.amount))" }
  }
}

extension NaiveAccount {
  fileprivate func name(_ invoice: Int) -> String {
    let digits = "\(invoice)"
    return "\(terms.id)-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The account in lines, as `RealWorld` has them.
  fileprivate var lines: [String] {
    var lines = ["balance \(cents(balance)), credit \(cents(credit))"]
    lines += invoices.map { it in
      let own = parts.filter { $0.invoice == it.number }.map { $0.charges + $0.fees }.sum
      let used = parts.filter { $0.source == .credit(it.number) }
        .map { $0.charges + $0.fees }.sum
      let end = it.isCancelled ? ", cancelled, replaced by \(name(it.replacedBy ?? 0))" : ""
      return "invoice \(name(it.number)) due \(it.due) total \(cents(it.total)) "
        + "paid \(cents(own - used)) open \(cents(openInAll(it)))" + end
    }
    lines += payments.map {
      "payment \($0.reference) of \($0.day), \(cents($0.amount)), credit \(cents(left($0))), "
        + ($0.returned.map { "returned on \($0)" } ?? "received")
    }
    lines += waiting.map {
      "waiting \($0.type) \($0.revenueClass) \(cents($0.amount)) "
        + "about \($0.about == 0 ? "-" : name($0.about)): \($0.reason)"
    }
    lines += disputes.map { it in
      let status = it.outcome.flatMap { outcome in it.ended.map { "\(outcome) on \($0)" } }
      return "dispute of \(name(it.invoice)) since \(it.day), "
        + "\(it.amount == 0 ? "all" : cents(it.amount)), \(status ?? "open"): \(it.reason)"
    }
    lines += plans.enumerated().map { index, it in
      "plan of \(it.day), \(cents(paid(index))) of \(cents(it.total)), "
        + (it.broken.map { "broken on \($0)" } ?? it.completed.map { "completed on \($0)" }
          ?? "active")
    }
    return lines
  }
}
