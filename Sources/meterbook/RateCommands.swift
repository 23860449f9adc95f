import Application
import ArgumentParser

/// What `--metering` takes.
enum MeteringArgument: String, ExpressibleByArgument, CaseIterable {
  case net
  case netBilling = "net-billing"

  /// The rule.
  var rule: RateMetering { self == .net ? .net : .netBilling }
}

struct RateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rate",
    abstract: "What a load costs on a tariff, or on many; no book is needed.",
    discussion: """
      A tariff is a record of OpenEI's Utility Rate Database (.json) or a rule
      file (.yaml). A load is CSV with the columns start_local and kwh, a row an
      interval of 5 to 60 minutes, whole calendar months, at most twelve; what is
      delivered to the grid is negative. Both are described in
      Sources/Application/Application.docc/Import.md; all options by
      `meterbook rate one --help`.

      Examples:
        meterbook rate --tariff rules/real/jea-rs.yaml --load home.csv
        meterbook rate --tariff rate.json --load home.csv --zone America/Chicago
        meterbook rate --tariff rate.json --load solar.csv --metering net-billing
        meterbook rate --tariff rate.json --load home.csv --exact --json
        meterbook rate compare rules/real --load home.csv
      """,
    subcommands: [One.self, Compare.self], defaultSubcommand: One.self)

  /// The load and the conventions.
  struct LoadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The load: CSV with start_local,kwh.", valueName: "file"))
    var load: String

    @Option(
      help: ArgumentHelp(
        "The zone whose clocks the load's times show, with days of 23 and 25 hours, as "
          + "America/Chicago.", valueName: "zone"))
    var zone: String?

    @Flag(help: "The load's times are by clocks that never change (the default).")
    var fixedOffset = false

    @Option(
      help: ArgumentHelp(
        "Take the load hour by hour as if it were of this year.", valueName: "year"))
    var calendar: Int?

    @Option(help: "How energy delivered to the grid is paid. Default: as the tariff says.")
    var metering: MeteringArgument?

    @Flag(
      help: """
        Round nothing: amounts with six decimals, a charge a day as 365/12 a month.
        Default: as an invoice rounds, with the days there are.
        """)
    var exact = false

    @Flag(help: "Print JSON; amounts are decimal strings.")
    var json = false

    func validate() throws {
      if zone != nil, fixedOffset {
        throw ValidationError("--zone and --fixed-offset exclude each other; give one of them.")
      }
      if let calendar, !(1900...2200).contains(calendar) {
        throw ValidationError("--calendar \(calendar): expected a year from 1900 to 2200.")
      }
    }

    var request: RateRequest {
      RateRequest(
        load: load, clock: zone.map { .zone($0) } ?? (fixedOffset ? .fixedOffset : .unsaid),
        calendar: calendar, metering: metering?.rule, isExact: exact)
    }
  }

  struct One: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "one",
      abstract: "A load on one tariff, month by month (what `rate` alone does).",
      discussion: """
        Examples:
          meterbook rate --tariff rules/real/jea-rs.yaml --load home.csv
          meterbook rate --tariff many.yaml --plan RS-1 --load home.csv
        """)

    @Option(help: ArgumentHelp("A URDB file (.json) or a rule file (.yaml).", valueName: "file"))
    var tariff: String

    @Option(
      help: ArgumentHelp(
        "Which, where the file holds several: a plan's code or a record's label.",
        valueName: "name"))
    var plan: String?

    @OptionGroup var options: LoadOptions

    func run() throws {
      try Console.show(
        Rating.one(tariff, name: plan, options.request), json: options.json)
    }
  }

  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "compare",
      abstract: "A load on many tariffs, the cheapest first.",
      discussion: """
        What cannot be rated is listed below the others, with the reason, and the
        exit code is then 1.

        Examples:
          meterbook rate compare rules/real --load home.csv
          meterbook rate compare mine.yaml rate.json --load home.csv --json
        """)

    @Argument(help: ArgumentHelp("Files and folders with tariffs.", valueName: "paths"))
    var paths: [String]

    @OptionGroup var options: LoadOptions

    func run() throws {
      try Console.show(Rating.compare(paths, options.request), json: options.json)
    }
  }
}
