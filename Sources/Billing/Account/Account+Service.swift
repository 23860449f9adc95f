import CivilTime
import EventSourcing
import Tariffs

extension Account {
  static func open(
    _ details: AccountOpened, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    if let recorded = state.details {
      try requireSame(details, as: recorded)
      return []
    }
    guard (1...28).contains(details.cycleDay) else {
      throw .invalid(field: "cycle_day", reason: "is \(details.cycleDay); it must be 1 to 28")
    }
    guard details.daysUntilDue <= 365 else {
      throw .invalid(
        field: "days_until_due", reason: "is \(details.daysUntilDue); it must be 0 to 365")
    }
    for (field, value) in [("zone", details.zone), ("service_point", details.servicePoint)]
    where !StreamID.isValid(value) {
      throw .invalid(
        field: field, reason: "is '\(value)'; it must be 1 to 64 printable characters")
    }
    return [.accountOpened(details)]
  }

  private static func requireSame(
    _ given: AccountOpened, as recorded: AccountOpened
  ) throws(AccountRejection) {
    let fields: [(String, String, String)] = [
      ("class", recorded.customerClass.name, given.customerClass.name),
      ("sector", recorded.sector, given.sector),
      ("zone", recorded.zone, given.zone),
      (
        "jurisdictions", recorded.jurisdictions.joined(separator: ";"),
        given.jurisdictions.joined(separator: ";")
      ),
      ("cycle_day", "\(recorded.cycleDay)", "\(given.cycleDay)"),
      ("days_until_due", "\(recorded.daysUntilDue)", "\(given.daysUntilDue)"),
      ("service_point", recorded.servicePoint, given.servicePoint),
    ]
    for (field, recorded, given) in fields where recorded != given {
      throw .openedDifferently(field: field, recorded: recorded, given: given)
    }
  }

  static func startService(_ day: Day, _ state: AccountState) throws(AccountRejection) -> [Event] {
    guard let start = state.serviceStart else { return [.serviceStarted(ServiceStarted(day: day))] }
    guard start == day else { throw .serviceStarted(start) }
    return []
  }

  static func stopService(_ day: Day, _ state: AccountState) throws(AccountRejection) -> [Event] {
    guard let start = state.serviceStart else { throw .serviceNotStarted }
    if let stop = state.serviceStop {
      guard stop == day else { throw .serviceStopped(stop) }
      return []
    }
    guard day > start else { throw .stopsBeforeStart(start) }
    if let billed = state.billedThrough, day < billed { throw .alreadyBilled(through: billed) }
    return [.serviceStopped(ServiceStopped(day: day))]
  }

  static func close(
    _ day: Day, _ reason: String, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    if let closed = state.closed {
      guard closed == day else { throw .accountClosed(closed) }
      return []
    }
    if state.serviceStart != nil {
      guard let stop = state.serviceStop else { throw .stillServed }
      guard stop <= day else { throw .stillServed }
      let isBilled = state.isFinallyBilled || state.billedThrough.map { $0 >= stop } ?? false
      guard isBilled else { throw .notFinallyBilled }
    }
    return [.accountClosed(AccountClosed(day: day, reason: reason))]
  }

  static func assign(
    _ given: PlanAssignment, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard StreamID.isValid(given.plan) else {
      throw .invalid(
        field: "plan", reason: "is '\(given.plan)'; it must be 1 to 64 printable characters")
    }
    if let same = state.plans.last(where: { $0.from == given.from }) {
      guard same.plan == given.plan else { throw .planAssigned(same.plan, from: same.from) }
      return []
    }
    if let billed = state.billedThrough, given.from < billed {
      throw .alreadyBilled(through: billed)
    }
    return [.ratePlanAssigned(RatePlanAssigned(plan: given.plan, from: given.from))]
  }
}
