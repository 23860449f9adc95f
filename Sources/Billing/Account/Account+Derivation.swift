public import CivilTime
import EventSourcing
import Money
public import Tariffs

/// An invoice as it was recorded, and how it came about.
public struct InvoiceDerivation: Sendable {
  /// The invoice.
  public var invoice: InvoiceIssued
  /// Its charges, in order.
  public var charges: [ChargeRecorded]
  /// The index of the first of them in the entry.
  public var firstCharge: Int
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
  ///   - events: those of the entry, which may cancel another invoice before it issues this one.
  ///   - ordinal: the invoice's; `nil` for the only one.
  ///   - state: the fold of the account's stream up to the entry before it.
  ///   - rules: the fold of the rules' stream up to the version that the invoice names.
  public static func derive(
    _ events: [Event], ordinal: UInt32? = nil, state: AccountState, rules: RuleSet, zone: ZoneRules
  ) throws(DerivationProblem) -> InvoiceDerivation {
    var before = state
    before.begin(version: state.version + 1)
    var charges: [ChargeRecorded] = []
    var banked: [Event] = []
    var found: InvoiceIssued?
    var first = 0
    for (index, event) in events.enumerated() {
      switch event {
      case .chargeRecorded(let charge):
        if charges.isEmpty { first = index }
        charges.append(charge)
      case .kwhBanked, .kwhApplied, .kwhExpired: banked.append(event)
      case .invoiceIssued(let invoice) where invoice.ordinal == ordinal ?? invoice.ordinal:
        found = invoice
      default:
        before.evolve(event)
        (charges, banked) = ([], [])
      }
      if found != nil { break }
    }
    guard let invoice = found else { throw .noInvoice }
    return try derive(invoice, charges, from: first, banked, before, rules, zone)
  }

  private static func derive(
    _ invoice: InvoiceIssued, _ charges: [ChargeRecorded], from first: Int, _ banked: [Event],
    _ before: AccountState, _ rules: RuleSet, _ zone: ZoneRules
  ) throws(DerivationProblem) -> InvoiceDerivation {
    var memory = BillMemory()
    memory.take(zone)
    if !invoice.isStatement {
      do {
        try memory.prepare(
          invoice.period, isByIntervals: !invoice.intervals.isEmpty, rules,
          invoice.replaces == 0 ? before : before.rewound(to: invoice.period.start, &memory.clock),
          waivers: before.waivers(of: invoice.period, on: invoice.replaces))
      } catch {
        throw .obstacle(error)
      }
      memory.bill.rate()
    }
    let bill = memory.bill
    let computed = bill.lines(with: before.waitingLines)
    for index in 0..<max(charges.count, computed.count) {
      let recorded = index < charges.count ? charges[index] : nil
      let computed = index < computed.count ? computed[index] : nil
      guard recorded == computed else {
        throw .line(index, recorded: recorded, computed: computed)
      }
    }
    let total = computed.map(\.amount).sum()
    guard invoice.total == total else { throw .invoice(field: "total") }
    guard banked == bill.rated.bank?.events ?? [] else { throw .invoice(field: "bank") }
    guard invoice.peak == bill.input.peak else { throw .invoice(field: "peak") }
    guard invoice.readings == bill.measured.readings else { throw .invoice(field: "readings") }
    guard invoice.intervals == bill.measured.intervals else {
      throw .invoice(field: "intervals")
    }
    return InvoiceDerivation(
      invoice: invoice, charges: charges, firstCharge: first, rated: bill.rated,
      input: bill.input, measured: bill.measured)
  }
}
