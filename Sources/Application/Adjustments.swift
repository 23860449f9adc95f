import Billing
public import CivilTime
import EventSourcing
public import Money
import Tariffs

extension Ledger {
  /// Posts a correction of what was billed, up or down.
  ///
  /// - Parameters:
  ///   - className: The revenue class that it corrects, as `VARIABLE_ENERGY`.
  ///   - invoice: The number of the invoice it is about.
  /// - Throws: `Failure` for a class that is not one, and for what the account refuses.
  public func adjust(
    _ account: String, by amount: Money, class className: String, invoice: String?,
    approver: String
  ) throws -> ChangeReport {
    let revenueClass = try Self.revenueClass(className)
    let ordinal = try Self.ordinal(invoice, of: account)
    let reason = try authority().reason
    return try change(account) { _, moment in
      let adjustment = AdjustmentPosted(
        amount: amount, revenueClass: revenueClass, invoice: ordinal, reason: reason,
        approver: approver)
      return (.adjust(PostAdjustment(adjustment, statement: moment.statement)), nil)
    }
  }

  /// Posts a credit that corrects no charge.
  public func credit(
    _ account: String, _ amount: Money, invoice: String?, approver: String
  ) throws -> ChangeReport {
    let ordinal = try Self.ordinal(invoice, of: account)
    let reason = try authority().reason
    return try change(account) { _, moment in
      let credit = CreditPosted(
        amount: amount, invoice: ordinal, reason: reason, approver: approver)
      return (.credit(PostCredit(credit, statement: moment.statement)), nil)
    }
  }

  /// Gives up what is open of an invoice.
  public func writeOff(_ invoice: String, approver: String) throws -> ChangeReport {
    let reason = try authority().reason
    return try change(invoice: invoice) { ordinal, _, _ in
      .writeOff(WriteOff(invoice: ordinal, reason: reason, approver: approver))
    }
  }

  /// Opens a dispute of an invoice.
  ///
  /// - Parameter amount: How much of it; `nil` for all that is open.
  public func dispute(_ invoice: String, amount: Money?) throws -> ChangeReport {
    let reason = try authority().reason
    return try change(invoice: invoice) { ordinal, state, moment in
      // Asked again on a later day it is the same dispute.
      let open = state.receivables.openDispute(of: ordinal)?.opened
      let isSame = open?.amount == amount ?? .zero && open?.reason == reason
      return .dispute(
        DisputeOpened(
          invoice: ordinal, amount: amount ?? .zero,
          day: isSame ? open?.day ?? moment.today : moment.today, reason: reason))
    }
  }

  /// Ends the dispute of an invoice.
  ///
  /// - Parameters:
  ///   - outcome: `upheld`, `denied` or `withdrawn`.
  ///   - amount: What the customer is right about, where it is upheld; `nil` for what was disputed.
  ///   - className: The revenue class that this corrects.
  public func resolveDispute(
    of invoice: String, as outcome: String, amount: Money?, class className: String,
    approver: String
  ) throws -> ChangeReport {
    guard let found = DisputeOutcome.allCases.first(where: { $0.name == outcome }) else {
      throw Failure(
        "'\(outcome)' is no end of a dispute.",
        advice: "Use \(DisputeOutcome.allCases.map(\.name).joined(separator: ", ")).")
    }
    let revenueClass = try Self.revenueClass(className)
    let reason = try authority().reason
    return try change(invoice: invoice) { ordinal, state, moment in
      var upheld = amount ?? .zero
      if found == .upheld, amount == nil {
        let disputed = state.receivables.openDispute(of: ordinal)?.opened.amount ?? .zero
        upheld = disputed == .zero ? state.invoice(ordinal)?.open ?? .zero : disputed
      }
      return .resolveDispute(
        ResolveDispute(
          invoice: ordinal, outcome: found, amount: upheld, revenueClass: revenueClass,
          reason: reason, approver: approver, statement: moment.statement))
    }
  }

  /// Begins a payment plan today.
  ///
  /// - Parameter instalments: What is to be paid by which day.
  public func startPlan(
    _ account: String, _ instalments: [(due: Day, amount: Money)]
  ) throws -> ChangeReport {
    let reason = try authority().reason
    return try change(account) { state, moment in
      let parts = instalments.map { Instalment(due: $0.due, amount: $0.amount) }
      let active = state.receivables.activePlan?.started
      let isSame = active?.instalments == parts && active?.reason == reason
      let day = isSame ? active?.day ?? moment.today : moment.today
      return (.startPlan(PaymentPlanStarted(day: day, instalments: parts, reason: reason)), nil)
    }
  }

  /// Ends the payment plan that runs, because it was not kept or was given up.
  public func breakPlan(_ account: String) throws -> ChangeReport {
    let reason = try authority().reason
    guard !reason.isEmpty else {
      throw Failure("A plan is broken for a reason.", advice: "Give one with --reason.")
    }
    return try change(account) { _, moment in
      (.breakPlan(moment.today, reason: reason), nil)
    }
  }

  /// Takes the late fee of an invoice back.
  public func reverseLateFee(of invoice: String) throws -> ChangeReport {
    let reason = try authority().reason
    return try change(invoice: invoice) { ordinal, _, _ in
      .reverseLateFee(invoice: ordinal, reason: reason)
    }
  }

  private static func revenueClass(_ name: String) throws -> RevenueClass {
    guard let found = RevenueClass(name: name) else {
      throw Failure(
        "'\(name)' is not a revenue class.",
        advice: "Use \(RevenueClass.allCases.map(\.name).joined(separator: ", ")).")
    }
    return found
  }
}
