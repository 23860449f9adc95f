public import CivilTime
import EventSourcing
public import Money
public import Tariffs

/// A line of a bill with what a report sums it by.
public struct ClassifiedLine: Hashable, Sendable {
  /// What the line amounts to.
  public var amount: Money
  /// Its component's code; of a tax `jurisdiction/code`.
  public var code: String
  /// What it is.
  public var type: LineType
  /// Its revenue class.
  public var revenueClass: RevenueClass

  /// A line.
  public init(amount: Money, code: String, type: LineType, revenueClass: RevenueClass) {
    self.amount = amount
    self.code = code
    self.type = type
    self.revenueClass = revenueClass
  }
}

/// A bill beside what it would be under other rules.
public struct Rerated: Sendable {
  /// The bill that stands.
  public var issued: IssuedInvoice
  /// Its lines as billed, without those that only waited for an invoice.
  public var was: [ClassifiedLine]
  /// Its lines under the other rules.
  public var now: [ClassifiedLine]
  /// What was adjusted of it before, by an earlier rating of the past.
  public var adjusted: [RevenueClass: Money]

  /// What is still to be adjusted; below zero what was billed too much.
  public var difference: Money {
    now.map(\.amount).sum() - was.map(\.amount).sum() - adjusted.values.sum()
  }

  /// What is still to be adjusted of each revenue class; none of nothing.
  public var differences: [RevenueClass: Money] {
    var found: [RevenueClass: Money] = [:]
    for line in now { found[line.revenueClass, default: .zero] += line.amount }
    for line in was { found[line.revenueClass, default: .zero] -= line.amount }
    for (revenueClass, amount) in adjusted { found[revenueClass, default: .zero] -= amount }
    return found.filter { $0.value != .zero }
  }
}

/// What one account after another has in common while the past is rated again.
public struct RerateMemory: Sendable {
  var bill = BillMemory()
  /// The rules as known when bills were issued, by the version of their stream.
  var old: [UInt64: RuleSet]

  /// Nothing in common yet; `old` has the rules of every version under which a bill was issued.
  public init(old: [UInt64: RuleSet]) { self.old = old }
}

extension Account {
  /// The bills of an account that stand and whose period's last day is in `days`, each beside what it
  /// would be under `rules`. Writes nothing.
  ///
  /// - Throws: what keeps one of them from being made, or from being read.
  public static func rerate(
    _ issued: [UInt32: IssuedInvoice], _ state: AccountState, in days: ClosedRange<Day>,
    under rules: RuleSet, zone: ZoneRules, _ memory: inout RerateMemory
  ) throws(BillingObstacle) -> [Rerated] {
    var found: [Rerated] = []
    memory.bill.take(zone)
    var work = state
    for bill in state.bills where days.contains(bill.period.lastDay) {
      guard let issued = issued[bill.ordinal] else { continue }
      let invoice = issued.invoice
      work.rewind(to: invoice.period.start, of: state, &memory.bill.clock)
      try memory.bill.prepare(
        invoice.period, isByIntervals: !invoice.intervals.isEmpty, rules, work,
        waivers: state.waivers(of: invoice.period, on: bill.ordinal))
      memory.bill.bill.rate()
      let was = issued.charges.filter { !$0.isFromWaiting }
      let old = memory.old[invoice.rules] ?? rules
      found.append(
        Rerated(
          issued: issued, was: try classify(was, invoice, state, old),
          now: memory.bill.bill.classified, adjusted: state.adjusted(of: invoice.ordinal)))
    }
    return found
  }

  /// The lines of a bill with what the tariffs say that it was issued under.
  private static func classify(
    _ charges: [ChargeRecorded], _ invoice: InvoiceIssued, _ state: AccountState, _ rules: RuleSet
  ) throws(BillingObstacle) -> [ClassifiedLine] {
    let spans: [TariffSpan]
    do {
      spans = try rules.spans(of: invoice.period, plans: state.plans)
    } catch {
      throw BillingObstacle(.usage(error), invoice.period)
    }
    let taxes = rules.taxes(of: invoice.jurisdictions, on: invoice.period.lastDay)
    return charges.map { charge in
      if let tax = charge.tax {
        let rule = Int(tax) < taxes.count ? taxes[Int(tax)] : nil
        return ClassifiedLine(
          amount: charge.amount, code: rule.map { "\($0.jurisdiction)/\($0.code)" } ?? "",
          type: .tax, revenueClass: .passThrough)
      }
      let span = spans[min(Int(charge.segment), spans.count - 1)]
      return ClassifiedLine(
        charge.amount, of: span.tariff.version.components, Int(charge.component))
    }
  }

  /// What adjusts bills to other rules, of each a revenue class each; none where nothing is left to
  /// adjust. Where no bill follows, a statement is issued.
  public static func adjustments(
    for bills: [Rerated], _ state: AccountState, reason: String, approver: String,
    statement: IssueStatement
  ) -> [Event] {
    var events: [Event] = []
    for rerated in bills {
      for (revenueClass, amount) in rerated.differences.sorted(by: {
        $0.key.rawValue < $1.key.rawValue
      }) {
        events.append(
          .adjustmentPosted(
            AdjustmentPosted(
              amount: amount, revenueClass: revenueClass,
              invoice: rerated.issued.invoice.ordinal, reason: reason, approver: approver,
              rules: statement.rulesVersion)))
      }
    }
    guard !events.isEmpty, state.hasNoNextBill else { return events }
    var next = state
    for event in events { next.evolve(event) }
    return events + next.issueStatement(statement)
  }
}

extension ClassifiedLine {
  fileprivate init(_ amount: Money, of components: [Component], _ index: Int) {
    guard index < components.count else {
      self.init(amount: amount, code: "", type: .energyCharge, revenueClass: .variableEnergy)
      return
    }
    let component = components[index]
    self.init(
      amount: amount, code: component.code, type: component.lineType,
      revenueClass: component.revenueClass)
  }
}

extension Bill {
  /// The lines with what the tariffs say.
  fileprivate var classified: [ClassifiedLine] {
    rated.lines.map { line in
      guard line.type != .tax else {
        let rule = input.taxes[Int(line.component)]
        return ClassifiedLine(
          amount: line.amount, code: "\(rule.jurisdiction)/\(rule.code)", type: .tax,
          revenueClass: .passThrough)
      }
      return ClassifiedLine(
        line.amount, of: input.segments[Int(line.segment)].tariff.version.components,
        Int(line.component))
    }
  }
}

extension AccountState {
  /// What earlier ratings of the past adjusted of an invoice, or of those it replaces.
  fileprivate func adjusted(of ordinal: UInt32) -> [RevenueClass: Money] {
    guard receivables.isUsed else { return [:] }
    var sums: [RevenueClass: Money] = [:]
    for item in receivables.items where item.about == ordinal && item.rules != 0 {
      sums[item.revenueClass, default: .zero] += item.amount
    }
    return sums
  }
}
