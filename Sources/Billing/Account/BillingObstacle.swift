public import CivilTime
public import Tariffs

/// Why a period that is due cannot be billed.
public struct BillingObstacle: Error, Hashable, Sendable {
  /// What is in the way.
  public enum Reason: Hashable, Sendable {
    /// No meter measures the energy.
    case noMeter
    /// A register has no reading near the cycle date.
    case missingReading(register: String, meter: String, near: Day, window: Int)
    /// It has none, and as many bills in a row are estimated as the policy allows.
    case estimatedInARow(register: String, meter: String, near: Day, bills: Int)
    /// It has none, and no usage that one could be estimated from.
    case noHistory(
      register: String, meter: String, near: Day, method: EstimationPolicy.Method)
    /// The reading that would close the period is questioned.
    case questionedReading(register: String, meter: String, at: Instant)
    /// What was measured cannot be rated.
    case usage(UsageProblem)
    /// A channel has no intervals for some time.
    case gap(meter: String, register: String, from: Instant, until: Instant)
  }

  /// What is in the way.
  public var reason: Reason
  /// The days that should be billed; with a missing reading up to the cycle date.
  public var period: BillingPeriod

  /// A reason and the period.
  public init(_ reason: Reason, _ period: BillingPeriod) {
    self.reason = reason
    self.period = period
  }
}

extension BillingObstacle: CustomStringConvertible {
  /// The reason's name, for good.
  public var code: String {
    switch reason {
    case .noMeter: "no-meter"
    case .missingReading: "missing-reading"
    case .estimatedInARow: "estimated-in-a-row"
    case .noHistory: "no-history"
    case .questionedReading: "questioned-reading"
    case .gap: "gap"
    case .usage(.noPlan): "no-plan"
    case .usage(.noTariff): "no-tariff"
    case .usage(.noRegister): "no-register"
    case .usage(.unknownPeriod): "unknown-period"
    case .usage(.netExport): "net-export"
    case .usage(.belowEstimate): "below-estimate"
    case .usage(.noDemand): "no-demand"
    case .usage(.beyondRange): "beyond-range"
    case .usage(.missingIntervals): "gap"
    }
  }

  /// The reason in a sentence.
  public var description: String {
    switch reason {
    case .noMeter: "no meter measures the energy of \(period)"
    case .missingReading(let register, let meter, let near, let window):
      "register '\(register)' of meter \(meter) has no reading within \(window) days of \(near)"
    case .estimatedInARow(let register, let meter, let near, let bills):
      "register '\(register)' of meter \(meter) has no reading near \(near), and the policy lets no "
        + "more than \(bills) estimated bill\(bills == 1 ? "" : "s") follow one another"
    case .noHistory(let register, let meter, let near, let method):
      "register '\(register)' of meter \(meter) has no reading near \(near), and none before it "
        + "that the policy's \(method.name) can be taken of"
    case .questionedReading(let register, let meter, let at):
      "the reading of register '\(register)' of meter \(meter) at \(at) is questioned"
    case .usage(let problem): problem.description
    case .gap(let meter, let register, let from, let until):
      "channel '\(register)' of meter \(meter) has no intervals from \(from) to \(until)"
    }
  }

  /// What to do next.
  public var advice: String {
    switch reason {
    case .noMeter: "import the meter and its readings, then bill again"
    case .missingReading, .noHistory: "import the reading, then bill again"
    case .estimatedInARow: "have the meter read, import the reading, then bill again"
    case .questionedReading: "accept or correct the reading, then bill again"
    case .gap, .usage(.missingIntervals): "import the missing intervals, then bill again"
    case .usage(.noPlan): "assign a rate plan from that day, then bill again"
    case .usage(.noTariff): "publish a tariff version in force on that day, then bill again"
    case .usage(.noRegister), .usage(.unknownPeriod):
      "assign a plan that fits the meter, or install a meter that fits the plan"
    case .usage(.belowEstimate):
      "cancel the bill of the estimate and bill again from the reading, or correct the reading"
    case .usage(.noDemand):
      "assign a plan without demand charges, or install a meter with intervals"
    case .usage(.beyondRange): "assign a plan with prices that fit the load"
    case .usage(.netExport): "assign a plan with a price for exported energy"
    }
  }
}
