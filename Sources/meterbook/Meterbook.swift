import ArgumentParser
import Foundation

/// The program. Every command states its name: one made of its type's name would cost each start of any
/// command a tenth of a millisecond.
@main
struct Meterbook: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meterbook",
    abstract: "The ledger that an energy utility writes in once, in ink.",
    discussion: """
      Every reading, charge and invoice is an event in the book, for ever;
      invoices and queues are projections of it that can be thrown away and
      rebuilt.

      The first five minutes:
        meterbook init --book my.book
        meterbook rules publish rules/demo --book my.book
        meterbook import accounts accounts.csv --book my.book
        meterbook import meters meters.csv --book my.book
        meterbook import readings readings.csv --book my.book
        meterbook bill --through 2026-02-01 --book my.book
        meterbook invoice list --book my.book
        meterbook explain 1000000001-0001 --book my.book
        meterbook verify --book my.book

      The book's folder is --book PATH, or the environment variable METERBOOK_BOOK.
      What does a home cost on a tariff? meterbook rate --help (no book needed).
      Exit codes: 0 done; 1 refused, or found wrong; 2 misuse.
      Completions: meterbook --generate-completion-script bash|zsh|fish
      """,
    version: "0.1.0",
    subcommands: [
      Initialize.self, Rules.self, Import.self, AccountCommands.self, MeterCommands.self,
      ReadingCommands.self, IntervalCommands.self, Bill.self, Rebill.self, Rerate.self,
      InvoiceCommand.self, Explain.self, Export.self, Pay.self, PaymentCommand.self, Balance.self,
      LateFees.self,
      Notifications.self, Adjust.self, Credit.self, WriteOffCommand.self, DisputeCommand.self,
      PlanCommand.self, ReceivablesCommand.self, RevenueCommand.self, CloseCommand.self,
      FileCommand.self,
      History.self, AuditCommand.self, Review.self,
      RateCommand.self,
      ProjectionCommand.self, Verify.self, Status.self,
    ])

  /// Runs the command; usage errors exit with 2, everything refused with 1.
  static func main() {
    do {
      var command = try parseAsRoot(Arguments.readable(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch {
      let code = exitCode(for: error)
      guard code != .success, !(error is ExitCode) else { exit(withError: error) }
      guard code == .validationFailure else {
        Console.complain(message(for: error).withoutError)
        Foundation.exit(1)
      }
      Console.explain(usage: fullMessage(for: error).withoutError)
      Foundation.exit(2)
    }
  }
}

extension String {
  fileprivate var withoutError: String { hasPrefix("Error: ") ? String(dropFirst(7)) : self }
}
