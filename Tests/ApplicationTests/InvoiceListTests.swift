import Billing
import CivilTime
import Documents
import EventSourcing
import Foundation
import Testing

@testable import Application

/// Invoices of a book to which everything happened, by whatever they can be found by, held against a
/// scan over all of them.
@Suite("Invoices are found") struct InvoiceListTests {
  private static let quiet: ProgressHandler = { _ in }

  private static func day(_ text: String) throws -> Day { try #require(Authority.day(text)) }

  private func numbers(
    _ ledger: Ledger, limit: Int = 0, _ change: (inout InvoiceFilter) throws -> Void = { _ in }
  ) throws -> [String] {
    var filter = InvoiceFilter()
    try change(&filter)
    return try ledger.invoices(filter, limit: limit, progress: Self.quiet).invoices.map(\.number)
  }

  @Test func `by every combination of account, period, type and day issued, as a scan finds them`()
    throws
  {
    let life = try WholeLife()
    let ledger = try life.book.read()
    let all = try ledger.invoices(limit: 0, progress: Self.quiet).invoices
    #expect(all.count > 5)
    let periods: [ClosedRange<Day>?] = [
      nil, InvoiceFilter.days("2026-01"),
      InvoiceFilter.days("2026-02-01..2026-03-31"),
      InvoiceFilter.days("..2026-01-30"),
    ]
    var found = 0
    for account in [nil, "1000000002", "9"] {
      for period in periods {
        for since in [nil, try Self.day("2026-03-01"), try Self.day("2027-01-01")] {
          for kind in [nil] + InvoiceFilter.Kind.allCases {
            var filter = InvoiceFilter()
            (filter.account, filter.lastDays) = (account, period)
            (filter.issuedSince, filter.kind) = (since, kind)
            let numbers = try ledger.invoices(filter, limit: 0, progress: Self.quiet)
              .invoices.map(\.number)
            let expected = try all.filter { row in
              let issued = try Self.day(row.issued)
              let last = row.isStatement ? issued : try Self.day(row.period.end) - 1
              let isKind =
                switch kind {
                case nil: true
                case .bill: !row.isStatement
                case .statement: row.isStatement
                case .final: row.isFinal
                case .rebill: row.replaces != nil
                case .cancelled: row.status != "issued"
                case .estimated: false
                }
              return isKind && account.map { $0 == row.account } ?? true
                && period.map { $0.contains(last) } ?? true && since.map { issued >= $0 } ?? true
            }
            #expect(Set(numbers) == Set(expected.map(\.number)), "\(filter)")
            #expect(numbers.count == expected.count, "\(filter)")
            found += numbers.isEmpty ? 0 : 1
          }
        }
      }
    }
    #expect(found > 20)
  }

  @Test func `since a day the latest first, of a period by its last day, else by account`() throws {
    let life = try WholeLife()
    let ledger = try life.book.read()
    let all = try ledger.invoices(limit: 0, progress: Self.quiet).invoices
    #expect(all.map(\.number) == all.map(\.number).sorted())
    let since = try numbers(ledger) { $0.issuedSince = try Self.day("2000-01-01") }
    #expect(Set(since) == Set(all.map(\.number)))
    let places = since.map { number in all.first { $0.number == number }!.position }
    let addresses = places.map { place in place.split(separator: ".").map { Int($0)! } }
    #expect(
      zip(addresses, addresses.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) == false }
    )
    #expect(
      try numbers(ledger, limit: 2) { $0.issuedSince = try Self.day("2000-01-01") }
        == Array(since.prefix(2)))
    let byDay = try ledger.invoices(
      {
        var filter = InvoiceFilter()
        filter.lastDays = InvoiceFilter.days("2026-01-01..")
        return filter
      }(), limit: 0, progress: Self.quiet
    ).invoices
    let days = byDay.map { ($0.isStatement ? $0.issued : $0.period.end, $0.number) }
    #expect(zip(days, days.dropFirst()).allSatisfy { $0 <= $1 })
    let few = try ledger.invoices(limit: 1, progress: Self.quiet)
    #expect(few.truncated && few.text.hasSuffix("--period, --type or --issued-since."))
  }

  @Test func `by the index with the fewest rows`() throws {
    let life = try WholeLife()
    let ledger = try life.book.read()
    let file = try ledger.followInvoices(Self.quiet)
    func index(_ change: (inout InvoiceFilter) throws -> Void) throws -> InvoiceSearch.Index {
      var filter = InvoiceFilter()
      try change(&filter)
      return try InvoiceSearch(filter, in: file, of: ledger).index
    }
    #expect(try index { _ in } == .all)
    #expect(try index { $0.kind = .bill } == .all)
    #expect(try index { $0.kind = .rebill } == .kind)
    #expect(try index { $0.lastDays = InvoiceFilter.days("2026-01") } == .lastDay)
    #expect(try index { $0.issuedSince = try Self.day("2026-01-01") } == .issued)
    #expect(
      try index {
        $0.account = "1000000001"
        $0.issuedSince = try Self.day("2026-01-01")
      } == .account)
  }

  @Test func `as estimated where they go by a reading that a bill run estimated`()
    throws
  {
    let book = try `A reading that is missing`.book()
    try book.bill("2026-03-01", at: "2026-03-01T13:00:00Z")
    let ledger = try book.read()
    let estimated = try numbers(ledger) { $0.kind = .estimated }
    let marked = try numbers(ledger).filter {
      try !ledger.invoice($0).document.estimates.isEmpty
    }
    #expect(estimated == ["1-0002"] && estimated == marked)
    #expect(try numbers(ledger).count > estimated.count)
  }

  @Test(arguments: [
    ("2026-02", "2026-02-01", "2026-02-28"), ("2025-12", "2025-12-01", "2025-12-31"),
    ("2026-02-03..2026-04-01", "2026-02-03", "2026-04-01"),
  ])
  func `of a month or from a day to another`(_ text: String, _ first: String, _ last: String) throws
  {
    #expect(try InvoiceFilter.days(text) == Self.day(first)...Self.day(last))
  }

  @Test(arguments: ["", "..", "2026", "2026-13", "2026-04-01..2026-03-01", "x..2026-03-01"])
  func `of no period that is none`(_ text: String) { #expect(InvoiceFilter.days(text) == nil) }
}
