public import EventSourcing
import Tariffs

/// The decisions of a customer's account: pure; what they need arrives in the command.
///
/// Asking twice for the same thing gives no events the second time.
public enum Account: Decider {
  /// The fold of an account's stream.
  public typealias State = AccountState
  /// A request.
  public typealias Command = AccountCommand
  /// A fact.
  public typealias Event = Billing.Event
  /// Why a request is refused.
  public typealias Rejection = AccountRejection

  /// An account that is not opened yet.
  public static var initial: AccountState { AccountState() }

  /// The events that follow from `command`; none if it was obeyed before.
  public static func decide(
    _ command: AccountCommand, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    if case .open(let details) = command { return try open(details, state) }
    guard state.details != nil else { throw .notOpened }
    if case .close(let day, let reason) = command { return try close(day, reason, state) }
    if let events = try settle(command, state) { return events }
    if let closed = state.closed { throw .accountClosed(closed) }
    if let other = state.receivables.mergedInto { throw .receivable(.merged(into: other)) }
    switch command {
    case .startService(let day): return try startService(day, state)
    case .stopService(let day): return try stopService(day, state)
    case .assignPlan(let assignment): return try assign(assignment, state)
    case .installMeter(let meter): return try install(meter, state)
    case .removeMeter(let meter): return try remove(meter, state)
    case .recordReadings(let readings): return try all(record(readings, state))
    case .recordIntervals(let intervals): return try all(record(intervals, state))
    case .questionReading(let question): return try decide(question, state)
    case .acceptReading(let acceptance): return try decide(acceptance, state)
    case .bill(let bill):
      switch self.bill(bill, state) {
      case .notDue: return []
      case .issue(let bill): return bill.events
      case .cannot(let obstacle):
        do throws(BillingObstacle) {
          return try estimate(for: obstacle, bill, state)
        } catch {
          throw .cannotBill(error)
        }
      }
    case .enrol(let enrolment): return try enrol(enrolment, state)
    case .exempt(let grant): return try exempt(grant, state)
    default: return []
    }
  }

  /// Applies a fact. Never fails.
  public static func evolve(_ state: inout AccountState, _ event: Event) { state.evolve(event) }

  /// What follows of a request that concerns money owed, which a closed account still may owe; `nil`
  /// for any other request.
  private static func settle(
    _ command: AccountCommand, _ state: AccountState
  ) throws(AccountRejection) -> [Event]? {
    switch command {
    case .receivePayment(let payment): try receive(payment, state)
    case .returnPayment(let payment): try takeBack(payment, state)
    case .adjust(let adjustment): try post(adjustment, state)
    case .credit(let credit): try post(credit, state)
    case .writeOff(let request): try writeOff(request, state)
    case .dispute(let dispute): try self.dispute(dispute, state)
    case .resolveDispute(let request): try resolve(request, state)
    case .startPlan(let plan): try startPlan(plan, state)
    case .breakPlan(let day, let reason): try breakPlan(on: day, reason: reason, state)
    case .notificationSent(let number, let channel): try sent(number, to: channel, state)
    case .notificationFailed(let number, let detail): try failed(number, detail, state)
    case .assessLateFees(let run): assess(run, state)
    case .endPromotion(let promotion, let day, let reason):
      try endPromotion(promotion, on: day, reason: reason, state)
    case .endExemption(let number, let day, let reason):
      try endExemption(number, on: day, reason: reason, state)
    case .merge(let merge, let id): try self.merge(merge, id, state)
    case .unmerge(let unmerge): self.unmerge(unmerge, state)
    case .correctReading(let correction): try correct(correction, state)
    case .correctIntervals(let correction): try correct(correction, state)
    case .reverseLateFee(let invoice, let reason):
      try reverseLateFee(ofInvoice: invoice, reason: reason, state)
    default: nil
    }
  }

  private static func all(_ outcome: RecordOutcome) throws(AccountRejection) -> [Event] {
    if let refusal = outcome.refusals.first { throw refusal.reason }
    return outcome.events
  }
}
