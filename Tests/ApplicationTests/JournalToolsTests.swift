import Documents
import Foundation
import Testing

@testable import Application

/// Where the tools are.
enum JournalTools {
  static let python = ProcessInfo.processInfo.environment["METERBOOK_BEANCOUNT_PYTHON"]
    .flatMap { $0.isEmpty ? nil : $0 }
  static let quiet: ProgressHandler = { _ in }
}

/// hledger and Beancount read the general ledger of a book in which everything happens, check it
/// strictly, and come to our balances. `tools/test` installs both.
@Suite(.enabled(if: JournalTools.python != nil, "METERBOOK_BEANCOUNT_PYTHON is not set"))
struct JournalToolsTests {
  /// What `check_journals.py` says of the journals in a folder.
  private struct Check {
    let folder: String
    let transactions: Int

    /// The journals of a book, and its trial balance on the last day.
    init(_ book: TestBook, from: String? = nil, to: String? = nil) throws {
      folder = book.folder
      let span = JournalSpan(from: from.flatMap(Authority.day), to: to.flatMap(Authority.day))
      var count = 0
      for format in JournalFormat.allCases {
        let report = try book.read().exportJournal(
          format, of: span, to: "\(folder)/\(format.rawValue)", progress: JournalTools.quiet)
        count = report.transactions + (from == nil ? 0 : 1)
      }
      transactions = count
      let balances = try book.read().trialBalance(
        asOf: span.to, progress: JournalTools.quiet)
      try JSONEncoder().encode(balances).write(to: URL(filePath: folder + "/balances"))
    }

    /// Changes a journal.
    func replace(_ old: String, by new: String, in format: JournalFormat) throws {
      let path = "\(folder)/\(format.rawValue)"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let range = try #require(text.range(of: old))
      try Data(text.replacingCharacters(in: range, with: new).utf8).write(to: URL(filePath: path))
    }

    /// The exit code, and everything that was said.
    func run() throws -> (code: Int32, text: String) {
      let process = Process()
      process.executableURL = URL(filePath: try #require(JournalTools.python))
      process.arguments =
        [repository + "Tests/Support/check_journals.py", "--balances", folder + "/balances"]
        + ["--transactions", "\(transactions)"]
        + JournalFormat.allCases.flatMap { ["--\($0.rawValue)", "\(folder)/\($0.rawValue)"] }
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let said = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }
  }

  @Test(arguments: [
    (nil, nil), (nil, "2026-02-20"), ("2026-02-10", "2026-03-21"), ("2026-03-21", nil),
  ])
  func `they check it and come to our balances, whole or from a day on`(
    from: String?, to: String?
  ) throws {
    let life = try WholeLife()
    let check = try Check(life.book, from: from, to: to)
    let said = try check.run()
    #expect(said.code == 0, "\(said.text)")
    #expect(said.text.contains("agree: \(check.transactions) transactions"))
  }

  @Test func `a book in which lines rest in ledger accounts of any name`() throws {
    let life = try WholeLife(
      classification: [
        "kind: classification", "classification: own", "version: 1", "from: 2020-01-01",
        "lines:", "  - { ledger: other/income }",
        "  - { revenue_class: PASS_THROUGH, ledger: due.1 }",
        "  - { code: energy, ledger: z(1)_ }", "  - { code: TAX, ledger: tax }",
      ])
    let said = try Check(life.book).run()
    #expect(said.code == 0, "\(said.text)")
  }

  @Test(arguments: JournalFormat.allCases)
  func `a posting that is off by a cent is refused, and one off by a millionth`(
    format: JournalFormat
  ) throws {
    let life = try WholeLife()
    let check = try Check(life.book)
    try check.replace("Assets:Cash:131  50.000000", by: "Assets:Cash:131  50.010000", in: format)
    let said = try check.run()
    #expect(said.code == 1)
    #expect(said.text.contains(format == .hledger ? "hledger check -s" : "bean-check"))
    try check.replace("Assets:Cash:131  50.010000", by: "Assets:Cash:131  50.000001", in: format)
    #expect(try check.run().code == 1)
  }

  @Test(arguments: JournalFormat.allCases)
  func `a balanced posting to the wrong ledger account is told by its balance`(
    format: JournalFormat
  ) throws {
    let life = try WholeLife()
    let check = try Check(life.book)
    try check.replace(
      "Income:ForfeitedDiscounts:450  -5", by: "Income:ResidentialSales:440  -5", in: format)
    let said = try check.run()
    #expect(said.code == 1)
    let tool = format == .hledger ? "hledger" : "Beancount"
    #expect(
      said.text.contains("Income:ForfeitedDiscounts:450: \(tool) has 0, the trial balance -5.00"))
  }
}
