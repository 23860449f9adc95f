public import CivilTime
import Invoices

/// Which invoices are meant: all that is said must hold.
public struct InvoiceFilter: Hashable, Sendable {
  /// What an invoice is. One may be several of these.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// It bills energy.
    case bill
    /// It bills no energy, only what waited for an invoice.
    case statement
    /// It is the last bill after service stopped.
    case final
    /// It replaces a cancelled one.
    case rebill
    /// It was cancelled.
    case cancelled
    /// It goes by a reading that was estimated.
    case estimated
  }

  /// Only this account's.
  public var account: String?
  /// Only those whose last day billed is one of these; of a statement, the day issued.
  public var lastDays: ClosedRange<Day>?
  /// Only those issued on this day or later; the latest come first.
  public var issuedSince: Day?
  /// Only those that are this.
  public var kind: Kind?

  /// All invoices.
  public init() {}

  /// The days of a month, as `2026-02`, or of a span, as `2026-02-01..2026-03-31`, either end of which
  /// may be left out; `nil` for any other text.
  public static func days(_ text: String) -> ClosedRange<Day>? {
    if let month = Authority.month(text) {
      let parts = month.first.parts
      let next = parts.month == 12 ? "\(parts.year + 1)-01" : "\(parts.year)-\(parts.month + 1)"
      let padded = next.utf8.count == 7 ? next : next.replacing("-", with: "-0")
      return Authority.month(padded).map { month.first...($0.first - 1) }
    }
    guard let dots = text.firstRange(of: "..") else { return nil }
    let (from, to) = (String(text[..<dots.lowerBound]), String(text[dots.upperBound...]))
    guard !(from.isEmpty && to.isEmpty) else { return nil }
    guard let first = from.isEmpty ? Day(rawValue: .min) : Day(iso: from),
      let last = to.isEmpty ? Day(rawValue: .max) : Day(iso: to), first <= last
    else { return nil }
    return first...last
  }
}

extension InvoiceFilter.Kind {
  /// The rows by which such invoices are found; `nil` where most invoices are that, or where it follows
  /// from other rows.
  var type: InvoiceType? {
    switch self {
    case .statement: .statement
    case .final: .final
    case .rebill: .rebill
    case .bill, .cancelled, .estimated: nil
    }
  }
}
