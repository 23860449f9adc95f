public import CivilTime
public import Metering
import Money

/// From a day on, an account is on a plan.
public struct PlanAssignment: Hashable, Sendable {
  /// The plan's code.
  public var plan: String
  /// The first day.
  public var from: Day

  /// The plan from a day on.
  public init(plan: String, from: Day) {
    self.plan = plan
    self.from = from
  }
}

/// Days under one tariff version.
public struct TariffSpan: Sendable {
  /// The days.
  public var days: BillingPeriod
  /// What applies.
  public var tariff: CompiledTariff

  /// Days under one tariff version.
  public init(days: BillingPeriod, tariff: CompiledTariff) {
    self.days = days
    self.tariff = tariff
  }
}

/// Energy measured over whole local days.
public struct MeasuredUsage: Hashable, Sendable {
  /// From the opening reading's local date to the closing one's.
  public var days: BillingPeriod
  /// How much.
  public var energy: Energy
  /// The time-of-use period that the register counts, or `nil` for all hours.
  public var touPeriod: String?
  /// Which way it flowed.
  public var direction: FlowDirection

  /// Energy measured over days.
  public init(
    days: BillingPeriod, energy: Energy, touPeriod: String? = nil,
    direction: FlowDirection = .import
  ) {
    self.days = days
    self.energy = energy
    self.touPeriod = touPeriod
    self.direction = direction
  }
}

/// Why usage cannot be rated.
public enum UsageProblem: Error, Hashable, Sendable {
  /// No plan is assigned on this day.
  case noPlan(Day)
  /// The plan has no version in force on this day.
  case noTariff(plan: String, Day)
  /// The tariff has time-of-use periods, and a register that counts this one is missing.
  case noRegister(period: String, plan: String)
  /// A register counts a period that the tariff does not have.
  case unknownPeriod(String, plan: String)
  /// More was delivered to the grid than taken from it, and the tariff has no price for that.
  case netExport(Energy, BillingPeriod)
  /// A reading is below the estimate before it that was billed.
  case belowEstimate(Energy, BillingPeriod)
  /// The tariff charges for power, and the meter records none.
  case noDemand(plan: String)
  /// Amounts at these prices might not fit.
  case beyondRange
  /// Intervals are missing: how many, and where the first one begins.
  case missingIntervals(Int, first: Instant)
}

extension UsageProblem: CustomStringConvertible {
  /// The reason in words.
  public var description: String {
    switch self {
    case .noPlan(let day): "no rate plan is assigned on \(day)"
    case .noTariff(let plan, let day): "plan \(plan) has no tariff version in force on \(day)"
    case .noRegister(let period, let plan):
      "plan \(plan) prices the period '\(period)', which no register of the meter counts; "
        + "it needs one register a period, or intervals"
    case .unknownPeriod(let period, let plan):
      "a register counts the period '\(period)', which plan \(plan) does not have"
    case .netExport(let energy, let days):
      "\(energy) net in \(days): more was delivered to the grid than taken, "
        + "and the tariff has no price for it"
    case .belowEstimate(let energy, let days):
      "\(energy) in \(days): the reading is below the estimate that was billed before it"
    case .noDemand(let plan):
      "plan \(plan) charges for the greatest power, which dials do not record; it needs intervals"
    case .beyondRange:
      "the load times the tariff's prices is beyond the range of amounts"
    case .missingIntervals(let count, let first):
      "\(count) interval\(count == 1 ? " is" : "s are") missing, the first at \(first)"
    }
  }
}

extension RuleSet {
  /// The tariff versions in force over `period` for an account with these plans (by day): one span
  /// where nothing changes inside it.
  public func spans(of period: BillingPeriod, plans: [PlanAssignment]) throws(UsageProblem)
    -> [TariffSpan]
  {
    var spans: [TariffSpan] = []
    var day = period.start
    while day < period.end {
      guard let index = plans.lastIndex(where: { $0.from <= day }) else { throw .noPlan(day) }
      let plan = plans[index].plan
      guard let tariff = tariff(plan, on: day) else { throw .noTariff(plan: plan, day) }
      var end = period.end
      if index + 1 < plans.count { end = min(end, plans[index + 1].from) }
      if let change = nextChange(of: plan, after: day) { end = min(end, change) }
      if let last = spans.last, last.tariff === tariff {
        spans[spans.count - 1].days.end = end
      } else {
        spans.append(TariffSpan(days: BillingPeriod(start: day, end: end), tariff: tariff))
      }
      day = end
    }
    return spans
  }

  private func nextChange(of plan: String, after day: Day) -> Day? {
    versions(of: plan).first { $0.version.effectiveFrom > day }?.version.effectiveFrom
  }
}

extension RegisterSpec {
  /// What the register measured over the days of `period`: pieces between the readings on whose
  /// local dates a span begins or ends. Other readings in between do not count.
  ///
  /// `readings` are this register's, by time; the first lies on the period's first day, the last on
  /// the day it ends. `actual` is the last one before them that was measured.
  public func measuredUsage(
    _ readings: [Reading], since actual: Reading? = nil, spans: [TariffSpan], zone: ZoneRules
  ) -> [MeasuredUsage] {
    guard var opening = readings.first, let closing = readings.last, readings.count > 1 else {
      return []
    }
    var pieces: [MeasuredUsage] = []
    var begin = zone.day(of: opening.instant)
    var actual = actual
    for reading in readings.dropFirst() {
      let day = zone.day(of: reading.instant)
      let isBoundary = day > begin && spans.contains { $0.days.start == day }
      guard isBoundary || reading == closing else { continue }
      let energy = energy(from: opening, to: reading, since: actual)
      if opening.quality.isMeasured { actual = opening }
      pieces.append(
        MeasuredUsage(
          days: BillingPeriod(start: begin, end: day), energy: energy, touPeriod: touPeriod,
          direction: direction))
      opening = reading
      begin = day
    }
    return pieces
  }
}

extension RatingSegment {
  /// The segments of a bill from what registers measured.
  ///
  /// A piece that covers several spans is split by days, in whole watt-hours; one between readings
  /// of one day belongs to that day. Every piece lies within the spans. A tariff without periods sums
  /// all registers; one with periods needs a register for each.
  public static func segments(
    _ spans: [TariffSpan], measured: [MeasuredUsage]
  ) throws(UsageProblem) -> [RatingSegment] {
    var segments: [RatingSegment] = []
    try fill(&segments, spans, measured: measured)
    return segments
  }

  /// Writes the segments of a bill over those of another, whose room they take.
  public static func fill(
    _ segments: inout [RatingSegment], _ spans: [TariffSpan], measured: [MeasuredUsage]
  ) throws(UsageProblem) {
    for span in spans where span.tariff.needsPeaks {
      throw .noDemand(plan: span.tariff.version.plan)
    }
    begin(&segments, spans)
    for index in measured.indices where measured[index].energy < .zero {
      throw .belowEstimate(measured[index].energy, measured[index].days)
    }
    if spans.count == 1, spans[0].tariff.version.periods.isEmpty {
      for index in measured.indices {
        segments[0].take(measured[index].energy, 0, measured[index].direction)
      }
      return try segments[0].checkNoExport()
    }
    for piece in measured {
      let covered = segments.indices.filter { segments[$0].days.meets(piece.days) }
      precondition(!covered.isEmpty, "usage was measured within the period")
      // Dials count whole watt-hours, and are split in them.
      let parts =
        covered.count > 1
        ? Allocation.split(
          piece.energy.wattHours,
          weights: covered.map { Int64(segments[$0].days.overlap(piece.days)) })
        : [piece.energy.wattHours]
      for (index, part) in zip(covered, parts) {
        let period = try segments[index].tariff.usageIndex(piece.touPeriod)
        segments[index].take(Energy(wattHours: part), period, piece.direction)
        if covered.count > 1 { segments[index].isSplit = true }
      }
    }
    for segment in segments { try segment.check(measured) }
  }

  /// Empty segments for `spans`, in the room of others.
  private static func begin(_ segments: inout [RatingSegment], _ spans: [TariffSpan]) {
    var isAlike = segments.count == spans.count
    for index in spans.indices where isAlike {
      isAlike = segments[index].tariff === spans[index].tariff
    }
    guard isAlike else {
      segments = spans.map { RatingSegment(days: $0.days, tariff: $0.tariff) }
      return
    }
    for index in spans.indices { segments[index].begin(spans[index].days) }
  }

  /// Becomes a segment of other days in which nothing was used.
  private mutating func begin(_ days: BillingPeriod) {
    self.days = days
    for period in usage.indices { usage[period] = .zero }
    for period in delivered.indices { delivered[period] = .zero }
    for index in peaks.indices { peaks[index] = Peak() }
    series = nil
    isSplit = false
  }

  /// Adds energy that a register counted; what is delivered where the tariff has no use for it is left
  /// out.
  private mutating func take(_ energy: Energy, _ period: Int, _ direction: FlowDirection) {
    switch direction {
    case .import: usage[period] += energy
    case .export where tariff.netsExport: usage[period] -= energy
    case .export where tariff.sellsExport: delivered[period] += energy
    case .export: break
    }
  }

  private func check(_ measured: [MeasuredUsage]) throws(UsageProblem) {
    for period in tariff.version.periods
    where !measured.contains(where: { $0.touPeriod == period.name && $0.direction == .import }) {
      throw .noRegister(period: period.name, plan: tariff.version.plan)
    }
    try checkNoExport()
  }

  /// Refuses a surplus that the tariff has no price for.
  func checkNoExport() throws(UsageProblem) {
    guard !tariff.netsExport else { return }
    for energy in usage where energy < .zero { throw .netExport(energy, days) }
  }
}

extension CompiledTariff {
  fileprivate func usageIndex(_ period: String?) throws(UsageProblem) -> Int {
    guard !version.periods.isEmpty else { return 0 }
    guard let period else {
      throw .noRegister(period: version.periods[0].name, plan: version.plan)
    }
    guard let index = periodIndex(period) else {
      throw .unknownPeriod(period, plan: version.plan)
    }
    return index
  }
}

extension BillingPeriod {
  /// Whether both have a day in common; no days at all lie on the day they begin.
  fileprivate func meets(_ other: BillingPeriod) -> Bool {
    guard other.days == 0 else { return overlap(other) > 0 }
    return start <= other.start && other.start < end
  }

  /// The number of days that both cover.
  fileprivate func overlap(_ other: BillingPeriod) -> Int {
    max(0, min(end, other.end) - max(start, other.start))
  }
}
