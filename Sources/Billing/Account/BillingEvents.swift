public import CivilTime
public import Metering
public import Money
public import Tariffs

/// One line of an invoice. What its invoice and the tariff in force imply is left out.
public struct ChargeRecorded: Hashable, Sendable {
  /// The component's number in its tariff version, from 0; not used by a tax.
  public var component: UInt8
  /// The tier's number in its component, from 0.
  public var tier: UInt8
  /// The time-of-use period's number in its tariff version, from 0; `nil` for all hours.
  public var touPeriod: UInt8?
  /// Whole watt-hours of an energy line, whole watts of a demand line, towards zero; else 0.
  public var quantity: Int64
  /// What is beyond `quantity`, in thousandths of it.
  public var thousandths: Int64
  /// What is charged, after waivers.
  public var amount: Money
  /// The tax's number among the account's taxes in invoice order, from 0; `nil` for no tax.
  public var tax: UInt8?
  /// The number of the segment of the period it begins in, from 0.
  public var segment: UInt8
  /// How many more segments it spans.
  public var furtherSegments: UInt8
  /// What it is, where neither component nor tax implies it.
  public var type: LineType?
  /// What was not charged.
  public var waived: Money
  /// The promotion that waived it; of a tax the certificate that exempts from it.
  public var waivedBy: String
  /// For an adjustment, credit or late fee: why.
  public var reference: String
  /// For an adjustment, credit or late fee: its revenue class.
  public var revenueClass: RevenueClass?
  /// For an adjustment, credit or late fee: the ordinal of the invoice it is about; 0 for none.
  public var about: UInt32

  /// A line.
  public init(
    component: UInt8 = 0, tier: UInt8 = 0, touPeriod: UInt8? = nil, quantity: Int64 = 0,
    amount: Money, tax: UInt8? = nil, segment: UInt8 = 0, furtherSegments: UInt8 = 0,
    type: LineType? = nil, waived: Money = .zero, waivedBy: String = "", reference: String = "",
    thousandths: Int64 = 0, revenueClass: RevenueClass? = nil, about: UInt32 = 0
  ) {
    self.component = component
    self.tier = tier
    self.touPeriod = touPeriod
    self.quantity = quantity
    self.thousandths = thousandths
    self.amount = amount
    self.tax = tax
    self.segment = segment
    self.furtherSegments = furtherSegments
    self.type = type
    self.waived = waived
    self.waivedBy = waivedBy
    self.reference = reference
    self.revenueClass = revenueClass
    self.about = about
  }

  /// What a rated line leaves to be recorded.
  public init(_ line: RatedLine) {
    self.init(amount: line.amount, segment: line.segment, waived: line.waived)
    furtherSegments = line.segmentCount - 1
    if line.type == .tax {
      tax = line.component
      return
    }
    component = line.component
    tier = line.tier
    touPeriod = line.touPeriod
    (quantity, thousandths) = line.quantity
  }
}

extension RatedLine {
  /// Whole watt-hours or watts, towards zero, and the thousandths beyond; none for other lines.
  var quantity: (whole: Int64, thousandths: Int64) {
    switch basis {
    case .energy(let energy, _): (energy.milliwattHours / 1000, energy.milliwattHours % 1000)
    case .demand(let power, _, _): (power.milliwatts / 1000, power.milliwatts % 1000)
    default: (0, 0)
    }
  }
}

/// An event on the account's own stream: the version of its entry and its index there.
public struct EventReference: Hashable, Comparable, Sendable {
  /// The stream version of the entry.
  public var version: UInt32
  /// The event's index in the entry, from 0.
  public var index: UInt32

  /// An event's place.
  @inlinable
  public init(version: UInt32, index: UInt32) {
    self.version = version
    self.index = index
  }

  /// By version, then index.
  public static func < (left: Self, right: Self) -> Bool {
    (left.version, left.index) < (right.version, right.index)
  }
}

/// Consecutive events of one entry on the account's own stream.
public struct EventRun: Hashable, Sendable {
  /// The first of them.
  public var first: EventReference
  /// How many.
  public var count: UInt32

  /// `count` events from `first` on.
  public init(first: EventReference, count: UInt32) {
    self.first = first
    self.count = count
  }
}

/// The bill, or statement, whose charges precede it in its entry. The entry's effective day is the day issued.
///
/// It carries who the customer is, so that a report can be made from the entry alone.
public struct InvoiceIssued: Hashable, Sendable {
  /// Contiguous in the account, from 1.
  public var ordinal: UInt32
  /// The days billed.
  public var period: BillingPeriod
  /// The day it is due.
  public var due: Day
  /// The sum of the charges.
  public var total: Money
  /// The plan in force on the last day.
  public var plan: String
  /// The customer's class.
  public var customerClass: CustomerClass
  /// The sector; may be empty.
  public var sector: String
  /// Whose taxes apply.
  public var jurisdictions: [String]
  /// The version of the rules' stream it was rated under.
  public var rules: UInt64
  /// The readings used, by meter, register and time.
  public var readings: [EventReference]
  /// The interval events used.
  public var intervals: [EventRun]
  /// The plans in force before `plan` in the period, in order.
  public var earlierPlans: [String]
  /// How many days after the period's start each of them ends.
  public var planDays: [UInt32]
  /// The ordinal of the cancelled invoice it replaces; 0 for none.
  public var replaces: UInt32
  /// Whether it is the last bill after service stopped.
  public var isFinal: Bool
  /// The greatest power, where the tariff depends on it: for the ratchets of later bills.
  public var peak: Power?
  /// What a yearly minimum counts of it; zero where the tariff has none.
  public var counted: Money
  /// Whether it bills no energy, only what waited for an invoice.
  public var isStatement: Bool

  /// A bill's header.
  public init(
    ordinal: UInt32, period: BillingPeriod, due: Day, total: Money, plan: String,
    customerClass: CustomerClass, sector: String = "", jurisdictions: [String] = [],
    rules: UInt64, readings: [EventReference] = [], intervals: [EventRun] = [],
    earlierPlans: [String] = [], planDays: [UInt32] = [], replaces: UInt32 = 0,
    isFinal: Bool = false, peak: Power? = nil, counted: Money = .zero, isStatement: Bool = false
  ) {
    self.ordinal = ordinal
    self.period = period
    self.due = due
    self.total = total
    self.plan = plan
    self.customerClass = customerClass
    self.sector = sector
    self.jurisdictions = jurisdictions
    self.rules = rules
    self.readings = readings
    self.intervals = intervals
    self.earlierPlans = earlierPlans
    self.planDays = planDays
    self.replaces = replaces
    self.isFinal = isFinal
    self.peak = peak
    self.counted = counted
    self.isStatement = isStatement
  }

  /// The plans of the period, each from its first day in it.
  public var plans: [PlanAssignment] {
    let firsts = [period.start] + planDays.map { period.start + Int($0) }
    return zip(earlierPlans + [plan], firsts).map { PlanAssignment(plan: $0, from: $1) }
  }

  /// The invoice's number on `account`: as `1000000001-0007`.
  public func number(account: String) -> String { Self.number(account: account, ordinal: ordinal) }

  /// The number of the `ordinal`th invoice of `account`: as `1000000001-0007`.
  public static func number(account: String, ordinal: UInt32) -> String {
    let digits = String(ordinal)
    return account + "-" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }

  /// The account and ordinal of the invoice called `number`, or `nil` if that is no number.
  public static func parse(number: String) -> (account: String, ordinal: UInt32)? {
    guard let dash = number.lastIndex(of: "-"),
      let ordinal = UInt32(number[number.index(after: dash)...]), ordinal > 0
    else { return nil }
    let account = String(number[..<dash])
    guard Self.number(account: account, ordinal: ordinal) == number else { return nil }
    return (account, ordinal)
  }
}
