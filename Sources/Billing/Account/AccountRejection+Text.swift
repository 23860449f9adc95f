import CivilTime
import Metering
import Tariffs

extension AccountRejection: CustomStringConvertible {
  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .notOpened: "the account does not exist"
    case .openedDifferently(let field, let recorded, let given):
      "the account is open with \(field) '\(recorded)', not '\(given)'"
    case .accountClosed(let day): "the account was closed on \(day)"
    case .invalid(let field, let reason): "\(field) \(reason)"
    case .serviceNotStarted: "service has not started"
    case .serviceStarted(let day): "service started on \(day)"
    case .serviceStopped(let day): "service stopped on \(day)"
    case .stopsBeforeStart(let day): "service would stop before it started, on \(day)"
    case .stillServed: "service is still on"
    case .notFinallyBilled: "the last bill is not issued yet"
    case .alreadyBilled(let day): "the account is billed up to \(day)"
    case .planAssigned(let plan, let day): "plan \(plan) is assigned from \(day)"
    case .cannotBill(let obstacle): obstacle.description
    case .receivable(let problem): problem.description
    case .exemption(let problem): problem.description
    default: meteringText
    }
  }

  private var meteringText: String {
    switch self {
    case .meterInstalled(let meter, let difference):
      "meter \(meter) is installed already, with \(difference)"
    case .unknownMeter(let meter): "the account has no meter \(meter)"
    case .meterRemoved(let meter, let at): "meter \(meter) was removed at \(at)"
    case .unknownRegister(let register, let meter, let known):
      "meter \(meter) has no register '\(register)'; it has \(known.joined(separator: ", "))"
    case .registerNotNamed(let meter, let known):
      "meter \(meter) has several registers (\(known.joined(separator: ", "))); none is named"
    case .missingReading(let register, let meter):
      "the reading of register '\(register)' of meter \(meter) is missing"
    case .wrongUnit(let register, let isChannel):
      isChannel
        ? "'\(register)' is an interval channel and has no readings"
        : "register '\(register)' records no intervals"
    case .wrongLength(let minutes, let channel):
      "the channel records intervals of \(channel) minutes, not \(minutes)"
    case .conflict(let existing, let given, let at):
      "\(existing) is recorded for \(at), and \(given) is given"
    case .outOfOrder(let last): "a later reading is recorded, of \(last)"
    case .implausible(let usage, let limit, let isRollover):
      "\(usage)\(isRollover ? ", if the register rolled over," : "") is more than the \(limit) "
        + "that are plausible"
    case .negative(let value): "\(value) is negative and the meter has no export channel"
    case .offTheDial(let value, let dials): "\(value) has more than \(dials) digits"
    case .tooPrecise(let value, let decimals):
      "\(value) has more than \(decimals) digits after the point"
    case .overlap(let start, let minutes):
      "it overlaps the \(minutes) minutes recorded from \(start)"
    case .beforeInstallation(let at): "the meter was installed at \(at)"
    case .afterRemoval(let at): "the meter was removed at \(at)"
    case .inFuture(let now): "it is later than now, \(now)"
    case .correctedBefore(let at): "the reading of \(at) was corrected before"
    case .noSuchReading(let at): "there is no reading of \(at)"
    case .noSuchInterval(let at): "no interval that begins at \(at) is recorded"
    case .intervalsCorrectedBefore(let at): "the intervals from \(at) on were corrected before"
    default: code
    }
  }

  /// What to do next.
  public var advice: String {
    switch self {
    case .notOpened: "import the account first"
    case .openedDifferently: "correct the row, or leave the account as it is"
    case .accountClosed: "open another account for the new customer"
    case .serviceNotStarted: "start service first"
    case .stillServed: "stop service first"
    case .notFinallyBilled: "record the final readings and bill once more"
    case .alreadyBilled: "use a day that is not billed yet"
    case .planAssigned: "choose another day"
    case .unknownMeter: "import the meter first, or correct its identifier"
    case .unknownRegister, .registerNotNamed: "name one of the meter's registers"
    case .missingReading: "give what the register showed at that moment"
    case .wrongUnit: "check which register the row means"
    case .wrongLength: "check which channel the row means"
    case .conflict, .meterInstalled: "find out which is right; a correction is recorded as such"
    case .outOfOrder: "check the time; readings are recorded in the order of their times"
    case .implausible: "check the value; if it is right, resolve the item by accepting it"
    case .negative: "check the sign, or install the meter's export channel"
    case .offTheDial, .tooPrecise: "check the value against the register's digits"
    case .overlap: "check the start and the length"
    case .beforeInstallation, .afterRemoval: "check the time, and which meter the row means"
    case .inFuture:
      "check the time and its zone; a simulated book's clock stands still until --clock moves it"
    case .noSuchInterval:
      "check the start; what was never recorded is imported, and corrects nothing"
    case .correctedBefore, .intervalsCorrectedBefore:
      "a correction is not corrected: post an adjustment, or correct the reading beside it"
    case .noSuchReading: "check the register and the time"
    case .cannotBill(let obstacle): obstacle.advice
    case .receivable(let problem): problem.advice
    case .exemption(let problem): problem.advice
    case .invalid, .serviceStarted, .serviceStopped, .stopsBeforeStart, .meterRemoved:
      "correct the request"
    }
  }
}
