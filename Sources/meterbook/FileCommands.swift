import Application
import ArgumentParser

struct FileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "file", abstract: "Quarterly filings: seal, show, verify, bridge, restate.",
    discussion: """
      A filing seals the quarter's revenue as posted: its position in the book, the
      root over it, the projection with its digest, and the SHA-256 of its bytes. It
      never changes. What is learned later is bridged and restated:

        meterbook close 2025-12
        meterbook file produce 2025Q4 --reason "filing of 31 January"
        meterbook file verify 2025Q4
        meterbook file bridge 2025Q4 --html bridge.html
        meterbook file restate 2025Q4 --reason "meter 17 read again"
      """,
    subcommands: [Produce.self, Show.self, Verify.self, Bridge.self, Restate.self])

  /// Reads a quarter.
  fileprivate static func quarter(_ text: String) throws -> Quarter {
    guard let quarter = Quarter(text) else {
      throw ValidationError("\(text) is no quarter: expected one such as 2025Q4.")
    }
    return quarter
  }

  struct Produce: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "produce",
      abstract: "Files a quarter as posted, once.",
      discussion: "Its bytes are written by `file show --sealed`.")
    @Argument(help: "As 2025Q4.") var quarter: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let quarter = try FileCommand.quarter(quarter)
      let report = try options.open().produceFiling(of: quarter, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Restate: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "restate",
      abstract: "Files a quarter again, restated as known now.",
      discussion: "Does nothing if its figures are those that were filed last.")
    @Argument(help: "As 2025Q4.") var quarter: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let quarter = try FileCommand.quarter(quarter)
      let report = try options.open().restateFiling(of: quarter, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows what was filed; writes the filed report, made again from the book.",
      discussion: """
        --sealed writes the very bytes whose SHA-256 is in the book: hold `sha256sum`
        against it.

        Examples:
          meterbook file show 2025Q4
          meterbook file show 2025Q4 --sealed 2025Q4.json --html 2025Q4.html
        """)
    @Argument(help: "As 2025Q4.") var quarter: String
    @Option(help: "Which restatement the files are of; 0 for the first filing.")
    var restatement = 0
    @Option(help: ArgumentHelp("Write the sealed bytes.", valueName: "file")) var sealed: String?
    @OptionGroup var options: DocumentOptions

    func run() throws {
      let quarter = try FileCommand.quarter(quarter)
      let ledger = try options.open()
      let report = try ledger.filing(of: quarter)
      if sealed == nil, !options.namesForm {
        return try Console.show(report, json: options.book.json)
      }
      let filed = try ledger.filedReport(
        of: quarter, restatement: restatement, progress: Console.progress)
      if let sealed { try Console.save(filed.bytes, at: sealed) }
      try options.show(report, filed.document)
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Makes what was filed again from the book alone, and compares the bytes.",
      discussion: "Exits with 1 where they differ.")
    @Argument(help: "As 2025Q4.") var quarter: String
    @OptionGroup var options: BookOptions

    func run() throws {
      let quarter = try FileCommand.quarter(quarter)
      let report = try options.open().verifyFiling(of: quarter, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Bridge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "bridge",
      abstract: "Shows what moved a quarter from as filed to as known now, by cause.",
      discussion: """
        Bills issued since, rebills by their reason, another classification. As known
        now is restated, by the version of revenue that answers.
        """)
    @Argument(help: "As 2025Q4.") var quarter: String
    @Option(
      help: "Begin at this restatement; 0 for the first filing. Default: what was filed last.")
    var restatement: Int?
    @Option(help: "At most so many corrections are listed; 0 for all.") var limit = 50
    @OptionGroup var options: DocumentOptions

    func run() throws {
      guard limit >= 0 else { throw ValidationError("--limit \(limit): expected 0 or more.") }
      let quarter = try FileCommand.quarter(quarter)
      let report = try options.open().bridge(
        of: quarter, restatement: restatement, limit: limit, progress: Console.progress)
      try options.show(report, report.document)
    }
  }
}
