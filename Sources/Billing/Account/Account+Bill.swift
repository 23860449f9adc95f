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
  public var invoice: InvoiceIssued
  /// The day issued: the entry's effective day.
  public var issued: Day
  /// The lines.
  public var rated: RatedBill
  /// What the lines were computed from.
  public var input: RatingInput
  /// What the energy was measured by.
  public var measured: MeasuredEnergy

  /// The entry's events.
  public var events: [Event] {
    var events: [Event] = []
    events.reserveCapacity(rated.lines.count + 1)
    for line in rated.lines { events.append(.chargeRecorded(ChargeRecorded(line))) }
    if let bank = rated.bank { events += bank.events }
    events.append(.invoiceIssued(invoice))
    return events
  }

  /// Writes the entry's events, each as its field of the entry.
  public func encode(into writer: inout WireWriter) {
    let lines = rated.lines.span
    for index in lines.indices { lines[index].encodeField(into: &writer) }
    if let bank = rated.bank { for event in bank.events { event.encodeField(into: &writer) } }
    invoice.encodeField(into: &writer)
  }
}

extension AccountState {
  /// Folds the entry of a bill, the next of the stream.
  public mutating func append(_ bill: Bill) {
    begin(version: version + 1)
    nextIndex = UInt32(bill.rated.lines.count + (bill.rated.bank?.events.count ?? 0)) + 1
    banking = bill.rated.bank?.closing ?? []
    issue(bill.invoice)
  }
}

extension Account {
  /// The next bill of an account, if a period is due; ask again until none is.
  ///
  /// Pure: the same state, day and rules give the same bill. Cost: a few microseconds by dials, and
  /// a pass over the period's intervals by intervals.
  public static func bill(_ command: BillAccount, _ state: AccountState) -> BillOutcome {
    var memory = BillMemory()
    return bill(command, state, &memory)
  }

  /// The next bill of an account, for a loop over accounts under the same rules: `memory` keeps what
  /// one bill has in common with the last.
  public static func bill(
    _ command: BillAccount, _ state: AccountState, _ memory: inout BillMemory
  ) -> BillOutcome {
    do {
      guard let due = try nextPeriod(command, state), let details = state.details else {
        return .notDue
      }
      let (input, measured) = try ratingInput(
        due.days, isByIntervals: due.isByIntervals, command.rules, command.zone, state, &memory)
      memory.rated.rate(input)
      let rated = memory.rated
      let invoice = invoice(command, due, details, input, measured, rated, state)
      return .issue(
        Bill(
          invoice: invoice, issued: command.issued, rated: rated, input: input,
          measured: measured))
    } catch {
      return .cannot(error)
    }
  }

  /// What the bill for `period` is computed from.
  static func ratingInput(
    _ period: BillingPeriod, isByIntervals: Bool, _ rules: RuleSet, _ zone: ZoneRules,
    _ state: AccountState, _ memory: inout BillMemory
  ) throws(BillingObstacle) -> (RatingInput, MeasuredEnergy) {
    let spans: [TariffSpan]
    do {
      spans = try memory.spans(of: period, plans: state.plans, rules)
    } catch {
      throw BillingObstacle(.usage(error), period)
    }
    let measured =
      isByIntervals
      ? try state.measureIntervals(period, spans, zone)
      : try state.measureDials(period, spans, zone)
    var input = memory.input(
      period, measured.segments, of: state.details?.jurisdictions ?? [], rules)
    input.carried = state.carried(to: spans)
    return (input, measured)
  }

  private static func invoice(
    _ command: BillAccount, _ due: DuePeriod, _ details: AccountOpened, _ input: RatingInput,
    _ measured: MeasuredEnergy, _ rated: RatedBill, _ state: AccountState
  ) -> InvoiceIssued {
    let plan = input.segments.last?.tariff.version.plan ?? ""
    var earlier: [String] = []
    for segment in input.segments.dropLast() {
      let code = segment.tariff.version.plan
      if code != plan, earlier.last != code { earlier.append(code) }
    }
    return InvoiceIssued(
      ordinal: (state.invoices.last?.ordinal ?? 0) + 1, period: due.days,
      due: command.issued + Int(details.daysUntilDue), total: rated.total, plan: plan,
      customerClass: details.customerClass, sector: details.sector,
      jurisdictions: details.jurisdictions, rules: command.rulesVersion,
      readings: measured.readings, intervals: measured.intervals, earlierPlans: earlier,
      isFinal: due.isFinal, peak: input.peak,
      counted: input.hasYearlyMinimum ? rated.counted : .zero)
  }
}
