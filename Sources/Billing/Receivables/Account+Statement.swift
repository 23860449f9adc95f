public import CivilTime
import EventSourcing
import Money
public import Tariffs

/// When an invoice of its own is issued.
public struct IssueStatement: Hashable, Sendable {
  /// The day issued, in the account's zone.
  public var issued: Day
  /// The version of the rules' stream.
  public var rulesVersion: UInt64
  /// In which order a credit pays invoices.
  public var order: AllocationOrder

  /// A statement issued on a day.
  public init(issued: Day, rulesVersion: UInt64, order: AllocationOrder = .oldestDueFirst) {
    self.issued = issued
    self.rulesVersion = rulesVersion
    self.order = order
  }
}

extension AccountState {
  /// The lines of what waits for an invoice, in the order it came.
  var waitingLines: [ChargeRecorded] {
    receivables.items.filter(\.isWaiting).map {
      ChargeRecorded(
        amount: $0.amount, type: $0.type, reference: $0.reason, revenueClass: $0.revenueClass,
        about: $0.about)
    }
  }

  /// Whether service stops on a day up to which it is billed, by a bill that was none of the end.
  private var isBilledToTheStop: Bool {
    guard let stop = serviceStop, let billed = billedThrough else { return false }
    return billed >= stop
  }

  /// Whether what waits will not come on a bill, because none follows.
  var hasNoNextBill: Bool {
    closed != nil || isFinallyBilled || receivables.mergedInto != nil || isBilledToTheStop
  }

  /// An invoice of its own for what waits, with what credits pay; none where nothing waits. Folds what
  /// it gives.
  ///
  /// - Parameter first: The ordinal of the invoice that a credit goes to before any other; 0 for none.
  mutating func issueStatement(_ command: IssueStatement, first: UInt32 = 0) -> [Event] {
    let lines = waitingLines
    guard !lines.isEmpty, let details else { return [] }
    let day = command.issued
    let invoice = InvoiceIssued(
      ordinal: (invoices.last?.ordinal ?? 0) + 1, period: BillingPeriod(start: day, end: day),
      due: day + Int(details.daysUntilDue), total: lines.map(\.amount).sum(),
      plan: plan(on: day) ?? "", customerClass: details.customerClass, sector: details.sector,
      jurisdictions: details.jurisdictions, rules: command.rulesVersion, isStatement: true)
    let events = lines.map { Event.chargeRecorded($0) } + [.invoiceIssued(invoice)]
    for event in events { evolve(event) }
    return events + allocateCredit(command.order, first: first)
  }
}
