import Application
import ArgumentParser
import Documents

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the general ledger as a journal, or the book's entries as they are.",
    discussion: """
      A journal has one transaction for each entry that moves money, with the entry's
      position and each event's address as tags: `hledger check -s` and `bean-check`
      take it. The entries are for whoever replays the book with a program of their own.

      Examples:
        meterbook export hledger --out 2026.journal
        meterbook export beancount --from 2026-01-01 --to 2026-03-31 --out q1.beancount
        meterbook export entries --out book.entries
      """,
    subcommands: [HLedger.self, Beancount.self, Entries.self])

  struct HLedger: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "hledger", abstract: "A journal for hledger.")
    @OptionGroup var options: JournalOptions

    func run() throws { try options.export(.hledger) }
  }

  struct Beancount: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "beancount", abstract: "A journal for Beancount.")
    @OptionGroup var options: JournalOptions

    func run() throws { try options.export(.beancount) }
  }

  struct Entries: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "entries",
      abstract: "The book's entries, byte for byte.",
      discussion: """
        Each is its length as a varint and then `Entry` of book.proto, as stock protobuf
        libraries read delimited messages. Their leaf hashes give the root that is told.
        """)
    @Option(help: ArgumentHelp("Where to.", valueName: "file")) var out: String
    @Option(
      help: ArgumentHelp(
        "Only the book's first entries: how many, recorded by when, or SIZE:ROOT.",
        valueName: "position|time|checkpoint")
    )
    var knownAt: String?
    @OptionGroup var options: BookOptions

    func run() throws {
      let ledger = try options.open()
      let report = try ledger.exportEntries(
        to: out, knownAt: knownAt.map(ledger.size(knownAt:)), progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }
}

/// Which days, and where to.
struct JournalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The first day; what was posted before is an opening balance.", valueName: "date"))
  var from: String?
  @Option(help: ArgumentHelp("The last day.", valueName: "date")) var to: String?
  @Option(
    help: ArgumentHelp("Where to; without it, standard output and no report.", valueName: "file"))
  var out: String?
  @OptionGroup var options: BookOptions

  /// Writes the journal; into a file all of it or nothing.
  func export(_ format: JournalFormat) throws {
    try DayOption.check(from, "--from")
    try DayOption.check(to, "--to")
    let span = JournalSpan(from: from.flatMap(Authority.day), to: to.flatMap(Authority.day))
    let ledger = try options.open()
    guard let out else {
      _ = try ledger.exportJournal(format, of: span, progress: Console.progress) {
        Console.show(piece: $0)
      }
      return Console.clearProgress()
    }
    let report = try ledger.exportJournal(
      format, of: span, to: out, progress: Console.progress)
    try Console.show(report, json: options.json)
  }
}
