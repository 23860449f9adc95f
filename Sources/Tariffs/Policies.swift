public import CivilTime
public import Metering
public import Money

/// What a utility decides where practice differs, from a day on.
public struct Policies: Hashable, Sendable {
  /// How many days either side of the cycle date a closing reading may lie, unless policies say
  /// otherwise.
  public static let usualCycleWindowDays: UInt8 = 5

  /// The version's number, from 1.
  public var version: UInt32
  /// The first day it applies: a bill takes the policies of its period's last day.
  public var effectiveFrom: Day
  /// How a line's exact amount becomes cents.
  public var rounding: Rounding
  /// Which periods count as a month.
  public var proration: Proration
  /// How many days either side of the cycle date a closing reading may lie.
  public var cycleWindowDays: UInt8
  /// The greatest plausible usage.
  public var plausibility: Plausibility
  /// What paying late costs; `nil` where these policies say nothing of it, and the usual counts.
  public var lateFee: LateFeePolicy?
  /// In which order payments go to invoices.
  public var allocation: AllocationOrder
  /// How a bill estimates a missing reading; `nil` where it may not.
  public var estimation: EstimationPolicy?
  /// How far back a rebill may charge more.
  public var backBilling: BackBilling
  /// The promotions that accounts can be enrolled in.
  public var promotions: [PromotionOffer]

  /// Policies; the defaults are those a book begins with.
  public init(
    version: UInt32 = 1, effectiveFrom: Day, rounding: Rounding = .halfAwayFromZero,
    proration: Proration = Proration(), cycleWindowDays: UInt8 = usualCycleWindowDays,
    plausibility: Plausibility = Plausibility(), lateFee: LateFeePolicy? = nil,
    allocation: AllocationOrder = .oldestDueFirst, estimation: EstimationPolicy? = nil,
    backBilling: BackBilling = BackBilling(), promotions: [PromotionOffer] = []
  ) {
    self.version = version
    self.effectiveFrom = effectiveFrom
    self.rounding = rounding
    self.proration = proration
    self.cycleWindowDays = cycleWindowDays
    self.plausibility = plausibility
    self.lateFee = lateFee
    self.allocation = allocation
    self.estimation = estimation
    self.backBilling = backBilling
    self.promotions = promotions
  }
}

extension Policies {
  /// What paying late costs an account: `LateFeePolicy.terms` of what is published, or of the usual
  /// 5.00 from the fifteenth day with 24 hours of grace.
  public func lateFee(
    for customerClass: CustomerClass, jurisdictions: [String]
  ) -> LateFeeTerms {
    (lateFee ?? LateFeePolicy()).terms(for: customerClass, jurisdictions: jurisdictions)
  }

  /// The promotion called `code`, or `nil`.
  public func promotion(_ code: String) -> PromotionOffer? {
    promotions.first { $0.code == code }
  }
}

/// When a period is a full month, and what part of one it is otherwise.
public struct Proration: Hashable, Sendable {
  /// The fewest days that make a full month.
  public var fullMonthMinimum: UInt8
  /// The most days that make a full month.
  public var fullMonthMaximum: UInt8
  /// What the days of any other period are divided by.
  public var monthDays: UInt8

  /// 26 to 35 days are a month; other periods are days/30 of one.
  public init(
    fullMonthMinimum: UInt8 = 26, fullMonthMaximum: UInt8 = 35, monthDays: UInt8 = 30
  ) {
    self.fullMonthMinimum = fullMonthMinimum
    self.fullMonthMaximum = fullMonthMaximum
    self.monthDays = monthDays
  }

  /// What part of a month a period of `days` is; it scales monthly limits and fixed charges.
  @inlinable
  public func factor(days: Int) -> Fraction {
    if days >= Int(fullMonthMinimum), days <= Int(fullMonthMaximum) { return .one }
    return Fraction(Int64(days), Int64(monthDays))
  }
}

/// The greatest usage a day that is believed without a second look.
public struct Plausibility: Hashable, Sendable {
  /// A class's limit.
  public struct Limit: Hashable, Sendable {
    /// The class.
    public var customerClass: CustomerClass
    /// The most a day.
    public var dailyMaximum: Energy

    /// A limit.
    public init(customerClass: CustomerClass, dailyMaximum: Energy) {
      self.customerClass = customerClass
      self.dailyMaximum = dailyMaximum
    }
  }

  /// The most a day for a class without a limit of its own.
  public var dailyMaximum: Energy
  /// Limits by class.
  public var byClass: [Limit]

  /// 500 kWh a day unless said otherwise.
  public init(dailyMaximum: Energy = Energy(kilowattHours: 500), byClass: [Limit] = []) {
    self.dailyMaximum = dailyMaximum
    self.byClass = byClass
  }

  /// The most a day for `customerClass`.
  public func dailyMaximum(for customerClass: CustomerClass) -> Energy {
    byClass.first { $0.customerClass == customerClass }?.dailyMaximum ?? dailyMaximum
  }
}
