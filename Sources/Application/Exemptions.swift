import Billing
public import CivilTime
import EventLog
import EventSourcing
import Money
import Tariffs

extension Ledger {
  /// Exempts an account from a jurisdiction's taxes, or from one of them, by a certificate.
  ///
  /// - Parameters:
  ///   - tax: The code of the one tax; `nil` for all of the jurisdiction.
  ///   - day: Bills of periods whose last day is this one or later are exempt.
  /// - Throws: `Failure` for a tax that is not published, and for what the account refuses.
  public func exempt(
    _ account: String, jurisdiction: String, tax: String?, certificate: String, from day: Day
  ) throws -> ChangeReport {
    let granted = TaxExemptionGranted(
      jurisdiction: jurisdiction, tax: tax ?? "", certificate: certificate, from: day)
    return try change(
      account,
      next: { _ in
        let affected = try bills(of: account) { bill in
          bill.invoice.jurisdictions.contains(jurisdiction)
            && bill.invoice.period.lastDay >= day
            && bill.charges.contains { $0.tax != nil && $0.amount != .zero }
        }
        return Self.advice(affected, account)
      }
    ) { state, moment in
      // The account knows its jurisdictions, the rules their taxes.
      if let tax, state.details?.jurisdictions.contains(jurisdiction) ?? false {
        try Self.require(tax, of: jurisdiction, moment.rulebook.rules)
      }
      return (.exempt(granted), nil)
    }
  }

  /// Ends an account's exemption.
  ///
  /// - Parameter day: The first that is not exempt.
  public func endExemption(
    _ number: UInt32, of account: String, on day: Day
  ) throws -> ChangeReport {
    let reason = try authority().reason
    return try change(
      account,
      next: { _ in
        let state = try book.read { try AccountState(of: account, in: $0) }
        let granted = state.exemptions[Int(number) - 1].granted
        let affected = try bills(of: account) { bill in
          bill.invoice.period.lastDay >= max(day, granted.from)
            && bill.charges.contains { $0.isExempt && $0.waivedBy == granted.certificate }
        }
        return Self.advice(affected, account)
      }
    ) { _, _ in (.endExemption(number, day, reason: reason), nil) }
  }

  private static func require(_ tax: String, of jurisdiction: String, _ rules: RuleSet) throws {
    let codes = Set(rules.taxes.filter { $0.jurisdiction == jurisdiction }.map(\.code)).sorted()
    guard !codes.contains(tax) else { return }
    let known =
      codes.isEmpty ? "no tax of it is published" : "it has \(codes.joined(separator: ", "))"
    throw Failure(
      "\(jurisdiction) has no tax '\(tax)'; \(known).",
      advice: "Name one of its taxes, or leave --tax out for all of them.")
  }

  /// The numbers of the bills that stand and are as asked for.
  private func bills(
    of account: String, where isAffected: (IssuedInvoice) -> Bool
  ) throws -> [String] {
    let stored = try book.read { try AccountInvoices(of: StreamID(.account, account), in: $0) }
    return stored.state.bills.filter { stored.issued[$0.ordinal].map(isAffected) ?? false }
      .map { InvoiceIssued.number(account: account, ordinal: $0.ordinal) }
  }

  private static func advice(_ affected: [String], _ account: String) -> [String] {
    guard !affected.isEmpty else { return ["No invoice that was issued changes."] }
    return [
      "It was not so when \(affected.joined(separator: ", ")) "
        + "\(affected.count == 1 ? "was" : "were") issued;",
      "`meterbook rebill \(account) --dry-run` shows what changes.",
    ]
  }
}
