import Application
import ArgumentParser

struct Bill: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bill",
    abstract: "Bills every account whose period is due.",
    discussion: """
      Takes the periods that end on or before --through. An account that cannot
      be billed goes to the review queue with its reason and does not stop the
      rest. A run that was stopped goes on where it was when the same command is
      given again: no account is billed twice, none is skipped.

      Example:
        meterbook bill --through 2026-03-01 --book my.book --reason "March cycle"
      """)

  @Option(help: ArgumentHelp("The last day a period may end on, YYYY-MM-DD.", valueName: "date"))
  var through: String
  @Option(help: "Accounts in one commit.") var slice = BillRun.defaultSlice
  @OptionGroup var options: WritingBookOptions

  func run() throws {
    guard let day = Authority.day(through) else {
      throw ValidationError("--through \(through): expected a date such as 2026-03-01.")
    }
    guard (1...100_000).contains(slice) else {
      throw ValidationError("--slice \(slice): expected 1 to 100000.")
    }
    let report = try options.open().bill(
      through: day, slice: slice, progress: Console.progress)
    try Console.show(report, json: options.json)
  }
}

struct InvoiceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invoice", abstract: "Invoices: list, show.", subcommands: [List.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists invoices by account, period, type or day issued.",
      discussion: """
        In order of account; with --period of the last day billed; with --issued-since
        the latest first. What is asked together must all hold.

        Examples:
          meterbook invoice list --account 1000000001
          meterbook invoice list --period 2026-02 --limit 0
          meterbook invoice list --period 2026-02-15..2026-03-14 --type rebill
          meterbook invoice list --issued-since 2026-03-01
        """)
    @Option(help: "Only this account's.") var account: String?
    @Option(
      help: ArgumentHelp(
        "Only periods ending in this month, or on these days, either end of which may be left out.",
        valueName: "yyyy-mm|from..to"))
    var period: String?
    @Option(
      help: ArgumentHelp(
        "Only what is a "
          + InvoiceFilter.Kind.allCases.map(\.rawValue).joined(separator: ", ") + "."))
    var type: String?
    @Option(help: ArgumentHelp("Only what was issued on this day or later.", valueName: "date"))
    var issuedSince: String?
    @Option(help: "At most this many; 0 for all.") var limit = 50
    @OptionGroup var options: BookOptions

    func run() throws {
      guard limit >= 0 else { throw ValidationError("--limit \(limit): expected 0 or more.") }
      try DayOption.check(issuedSince, "--issued-since")
      var filter = InvoiceFilter()
      filter.account = account
      filter.issuedSince = issuedSince.flatMap(Authority.day)
      if let period {
        guard let days = InvoiceFilter.days(period) else {
          throw ValidationError(
            "--period \(period): expected a month such as 2026-02, or days such as "
              + "2026-02-15..2026-03-14.")
        }
        filter.lastDays = days
      }
      if let type {
        guard let kind = InvoiceFilter.Kind(rawValue: type) else {
          throw ValidationError(
            "--type \(type): expected one of "
              + InvoiceFilter.Kind.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        filter.kind = kind
      }
      let report = try options.open().invoices(filter, limit: limit, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows an invoice as the customer sees it.",
      discussion: "Example:\n  meterbook invoice show 1000000001-0001")
    @Argument(help: "The invoice's number.") var invoice: String
    @OptionGroup var options: BookOptions

    func run() throws {
      try Console.show(options.open().invoice(invoice), json: options.json)
    }
  }
}

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explains an invoice, or one line of it, down to the readings.",
    discussion: """
      Examples:
        meterbook explain 1000000001-0001
        meterbook explain 1000000001-0001 3
      """)
  @Argument(help: "The invoice's number.") var invoice: String
  @Argument(help: "The line, from 1; without it, every line.") var line: Int?
  @OptionGroup var options: BookOptions

  func run() throws {
    try Console.show(options.open().explain(invoice, line: line), json: options.json)
  }
}
