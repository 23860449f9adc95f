import Application
import ArgumentParser

struct Initialize: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Makes a new, empty book.",
    discussion: """
      Examples:
        meterbook init --book my.book --name "City Electric"
        meterbook init --book try.book --simulated --clock 2026-01-01T00:00:00Z

      A simulated book says so for ever. Only there may commands name the time
      with --clock; it stands still between commands and never goes back.
      """)

  @Option(help: "The book's name, as reports print it.") var name = "meterbook"
  @Flag(help: "Make a simulated book, which takes its time from --clock.") var simulated = false
  @OptionGroup var options: WritingBookOptions

  func run() throws {
    let report = try Ledger.create(
      at: options.book.path(), name: name, simulated: simulated,
      authority: options.writing.authority())
    try Console.show(report, json: options.json)
  }
}

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recomputes the whole book from its bytes and says what was covered.",
    discussion: """
      Hashes, positions, stream versions, indexes against entries, seals, and
      whether every event can be decoded. Exits with 1 and names the first damage
      if anything is wrong.

      --snapshots: instead, folds every account that has a saved fold again from its
      first entry, and names each saved fold that is not the same. They are no part
      of the book: verify the book itself first.

      Examples:
        meterbook verify --book my.book
        meterbook verify --snapshots --book my.book
      """)
  @Flag(help: "Check the saved folds of accounts against the book.") var snapshots = false
  @OptionGroup var options: BookOptions

  func run() throws {
    let ledger = try options.open()
    if snapshots {
      return try Console.show(
        ledger.verifySnapshots(progress: Console.progress), json: options.json)
    }
    try Console.show(ledger.verify(progress: Console.progress), json: options.json)
  }
}

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "What the book holds: size, root, accounts, open reviews, unfinished runs.",
    discussion: "Example:\n  meterbook status --book my.book --json")
  @OptionGroup var options: BookOptions

  func run() throws {
    try Console.show(options.open().status(), json: options.json)
  }
}

struct History: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Every event of an account: when, who, why, what; before and after.",
    discussion: """
      --known-at: only what the book had recorded by then, as an agent saw it.
      --effective-at: only what counts for that day as known (now, or then): nothing
      of a later day, nothing that was corrected, cancelled or taken back by then.

      Examples:
        meterbook history 1000000001 --book my.book
        meterbook history 1000000001 --known-at 2026-03-17T09:00:00Z
        meterbook history 1000000001 --effective-at 2026-03-17
      """)

  @Argument(help: "The account.") var account: String
  @Option(
    help: ArgumentHelp("As known at this time; a date is its UTC midnight.", valueName: "time"))
  var knownAt: String?
  @Option(help: ArgumentHelp("What counts for this day.", valueName: "date"))
  var effectiveAt: String?
  @OptionGroup var options: BookOptions

  func run() throws {
    try DayOption.check(effectiveAt, "--effective-at")
    if let knownAt, Authority.time(knownAt) == nil {
      throw ValidationError(
        "--known-at \(knownAt): expected a time such as 2026-02-01T06:00:00Z.")
    }
    let report = try options.open().history(
      of: account, knownAt: knownAt.flatMap(Authority.time),
      effectiveAt: effectiveAt.flatMap(Authority.day))
    try Console.show(report, json: options.json)
  }
}
