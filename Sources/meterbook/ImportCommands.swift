import Application
import ArgumentParser

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Imports accounts, meters, readings, intervals or payments from a file.",
    discussion: """
      A row that cannot be accepted never stops the file and is never lost: it
      waits in the review queue with its place and the reason. The same file
      again adds nothing and says so. Sources/Application/Application.docc/Import.md
      describes the columns.

      Example, in this order:
        meterbook import accounts accounts.csv --book my.book
        meterbook import meters meters.csv --book my.book
        meterbook import readings readings.csv --book my.book
      """,
    subcommands: [
      Accounts.self, Meters.self, Readings.self, Intervals.self, Payments.self,
    ])

  struct Accounts: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "accounts",
      abstract: "Opens accounts from CSV.",
      discussion: """
        Columns: account, class, zone, jurisdictions, cycle_day, days_until_due,
        service_point, plan, service_start; optional: plan_from, name, sector.

        Example:
          meterbook import accounts accounts.csv --reason "opened in March"
        """)
    @Argument(help: "A CSV file.") var file: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().importAccounts(from: file, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Meters: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "meters",
      abstract: "Installs meters from CSV, a row a register.",
      discussion: """
        Columns: meter, account, register, unit, installed_at; for registers
        dials, start_reading; optional: service_point, decimals, multiplier,
        direction, period, interval_minutes. Import the accounts first.

        Example:
          meterbook import meters meters.csv
        """)
    @Argument(help: "A CSV file.") var file: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().importMeters(from: file, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Readings: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "readings",
      abstract: "Records register readings from CSV.",
      discussion: """
        Columns: meter, time, value; optional: register, quality, method.

        Example:
          meterbook import readings march.csv --reason "March round"
        """)
    @Argument(help: "A CSV file.") var file: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().importReadings(from: file, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Payments: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "payments",
      abstract: "Takes in payments from CSV.",
      discussion: """
        Columns: account, amount, received, reference; optional: currency, invoice,
        method. A date without a time counts as local noon. The same reference
        twice is one payment.

        Example:
          meterbook import payments bank-2026-03-08.csv --reason "bank file"
        """)
    @Argument(help: "A CSV file.") var file: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().importPayments(from: file, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Intervals: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "intervals",
      abstract: "Records interval energy from CSV or Green Button (ESPI) XML.",
      discussion: """
        CSV columns: meter, start, kwh; optional: register, minutes, quality.
        In Green Button XML a usage point is a meter of the same name, unless
        --meter names it.

        Examples:
          meterbook import intervals march.csv
          meterbook import intervals download.xml --meter M-78
        """)
    @Option(help: "The meter that a Green Button file's only usage point is.") var meter: String?
    @Argument(help: "A CSV or Green Button XML file.") var file: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().importIntervals(
        from: file, meter: meter, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }
}
