public import CivilTime
public import Metering

/// Why an account refuses a request, or a piece of input.
///
/// `code` names the reason for good, `description` is a sentence, `advice` says what to do next.
public enum AccountRejection: Error, Hashable, Sendable {
  /// The account does not exist.
  case notOpened
  /// The account was opened with other particulars.
  case openedDifferently(field: String, recorded: String, given: String)
  /// The account is closed.
  case accountClosed(Day)
  /// A value that makes no sense.
  case invalid(field: String, reason: String)
  /// Service has not started.
  case serviceNotStarted
  /// Service started on another day.
  case serviceStarted(Day)
  /// Service stopped on another day.
  case serviceStopped(Day)
  /// Service cannot stop before it starts.
  case stopsBeforeStart(Day)
  /// Service is still on.
  case stillServed
  /// Something served is not billed yet.
  case notFinallyBilled
  /// The days are billed already.
  case alreadyBilled(through: Day)
  /// Another plan applies from the same day.
  case planAssigned(String, from: Day)
  /// A meter of this name is installed, otherwise than given.
  case meterInstalled(String, difference: String)
  /// The account has no such meter.
  case unknownMeter(String)
  /// The meter was removed.
  case meterRemoved(String, Instant)
  /// The meter has no such register.
  case unknownRegister(String, meter: String, known: [String])
  /// The register is not named and the meter has several.
  case registerNotNamed(meter: String, known: [String])
  /// A reading that must be given is not.
  case missingReading(register: String, meter: String)
  /// The register counts no intervals, or has no dial.
  case wrongUnit(register: String, isChannel: Bool)
  /// Intervals of another length than the channel's.
  case wrongLength(minutes: UInt8, channel: UInt8)
  /// Another value is recorded for the same time.
  case conflict(existing: String, given: String, at: Instant)
  /// A later reading is recorded.
  case outOfOrder(last: Instant)
  /// More energy than the policy finds plausible.
  case implausible(usage: Energy, limit: Energy, isRollover: Bool)
  /// Below zero without an export channel.
  case negative(String)
  /// More digits before the point than the register has.
  case offTheDial(String, dials: UInt8)
  /// More digits after the point than the register has.
  case tooPrecise(String, decimals: UInt8)
  /// Overlaps an interval that is recorded.
  case overlap(with: Instant, minutes: UInt8)
  /// Before the meter was installed.
  case beforeInstallation(Instant)
  /// After the meter was removed.
  case afterRemoval(Instant)
  /// Later than now.
  case inFuture(now: Instant)
  /// There is no such reading.
  case noSuchReading(Instant)
  /// The reading was corrected before.
  case correctedBefore(Instant)
  /// No interval that begins then is recorded.
  case noSuchInterval(Instant)
  /// The intervals recorded from then on were corrected before.
  case intervalsCorrectedBefore(Instant)
  /// The bill cannot be made.
  case cannotBill(BillingObstacle)
  /// It does not fit the account's invoices, payments, disputes or plans.
  case receivable(ReceivableProblem)
  /// It is no exemption that can be granted, or ended so.
  case exemption(ExemptionProblem)
}

extension AccountRejection {
  /// The reason's name, for good.
  public var code: String {
    switch self {
    case .notOpened: "not-opened"
    case .openedDifferently, .meterInstalled, .conflict: "conflict"
    case .accountClosed: "account-closed"
    case .invalid: "invalid"
    case .serviceNotStarted: "service-not-started"
    case .serviceStarted: "service-started"
    case .serviceStopped: "service-stopped"
    case .stopsBeforeStart: "stops-before-start"
    case .stillServed: "still-served"
    case .notFinallyBilled: "not-finally-billed"
    case .alreadyBilled: "already-billed"
    case .planAssigned: "plan-assigned"
    case .unknownMeter: "unknown-meter"
    case .meterRemoved: "meter-removed"
    case .unknownRegister: "unknown-register"
    case .registerNotNamed: "register-not-named"
    case .missingReading: "missing-reading"
    case .wrongUnit: "wrong-unit"
    case .wrongLength: "wrong-length"
    case .outOfOrder: "out-of-order"
    case .implausible: "implausible"
    case .negative: "negative"
    case .offTheDial: "off-the-dial"
    case .tooPrecise: "too-precise"
    case .overlap: "overlap"
    case .beforeInstallation: "before-installation"
    case .afterRemoval: "after-removal"
    case .inFuture: "in-future"
    case .noSuchReading: "no-such-reading"
    case .correctedBefore, .intervalsCorrectedBefore: "corrected-before"
    case .noSuchInterval: "no-such-interval"
    case .cannotBill(let obstacle): obstacle.code
    case .receivable(let problem): problem.code
    case .exemption(let problem): problem.code
    }
  }

  /// The field at fault, as input files call it; empty where it is no single one.
  public var field: String {
    switch self {
    case .openedDifferently(let field, _, _), .invalid(let field, _): field
    case .unknownMeter, .meterInstalled, .meterRemoved: "meter"
    case .unknownRegister, .registerNotNamed, .missingReading, .wrongUnit: "register"
    case .wrongLength: "minutes"
    case .conflict, .implausible, .negative, .offTheDial, .tooPrecise: "value"
    case .outOfOrder, .overlap, .beforeInstallation, .afterRemoval, .inFuture, .noSuchReading,
      .correctedBefore:
      "time"
    case .noSuchInterval, .intervalsCorrectedBefore: "start"
    case .planAssigned: "plan"
    case .receivable(let problem): problem.field
    case .exemption(let problem): problem.field
    default: ""
    }
  }
}
