import Billing
import CivilTime
import EventLog
import Money
import Tariffs

/// What an amount was and is.
struct Shift: Hashable, Sendable {
  var was = Money.zero
  var now = Money.zero

  static func += (left: inout Shift, right: Shift) {
    left.was += right.was
    left.now += right.now
  }

  /// What it moves by.
  var difference: Money { now - was }
}

/// What bills of the past are summed by.
enum RerateDimension: String, CaseIterable, Sendable {
  case plan, revenueClass = "class", customerClass = "customer_class"
  case jurisdiction, quarter
  case ledger = "ledger_account"
}

/// The ledger account of a line: what the classification in force says, each kind of line looked up
/// once.
struct ClassificationDesk: Sendable {
  private let rulebook: RulebookState

  init(_ rulebook: RulebookState) { self.rulebook = rulebook }

  /// The ledger account of a line of an invoice issued on `day`.
  func account(of line: ClassifiedLine, _ customerClass: CustomerClass, on day: Day) -> String {
    rulebook.classificationInForce(on: day).account(
      code: line.code, lineType: line.type, revenueClass: line.revenueClass,
      customerClass: customerClass)
  }
}

/// What rating the past again came to.
struct RerateTally: Sendable {
  /// How many of the accounts that move most are kept.
  static let greatest = 10
  /// The bounds of the distribution, in cents: what a difference is below.
  static let bounds: [Int64] = [-10_000, -1_000, -100, 0, 1, 101, 1_001, 10_001, .max]

  private(set) var accounts = 0
  private(set) var accountsMoved = 0
  private(set) var invoices = 0
  private(set) var invoicesMoved = 0
  private(set) var total = Shift()
  private(set) var adjusted = Money.zero
  private(set) var sums: [RerateDimension: [String: Shift]] = [:]
  /// How many accounts move by an amount below each bound.
  private(set) var distribution = [Int](repeating: 0, count: bounds.count)
  /// The accounts that move most, the greatest first.
  private(set) var top: [(account: String, difference: Money)] = []
  private(set) var obstacles: [String: Int] = [:]
  /// What the back-billing limit keeps from being charged.
  private(set) var tooLate = (invoices: 0, amount: Money.zero)

  mutating func cannot(_ obstacle: BillingObstacle, _ account: String) {
    obstacles[obstacle.code, default: 0] += 1
  }

  /// Counts the bills of an account.
  mutating func add(
    _ bills: [Rerated], of account: String, _ state: AccountState,
    _ classification: ClassificationDesk, limit: Day?
  ) {
    guard !bills.isEmpty else { return }
    accounts += 1
    var moved = Money.zero
    for bill in bills {
      invoices += 1
      let difference = bill.difference
      let was = bill.was.map(\.amount).sum()
      let now = bill.now.map(\.amount).sum()
      let before = bill.adjusted.values.sum()
      total += Shift(was: was + before, now: now)
      adjusted += before
      guard !bill.differences.isEmpty else { continue }
      if bill.isBeyond(limit) {
        tooLate.invoices += 1
        tooLate.amount += difference
      }
      invoicesMoved += 1
      moved += difference
      add(bill, Shift(was: was + before, now: now), classification)
    }
    if bills.contains(where: { !$0.differences.isEmpty }) {
      accountsMoved += 1
      distribution[Self.bounds.firstIndex { moved.cents < $0 } ?? 0] += 1
      keep((account, moved))
    }
  }

  private mutating func add(
    _ bill: Rerated, _ movement: Shift, _ classification: ClassificationDesk
  ) {
    let invoice = bill.issued.invoice
    let day = bill.issued.day
    add(movement, .plan, invoice.plan)
    add(movement, .customerClass, invoice.customerClass.name)
    add(movement, .jurisdiction, invoice.jurisdictions.joined(separator: ";"))
    add(movement, .quarter, day.quarter)
    for (lines, isNow) in [(bill.was, false), (bill.now, true)] {
      for line in lines {
        let part =
          isNow ? Shift(now: line.amount) : Shift(was: line.amount)
        add(part, .revenueClass, line.revenueClass.name)
        add(
          part, .ledger, classification.account(of: line, invoice.customerClass, on: day))
      }
    }
    for (revenueClass, amount) in bill.adjusted {
      let line = ClassifiedLine(
        amount: amount, code: "", type: .adjustment, revenueClass: revenueClass)
      add(Shift(was: amount), .revenueClass, revenueClass.name)
      add(
        Shift(was: amount), .ledger,
        classification.account(of: line, invoice.customerClass, on: day))
    }
  }

  private mutating func add(_ part: Shift, _ dimension: RerateDimension, _ key: String) {
    sums[dimension, default: [:]][key, default: Shift()] += part
  }

  private mutating func keep(_ item: (account: String, difference: Money)) {
    let size = abs(item.difference.cents)
    if top.count == Self.greatest, let last = top.last, abs(last.difference.cents) >= size {
      return
    }
    let place = top.firstIndex { abs($0.difference.cents) < size } ?? top.count
    top.insert(item, at: place)
    if top.count > Self.greatest { top.removeLast() }
  }

  mutating func add(_ other: RerateTally) {
    accounts += other.accounts
    accountsMoved += other.accountsMoved
    invoices += other.invoices
    invoicesMoved += other.invoicesMoved
    total += other.total
    adjusted += other.adjusted
    for (dimension, sums) in other.sums {
      for (key, movement) in sums { add(movement, dimension, key) }
    }
    for index in distribution.indices { distribution[index] += other.distribution[index] }
    for item in other.top { keep(item) }
    obstacles.merge(other.obstacles, uniquingKeysWith: +)
    tooLate.invoices += other.tooLate.invoices
    tooLate.amount += other.tooLate.amount
  }
}

extension Day {
  /// The quarter, as `2025Q4`.
  var quarter: String { "\(parts.year)Q\((parts.month + 2) / 3)" }
}
