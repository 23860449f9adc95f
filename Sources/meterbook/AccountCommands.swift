import Application
import ArgumentParser

/// The day that an option gives.
func day(_ text: String, _ option: String) throws -> Authority.GivenDay {
  guard let day = Authority.day(text) else {
    throw ValidationError("\(option) \(text): expected a date such as 2026-03-01.")
  }
  return day
}

struct AccountCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account",
    abstract: "Changes of an account: service, plan, promotion, taxes, merge.",
    subcommands: [
      Stop.self, Close.self, Plan.self, Enrol.self, Leave.self, Exempt.self, Merge.self,
      Unmerge.self,
    ])

  struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stop",
      abstract: "Ceases to serve an account; its next bill is the final one.",
      discussion: """
        Example:
          meterbook account stop 1000000001 --day 2026-04-12 --reason "moved out"
        """)
    @Argument(help: "The account.") var account: String
    @Option(help: ArgumentHelp("The day after the last one served.", valueName: "date"))
    var day: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let day = try meterbook.day(day, "--day")
      try Console.show(options.open().stopService(account, on: day), json: options.json)
    }
  }

  struct Close: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "close",
      abstract: "Closes an account that is finally billed.",
      discussion: """
        What it still owes can be paid, written off or disputed.

        Example:
          meterbook account close 1000000001 --day 2026-05-01 --reason "moved out"
        """)
    @Argument(help: "The account.") var account: String
    @Option(help: ArgumentHelp("The day.", valueName: "date")) var day: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let day = try meterbook.day(day, "--day")
      try Console.show(options.open().close(account, on: day), json: options.json)
    }
  }

  struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "plan",
      abstract: "Puts an account on a rate plan from a day on.",
      discussion: """
        Example:
          meterbook account plan 1000000001 R2 --from 2026-04-15
        """)
    @Argument(help: "The account.") var account: String
    @Argument(help: "The plan's code.") var plan: String
    @Option(help: ArgumentHelp("The first day it applies.", valueName: "date")) var from: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let from = try meterbook.day(from, "--from")
      try Console.show(
        options.open().assignPlan(account, plan: plan, from: from), json: options.json)
    }
  }

  struct Enrol: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "enrol",
      abstract: "Lets an account take part in a promotion that the policies offer.",
      discussion: """
        Example:
          meterbook account enrol 1000000001 WELCOME --from 2026-01-15
        """)
    @Argument(help: "The account.") var account: String
    @Argument(help: "The promotion's code.") var promotion: String
    @Option(
      help: ArgumentHelp(
        "Bills of periods that end after this day count. Default: today.", valueName: "date"))
    var from: String?
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let from = try from.map { try day($0, "--from") }
      try Console.show(
        options.open().enrol(account, promotion: promotion, from: from), json: options.json)
    }
  }

  struct Leave: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "leave",
      abstract: "Ends an account's part in a promotion.",
      discussion: """
        Example:
          meterbook account leave 1000000001 WELCOME --reason "left the plan"
        """)
    @Argument(help: "The account.") var account: String
    @Argument(help: "The promotion's code.") var promotion: String
    @Option(help: ArgumentHelp("The day. Default: today.", valueName: "date")) var day: String?
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let day = try day.map { try meterbook.day($0, "--day") }
      try Console.show(
        options.open().endPromotion(account, promotion: promotion, on: day), json: options.json)
    }
  }

  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "merge",
      abstract: "Makes an account part of another one.",
      discussion: """
        A merge is a link: what is open stays where it was billed, nothing more
        is measured or billed on the account, and `unmerge` undoes it.

        Example:
          meterbook account merge 1000000001 --into 1000000002 --reason "one household"
        """)
    @Argument(help: "The account.") var account: String
    @Option(help: "The account it becomes part of.") var into: String
    @Option(help: ArgumentHelp("The day. Default: today.", valueName: "date")) var day: String?
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let day = try day.map { try meterbook.day($0, "--day") }
      try Console.show(options.open().merge(account, into: into, on: day), json: options.json)
    }
  }

  struct Unmerge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "unmerge",
      abstract: "Lets a merged account stand for itself again.",
      discussion: """
        Example:
          meterbook account unmerge 1000000001 --reason "by mistake"
        """)
    @Argument(help: "The account.") var account: String
    @Option(help: ArgumentHelp("The day. Default: today.", valueName: "date")) var day: String?
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let day = try day.map { try meterbook.day($0, "--day") }
      try Console.show(options.open().unmerge(account, on: day), json: options.json)
    }
  }
}
