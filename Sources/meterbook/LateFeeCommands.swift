import Application
import ArgumentParser

struct LateFees: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "late-fees",
    abstract: "Late fees: run, why, reverse.", subcommands: [Run.self, Why.self, Reverse.self])

  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract: "Decides on the late fees of every invoice.",
      discussion: """
        A fee is a line of the account's next invoice, and requests a notification.
        A run that was stopped goes on where it was when the same command is given
        again; two at once give one fee. What cannot be written is tried three
        times, told on standard error, and left to the next run.

        Examples:
          meterbook late-fees run --dry-run
          meterbook late-fees run --as-of 2026-03-17T02:00:00-05:00
        """)
    @Option(
      help: ArgumentHelp(
        "The moment it is decided for; default: now. In a simulated book, the clock.",
        valueName: "time"))
    var asOf: String?
    @Flag(help: "Write nothing.") var dryRun = false
    @Option(help: "Accounts in one commit.") var slice = LateFeeRun.defaultSlice
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      guard (1...100_000).contains(slice) else {
        throw ValidationError("--slice \(slice): expected 1 to 100000.")
      }
      let report = try options.open().runLateFees(
        asOf: Words.time("--as-of", asOf, Authority.time), isDry: dryRun, slice: slice,
        alert: Console.complain,
        progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "why",
      abstract: "Says why there is, or is not, a late fee on an invoice.",
      discussion: "Example:\n  meterbook late-fees why 1000000001-0002")
    @Argument(help: "The invoice's number.") var invoice: String
    @Option(
      help: ArgumentHelp("The moment that is asked about; default: now.", valueName: "time"))
    var asOf: String?
    @OptionGroup var options: BookOptions

    func run() throws {
      let report = try options.open().whyLateFee(
        invoice, asOf: Words.time("--as-of", asOf, Authority.time))
      try Console.show(report, json: options.json)
    }
  }

  struct Reverse: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reverse",
      abstract: "Takes the late fee of an invoice back.",
      discussion: """
        Before it was billed it is never billed; later it is a credit on the next
        invoice.

        Example:
          meterbook late-fees reverse 1000000001-0002 --reason "our mistake"
        """)
    @Argument(help: "The number of the invoice that the fee was assessed on.")
    var invoice: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      try Console.show(options.open().reverseLateFee(of: invoice), json: options.json)
    }
  }
}

struct Notifications: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notifications",
    abstract: "What customers are to be told: list, send.", subcommands: [List.self, Send.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists the notifications that are not acknowledged.",
      discussion: "Example:\n  meterbook notifications list")
    @OptionGroup var options: BookOptions

    func run() throws {
      try Console.show(
        options.open().notifications(progress: Console.progress), json: options.json)
    }
  }

  struct Send: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "send",
      abstract: "Hands the notifications over, each until it is acknowledged.",
      discussion: """
        A folder gets a JSON file a notification, named by its id; a command gets
        the JSON on standard input and acknowledges it by ending with 0. One that
        is not acknowledged is tried again next time. The id is the same however
        often it is handed over.

        Examples:
          meterbook notifications send --to outbox/
          meterbook notifications send --to "curl -fsS --json @- https://example.org"
        """)
    @Option(help: ArgumentHelp("A folder, or a command.", valueName: "dir|command"))
    var to: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().sendNotifications(to: to, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }
}
