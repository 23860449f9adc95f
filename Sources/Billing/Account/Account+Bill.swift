public import CivilTime
public import EventSourcing
import Metering
import Money
public import Tariffs

/// What becomes of a request for the next bill.
public enum BillOutcome: Sendable {
  /// No period that is not billed ends on or before the day asked for.
  case notDue
  /// The bill.
  case issue(Bill)
  /// A period is due and cannot be billed; nothing is written on the account.
  case cannot(BillingObstacle)
}

/// A bill to be appended as one entry: its charges, then the invoice.
public struct Bill: Sendable {
  /// The invoice.
  public internal(set) var invoice: InvoiceIssued
  /// The day issued: the entry's effective day.
  public internal(set) var issued: Day
  /// The lines.
  public internal(set) var rated = RatedBill()
  /// What the lines were computed from.
  public internal(set) var input: RatingInput
  /// What the energy was measured by.
  public internal(set) var measured = MeasuredEnergy()
  /// The exemptions from taxes of its period's last day.
  public internal(set) var exemptions: [AccountState.Exemption] = []
  /// The lines of what waited for an invoice.
  public internal(set) var waiting: [ChargeRecorded] = []
  /// What credits pay of it, and of other invoices.
  public internal(set) var allocations: [Event] = []

  /// No bill yet.
  init() {
    issued = Day(rawValue: 0)
    let period = BillingPeriod(start: issued, end: issued)
    invoice = InvoiceIssued(
      ordinal: 0, period: period, due: issued, total: .zero, plan: "", customerClass: .residential,
      rules: 0)
    input = RatingInput(period: period, segments: [])
  }

  /// Where in the rated lines the taxes begin: what waited for an invoice comes before them.
  private var firstTax: Int { rated.lines.firstIndex { $0.type == .tax } ?? rated.lines.count }

  /// The invoice's lines: those rated, and before the taxes those that waited for an invoice.
  public func lines(with waiting: [ChargeRecorded]) -> [ChargeRecorded] {
    var lines = rated.lines.map { line in
      var charge = ChargeRecorded(line)
      charge.waivedBy = line.waived == .zero ? "" : waiver(of: line)
      return charge
    }
    lines.insert(contentsOf: waiting, at: firstTax)
    return lines
  }

  /// What waives a line: the promotion, or of a tax the certificate.
  private func waiver(of line: RatedLine) -> String {
    exemption(of: line)?.granted.certificate ?? input.waiver(of: line)?.promotion ?? ""
  }

  /// The entry's events.
  public var events: [Event] {
    var events = lines(with: waiting).map { Event.chargeRecorded($0) }
    if let bank = rated.bank { events += bank.events }
    events.append(.invoiceIssued(invoice))
    return events + allocations
  }

  /// Writes the entry's events, each as its field of the entry.
  public func encode(into writer: inout WireWriter) {
    guard input.waivers.isEmpty, exemptions.isEmpty else {
      for event in events { event.encodeField(into: &writer) }
      return
    }
    let lines = rated.lines.span
    let firstTax = waiting.isEmpty ? lines.count : firstTax
    for index in 0..<firstTax { lines[index].encodeField(into: &writer) }
    for line in waiting { line.encodeField(into: &writer) }
    for index in firstTax..<lines.count { lines[index].encodeField(into: &writer) }
    if let bank = rated.bank { for event in bank.events { event.encodeField(into: &writer) } }
    invoice.encodeField(into: &writer)
    for event in allocations { event.encodeField(into: &writer) }
  }
}

extension AccountState {
  /// Folds the entry of a bill, the next of the stream.
  mutating func append(_ bill: Bill) {
    begin(version: version + 1)
    nextIndex =
      UInt32(bill.rated.lines.count + bill.waiting.count + (bill.rated.bank?.events.count ?? 0))
      + 1
    banking = bill.rated.bank?.closing ?? []
    issue(bill.invoice)
    for event in bill.allocations { evolve(event) }
  }
}

extension Account {
  /// The next bill of an account, if a period is due; ask again until none is.
  ///
  /// Pure: the same state, day and rules give the same bill. Cost: a few microseconds by dials, and
  /// a pass over the period's intervals by intervals.
  public static func bill(_ command: BillAccount, _ state: AccountState) -> BillOutcome {
    var memory = BillMemory()
    do {
      return try bill(command, state, &memory) ? .issue(memory.bill) : .notDue
    } catch {
      return .cannot(error)
    }
  }

  /// Makes the next bill of an account, for a loop over accounts: whether a period is due, and then
  /// the bill is in `memory`, in the room of the one before.
  public static func bill(
    _ command: BillAccount, _ state: AccountState, _ memory: inout BillMemory
  ) throws(BillingObstacle) -> Bool {
    memory.take(command.zone)
    guard let due = try nextPeriod(command, state, &memory.clock), let details = state.details
    else { return false }
    try memory.prepare(
      due.days, isByIntervals: due.isByIntervals, command.rules, state,
      waivers: state.waivers(of: due.days))
    memory.bill.rate()
    memory.bill.write(command, due, details, after: state.invoices.last?.ordinal ?? 0)
    memory.bill.settle(state, command.rules.billingPolicies(on: command.issued).allocation)
    return true
  }
}

extension Bill {
  /// Takes in what waits for an invoice, and lets credits pay: those that were freed by the invoice it
  /// replaces pay it first.
  mutating func settle(_ state: AccountState, _ order: @autoclosure () -> AllocationOrder) {
    waiting.removeAll(keepingCapacity: true)
    allocations.removeAll(keepingCapacity: true)
    guard state.receivables.isUsed else { return }
    waiting = state.waitingLines
    invoice.total += waiting.map(\.amount).sum()
    var next = state
    next.append(self)
    allocations = next.allocateCredit(
      order(), first: invoice.replaces == 0 ? 0 : invoice.ordinal)
  }

  /// Writes the invoice of what is rated.
  mutating func write(
    _ command: BillAccount, _ due: Account.DuePeriod, _ details: AccountOpened,
    after ordinal: UInt32
  ) {
    issued = command.issued
    invoice.ordinal = ordinal + 1
    invoice.period = due.days
    invoice.due = command.issued + Int(details.daysUntilDue)
    invoice.total = rated.total
    invoice.plan = input.segments.last?.tariff.version.plan ?? ""
    invoice.customerClass = details.customerClass
    invoice.sector = details.sector
    invoice.jurisdictions = details.jurisdictions
    invoice.rules = command.rulesVersion
    measured.copyReadings(into: &invoice.readings)
    invoice.intervals = measured.intervals
    invoice.earlierPlans.removeAll(keepingCapacity: true)
    invoice.planDays.removeAll(keepingCapacity: true)
    for segment in input.segments.indices.dropLast() {
      let code = input.segments[segment].tariff.version.plan
      guard code != input.segments[segment + 1].tariff.version.plan else { continue }
      invoice.earlierPlans.append(code)
      invoice.planDays.append(UInt32(input.segments[segment].days.end - due.days.start))
    }
    invoice.replaces = 0
    invoice.isFinal = due.isFinal
    invoice.peak = input.peak
    invoice.counted = input.hasYearlyMinimum ? rated.counted : .zero
  }
}
