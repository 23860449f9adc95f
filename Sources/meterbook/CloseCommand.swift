import Application
import ArgumentParser

struct CloseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: "Closes a month of accounting; without a month, shows which are.",
    discussion: """
      Writes the month's control totals into the book. What is posted later counts from
      the first open day on, with its own day kept. Months are closed in their order, once
      they are over; the one closed last can be opened again until its quarter is filed.

      Examples:
        meterbook close 2025-10
        meterbook close
        meterbook close 2025-10 --reopen --reason "bank file of 30 October came late"
      """)
  @Argument(help: "As 2025-10.") var month: String?
  @Flag(help: "Open the month again.") var reopen = false
  @OptionGroup var options: WritingBookOptions

  func run() throws {
    guard let month else {
      guard !reopen else { throw ValidationError("--reopen: which month? As 2025-10.") }
      return try Console.show(options.book.open().periods(), json: options.json)
    }
    let ledger = try options.open()
    let report =
      try reopen
      ? ledger.reopen(month: month) : ledger.close(month: month, progress: Console.progress)
    try Console.show(report, json: options.json)
  }
}
