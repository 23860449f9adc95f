public import CivilTime
public import Tariffs

/// A customer's account was opened.
public struct AccountOpened: Hashable, Sendable {
  /// Who the customer is.
  public var customerClass: CustomerClass
  /// The sector for reports; may be empty.
  public var sector: String
  /// The time zone's name.
  public var zone: String
  /// Whose taxes apply, from the largest.
  public var jurisdictions: [String]
  /// The day of the month on which the cycle turns, 1 to 28.
  public var cycleDay: UInt8
  /// Days from issue to due.
  public var daysUntilDue: UInt16
  /// Where energy is delivered.
  public var servicePoint: String
  /// The day it was opened.
  public var day: Day

  /// An account's particulars.
  public init(
    customerClass: CustomerClass, sector: String = "", zone: String, jurisdictions: [String],
    cycleDay: UInt8, daysUntilDue: UInt16, servicePoint: String, day: Day
  ) {
    self.customerClass = customerClass
    self.sector = sector
    self.zone = zone
    self.jurisdictions = jurisdictions
    self.cycleDay = cycleDay
    self.daysUntilDue = daysUntilDue
    self.servicePoint = servicePoint
    self.day = day
  }
}

/// The account was closed: nothing more is recorded or billed on it.
public struct AccountClosed: Hashable, Sendable {
  /// The day it was closed.
  public var day: Day
  /// Why.
  public var reason: String

  /// Closed on `day`.
  public init(day: Day, reason: String) {
    self.day = day
    self.reason = reason
  }
}

/// Energy began to be delivered.
public struct ServiceStarted: Hashable, Sendable {
  /// The first day served.
  public var day: Day

  /// From `day` on.
  public init(day: Day) { self.day = day }
}

/// Energy ceased to be delivered.
public struct ServiceStopped: Hashable, Sendable {
  /// The day after the last one served.
  public var day: Day

  /// Up to, not including, `day`.
  public init(day: Day) { self.day = day }
}

/// A rate plan applies from a day on.
public struct RatePlanAssigned: Hashable, Sendable {
  /// The plan's code.
  public var plan: String
  /// The first day it applies.
  public var from: Day

  /// `plan` from `from` on.
  public init(plan: String, from: Day) {
    self.plan = plan
    self.from = from
  }
}
