import Documents
import Foundation
import Tariffs
import Testing

@testable import Application

/// The general ledger as the accountants' tools read it.
@Suite struct JournalTests {
  static let quiet: ProgressHandler = { _ in }

  private func export(
    _ life: WholeLife, _ format: JournalFormat, from: String? = nil, to: String? = nil
  ) throws -> (text: String, report: JournalReport) {
    var text = ""
    let span = JournalSpan(from: from.flatMap(Authority.day), to: to.flatMap(Authority.day))
    let report = try life.book.read().exportJournal(
      format, of: span, progress: Self.quiet
    ) { text += $0 }
    return (text, report)
  }

  @Test func `a payment for hledger, to six decimals, with the addresses of its events`() throws {
    let (text, report) = try export(WholeLife(), .hledger)
    #expect(text.hasPrefix("; Test\n; All days; "))
    #expect(text.contains("\ncommodity 1000.000000 USD\n"))
    #expect(text.contains("\naccount Assets:Receivables:142\n"))
    let start = try #require(text.range(of: "2026-02-10 "))
    let payment = text[start.lowerBound...].prefix { $0 != "\n" }
    let entry = try #require(payment.split(separator: ":").last)
    #expect(
      text.contains(
        """
        2026-02-10 1000000001 | PaymentReceived, PaymentAllocated  ; entry:\(entry)
            Assets:Cash:131  50.000000 USD  ; event:\(entry).0
            Liabilities:CreditBalances:253  -50.000000 USD  ; event:\(entry).0
            Liabilities:CreditBalances:253  50.000000 USD  ; event:\(entry).1, invoice:1000000001-0001
            Assets:Receivables:142  -50.000000 USD  ; event:\(entry).1, invoice:1000000001-0001

        """))
    #expect(
      report.text
        == "Wrote 10 transactions, \(report.postings) postings, \(report.debits) debited and credited"
    )
  }

  @Test func `a payment for Beancount, to six decimals, with the addresses of its events`() throws {
    let (text, _) = try export(WholeLife(), .beancount)
    #expect(text.contains("\noption \"inferred_tolerance_default\" \"USD:0\"\n"))
    #expect(text.contains("\n1900-01-01 open Assets:Receivables:142 USD\n"))
    let start = try #require(text.range(of: "2026-02-10 * \"1000000001\""))
    let lines = text[start.lowerBound...].split(separator: "\n").prefix(4).map(String.init)
    #expect(lines[0] == "2026-02-10 * \"1000000001\" \"PaymentReceived, PaymentAllocated\"")
    let entry = lines[1].filter(\.isNumber)
    #expect(lines[1] == "  entry: \"\(entry)\"")
    #expect(lines[2] == "  Assets:Cash:131  50.000000 USD")
    #expect(lines[3] == "    event: \"\(entry).0\"")
  }

  @Test func `from a day on, what was posted before is one opening transaction`() throws {
    let life = try WholeLife()
    let (text, report) = try export(life, .hledger, from: "2026-02-10", to: "2026-02-20")
    #expect(report.transactions == 2)
    let before = try life.book.read().trialBalance(
      asOf: Authority.day("2026-02-09"), progress: Self.quiet)
    let opening = text.components(separatedBy: "2026-02-10 Opening balances\n")[1]
      .components(separatedBy: "\n\n")[0]
    #expect(
      opening.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        == before.ledgers.map { "\($0.name)  \($0.balance)0000 USD" })
    #expect(text.contains("From 2026-02-10, with opening balances, to 2026-02-20; "))
    #expect(try export(life, .hledger, from: "2020-01-01").text.contains("Opening") == false)
  }

  @Test func `a file is written whole, in place of the one before, or not at all`() throws {
    let life = try WholeLife()
    let path = life.book.folder + "/out.journal"
    for _ in 1...2 {
      _ = try life.book.read().exportJournal(
        .hledger, of: JournalSpan(), to: path, progress: Self.quiet)
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == export(life, .hledger).text)
    let files = try FileManager.default.contentsOfDirectory(atPath: life.book.folder)
    #expect(!files.contains { $0.hasSuffix(".partial") })
    let error = #expect(throws: Failure.self) {
      _ = try life.book.read().exportJournal(
        .hledger, of: JournalSpan(), to: life.book.folder + "/no/out", progress: Self.quiet)
    }
    #expect(error?.description.contains("no/out.partial cannot be written. Name a file") == true)
  }

  @Test func `days in the wrong order are refused`() throws {
    let life = try WholeLife()
    let error = #expect(throws: Failure.self) {
      try export(life, .hledger, from: "2026-02-02", to: "2026-02-01")
    }
    #expect(error?.description.contains("--to 2026-02-01 is before --from 2026-02-02.") == true)
  }

  @Test func `a ledger account of any name gets a name of its own that both tools take`() throws {
    let day = try #require(Authority.day("2020-01-01"))
    let chart = LedgerChart([
      .init(
        name: "own", version: 1, effectiveFrom: day,
        lines: [
          .init(ledger: "440.1"), .init(code: "ST/sales", ledger: "tax"),
          .init(code: "TAX", ledger: "Tax"), .init(revenueClass: .passThrough, ledger: "440-1"),
        ])
    ])
    #expect(chart.name(of: "440.1") == "Income:Revenue:440-46-1")
    #expect(chart.name(of: "tax") == "Liabilities:Collected:0-116-ax")
    #expect(chart.name(of: "Tax") == "Liabilities:Collected:Tax")
    #expect(chart.name(of: "440-1") == "Liabilities:Collected:440-45-1")
    #expect(chart.name(of: "131") == "Assets:Cash:131")
  }

  /// What is met on the way: whole amounts, cents, credits.
  @Test(arguments: [(0, "0.000000"), (5, "0.050000"), (-5, "-0.050000"), (-12_345, "-123.450000")])
  func `cents with six decimals`(cents: Int64, text: String) {
    var journal = ""
    var transaction = JournalTransaction(day: "2026-01-01", narration: "A \"quoted\" \\ word")
    transaction.postings = [.init(name: "Assets:A", cents: cents)]
    JournalFormat.beancount.append(transaction, to: &journal)
    #expect(
      journal == "\n2026-01-01 * \"A \\\"quoted\\\" \\\\ word\"\n  Assets:A  \(text) USD\n")
  }
}
