import Application
import ArgumentParser

struct ProjectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projection",
    abstract: "Read models: rebuild, compare as money, switch, roll back.",
    discussion: """
      A projection is made of the book and can be thrown away. Each version has a file
      of its own; the one that answers is named by an event in the book. Publishing a
      classification defines the next version of revenue:

        meterbook rules publish classification.yaml
        meterbook projection rebuild revenue@3
        meterbook projection diff revenue@2 revenue@3 --by quarter,class
        meterbook projection promote revenue@3 --reason "order 25-118"
        meterbook projection rollback revenue
      """,
    subcommands: [
      List.self, Show.self, Rebuild.self, Follow.self, Diff.self, Promote.self, Rollback.self,
      Verify.self, Drop.self,
    ])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Shows every version, which one answers, and how far its file has come.")
    @OptionGroup var options: BookOptions

    func run() throws { try Console.show(options.open().projections(), json: options.json) }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows a version: position, rows, digest, and every switch.",
      discussion: "Changes nothing: a version that is behind the book stays so.")
    @Argument(help: "As revenue@2; without @, the version that answers.") var projection: String
    @OptionGroup var options: BookOptions

    func run() throws {
      let report = try options.open().projection(projection, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rebuild",
      abstract: "Makes a version's file anew from the whole book, on all cores.",
      discussion: """
        It is made beside the file that is there and takes its place when it is whole:
        readers notice nothing, and a rebuild that is killed leaves nothing.
        """)
    @Argument(help: "As revenue@2; without @, the version that answers.") var projection: String
    @OptionGroup var options: BookOptions

    func run() throws {
      let report = try options.open().rebuild(projection: projection, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Follow: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "follow",
      abstract: "Brings a version up to the head of the book, or all that answer.")
    @Argument(
      help: "As revenue@2; without @, the version that answers. Default: all that answer.")
    var projection: String?
    @OptionGroup var options: BookOptions

    func run() throws {
      let ledger = try options.open()
      guard let projection else {
        let report = try ledger.followAll(progress: Console.progress)
        return try Console.show(report, json: options.json)
      }
      let report = try ledger.follow(projection: projection, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff",
      abstract: "Compares two versions after the same entries, as money.",
      discussion: """
        Rows equal, changed, only in one; totals by dimension; moves between classes
        that leave the total as it is; and with --explain the entries behind them.

        Examples:
          meterbook projection diff revenue@1 revenue@2 --by quarter,class
          meterbook projection diff revenue@1 revenue@2 --explain 1000000001
        """)
    @Argument(help: "As revenue@1.") var left: String
    @Argument(help: "As revenue@2.") var right: String
    @Option(
      help: ArgumentHelp(
        "What totals are told apart by: "
          + RevenueDimension.allCases.map(\.rawValue).joined(separator: ", ") + ".",
        valueName: "dimensions"))
    var by = "quarter,class"
    @Option(
      help: ArgumentHelp("Show the entries of an account, or of a row.", valueName: "account|row"))
    var explain: String?
    @Option(help: "At most so many entries are shown; 0 for all.") var limit = 50
    @OptionGroup var options: DocumentOptions

    func run() throws {
      guard limit >= 0 else { throw ValidationError("--limit \(limit): expected 0 or more.") }
      let dimensions = try by.split(separator: ",").map { word in
        guard let dimension = RevenueDimension(rawValue: String(word)) else {
          throw ValidationError(
            "--by \(word): expected one or more of "
              + RevenueDimension.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        return dimension
      }
      let report = try options.open().diff(
        projections: (left, right), by: dimensions, explaining: explain, limit: limit,
        progress: Console.progress)
      try options.show(report, report.document)
    }
  }

  struct Promote: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "promote",
      abstract: "Makes a version answer from now on.",
      discussion: """
        The switch is an event in the book, with the digests of both versions after the
        same entries.
        """)
    @Argument(help: "As revenue@2.") var projection: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().promote(projection: projection, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rollback",
      abstract: "Makes the version answer that answered before the last switch.")
    @Argument(help: "As revenue.") var projection: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().rollBack(projection: projection, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Makes a version anew elsewhere and compares the digests.")
    @Argument(help: "As revenue@2; without @, the version that answers.") var projection: String
    @OptionGroup var options: BookOptions

    func run() throws {
      let report = try options.open().verify(projection: projection, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Drop: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "drop",
      abstract: "Deletes the file of a version that does not answer.")
    @Argument(help: "As revenue@1.") var projection: String
    @OptionGroup var options: BookOptions

    func run() throws {
      let report = try options.open().drop(projection: projection)
      try Console.show(report, json: options.json)
    }
  }
}
