public import Billing
public import CivilTime
public import EventSourcing
public import Tariffs

/// What a figure of the revenue report is of: everything that is the same for all that is in it.
public struct RevenueCell: Hashable, Sendable {
  /// Which of the two views of the past it is in.
  public enum View: UInt8, Hashable, Sendable {
    /// In both: bills issued for the first time.
    case both = 0x61
    /// As posted: cancellations and what replaces them, in the month they were posted.
    case posted = 0x70
    /// Restated: the same, in the month the bill was issued for the first time.
    case restated = 0x72
  }

  /// Which view it is in.
  public var view: View
  /// The accounting month: 12 x year + month - 1.
  public var month: UInt32
  /// The account's first jurisdiction, whose commission the report goes to; of a tax, whose it is.
  public var jurisdiction: String
  /// The ledger account; empty of a count of bills.
  public var ledger: String
  /// The customer's sector; may be empty.
  public var sector: String
  /// The customer's class.
  public var customerClass: CustomerClass
  /// The rate plan; of what is of no plan, the plan on the bill's last day.
  public var plan: String
  /// The class it is reported in; `nil` of a count of bills.
  public var revenueClass: RevenueClass?

  /// A cell, by its parts.
  public init(
    view: View, month: UInt32, jurisdiction: String, ledger: String, sector: String,
    customerClass: CustomerClass, plan: String, revenueClass: RevenueClass?
  ) {
    self.view = view
    self.month = month
    self.jurisdiction = jurisdiction
    self.ledger = ledger
    self.sector = sector
    self.customerClass = customerClass
    self.plan = plan
    self.revenueClass = revenueClass
  }

  /// The accounting month of a day.
  public static func month(of day: Day) -> UInt32 {
    let parts = day.parts
    return UInt32(12 * parts.year + parts.month - 1)
  }
}

extension RevenueCell {
  /// What a line of an invoice is of, in both views.
  public init(
    _ charge: ChargeView, _ rest: InvoiceFrame.Rest, of invoice: InvoiceIssued,
    _ frame: InvoiceFrame, issued day: Day
  ) {
    let segment = Int(clamping: charge.segment)
    let isComponent = charge.tax == 0 && charge.type == 0
    self.init(
      view: .both, month: Self.month(of: day),
      jurisdiction: rest.jurisdiction ?? invoice.jurisdictions.first ?? "", ledger: rest.ledger,
      sector: invoice.sector, customerClass: invoice.customerClass,
      plan: isComponent && segment < frame.plans.count ? frame.plans[segment] : invoice.plan,
      revenueClass: rest.revenueClass)
  }

  /// The row's key: see `Revenue`.
  var key: [UInt8] {
    var key = [revenueClass == nil ? UInt8(ascii: "b") : UInt8(ascii: "l"), view.rawValue]
    for shift in [24, 16, 8, 0] { key.append(UInt8(truncatingIfNeeded: month >> UInt32(shift))) }
    for text in [jurisdiction, ledger, sector] { key += Array(text.utf8) + [0] }
    key.append(customerClass.rawValue)
    key += Array(plan.utf8) + [0]
    key.append(revenueClass?.rawValue ?? 0)
    return key
  }

  /// Reads a row's key.
  ///
  /// - Throws: `WireError` for one that is none.
  public init(key: RawSpan) throws(WireError) {
    var place = 6
    func text() throws(WireError) -> String {
      let start = place
      while place < key.byteCount, key.byte(at: place) != 0 { place += 1 }
      guard place < key.byteCount else { throw .truncated(offset: start) }
      defer { place += 1 }
      return key.text(in: start..<place)
    }
    guard key.byteCount > 6, let view = View(rawValue: key.byte(at: 1)) else {
      throw .truncated(offset: 0)
    }
    self.view = view
    month = (2..<6).reduce(0) { $0 << 8 | UInt32(key.byte(at: $1)) }
    jurisdiction = try text()
    ledger = try text()
    sector = try text()
    guard place < key.byteCount, let customer = CustomerClass(rawValue: key.byte(at: place)) else {
      throw .truncated(offset: place)
    }
    customerClass = customer
    place += 1
    plan = try text()
    guard place < key.byteCount else { throw .truncated(offset: place) }
    revenueClass = RevenueClass(rawValue: key.byte(at: place))
  }

  /// What the keys of all rows of lines (or of counts of bills) of a month begin with.
  public static func prefix(_ view: View, month: UInt32, bills: Bool) -> [UInt8] {
    [UInt8(ascii: bills ? "b" : "l"), view.rawValue]
      + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: month >> UInt32($0)) }
  }
}

/// The sums of a row of lines.
public struct RevenueSums: Hashable, Sendable {
  /// Cents first billed.
  public var gross: Int64 = 0
  /// Cents cancelled: below zero where charges are.
  public var cancelled: Int64 = 0
  /// Cents billed in place of what was cancelled.
  public var rebilled: Int64 = 0
  /// Those of `rebilled` whose bill was first issued in an earlier quarter.
  public var priorPeriod: Int64 = 0
  /// Cents that promotions waived, and taxes that accounts were exempt from.
  public var waived: Int64 = 0
  /// Energy billed, in mWh.
  public var energy: Int64 = 0
  /// Power billed, in mW.
  public var power: Int64 = 0
  /// Bills that have such a line, those cancelled taken off.
  public var bills: Int64 = 0

  /// No sums yet.
  public init() {}

  /// Cents billed in all.
  public var net: Int64 { gross + cancelled + rebilled }

  /// Reads a row's value.
  public init(value: RawSpan) {
    let numbers = RowSums.numbers(value)
    (gross, cancelled, rebilled, priorPeriod) = (numbers[0], numbers[1], numbers[2], numbers[3])
    (waived, energy, power, bills) = (numbers[4], numbers[5], numbers[6], numbers[7])
  }

  var numbers: [Int64] {
    [gross, cancelled, rebilled, priorPeriod, waived, energy, power, bills]
  }

  /// Adds other sums to these.
  public static func += (left: inout Self, right: Self) {
    left.gross += right.gross
    left.cancelled += right.cancelled
    left.rebilled += right.rebilled
    left.priorPeriod += right.priorPeriod
    left.waived += right.waived
    left.energy += right.energy
    left.power += right.power
    left.bills += right.bills
  }

  /// Whether all are zero.
  public var isZero: Bool { self == Self() }
}
