import CivilTime

/// An account as someone would keep it with pencil and paper, written from the description of the
/// business: the other side of the model test. Amounts are whole cents, energy whole kWh, moments
/// seconds since 1970. Nothing is kept that can be added up; no code is shared with the program but
/// dates.
struct NaiveAccount {
  /// What an account is opened with.
  struct Terms {
    var id: String
    var customerClass: String
    var jurisdictions: [String]
    var plan: String
    var cycleDay: Int
    var registers: [String]
    var begins: Day
    var startReading: Int
    let daysUntilDue = 21
  }

  /// An invoice, or a statement, which has no period.
  struct Invoice {
    var number: Int
    var due: Day
    var start: Day?
    var end: Day
    var isFinal = false
    /// The lines that were rated, in the order of an invoice but for what waited, before the taxes.
    var rated: [NaiveLine] = []
    var taxes: [NaiveLine] = []
    /// What it bills.
    var segments: [NaiveSegment] = []
    /// What waited for it.
    var items: [Item] = []
    var isCancelled = false
    var replacedBy: Int?
    var givenUp = 0
    var givenUpFees = 0
    /// When it was issued, in the account's own count.
    var order: Int

    var total: Int { (rated + taxes).map(\.amount).sum + items.map(\.amount).sum }
    /// Late fees on it, less those given back.
    var fees: Int { items.filter { $0.revenueClass == "LATE_FEE" }.map(\.amount).sum }
  }

  /// What waits for an invoice, or is on one.
  struct Item: Equatable {
    var type: String
    var revenueClass: String
    var amount: Int
    /// The invoice it is about; 0 for none.
    var about: Int
    var reason: String
    /// What tells it from others.
    var id: Int
  }

  struct Payment {
    var reference: String
    var amount: Int
    var at: Int
    var day: Day
    /// The invoice that the customer names; 0 for none.
    var invoice: Int
    var returned: Day?
    /// Whether it came in while the plan of this number ran.
    var plan: Int?
  }

  /// Money set against an invoice.
  struct Part {
    enum Source: Hashable {
      case payment(String)
      case credit(Int)
    }
    var source: Source
    var invoice: Int
    var charges: Int
    var fees: Int
  }

  struct Dispute {
    var invoice: Int
    /// How much; 0 for all that is open.
    var amount: Int
    var day: Day
    var reason: String
    var outcome: String?
    var ended: Day?
  }

  struct Plan {
    var day: Day
    var instalments: [(due: Day, amount: Int)]
    var reason: String
    var broken: Day?
    var completed: Day?
    /// What had been paid when it ended.
    var paidAtEnd = 0
    var isActive: Bool { broken == nil && completed == nil }
    var total: Int { instalments.map(\.amount).sum }
  }

  struct LateFee {
    var invoice: Int
    var amount: Int
    var at: Int
    /// When it was assessed, in the account's own count.
    var order: Int
    /// The item that it is billed by.
    var item: Int
    var isReversed = false
    /// The payment that reversed it.
    var reversedBy: String?
  }

  struct Promotion {
    var from: Day
    var bills: [Int] = []
    var ended: Day?
  }

  struct Exemption {
    var jurisdiction: String
    var tax: String?
    var from: Day
    /// The first day that is taxed again.
    var ended: Day?
  }

  let terms: Terms
  /// The rules as they are known.
  var rules = NaiveRules()
  /// Its meters, one after the other.
  var meters: [Meter]
  /// Its rate plans, by their first day.
  var ratePlans: [(from: Day, plan: String)]
  var stop: Day?
  var closed: Day?
  var mergedInto: String?
  var invoices: [Invoice] = []
  var payments: [Payment] = []
  var parts: [Part] = []
  /// What waits for an invoice, in the order it came.
  var waiting: [Item] = []
  /// Everything that was ever asked for, to know it again.
  var asked: [Item] = []
  var disputes: [Dispute] = []
  var plans: [Plan] = []
  var lateFees: [LateFee] = []
  var promotions: [Promotion] = []
  var exemptions: [Exemption] = []
  /// The last recorded reason for no fee, by invoice: the row and the payment.
  var skips: [Int: (row: Int, payment: String?)] = [:]
  /// The payment that gave an invoice its grace.
  var graces: [Int: String] = [:]
  /// Notifications that nobody acknowledged.
  var untold = 0
  /// Counts what happens.
  var order = 0
  private var lastItem = 0

  init(_ terms: Terms) {
    self.terms = terms
    let starts = terms.registers.map { ($0, terms.startReading) }
    meters = [Meter(installed: terms.begins, Dictionary(uniqueKeysWithValues: starts))]
    ratePlans = [(terms.begins, terms.plan)]
  }

  mutating func nextOrder() -> Int {
    order += 1
    return order
  }

  /// A new item, which waits.
  @discardableResult
  mutating func add(
    _ type: String, _ revenueClass: String, _ amount: Int, about: Int, reason: String
  ) -> Int {
    lastItem += 1
    let item = Item(
      type: type, revenueClass: revenueClass, amount: amount, about: about, reason: reason,
      id: lastItem)
    waiting.append(item)
    asked.append(item)
    return lastItem
  }

  // MARK: What is owed

  func place(_ number: Int) -> Int? {
    number > 0 && number <= invoices.count ? number - 1 : nil
  }

  /// What is open of an invoice: of charges and taxes, and of late fees.
  func open(_ invoice: Invoice) -> (charges: Int, fees: Int) {
    if invoice.isCancelled { return (0, 0) }
    let own = parts.filter { $0.invoice == invoice.number }
    let given = parts.filter { $0.source == .credit(invoice.number) }
    var charges =
      invoice.total - invoice.fees - own.map(\.charges).sum - invoice.givenUp
      + given.map { $0.charges + $0.fees }.sum
    var fees = invoice.fees - own.map(\.fees).sum - invoice.givenUpFees
    // A fee that is given back lowers the charges.
    if fees < 0 { (charges, fees) = (charges + fees, 0) }
    return (charges, fees)
  }

  func openInAll(_ invoice: Invoice) -> Int {
    let open = open(invoice)
    return open.charges + open.fees
  }

  /// What of a payment pays nothing yet.
  func left(_ payment: Payment) -> Int {
    guard payment.returned == nil else { return 0 }
    return payment.amount
      - parts.filter { $0.source == .payment(payment.reference) }.map { $0.charges + $0.fees }.sum
  }

  var credit: Int { payments.map(left).sum }
  var balance: Int { invoices.map(openInAll).sum - credit }

  /// Billed - credited - paid - given up, apart from who paid what.
  var conserved: Int {
    let standing = invoices.filter { !$0.isCancelled }
    return standing.map(\.total).sum - standing.map { $0.givenUp + $0.givenUpFees }.sum
      - payments.filter { $0.returned == nil }.map(\.amount).sum
  }

  var activePlan: Int? { plans.lastIndex { $0.isActive } }

  /// What came in for a plan while it ran and was not returned by its end.
  func paid(_ plan: Int) -> Int {
    guard plans[plan].isActive else { return plans[plan].paidAtEnd }
    return payments.filter { $0.plan == plan && $0.returned == nil }.map(\.amount).sum
  }

  /// Ends the plan that runs.
  mutating func end(_ plan: Int, broken: Day? = nil, completed: Day? = nil) {
    plans[plan].paidAtEnd = paid(plan)
    (plans[plan].broken, plans[plan].completed) = (broken, completed)
  }

  /// The bills that stand, by period.
  var bills: [Invoice] {
    invoices.filter { $0.start != nil && !$0.isCancelled }
      .sorted { $0.start ?? $0.end < $1.start ?? $1.end }
  }

  /// Whether no bill follows.
  var isFinallyBilled: Bool {
    guard let last = bills.last else { return false }
    return last.isFinal || stop.map { $0 <= last.end } ?? false
  }

  var hasNoNextBill: Bool { closed != nil || mergedInto != nil || isFinallyBilled }
}

/// A line of an invoice.
struct NaiveLine: Equatable {
  var type: String
  var amount: Int
  /// What it would be, of an exempt tax.
  var waived = 0
}

extension [Int] {
  var sum: Int { reduce(0, +) }
}
