public import CivilTime
public import Metering
public import Tariffs

/// A request to an account.
public enum AccountCommand: Sendable {
  /// Open it.
  case open(AccountOpened)
  /// Begin to serve on a day.
  case startService(Day)
  /// Cease to serve: the day after the last one served.
  case stopService(Day)
  /// Close it.
  case close(Day, reason: String)
  /// Put it on a plan from a day on.
  case assignPlan(PlanAssignment)
  /// Install a meter.
  case installMeter(InstallMeter)
  /// Remove a meter.
  case removeMeter(RemoveMeter)
  /// Record readings. Refuses if any is refused; `Account.record` tells one by one.
  case recordReadings(RecordReadings)
  /// Record intervals. Refuses if any is refused; `Account.record` tells one by one.
  case recordIntervals(RecordIntervals)
  /// Keep a reading from being billed until it is accepted.
  case questionReading(ReadingQuestioned)
  /// Vouch for a questioned reading.
  case acceptReading(ReadingAccepted)
  /// Let it take part in a promotion.
  case enrol(PromotionEnrolled)
  /// End its part in a promotion.
  case endPromotion(String, Day, reason: String)
  /// Exempt it from taxes.
  case exempt(TaxExemptionGranted)
  /// End an exemption, by its number: the first day that is not exempt.
  case endExemption(UInt32, Day, reason: String)
  /// Make the account, which is called `id`, part of another.
  case merge(AccountMerged, id: String)
  /// Let it stand for itself again.
  case unmerge(AccountUnmerged)
  /// Put a reading right.
  case correctReading(CorrectReading)
  /// Put intervals right.
  case correctIntervals(CorrectIntervals)
  /// Issue the next bill, if one is due.
  case bill(BillAccount)
  /// Take in a payment.
  case receivePayment(ReceivePayment)
  /// Take a payment back that was not honoured.
  case returnPayment(ReturnPayment)
  /// Post a correction of what was billed.
  case adjust(PostAdjustment)
  /// Post a credit.
  case credit(PostCredit)
  /// Give up what is open of an invoice.
  case writeOff(WriteOff)
  /// Open a dispute.
  case dispute(DisputeOpened)
  /// End a dispute.
  case resolveDispute(ResolveDispute)
  /// Begin a payment plan.
  case startPlan(PaymentPlanStarted)
  /// End the payment plan that runs.
  case breakPlan(Day, reason: String)
  /// A notification was acknowledged.
  case notificationSent(UInt32, channel: String)
  /// A notification was not acknowledged.
  case notificationFailed(UInt32, detail: String)
  /// Decide on the late fees of every invoice.
  case assessLateFees(AssessLateFees)
  /// Take a late fee back.
  case reverseLateFee(invoice: UInt32, reason: String)
}

/// A meter begins to serve the account.
public struct InstallMeter: Hashable, Sendable {
  /// The meter's identifier.
  public var meter: String
  /// When.
  public var at: Instant
  /// Its registers and channels.
  public var registers: [RegisterSpec]
  /// What each showed, in units of its last decimal; `nil` for a channel.
  public var startReadings: [Int64?]
  /// Where, if not at the account's service point; else empty.
  public var servicePoint: String

  /// A meter to install.
  public init(
    meter: String, at: Instant, registers: [RegisterSpec], startReadings: [Int64?],
    servicePoint: String = ""
  ) {
    self.meter = meter
    self.at = at
    self.registers = registers
    self.startReadings = startReadings
    self.servicePoint = servicePoint
  }
}

/// A meter ceases to serve the account.
public struct RemoveMeter: Hashable, Sendable {
  /// The meter's identifier.
  public var meter: String
  /// When.
  public var at: Instant
  /// What each register shows, in units of its last decimal; `nil` for a channel.
  public var finalReadings: [Int64?]
  /// The most energy a day that is plausible.
  public var dailyMaximum: Energy

  /// A meter to remove.
  public init(meter: String, at: Instant, finalReadings: [Int64?], dailyMaximum: Energy) {
    self.meter = meter
    self.at = at
    self.finalReadings = finalReadings
    self.dailyMaximum = dailyMaximum
  }
}

/// A reading to record.
public struct NewReading: Hashable, Sendable {
  /// The meter's identifier.
  public var meter: String
  /// The register's name; `nil` where the meter has only one.
  public var register: String?
  /// When.
  public var at: Instant
  /// The digits of what it showed, as given.
  public var units: Int64
  /// How many of them come after the point.
  public var places: Int
  /// How far it can be trusted.
  public var quality: Quality
  /// How it was obtained.
  public var method: ReadingMethod

  /// A reading of `units` x 10^-`places`.
  public init(
    meter: String, register: String? = nil, at: Instant, units: Int64, places: Int = 0,
    quality: Quality = .actual, method: ReadingMethod = .unspecified
  ) {
    self.meter = meter
    self.register = register
    self.at = at
    self.units = units
    self.places = places
    self.quality = quality
    self.method = method
  }
}

/// Readings of an account's meters, in any order.
public struct RecordReadings: Hashable, Sendable {
  /// The readings.
  public var readings: [NewReading]
  /// The present moment: nothing later is believed.
  public var now: Instant
  /// The most energy a day that is plausible.
  public var dailyMaximum: Energy
  /// Why what is implausible is accepted all the same; `nil` where it is not.
  public var acceptance: String?

  /// Readings to record.
  public init(
    _ readings: [NewReading], now: Instant, dailyMaximum: Energy, acceptance: String? = nil
  ) {
    self.readings = readings
    self.now = now
    self.dailyMaximum = dailyMaximum
    self.acceptance = acceptance
  }
}

/// Intervals of one channel, in any order.
public struct RecordIntervals: Hashable, Sendable {
  /// The meter's identifier.
  public var meter: String
  /// The channel's name; `nil` where the meter has only one.
  public var register: String?
  /// The intervals; a block of one is as good as a longer one.
  public var blocks: [IntervalBlock]
  /// The present moment: nothing later is believed.
  public var now: Instant
  /// The most energy a day that is plausible: no interval may hold more.
  public var dailyMaximum: Energy
  /// The account's zone: an event holds intervals of one local day.
  public var zone: ZoneRules

  /// Intervals to record.
  public init(
    meter: String, register: String? = nil, blocks: [IntervalBlock], now: Instant,
    dailyMaximum: Energy, zone: ZoneRules
  ) {
    self.meter = meter
    self.register = register
    self.blocks = blocks
    self.now = now
    self.dailyMaximum = dailyMaximum
    self.zone = zone
  }
}

/// What became of readings or intervals: what was refused never stops the others.
public struct RecordOutcome: Hashable, Sendable {
  /// A refused reading or interval.
  public struct Refusal: Hashable, Sendable {
    /// The index of the reading, or of the block.
    public var index: Int
    /// The index of the interval in its block; 0 for a reading.
    public var interval: Int
    /// Why.
    public var reason: AccountRejection
  }

  /// What to append: one entry.
  public var events: [Event] = []
  /// How many readings or intervals were accepted.
  public var accepted = 0
  /// How many were recorded before, with the same value.
  public var duplicates = 0
  /// Those refused, by index.
  public var refusals: [Refusal] = []

  /// Nothing yet.
  public init() {}
}

/// The next bill of an account.
public struct BillAccount: Sendable {
  /// A period that ends on or before this day is due.
  public var through: Day
  /// The day issued, in the account's zone.
  public var issued: Day
  /// The rules in force.
  public var rules: RuleSet
  /// The version of the rules' stream that gave `rules`.
  public var rulesVersion: UInt64
  /// The account's zone.
  public var zone: ZoneRules

  /// A bill through a day.
  public init(through: Day, issued: Day, rules: RuleSet, rulesVersion: UInt64, zone: ZoneRules) {
    self.through = through
    self.issued = issued
    self.rules = rules
    self.rulesVersion = rulesVersion
    self.zone = zone
  }
}
