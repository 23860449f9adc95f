import Application
import ArgumentParser

struct Rules: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Tariffs, taxes, calendars, policies, classifications: publish, list, show.",
    subcommands: [Publish.self, ImportURDB.self, List.self, Show.self])

  struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "publish",
      abstract: "Publishes rules from YAML files, or from all YAML files of a folder.",
      discussion: """
        The whole set is validated first; if anything is wrong, every problem is
        named by file, line and field, and nothing is published. Content already
        published changes nothing; other content under a published version is
        refused, showing the difference. The format of the files is described in
        Sources/Application/Application.docc/Rules.md.

        Example:
          meterbook rules publish rules/demo --book my.book --reason "order 17-0042"
        """)

    @Argument(help: "Files or folders.") var paths: [String]
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      try Console.show(options.open().publishRules(in: paths), json: options.json)
    }
  }

  struct ImportURDB: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import-urdb",
      abstract: "Publishes tariffs from records of OpenEI's Utility Rate Database.",
      discussion: """
        Each record becomes a tariff version that keeps the record's label and the
        SHA-256 of its file. What cannot be represented is refused, by field and
        reason; what is not used is listed. A folder of one rate's records becomes
        versions of one plan; a folder of several rates becomes plans of their own,
        NAME- and the file's name. Importing again changes nothing. What is read is
        described in Sources/Application/Application.docc/Import.md.

        Examples:
          meterbook rules import-urdb rate.json --plan RS-1
          meterbook rules import-urdb rate.json --plan RS-1 --from 2026-01-01
          meterbook rules import-urdb urdb/ --plan CITY --metering net-billing
        """)

    @Argument(help: ArgumentHelp("A URDB file (.json), or a folder of them.", valueName: "path"))
    var path: String

    @Option(help: ArgumentHelp("The plan's code.", valueName: "name"))
    var plan: String

    @Option(
      help: ArgumentHelp(
        "The first day it applies. Default: as the record says.", valueName: "date"))
    var from: String?

    @Option(help: "How energy delivered to the grid is paid. Default: as the record says.")
    var metering: MeteringArgument?

    @OptionGroup var options: WritingBookOptions

    func run() throws {
      try Console.show(
        options.open().importURDB(
          from: path, plan: plan, first: from, metering: metering?.rule), json: options.json)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists the published rules.",
      discussion: "Example:\n  meterbook rules list --book my.book")
    @OptionGroup var options: BookOptions

    func run() throws {
      try Console.show(options.open().rules(), json: options.json)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows a published rule as the YAML that would publish it again.",
      discussion: """
        Examples:
          meterbook rules show R1
          meterbook rules show R1@2
          meterbook rules show policy
        """)
    @Argument(help: "The rule's name, or name@version; without a version, all versions.")
    var name: String
    @OptionGroup var options: BookOptions

    func run() throws {
      try Console.show(options.open().rules(named: name), json: options.json)
    }
  }
}
