import Application
import ArgumentParser

struct Review: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "The review queue: what was rejected, and what became of it.",
    subcommands: [List.self, Show.self, Resolve.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists the open items.",
      discussion: """
        Examples:
          meterbook review list
          meterbook review list --because unknown-meter --limit 0
        """)
    @Flag(help: "Resolved items too.") var all = false
    @Option(help: "Only items with this reason, as the list prints it.") var because: String?
    @Option(help: "At most this many; 0 for all.") var limit = 50
    @OptionGroup var options: BookOptions

    func run() throws {
      guard limit >= 0 else { throw ValidationError("--limit \(limit): expected 0 or more.") }
      let report = try options.open().reviews(
        all: all, because: because, limit: limit, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows an item: its place, its reason, and the input as it came.",
      discussion: "Example:\n  meterbook review show 3f2a91c05d77be14")
    @Argument(help: "The item.") var item: String
    @OptionGroup var options: BookOptions

    func run() throws {
      try Console.show(options.open().review(item), json: options.json)
    }
  }

  struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resolve",
      abstract: "Submits an item again, corrected, or dismisses it.",
      discussion: """
        Examples:
          meterbook review resolve 3f2a91c05d77be14 --set value=1137
          meterbook review resolve 3f2a91c05d77be14 --resubmit
          meterbook review resolve 3f2a91c05d77be14 --accept --reason "heat pump"
          meterbook review resolve 3f2a91c05d77be14 --dismiss --reason "test meter"

        What is submitted again passes the same validation as everything else; if
        it is refused again, the item stays open.
        """)
    @Argument(help: "The item.") var item: String
    @Flag(help: "Dismiss the item; needs --reason.") var dismiss = false
    @Option(
      help: ArgumentHelp("Correct a column before submitting again.", valueName: "column=value"))
    var set: [String] = []
    @Flag(help: "Submit again as it was (after the cause was mended).") var resubmit = false
    @Flag(help: "Submit again, vouching for an implausible reading; needs --reason.")
    var accept = false
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let submits = resubmit || accept || !set.isEmpty
      guard dismiss != submits else {
        throw ValidationError(
          "Choose --dismiss, or one of --set COLUMN=VALUE, --resubmit and --accept.")
      }
      if dismiss || accept, (options.writing.reason ?? "").isEmpty {
        throw ValidationError("--dismiss and --accept need a --reason: it goes into the book.")
      }
      let corrections = try set.map { text in
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
          throw ValidationError("--set \(text): expected COLUMN=VALUE.")
        }
        return (column: String(parts[0]), value: String(parts[1]))
      }
      let ledger = try options.open()
      let report =
        try dismiss
        ? ledger.dismissReview(item)
        : ledger.resubmitReview(item, corrections: corrections, accepting: accept)
      try Console.show(report, json: options.json)
    }
  }
}
