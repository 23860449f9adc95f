public import CivilTime
import EventSourcing
import Money
public import Tariffs

/// What one account after another has in common while the past is rated again, and the last one's bills.
public struct RerateMemory: Sendable {
  /// What was billed to the account.
  public var billed: BilledInvoices
  /// The account's bills that stand.
  public internal(set) var bills: [Rerated] = []
  /// Their lines.
  public internal(set) var lines: [RerateLine] = []
  /// The kinds of lines, of all accounts.
  public internal(set) var kinds = LineKinds()
  /// What the invoices of all accounts say besides their numbers, each once.
  public var terms: [BilledTerms] { billed.terms }

  private struct FrameKey: Hashable {
    var terms: Int
    var period: BillingPeriod
  }
  private struct OldFrame {
    var plans: [PlanAssignment]
    var frame: LineFrame
  }
  /// How many frames of bills as they were are kept.
  private static let maximumCount = 4096

  var bill = BillMemory()
  /// The rules as known when bills were issued, by the version of their stream.
  private let old: [UInt64: RuleSet]
  private var oldFrames: [FrameKey: OldFrame] = [:]
  /// The frame of the last bill under the other rules.
  private var frame: LineFrame?
  var rewound = RewoundAccount()

  /// Nothing in common yet.
  ///
  /// - Parameters:
  ///   - old: The rules of every version under which a bill was issued.
  ///   - days: What a bill's period must end in to count.
  public init(old: [UInt64: RuleSet], in days: ClosedRange<Day>) {
    self.old = old
    billed = BilledInvoices(in: days)
  }

  mutating func begin() {
    bills.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
  }

  /// Adds the lines of an invoice as billed, with what the tariffs say that it was issued under.
  mutating func addBilled(
    _ invoice: BilledInvoices.Invoice, to bill: inout Rerated, _ plans: [PlanAssignment],
    _ rules: RuleSet
  ) throws(BillingObstacle) {
    let frame = try oldFrame(of: invoice, bill.period, plans, rules)
    for index in invoice.charges {
      let (tax, type) = (billed.charges[index].tax, billed.charges[index].type)
      if ChargeView.isFromWaiting(type: type) { continue }
      let number =
        tax > 0
        ? frame.tax(Int(clamping: tax) - 1)
        : frame.component(
          Int(clamping: billed.charges[index].component),
          segment: Int(clamping: billed.charges[index].segment))
      let amount = billed.charges[index].amount
      lines.append(RerateLine(kind: number, isNow: false, amount: amount))
      bill.was += amount
      bill.move(kinds.revenueClass(number), -amount)
    }
  }

  /// Adds the lines of the bill that was made last.
  mutating func addMade(to rerated: inout Rerated) {
    if frame?.isOf(bill.bill.input.segments, bill.bill.input.taxes) != true {
      frame = LineFrame(
        bill.bill.input.segments.map(\.tariff), bill.bill.input.taxes, &kinds)
    }
    guard let frame else { return }
    for index in bill.bill.rated.lines.indices {
      let line = bill.bill.rated.lines[index]
      let number =
        line.type == .tax
        ? frame.tax(Int(line.component))
        : frame.component(Int(line.component), segment: Int(line.segment))
      let amount = line.amount
      lines.append(RerateLine(kind: number, isNow: true, amount: amount))
      rerated.now += amount
      rerated.move(line.revenueClass, amount)
    }
  }

  /// Adds what earlier ratings of the past adjusted.
  mutating func addAdjusted(_ sums: [RevenueClass: Money], to bill: inout Rerated) {
    for (revenueClass, amount) in sums {
      let number = kinds.number(
        LineKind(code: "", type: .adjustment, revenueClass: revenueClass))
      lines.append(RerateLine(kind: number, isNow: false, amount: amount))
      bill.adjusted += amount
      bill.move(revenueClass, -amount)
    }
  }

  private mutating func oldFrame(
    of invoice: BilledInvoices.Invoice, _ period: BillingPeriod, _ plans: [PlanAssignment],
    _ current: RuleSet
  ) throws(BillingObstacle) -> LineFrame {
    let key = FrameKey(terms: invoice.terms, period: period)
    if let known = oldFrames[key], known.plans == plans { return known.frame }
    let rules = old[terms[invoice.terms].rules] ?? current
    let spans: [TariffSpan]
    do {
      spans = try rules.spans(of: period, plans: plans)
    } catch {
      throw BillingObstacle(.usage(error), period)
    }
    let taxes = rules.taxes(of: terms[invoice.terms].jurisdictions, on: period.lastDay)
    let frame = LineFrame(spans.map(\.tariff), taxes, &kinds)
    if oldFrames.count >= Self.maximumCount { oldFrames.removeAll(keepingCapacity: true) }
    oldFrames[key] = OldFrame(plans: plans, frame: frame)
    return frame
  }
}
