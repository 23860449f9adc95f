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

  /// Counts the bills of an account, which are in `memory`; what their lines move by is for `shelf`.
  mutating func add(
    _ memory: RerateMemory, of account: String, limit: Day?, _ shelf: inout RerateShelf
  ) {
    guard !memory.bills.isEmpty else { return }
    accounts += 1
    var moved = Money.zero
    var isMoved = false
    let bills = memory.bills.span
    for index in bills.indices {
      invoices += 1
      let movement = Shift(was: bills[index].was + bills[index].adjusted, now: bills[index].now)
      total += movement
      adjusted += bills[index].adjusted
      guard bills[index].isMoved else { continue }
      if bills[index].isBeyond(limit) {
        tooLate.invoices += 1
        tooLate.amount += movement.difference
      }
      invoicesMoved += 1
      isMoved = true
      moved += movement.difference
      shelf.add(bills[index], movement, memory.lines)
    }
    if isMoved {
      accountsMoved += 1
      distribution[Self.bounds.firstIndex { moved.cents < $0 } ?? 0] += 1
      keep((account, moved))
    }
  }

  /// Takes in the sums of a shelf, by their names.
  mutating func add(_ shelf: RerateShelf, _ memory: RerateMemory, _ rulebook: RulebookState) {
    for sums in shelf.all {
      let terms = memory.terms[sums.terms]
      add(sums.movement, .plan, terms.plan)
      add(sums.movement, .customerClass, terms.customerClass.name)
      add(sums.movement, .jurisdiction, terms.jurisdictions.joined(separator: ";"))
      add(sums.movement, .quarter, sums.day.quarter)
      let classification = rulebook.classificationInForce(on: sums.day)
      for (kind, movement) in zip(memory.kinds.all, sums.kinds) {
        guard let movement else { continue }
        add(movement, .revenueClass, kind.revenueClass.name)
        let account = classification.account(
          code: kind.code, lineType: kind.type, revenueClass: kind.revenueClass,
          customerClass: terms.customerClass)
        add(movement, .ledger, account)
      }
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
