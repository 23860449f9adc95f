import Application
import ArgumentParser

struct Rules: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tariffs, taxes, calendars and policies: publish, list, show.",
    subcommands: [Publish.self, List.self, Show.self])

  struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
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

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the published rules.",
      discussion: "Example:\n  meterbook rules list --book my.book")
    @OptionGroup var options: BookOptions

    func run() throws {
      try Console.show(options.open().rules(), json: options.json)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows a published rule as the YAML that would publish it again.",
      discussion: "Examples:\n  meterbook rules show R1\n  meterbook rules show R1@2")
    @Argument(help: "The rule's name, or name@version; without a version, all versions.")
    var name: String
    @OptionGroup var options: BookOptions

    func run() throws {
      try Console.show(options.open().rules(named: name), json: options.json)
    }
  }
}
