public import CivilTime
public import Money
public import Tariffs

/// A line of a bill beside what it would be under other rules.
public struct RerateLine: Sendable {
  /// The number of its kind.
  public let kind: Int32
  /// Whether it is of the bill under the other rules; else it was billed, or adjusted.
  public let isNow: Bool
  /// What it amounts to.
  public let amount: Money
}

/// A bill that stands beside what it would be under other rules.
public struct Rerated: Sendable {
  /// The bill's ordinal.
  public let ordinal: UInt32
  /// The days billed.
  public let period: BillingPeriod
  /// The day issued.
  public let day: Day
  /// The place of what it says besides its numbers in `RerateMemory.terms`.
  public let terms: Int
  /// Its lines in `RerateMemory.lines`.
  public internal(set) var lines: Range<Int>
  /// What was billed, without what only waited for an invoice.
  public internal(set) var was = Money.zero
  /// What earlier ratings of the past adjusted of it.
  public internal(set) var adjusted = Money.zero
  /// What it comes to under the other rules.
  public internal(set) var now = Money.zero
  /// What is still to be adjusted of each revenue class, by its stored number.
  private var classes = InlineArray<16, Money>(repeating: .zero)

  init(_ invoice: BilledInvoices.Invoice, _ period: BillingPeriod, firstLine: Int) {
    (ordinal, day, terms) = (invoice.ordinal, invoice.day, invoice.terms)
    self.period = period
    lines = firstLine..<firstLine
  }

  /// What is still to be adjusted; below zero what was billed too much.
  public var difference: Money { now - was - adjusted }

  /// Whether something of a revenue class is still to be adjusted.
  public var isMoved: Bool {
    for index in classes.indices where classes[index] != .zero { return true }
    return false
  }

  /// What is still to be adjusted of each revenue class, by class; none of nothing.
  public var differences: [(revenueClass: RevenueClass, amount: Money)] {
    RevenueClass.allCases.compactMap { revenueClass in
      let amount = classes[Int(revenueClass.rawValue)]
      return amount == .zero ? nil : (revenueClass, amount)
    }
  }

  @inline(__always)
  mutating func move(_ revenueClass: RevenueClass, _ amount: Money) {
    classes[Int(revenueClass.rawValue)] += amount
  }
}

extension AccountFold {
  /// Makes the account's bills that stand and were billed in the memory's days again under `rules`; they
  /// are in `memory` then. Writes nothing, and leaves the account as it is.
  ///
  /// - Throws: what keeps one of them from being made, or from being read.
  public mutating func rerate(
    under rules: RuleSet, zone: ZoneRules, _ memory: inout RerateMemory
  ) throws(BillingObstacle) {
    memory.begin()
    guard !memory.billed.invoices.isEmpty else { return }
    memory.bill.take(zone)
    memory.rewound.take(&state)
    defer { memory.rewound.giveBack(to: &state) }
    let bills = memory.rewound.bills
    for index in bills.indices {
      guard let place = memory.billed.invoice(bills[index].ordinal, hint: memory.bills.count)
      else { continue }
      let (invoice, period) = (memory.billed.invoices[place], bills[index].period)
      var rerated = Rerated(invoice, period, firstLine: memory.lines.count)
      let waivers = memory.rewound.prepare(&state, for: bills[index].ordinal, period)
      memory.addAdjusted(memory.rewound.adjusted, to: &rerated)
      state.rewind(to: period.start, among: bills, &memory.bill.clock)
      try memory.bill.prepare(
        period, isByIntervals: invoice.isByIntervals, rules, state, waivers: waivers)
      memory.bill.bill.rate()
      try memory.addBilled(invoice, to: &rerated, state.plans, rules)
      memory.addMade(to: &rerated)
      rerated.lines = rerated.lines.lowerBound..<memory.lines.count
      memory.bills.append(rerated)
    }
  }
}

extension Account {
  /// What adjusts bills to other rules, of each a revenue class each; none where nothing is left to
  /// adjust. Where no bill follows, a statement is issued.
  public static func adjustments(
    for bills: [Rerated], _ state: AccountState, reason: String, approver: String,
    statement: IssueStatement
  ) -> [Event] {
    var events: [Event] = []
    for rerated in bills {
      for (revenueClass, amount) in rerated.differences {
        events.append(
          .adjustmentPosted(
            AdjustmentPosted(
              amount: amount, revenueClass: revenueClass, invoice: rerated.ordinal,
              reason: reason, approver: approver, rules: statement.rulesVersion)))
      }
    }
    guard !events.isEmpty, state.hasNoNextBill else { return events }
    var next = state
    for event in events { next.evolve(event) }
    return events + next.issueStatement(statement)
  }
}
