import Application
import ArgumentParser

struct ReceivablesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receivables", abstract: "What customers owe: ageing, trial balance.",
    subcommands: [Ageing.self, TrialBalance.self])

  struct Ageing: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ageing",
      abstract: "Shows what accounts owe, by how long it has been due.",
      discussion: """
        Current is what is not due, or due for less than 30 days; 30 is 30 to 59
        days past due, 60 is 60 to 89, 90+ is the rest. Credit is what was paid and
        pays no invoice yet. With --account, invoice by invoice.

        Examples:
          meterbook receivables ageing --as-of 2026-03-31
          meterbook receivables ageing --account 1000000001
        """)
    @Option(
      help: ArgumentHelp("As of the end of this day; without it, all there is.", valueName: "date"))
    var asOf: String?
    @Option(help: "Only this account, and those merged into it.") var account: String?
    @Option(help: "At most this many accounts; 0 for all. The totals are of all.") var limit = 50
    @OptionGroup var options: BookOptions

    func run() throws {
      guard limit >= 0 else { throw ValidationError("--limit \(limit): expected 0 or more.") }
      try DayOption.check(asOf, "--as-of")
      let report = try options.open().ageing(
        asOf: asOf.flatMap(Authority.day), account: account, limit: limit,
        progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct TrialBalance: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "trial-balance",
      abstract: "Shows what was debited and credited in each ledger account.",
      discussion: """
        The total is zero, and receivables and credit balances are what the accounts
        come to; otherwise it says so and exits with 1.

        Example:
          meterbook receivables trial-balance --as-of 2026-03-31
        """)
    @Option(
      help: ArgumentHelp("As of the end of this day; without it, all there is.", valueName: "date"))
    var asOf: String?
    @OptionGroup var options: BookOptions

    func run() throws {
      try DayOption.check(asOf, "--as-of")
      let report = try options.open().trialBalance(
        asOf: asOf.flatMap(Authority.day), progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }
}

/// A day given as an option.
enum DayOption {
  /// Refuses what is no day.
  static func check(_ text: String?, _ option: String) throws {
    guard let text, Authority.day(text) == nil else { return }
    throw ValidationError("\(option) \(text): expected a date such as 2026-03-01.")
  }
}
