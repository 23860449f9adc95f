public import CivilTime
public import Money

/// A month of accounting: what the quarterly report is made of, and what is closed.
public struct AccountingMonth: RawRepresentable, Hashable, Comparable, Sendable {
  /// 12 x year + month - 1.
  public let rawValue: UInt32

  /// A month, counted.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The month that a day is in.
  public init(of day: Day) {
    let parts = day.parts
    rawValue = UInt32(12 * parts.year + parts.month - 1)
  }

  /// The month that `text` names, as `2025-10`; from the year 1900 on.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
      text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || 48...57 ~= $0 }),
      let year = UInt32(parts[0]), let month = UInt32(parts[1]), year >= 1900, 1...12 ~= month
    else { return nil }
    rawValue = 12 * year + month - 1
  }

  /// Its first day.
  public var firstDay: Day {
    Day(year: Int(rawValue / 12), month: Int(rawValue % 12) + 1, day: 1) ?? Day(rawValue: 0)
  }
  /// The day after its last one.
  public var end: Day { next.firstDay }
  /// Its last day.
  public var lastDay: Day { end - 1 }
  /// The one after it.
  public var next: AccountingMonth { AccountingMonth(rawValue: rawValue &+ 1) }

  /// By time.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension AccountingMonth: CustomStringConvertible {
  /// As `2025-10`.
  public var description: String {
    let month = rawValue % 12 + 1
    return "\(rawValue / 12)-\(month < 10 ? "0" : "")\(month)"
  }
}

/// What a month's postings debited and credited in a ledger account.
public struct LedgerTotal: Hashable, Sendable {
  /// The ledger account.
  public var ledger: String
  /// The sum of the debits; not below zero.
  public var debits: Money
  /// The sum of the credits; not below zero.
  public var credits: Money

  /// The two sums of a ledger account.
  public init(ledger: String, debits: Money, credits: Money) {
    self.ledger = ledger
    self.debits = debits
    self.credits = credits
  }
}

/// A month, and all before it, takes no more postings: what comes later goes into the first open one.
public struct PeriodClosed: Hashable, Sendable {
  /// The month.
  public var month: AccountingMonth
  /// How many entries of the book its totals are of.
  public var size: UInt64
  /// Its postings by ledger account, in the order of their names: debits and credits balance.
  public var totals: [LedgerTotal]
  /// What all classes of revenue come to in it, net.
  public var netBilled: Money
  /// The projection that says so, as `revenue@2`.
  public var projection: String
  /// SHA-256 over that projection's rows after `size` entries: 32 bytes.
  public var digest: [UInt8]

  /// A month that is closed.
  public init(
    month: AccountingMonth, size: UInt64, totals: [LedgerTotal], netBilled: Money,
    projection: String, digest: [UInt8]
  ) {
    self.month = month
    self.size = size
    self.totals = totals
    self.netBilled = netBilled
    self.projection = projection
    self.digest = digest
  }
}

/// The month that was closed last takes postings again.
public struct PeriodOpened: Hashable, Sendable {
  /// The month.
  public var month: AccountingMonth

  /// A month that is open again.
  public init(month: AccountingMonth) { self.month = month }
}
