import Billing
import CivilTime
import EventLog
import EventSourcing
import LMDB
import Money
import ProjectionStore
import Receivables

/// Balances of accounts, added up.
struct ReceivablesSums: Sendable {
  private(set) var byAge = [Money](repeating: .zero, count: Age.allCases.count)
  private(set) var credit = Money.zero
  private(set) var invoices = 0

  /// Of all ages.
  var open: Money { byAge.sum() }

  mutating func add(_ balance: AccountBalance, on day: Day) {
    for invoice in balance.invoices.values where invoice.open != .zero {
      byAge[Age(due: invoice.due, on: day).rawValue] += invoice.open
      invoices += 1
    }
    credit += balance.credit
  }

  mutating func add(_ other: ReceivablesSums) {
    for index in byAge.indices { byAge[index] += other.byAge[index] }
    credit += other.credit
    invoices += other.invoices
  }

  var report: AgeingReport.Ages {
    AgeingReport.Ages(
      current: "\(byAge[0])", thirty: "\(byAge[1])", sixty: "\(byAge[2])", ninety: "\(byAge[3])",
      open: "\(open)", credit: "\(credit)", balance: "\(open - credit)")
  }
}

/// The receivables of accounts, and of how many entries of the book they tell.
struct AccountReceivables {
  var rows: [AgeingReport.Row] = []
  var sums = ReceivablesSums()
  var accounts = 0
  var size: UInt64 = 0
  var isTruncated = false

  var open: Money { sums.open }
  var credit: Money { sums.credit }
}

extension Ledger {
  /// The day of the book's last entry, in UTC.
  func lastDay() throws -> Day {
    let second = try book.head().lastRecordedAt.instant.rawValue
    return Day(rawValue: Int32((second - (second % 86_400 + 86_400) % 86_400) / 86_400))
  }

  /// What accounts owe, as of the end of `day`; all of it where there is none.
  ///
  /// - Parameters:
  ///   - account: Only this one, and those merged into it.
  ///   - limit: At most so many rows are made; 0 for all. The sums are of all.
  func receivables(
    asOf day: Day?, account: String?, limit: Int, progress: @escaping ProgressHandler
  ) throws -> AccountReceivables {
    let file = try followReceivables(progress)
    let ageDay = try day ?? lastDay()
    while true {
      let size = try file.checkpoint().size
      var found = AccountReceivables()
      found.size = size
      func add(_ account: String, _ balance: AccountBalance) {
        guard balance.isOwed else { return }
        found.accounts += 1
        found.sums.add(balance, on: ageDay)
        guard limit == 0 || found.rows.count < limit else { return found.isTruncated = true }
        found.rows.append(AgeingReport.Row(account, balance, on: ageDay))
      }
      if let account {
        add(account, try file.balance(of: account, asOf: day))
        for other in try file.accounts(mergedInto: account) {
          let balance = try file.balance(of: other, asOf: day)
          if balance.mergedInto == account { add(other, balance) }
        }
      } else {
        try file.forEachBalance(asOf: day, add)
      }
      // Another process may have brought the rows forward meanwhile.
      if try file.checkpoint().size == size { return found }
    }
  }
}

extension AccountBalance {
  /// Whether something is open, or a credit.
  fileprivate var isOwed: Bool {
    credit != .zero || invoices.values.contains { $0.open != .zero }
  }
}

extension ProjectionFile {
  /// What an account owes.
  fileprivate func balance(of account: String, asOf day: Day?) throws -> AccountBalance {
    var balance = AccountBalance(asOf: day)
    try forEach(prefix: ReceivablesLedger.prefix(account: account)) { _, value in
      balance.take(try Movement(value: value))
      return .proceed
    }
    return balance
  }

  /// The accounts that were merged into one, whether or not they still are.
  fileprivate func accounts(mergedInto account: String) throws -> [String] {
    var found: [String] = []
    try forEach(prefix: ReceivablesLedger.prefix(mergedInto: account)) { key, _ in
      found.append(ReceivablesLedger.account(inKey: key, mergedInto: account))
      return .proceed
    }
    return found
  }

  /// Hands what each account owes to `body`, by account.
  fileprivate func forEachBalance(
    asOf day: Day?, _ body: (String, AccountBalance) -> Void
  ) throws {
    var account = ""
    var balance = AccountBalance(asOf: day)
    try forEach(prefix: ReceivablesLedger.prefix) { key, value in
      let next = ReceivablesLedger.account(inKey: key)
      if next != account {
        if !account.isEmpty { body(account, balance) }
        account = next
        balance = AccountBalance(asOf: day)
      }
      balance.take(try Movement(value: value))
      return .proceed
    }
    if !account.isEmpty { body(account, balance) }
  }
}

extension AgeingReport.Row {
  fileprivate init(_ account: String, _ balance: AccountBalance, on day: Day) {
    var sums = ReceivablesSums()
    sums.add(balance, on: day)
    self.account = account
    mergedInto = balance.mergedInto
    ages = sums.report
    invoices = balance.invoices.filter { $0.value.open != .zero }.sorted { $0.key < $1.key }.map {
      AgeingReport.Invoice(
        number: InvoiceIssued.number(account: account, ordinal: $0.key),
        due: $0.value.due?.description, daysPastDue: max(0, $0.value.due.map { day - $0 } ?? 0),
        open: $0.value.open.description)
    }
  }
}
