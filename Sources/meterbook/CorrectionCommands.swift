import Application
import ArgumentParser

struct ReadingCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reading", abstract: "Readings that turned out wrong.",
    subcommands: [Correct.self])

  struct Correct: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "correct",
      abstract: "Puts a reading right, and tells which invoices used it.",
      discussion: """
        The wrong value stays in the book; the right one supersedes it. Bills
        follow with `meterbook rebill`.

        Example:
          meterbook reading correct M-78 --at 2026-03-15 --value 191 --reason "read again"
        """)
    @Argument(help: "The meter.") var meter: String
    @Option(help: "The register, where the meter has several.") var register: String?
    @Option(
      help: ArgumentHelp("When it was taken, as the file of readings had it.", valueName: "time"))
    var at: String
    @Option(help: "What the register showed.") var value: String
    @Flag(help: "The value is right although it is implausible.") var accept = false
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().correctReading(
        meter: meter, register: register, time: at, value: value, isVouchedFor: accept)
      try Console.show(report, json: options.json)
    }
  }
}

struct IntervalCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intervals", abstract: "Intervals that turned out wrong.",
    subcommands: [Correct.self])

  struct Correct: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "correct",
      abstract: "Puts a channel's intervals right, and tells which invoices used them.",
      discussion: """
        The file has the columns of `import intervals`; intervals that were right
        may be left out. The wrong ones stay in the book; the right ones supersede
        them, a day an event. Bills follow with `meterbook rebill`.

        Example:
          meterbook intervals correct day.csv --reason "the meter's clock was off"
        """)
    @Argument(help: "A CSV file.") var file: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      try Console.show(options.open().correctIntervals(from: file), json: options.json)
    }
  }
}

struct Rebill: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebill",
    abstract: "Bills again what was billed wrongly: cancels, and replaces.",
    discussion: """
      Makes the bills of an account again with the readings and rules as known
      now. A bill that changes is cancelled (the exact negation) and replaced;
      its payments go to the replacement, its late fee is reversed. Estimates
      that a later reading settles are settled first. A bill that comes out the
      same is left alone, so running it again does nothing.

      Examples:
        meterbook rebill 1000000001 --dry-run
        meterbook rebill 1000000001-0003 --reason "meter read again"
      """)

  @Argument(help: "An account, or an invoice's number.") var target: String
  @Flag(help: "Say what would change, and write nothing.") var dryRun = false
  @OptionGroup var options: WritingBookOptions

  func run() throws {
    let report = try options.open().rebill(target, isDryRun: dryRun)
    try Console.show(report, json: options.json)
  }
}

struct MeterCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meter", abstract: "Meters that leave.", subcommands: [Remove.self])

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove",
      abstract: "Removes a meter, with what its registers show.",
      discussion: """
        An exchange is a removal, and `import meters` for the meter that follows.

        Examples:
          meterbook meter remove M-78 --at 2026-03-10T09:00 --reading 99870
          meterbook meter remove M-79 --at 2026-03-10 --reading on-peak=512 --reading off-peak=901
        """)
    @Argument(help: "The meter.") var meter: String
    @Option(help: ArgumentHelp("When.", valueName: "time")) var at: String
    @Option(
      help: ArgumentHelp("What a register shows; repeat for each.", valueName: "register=value"))
    var reading: [String] = []
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let readings = reading.map { text -> (register: String?, value: String) in
        guard let mark = text.lastIndex(of: "=") else { return (nil, text) }
        return (String(text[..<mark]), String(text[text.index(after: mark)...]))
      }
      let report = try options.open().removeMeter(meter, time: at, readings: readings)
      try Console.show(report, json: options.json)
    }
  }
}

struct Rerate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerate",
    abstract: "Rates the past again under other rules, and says what that moves.",
    discussion: """
      Writes nothing without --post: it tells accounts and bills touched, sums
      by plan, class, jurisdiction, quarter and ledger account, the
      distribution, and the ten greatest changes, each explained.

      --post publishes the rules and posts the differences, as adjustments on
      each account's next bill, or (--as rebills) by cancelling and replacing
      each bill. What was posted before counts: after a kill, or a second time,
      only what is left is posted.

      Examples:
        meterbook rerate --rules fixed.yaml --from 2026-01-01 --to 2026-03-31
        meterbook rerate --rules fixed.yaml --from 2026-01-01 --to 2026-03-31 --post \\
          --reason "tier 2 was published too high"
      """)

  @Option(help: "A file or folder of rules; repeat for more.") var rules: [String]
  @Option(help: ArgumentHelp("Bills whose last day is this, or later.", valueName: "date"))
  var from: String
  @Option(help: ArgumentHelp("Bills whose last day is this, or earlier.", valueName: "date"))
  var to: String
  @Option(parsing: .upToNextOption, help: "Only these accounts.") var accounts: [String] = []
  @Flag(help: "Publish the rules, and post the differences.") var post = false
  @Option(help: "With --post: adjustments, or rebills.") var `as` = "adjustments"
  @OptionGroup var options: WritingBookOptions

  func run() throws {
    guard let posting = RerateRequest.Posting(rawValue: `as`), posting != .nothing else {
      throw ValidationError("--as \(`as`): expected adjustments or rebills.")
    }
    let request = try RerateRequest(
      rules: rules, from: day(from, "--from"), through: day(to, "--to"),
      accounts: accounts.flatMap { $0.split(separator: ",").map(String.init) },
      posting: post ? posting : .nothing)
    let report = try options.open().rerate(request, progress: Console.progress)
    try Console.show(report, json: options.json)
  }
}
