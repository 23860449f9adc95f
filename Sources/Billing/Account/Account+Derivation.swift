public import CivilTime
public import Tariffs

/// An invoice as it was recorded, and how it came about.
public struct InvoiceDerivation: Sendable {
  /// The invoice.
  public var invoice: InvoiceIssued
  /// Its charges, in order.
  public var charges: [ChargeRecorded]
  /// The lines, computed again; the charges agree with them.
  public var rated: RatedBill
  /// What the lines are computed from: `rated.explain(line, input)` spells a line out.
  public var input: RatingInput
  /// What the energy was measured by, with the places of the readings.
  public var measured: MeasuredEnergy
}

/// Why an invoice cannot be derived from the account's events and the rules.
public enum DerivationProblem: Error, Hashable, Sendable {
  /// The entry holds no invoice.
  case noInvoice
  /// The energy cannot be measured again.
  case obstacle(BillingObstacle)
  /// A line comes out otherwise; index from 0. A line that is missing on one side is `nil` there.
  case line(Int, recorded: ChargeRecorded?, computed: ChargeRecorded?)
  /// A field of the invoice comes out otherwise.
  case invoice(field: String)
}

extension DerivationProblem: CustomStringConvertible {
  /// The problem in a sentence.
  public var description: String {
    switch self {
    case .noInvoice: "the entry holds no invoice"
    case .obstacle(let obstacle): "the bill cannot be made again: \(obstacle)"
    case .line(let index, let recorded, let computed):
      "line \(index + 1) is recorded as \(recorded.map { "\($0.amount)" } ?? "nothing") "
        + "and computed as \(computed.map { "\($0.amount)" } ?? "nothing")"
    case .invoice(let field): "the invoice's \(field) is recorded otherwise than computed"
    }
  }
}

extension Account {
  /// Derives an invoice anew and holds it against what was recorded.
  ///
  /// - Parameters:
  ///   - events: those of the invoice's entry.
  ///   - state: the fold of the account's stream up to the entry before it.
  ///   - rules: the fold of the rules' stream up to the version that the invoice names.
  public static func derive(
    _ events: [Event], state: AccountState, rules: RuleSet, zone: ZoneRules
  ) throws(DerivationProblem) -> InvoiceDerivation {
    var charges: [ChargeRecorded] = []
    var banked: [Event] = []
    var found: InvoiceIssued?
    for event in events {
      switch event {
      case .chargeRecorded(let charge): charges.append(charge)
      case .invoiceIssued(let invoice): found = invoice
      case .kwhBanked, .kwhApplied, .kwhExpired: banked.append(event)
      default: break
      }
    }
    guard let invoice = found else { throw .noInvoice }
    var memory = BillMemory()
    memory.take(zone)
    do {
      try memory.prepare(
        invoice.period, isByIntervals: !invoice.intervals.isEmpty, rules, state)
    } catch {
      throw .obstacle(error)
    }
    let (input, measured) = (memory.bill.input, memory.bill.measured)
    let rated = RatedBill(rating: input)
    let computed = rated.lines.map { ChargeRecorded($0) }
    for index in 0..<max(charges.count, computed.count) {
      let recorded = index < charges.count ? charges[index] : nil
      let computed = index < computed.count ? computed[index] : nil
      guard recorded == computed else {
        throw .line(index, recorded: recorded, computed: computed)
      }
    }
    guard invoice.total == rated.total else { throw .invoice(field: "total") }
    guard banked == rated.bank?.events ?? [] else { throw .invoice(field: "bank") }
    guard invoice.peak == input.peak else { throw .invoice(field: "peak") }
    guard invoice.readings == measured.readings else { throw .invoice(field: "readings") }
    guard invoice.intervals == measured.intervals else { throw .invoice(field: "intervals") }
    return InvoiceDerivation(
      invoice: invoice, charges: charges, rated: rated, input: input, measured: measured)
  }
}
