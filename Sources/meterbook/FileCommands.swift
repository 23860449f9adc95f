import Application
import ArgumentParser
import Documents

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
    @Flag(help: "Print the filed report as CSV.") var csv = false
    @Option(help: ArgumentHelp("Write the sealed bytes.", valueName: "file")) var sealed: String?
    @Option(help: ArgumentHelp("Write the filed report as a workbook.", valueName: "file"))
    var xlsx: String?
    @Option(help: ArgumentHelp("Write it as a page that prints well.", valueName: "file"))
    var html: String?
    @OptionGroup var options: BookOptions

    func run() throws {
      guard !(csv && options.json) else {
        throw ValidationError("--csv and --json: choose one of the two.")
      }
      let quarter = try FileCommand.quarter(quarter)
      let ledger = try options.open()
      let report = try ledger.filing(of: quarter)
      guard csv || sealed != nil || xlsx != nil || html != nil else {
        return try Console.show(report, json: options.json)
      }
      let filed = try ledger.filedReport(
        of: quarter, restatement: restatement, progress: Console.progress)
      if let sealed { try Console.save(filed.bytes, at: sealed) }
      if let xlsx { try Console.save(filed.document.xlsx, at: xlsx) }
      if let html { try Console.save(Array(filed.document.html.utf8), at: html) }
      guard csv else { return try Console.show(report, json: options.json) }
      Console.clearProgress()
      Console.show(piece: filed.document.csv)
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
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
    @Flag(help: "Print CSV.") var csv = false
    @Option(help: ArgumentHelp("Also write a workbook.", valueName: "file")) var xlsx: String?
    @Option(help: ArgumentHelp("Also write a page that prints well.", valueName: "file"))
    var html: String?
    @OptionGroup var options: BookOptions

    func run() throws {
      guard limit >= 0 else { throw ValidationError("--limit \(limit): expected 0 or more.") }
      guard !(csv && options.json) else {
        throw ValidationError("--csv and --json: choose one of the two.")
      }
      let quarter = try FileCommand.quarter(quarter)
      let report = try options.open().bridge(
        of: quarter, restatement: restatement, limit: limit, progress: Console.progress)
      if let xlsx { try Console.save(report.document.xlsx, at: xlsx) }
      if let html { try Console.save(Array(report.document.html.utf8), at: html) }
      guard csv else { return try Console.show(report, json: options.json) }
      Console.clearProgress()
      Console.show(piece: report.document.csv)
      if !report.isSatisfied { throw ExitCode(1) }
    }
  }
}
