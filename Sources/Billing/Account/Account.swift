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
    if let closed = state.closed { throw .accountClosed(closed) }
    switch command {
    case .open, .close: return []
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
      case .cannot(let obstacle): throw .cannotBill(obstacle)
      }
    }
  }

  /// Applies a fact. Never fails.
  public static func evolve(_ state: inout AccountState, _ event: Event) { state.evolve(event) }

  private static func all(_ outcome: RecordOutcome) throws(AccountRejection) -> [Event] {
    if let refusal = outcome.refusals.first { throw refusal.reason }
    return outcome.events
  }
}
