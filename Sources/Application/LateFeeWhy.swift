import Billing
import CivilTime
import Documents
import EventLog
public import EventSourcing
import Money
import Tariffs

/// Why there is, or is not, a late fee on an invoice.
public struct LateFeeWhyReport: Report {
  let invoice: String
  let asOf: String
  /// The row of the decision table that is the first to match.
  let row: Int
  let answer: String
  /// The figures, by name, in the order of the decision.
  let facts: [Facts.Fact]
  /// What would change it.
  let next: String

  private enum CodingKeys: String, CodingKey {
    case invoice, row, answer, facts, next
    case asOf = "as_of"
  }

  /// The answer, the figures, and what would change it.
  public var text: String {
    var table = Table([("", .left), ("", .left)])
    for fact in facts { table.add([fact.name, fact.value]) }
    return "\(invoice): \(answer)\n\(table.text(indent: 2))\n\(next)"
  }
}

extension Ledger {
  /// Why there is, or is not, a late fee on the invoice called `number`.
  ///
  /// - Parameter asOf: The moment of the run that is asked about; `nil` for now.
  public func whyLateFee(_ number: String, asOf: Timestamp?) throws -> LateFeeWhyReport {
    let (account, ordinal) = try Self.parse(invoice: number)
    _ = try accountStream(account)
    let state = try book.read { try AccountState(of: account, in: $0) }
    let at = try asOf ?? present()
    let command = try LateFeeMaker(self, at: at.instant).command(for: state)
    let decisions = Account.lateFees(command, state)
    guard ordinal <= UInt32(decisions.count), let invoice = state.invoice(ordinal) else {
      throw Failure.noInvoice(ordinal, of: account)
    }
    let zone = try rulebook().zone(of: state)
    let why = Why(
      account: account, invoice: invoice, state: state, command: command, zone: zone,
      decision: decisions[Int(ordinal) - 1])
    return LateFeeWhyReport(
      invoice: number, asOf: at.iso, row: why.row, answer: why.answer, facts: why.facts,
      next: why.next)
  }
}

/// One decision in words.
private struct Why {
  let account: String
  let invoice: AccountState.Invoice
  let state: AccountState
  let command: AssessLateFees
  let zone: ZoneRules
  let decision: LateFeeDecision

  private var reason: LateFeeSkip? {
    guard case .skip(let skip) = decision else { return nil }
    return skip.reason
  }

  /// The fee that was assessed last on the invoice.
  private var fee: Receivables.LateFee? {
    state.receivables.lateFees.last { $0.assessed.invoice == invoice.ordinal }
  }

  /// Whether it bills nothing but late fees, and they are open.
  private var isOnlyFees: Bool {
    invoice.openCharges == .zero && invoice.openFees > .zero && invoice.fees == invoice.total
  }

  private var lateOn: Day { invoice.due + command.terms.afterDays }

  var row: Int { reason.map { Int($0.rawValue) } ?? 8 }

  var answer: String {
    switch decision {
    case .assess(let fee): "a run now assesses \(fee.amount) (row 8)"
    case .skip(let skip): "no fee is assessed now: \(words(skip)) (row \(row))"
    }
  }

  private func words(_ skip: LateFeeSkipped) -> String {
    switch skip.reason {
    case .assessedBefore:
      fee?.reversed == nil ? "it has had its fee" : "it had a fee, which was reversed"
    case .nothingOpen:
      invoice.isCancelled
        ? "it was cancelled"
        : invoice.writtenOff > .zero
          ? "it was written off"
          : isOnlyFees ? "only late fees are open of it" : "nothing of its charges is open"
    case .notLate: "it is not late enough"
    case .paymentPlan: "the account is on a payment plan"
    case .dispute: "it is in dispute"
    case .grace: "the account paid something shortly before"
    case .forbidden: "the account's class or jurisdiction forbids it"
    case .cappedToNothing: "the cap on what is open comes to 0.00"
    }
  }

  var facts: [Facts.Fact] {
    var facts: [Facts.Fact] = []
    func add(_ name: String, _ value: String) { facts.append(.init(name: name, value: value)) }
    let late = command.today - invoice.due
    add("due", "\(invoice.due)")
    add(
      "run", "\(zone.local(command.at)), \(late) days after it; \(command.terms.afterDays) are late"
    )
    add("open", "\(invoice.openCharges) of charges and taxes, \(invoice.openFees) of late fees")
    let cap = command.terms.cap.map { ", at most \($0.percentage) of what is open" } ?? ""
    add("fee", "\(command.terms.amount)\(cap), under rules version \(command.rulesVersion)")
    if let fee {
      add(
        "assessed",
        "\(fee.assessed.amount) on \(zone.local(fee.assessed.at)), after \(fee.assessed.days) days, on "
          + "\(fee.assessed.open) open")
      let item = state.receivables.items[fee.item]
      let billed =
        item.invoice == 0
        ? item.isVoid ? "never: reversed before" : "not yet: it waits for the next invoice"
        : "on \(InvoiceIssued.number(account: account, ordinal: item.invoice))"
      add("billed", billed)
      if let reversed = fee.reversed { add("reversed", words(reversed)) }
    }
    if let plan = state.receivables.activePlan {
      add("payment plan", "since \(plan.started.day): \(plan.paid) of \(plan.total) paid")
    }
    if let dispute = state.receivables.openDispute(of: invoice.ordinal) {
      add("dispute", "since \(dispute.opened.day): \(dispute.opened.reason)")
    }
    if case .skip(let skip) = decision, skip.payment != 0 {
      let payment = state.receivables.payments[Int(skip.payment) - 1].received
      add(
        "payment", "\(payment.reference) of \(payment.amount), received \(zone.local(payment.at))")
    }
    if let skip = state.receivables.skips.last(where: { $0.invoice == invoice.ordinal }) {
      // Of row 8 only a fee that is capped to nothing is recorded as a reason for none.
      let row = Int(skip.reason.rawValue)
      add("last recorded reason", row < 8 ? LateFeeRow.titles[row] : "capped to 0.00")
    }
    return facts
  }

  private func words(_ reversed: LateFeeReversed) -> String {
    switch reversed.reason {
    case .paidInTime:
      "payment \(state.receivables.payments[Int(reversed.payment) - 1].received.reference) had "
        + "been received before the run"
    case .cancelled: "the invoice was cancelled"
    case .decided: reversed.detail
    }
  }

  var next: String {
    switch reason {
    case nil:
      "A payment of all that is open, a payment plan or a dispute before the run would keep it away."
    case .assessedBefore:
      "Nothing assesses another; `meterbook late-fees reverse` takes one back."
    case .nothingOpen:
      invoice.isCancelled
        ? "Its replacement has a due date of its own."
        : invoice.writtenOff > .zero
          ? "Nothing does: no fee follows on what was written off."
          : isOnlyFees
            ? "Nothing does: there is no fee on a fee."
            : "A payment that is returned would open it again."
    case .notLate: "From \(lateOn) on it is late, if something is open by then."
    case .paymentPlan: "When the plan is broken, the next run assesses."
    case .dispute: "When the dispute is resolved and something is open, the next run assesses."
    case .grace:
      "An invoice is given grace once: a run more than \(command.terms.graceSeconds / 3600) hours "
        + "after the payment assesses."
    case .forbidden: "Only another published policy would."
    case .cappedToNothing: "Only a higher cap or a greater open amount would."
    }
  }
}
