import Billing
import CivilTime
import Documents
import Money
import Tariffs

extension InvoiceBuilder {
  /// What the customer reads of a line that waited for the invoice: an adjustment, a credit or a late
  /// fee.
  func waitingLine(_ index: Int) -> InvoiceDocument.Line {
    let charge = stored.derivation.charges[index]
    let type = charge.type ?? .adjustment
    return InvoiceDocument.Line(
      line: index + 1, address: address(ofLine: index), type: type.name,
      revenueClass: charge.revenueClass?.name ?? "", label: label(of: charge, type),
      amount: charge.amount.description)
  }

  private func label(of charge: ChargeRecorded, _ type: LineType) -> String {
    let about = charge.about == 0 ? "" : number(charge.about)
    let isFeeBack = type == .credit && charge.revenueClass == .lateFee
    let title =
      switch type {
      case .lateFee: "Late fee"
      case .credit: isFeeBack ? "Late fee taken back" : "Credit"
      default: "Adjustment"
      }
    let parts = [about.isEmpty ? title : "\(title), \(about)", charge.reference]
    return parts.filter { !$0.isEmpty }.joined(separator: ": ")
  }

  private func number(_ ordinal: UInt32) -> String {
    InvoiceIssued.number(account: stored.account, ordinal: ordinal)
  }

  /// What a line that waited for the invoice follows from.
  func waitingFacts(_ index: Int) -> [Explanation.Fact] {
    let charge = stored.derivation.charges[index]
    let line = waitingLine(index)
    var facts = [Explanation.Fact("type", "\(line.type), class \(line.revenueClass)")]
    if charge.about != 0 { facts.append(.init("about", number(charge.about))) }
    if !charge.reference.isEmpty { facts.append(.init("reason", charge.reference)) }
    let fee = stored.state.receivables.lateFees.last { $0.assessed.invoice == charge.about }
    if charge.revenueClass == .lateFee, let fee {
      facts.append(
        .init(
          "assessed",
          "\(fee.assessed.amount) on \(stored.zone.local(fee.assessed.at)), \(fee.assessed.days) days "
            + "after the due date, on \(fee.assessed.open) open"))
      if let reversed = fee.reversed { facts.append(.init("reversed", "\(reversed.reason)")) }
    }
    facts.append(.init("tax", "none: it is not in the base of any"))
    facts.append(.init("amount", line.amount))
    facts.append(.init("event", line.address))
    return facts
  }
}
