import CivilTime
import Foundation
import Testing

@testable import Application
@testable import Documents

@Suite("An exemption from taxes") struct ExemptionTests {
  static let account = "1000000002"

  private func day(_ text: String) throws -> Day { try #require(Authority.day(text)) }

  /// README's accounts, January billed; the second is exempt from its city's tax.
  private func exempt(from date: String = "2026-01-15") throws -> TestBook {
    let book = try TestBook.first()
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    _ = try book.open("2026-02-20", reason: "a certificate").exempt(
      Self.account, jurisdiction: "US-ST-CITY", tax: nil, certificate: "SCHOOL-77",
      from: day(date))
    return book
  }

  private func grant(
    _ book: TestBook, _ jurisdiction: String, tax: String? = nil, from date: String
  ) throws -> ChangeReport {
    try book.open("2026-02-20", reason: "a certificate").exempt(
      Self.account, jurisdiction: jurisdiction, tax: tax, certificate: "C-1", from: day(date))
  }

  @Test func `says what it did, and which invoices it came too late for`() throws {
    let book = try TestBook.first()
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    let report = try grant(book, "US-ST-CITY", from: "2026-01-31")
    #expect(
      report.text == """
        Account 1000000002
          Exemption 1: all taxes of US-ST-CITY from 2026-01-31 on, certificate C-1
          Balance 167.13
        It was not so when 1000000002-0001 was issued;
        `meterbook rebill 1000000002 --dry-run` shows what changes.
        """)
    #expect(try grant(book, "US-ST-CITY", from: "2026-01-31").events == 0)
    let other = try grant(book, "US-ST", tax: "sales", from: "2026-02-01")
    #expect(other.done == ["Exemption 2: tax sales of US-ST from 2026-02-01 on, certificate C-1"])
    #expect(other.next == ["No invoice that was issued changes."])
    let end = try book.open(nil, reason: "expired").endExemption(
      1, of: Self.account, on: day("2026-01-31"))
    #expect(
      end.done == [
        "Exemption 1, all taxes of US-ST-CITY, ended on 2026-01-31, the first day not exempt"
      ])
    #expect(end.next == ["No invoice that was issued changes."], "it was not billed again")
  }

  @Test func `that ends in the past names the invoices that are exempt`() throws {
    let book = try exempt()
    _ = try book.open(nil, reason: "exempt").rebill(Self.account, isDryRun: false)
    let end = try book.open(nil, reason: "forged").endExemption(
      1, of: Self.account, on: day("2026-01-15"))
    #expect(end.next.first == "It was not so when 1000000002-0002 was issued;")
    let back = try book.open(nil, reason: "forged").rebill(Self.account, isDryRun: true)
    #expect(back.rebilled.map(\.reason) == ["exemption"])
    #expect(back.rebilled.map(\.causes) == [["exemption"]] && back.difference == "2.35")
  }

  @Test func `is refused for a tax that is not published`() throws {
    let book = try TestBook.first()
    let failure = #expect(throws: Failure.self) {
      try grant(book, "US-ST-CITY", tax: "users", from: "2026-01-15")
    }
    #expect(
      failure?.description
        == "US-ST-CITY has no tax 'users'; it has sales. "
        + "Name one of its taxes, or leave --tax out for all of them.")
    let other = #expect(throws: Failure.self) {
      try grant(book, "US-MARS", tax: "users", from: "2026-01-15")
    }
    #expect(
      other?.description
        == "Account 1000000002: 'US-MARS' is no jurisdiction of the account; it has US-ST, "
        + "US-ST-CITY. Name one of the account's jurisdictions.")
  }

  @Test func `stands on the invoice, in words and in JSON, and in history`() throws {
    let book = try exempt()
    let report = try book.open(nil, reason: "exempt").rebill(Self.account, isDryRun: false)
    #expect(report.rebilled.map(\.causes) == [["exemption"]])
    #expect(report.rebilled.flatMap(\.lines).map(\.difference) == ["-2.35"])
    let invoice = try book.read().invoice("1000000002-0002")
    #expect(invoice.text.contains("1.5 % of 156.93 (2.35 exempt by certificate SCHOOL-77)"))
    let line = try #require(invoice.document.lines.last)
    #expect((line.amount, line.waived, line.exemptBy) == ("0.00", "2.35", "SCHOOL-77"))
    #expect(line.waivedBy == nil)
    let json = try String(decoding: JSONEncoder().encode(invoice), as: UTF8.self)
    #expect(json.contains(#""exempt_by":"SCHOOL-77""#) && !json.contains("waived_by"))
    let explained = try book.read().explain("1000000002-0002", line: line.line).explanation
    let facts = explained.lines[0].facts
    #expect(facts.map(\.name).suffix(4) == ["rounded", "exempt", "amount", "event"])
    #expect(facts.first { $0.name == "exempt" }?.value == "2.35 by certificate SCHOOL-77")
    let rows = try book.read().history(of: Self.account).events
    let tax = try #require(rows.last { $0.event == "ChargeRecorded" })
    #expect(tax.facts.suffix(3).map(\.name) == ["amount", "exempt", "certificate"])
  }

  @Test func `is among what the revenue report says was waived, and every sum still ties`() throws {
    let book = try exempt()
    _ = try book.open(nil, reason: "exempt").rebill(Self.account, isDryRun: false)
    for view in [RevenueView.posted, .restated] {
      let report = try book.read().revenue(
        of: #require(Quarter("2026Q1")), view, version: nil, knownAt: nil, progress: { _ in })
      #expect(report.isSatisfied, "invoices, ledger and classes come to the same")
      let section = try #require(report.document.sections.first { $0.name == "revenue" })
      let city = section.rows.filter { row in row.contains { $0.plain == "US-ST-CITY" } }
      let sums = city.map { row in
        ["revenue_class", "gross_billed", "waived", "net_billed"].map {
          row[section.index(of: $0)!].plain
        }.joined(separator: " ")
      }
      #expect(sums == ["PASS_THROUGH 2.35 2.35 0.00"])
    }
    #expect(try book.read().trialBalance(asOf: nil) { _ in }.isSatisfied)
  }
}
