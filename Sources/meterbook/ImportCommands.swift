import Application
import ArgumentParser

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Imports accounts, meters, readings or intervals from a file.",
    discussion: """
      A row that cannot be accepted never stops the file and is never lost: it waits in the review
      queue with its place and the reason. The same file again adds nothing and says so.
      The columns are described in Sources/Application/Application.docc/Import.md.
      """,
    subcommands: [Accounts.self, Meters.self, Readings.self, Intervals.self])

  struct Accounts: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Opens accounts from CSV.",
      discussion: """
        Columns: account, class, zone, jurisdictions, cycle_day, days_until_due, service_point,
        plan, service_start; optional: plan_from, name, sector.
        """)
    @OptionGroup var options: WritingBookOptions
    @Argument(help: "A CSV file.") var file: String

    func run() throws {
      let report = try options.open().importAccounts(from: file, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Meters: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Installs meters from CSV, a row a register.",
      discussion: """
        Columns: meter, account, register, unit, installed_at; for registers dials, start_reading;
        optional: service_point, decimals, multiplier, direction, period, interval_minutes.
        """)
    @OptionGroup var options: WritingBookOptions
    @Argument(help: "A CSV file.") var file: String

    func run() throws {
      let report = try options.open().importMeters(from: file, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Readings: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Records register readings from CSV.",
      discussion: "Columns: meter, time, value; optional: register, quality, method.")
    @OptionGroup var options: WritingBookOptions
    @Argument(help: "A CSV file.") var file: String

    func run() throws {
      let report = try options.open().importReadings(from: file, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }

  struct Intervals: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Records interval energy from CSV or Green Button (ESPI) XML.",
      discussion: """
        CSV columns: meter, start, kwh; optional: register, minutes, quality.
        In Green Button XML a usage point is a meter of the same name, unless --meter names it.

        Examples:
          meterbook import intervals march.csv
          meterbook import intervals download.xml --meter M-78
        """)
    @OptionGroup var options: WritingBookOptions
    @Option(help: "The meter that a Green Button file's only usage point is.") var meter: String?
    @Argument(help: "A CSV or Green Button XML file.") var file: String

    func run() throws {
      let report = try options.open().importIntervals(
        from: file, meter: meter, progress: Console.progress)
      try Console.show(report, json: options.json)
    }
  }
}
