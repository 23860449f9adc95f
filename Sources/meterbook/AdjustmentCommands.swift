import Application
import ArgumentParser

struct Adjust: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adjust",
    abstract: "Posts a correction of what was billed.",
    discussion: """
      A line of the next invoice, before the taxes. What lowers an invoice that is
      open is issued at once, as a statement. The same words twice are one.

      Examples:
        meterbook adjust 1000000001 --amount -12.00 --class VARIABLE_ENERGY \\
          --invoice 1000000001-0002 --approver dana --reason "meters were swapped"
        meterbook adjust 1000000001 --amount 40.00 --class MISC_SERVICE \\
          --approver dana --reason "reconnection"
      """)
  @Argument(help: "The account.") var account: String
  @Option(
    parsing: .unconditional,
    help: "What is added to the invoice; below zero in the customer's favour.")
  var amount: String
  @Option(
    name: .customLong("class"),
    help: "The revenue class that it corrects, as VARIABLE_ENERGY or FIXED.")
  var revenueClass: String
  @Option(help: "The invoice it is about.") var invoice: String?
  @Option(help: "Who approved it.") var approver: String
  @OptionGroup var options: WritingBookOptions

  func run() throws {
    let report = try options.open().adjust(
      account, by: Words.amount(amount, Authority.amount), class: revenueClass, invoice: invoice,
      approver: approver)
    try Console.show(report, json: options.json)
  }
}

struct Credit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "credit",
    abstract: "Posts a credit that corrects no charge, as for goodwill.",
    discussion: """
      Example:
        meterbook credit 1000000001 --amount 20.00 --approver dana \\
          --reason "long outage"
      """)
  @Argument(help: "The account.") var account: String
  @Option(parsing: .unconditional, help: "What is taken off; above zero.")
  var amount: String
  @Option(help: "The invoice it is about.") var invoice: String?
  @Option(help: "Who approved it.") var approver: String
  @OptionGroup var options: WritingBookOptions

  func run() throws {
    let report = try options.open().credit(
      account, Words.amount(amount, Authority.amount), invoice: invoice, approver: approver)
    try Console.show(report, json: options.json)
  }
}

struct WriteOffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write-off", abstract: "Gives up what is open of an invoice.",
    discussion: """
      Example:
        meterbook write-off 1000000001-0002 --approver dana --reason "bankrupt"
      """)
  @Argument(help: "The invoice's number.") var invoice: String
  @Option(help: "Who approved it.") var approver: String
  @OptionGroup var options: WritingBookOptions

  func run() throws {
    try Console.show(
      options.open().writeOff(invoice, approver: approver), json: options.json)
  }
}

struct DisputeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dispute", abstract: "Disputes of invoices: open, resolve.",
    subcommands: [Open.self, Resolve.self])

  struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "open",
      abstract: "Opens a dispute of an invoice.",
      discussion: """
        While it is open, payments pass over what is disputed, and no late fee is
        assessed on the invoice.

        Example:
          meterbook dispute open 1000000001-0002 --amount 30.00 \\
            --reason "not my meter"
        """)
    @Argument(help: "The invoice's number.") var invoice: String
    @Option(parsing: .unconditional, help: "How much of it; default: all that is open.")
    var amount: String?
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      try Console.show(
        options.open().dispute(
          invoice, amount: amount.map { try Words.amount($0, Authority.amount) }),
        json: options.json)
    }
  }

  struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resolve",
      abstract: "Ends the dispute of an invoice.",
      discussion: """
        What is upheld is adjusted at once, by a statement.

        Examples:
          meterbook dispute resolve 1000000001-0002 --as denied --approver dana \\
            --reason "the meter was tested"
          meterbook dispute resolve 1000000001-0002 --as upheld --amount 30.00 \\
            --approver dana --reason "meters were swapped"
        """)
    @Argument(help: "The invoice's number.") var invoice: String
    @Option(name: .customLong("as"), help: "upheld, denied or withdrawn.") var outcome: String
    @Option(
      parsing: .unconditional,
      help: "What the customer is right about; default: what was disputed.")
    var amount: String?
    @Option(name: .customLong("class"), help: "The revenue class that is corrected.")
    var revenueClass = "VARIABLE_ENERGY"
    @Option(help: "Who decided it.") var approver: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().resolveDispute(
        of: invoice, as: outcome, amount: amount.map { try Words.amount($0, Authority.amount) },
        class: revenueClass, approver: approver)
      try Console.show(report, json: options.json)
    }
  }
}

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Payment plans: start, break.",
    subcommands: [Start.self, Break.self])

  struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "start",
      abstract: "Begins a payment plan.",
      discussion: """
        While it runs, no late fee is assessed. An instalment that is not paid by
        the end of its day breaks it; the last one completes it.

        Example:
          meterbook plan start 1000000001 2026-04-01=60.00 2026-05-01=60.96 \\
            --reason "out of work"
        """)
    @Argument(help: "The account.") var account: String
    @Argument(help: ArgumentHelp("What is to be paid by when.", valueName: "date=amount"))
    var instalments: [String]
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let parts = try instalments.map { text in
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
          throw ValidationError("\(text): expected DATE=AMOUNT, as 2026-04-01=60.00.")
        }
        return (
          due: try Words.day(parts[0], Authority.day),
          amount: try Words.amount(parts[1], Authority.amount)
        )
      }
      try Console.show(options.open().startPlan(account, parts), json: options.json)
    }
  }

  struct Break: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "break",
      abstract: "Ends the payment plan that runs.",
      discussion: """
        Example:
          meterbook plan break 1000000001 --reason "the customer gave it up"
        """)
    @Argument(help: "The account.") var account: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      try Console.show(options.open().breakPlan(account), json: options.json)
    }
  }
}
