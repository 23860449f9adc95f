import Application
import ArgumentParser

struct Pay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pay",
    abstract: "Takes in a payment.",
    discussion: """
      It pays the invoice named, then what was due first; what is left is a credit
      that the next invoice uses. The same reference twice is one payment. A date
      without a time counts as local noon.

      Examples:
        meterbook pay 1000000001 120.96 --reference BANK-17 --received 2026-03-08
        meterbook pay 1000000001 20.00 --reference DESK-3 --invoice 1000000001-0002
      """)
  @Argument(help: "The account.") var account: String
  @Argument(help: "How much, as 120.96.") var amount: String
  @Option(help: "What the bank or the counter calls it.") var reference: String
  @Option(
    help: ArgumentHelp("When it was presented; default: now.", valueName: "date|time"))
  var received: String?
  @Option(help: "The invoice that the customer pays with it.") var invoice: String?
  @Option(help: "How it came, as card.") var method = ""
  @OptionGroup var options: WritingBookOptions

  func run() throws {
    let time = try received.map { text in
      guard let time = PaymentTime(text) else {
        throw ValidationError(
          "--received \(text): expected a date such as 2026-03-08, or a time such as "
            + "2026-03-08T10:00.")
      }
      return time
    }
    let report = try options.open().pay(
      account,
      PaymentRequest(
        reference: reference, amount: Words.amount(amount, Authority.amount), received: time,
        invoice: invoice, method: method))
    try Console.show(report, json: options.json)
  }
}

struct PaymentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payment", abstract: "Payments: return.", subcommands: [Return.self])

  struct Return: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "return",
      abstract: "Takes a payment back that was not honoured.",
      discussion: """
        What it paid is open again, with its due date; a late fee that it had
        reversed stands again.

        Example:
          meterbook payment return BANK-17 --account 1000000001 --day 2026-03-11 \\
            --why "insufficient funds"
        """)
    @Argument(help: "The payment's reference.") var reference: String
    @Option(help: "The account.") var account: String
    @Option(
      help: ArgumentHelp("The day it was returned.", valueName: "date"))
    var day: String
    @Option(help: "Why, as the bank has it.") var why: String
    @OptionGroup var options: WritingBookOptions

    func run() throws {
      let report = try options.open().returnPayment(
        reference, of: account, on: Words.day(day, Authority.day), why: why)
      try Console.show(report, json: options.json)
    }
  }
}

struct Balance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance",
    abstract: "Shows what an account owes, and why.",
    discussion: "Example:\n  meterbook balance 1000000001")
  @Argument(help: "The account.") var account: String
  @OptionGroup var options: BookOptions

  func run() throws {
    try Console.show(options.open().balance(of: account), json: options.json)
  }
}

/// What the words of a command name.
enum Words {
  /// The amount that `text` names.
  static func amount<Amount>(_ text: String, _ read: (String) -> Amount?) throws -> Amount {
    guard let amount = read(text) else {
      throw ValidationError("\(text): expected an amount such as 120.96.")
    }
    return amount
  }

  /// The day that `text` names.
  static func day<Day>(_ text: String, _ read: (String) -> Day?) throws -> Day {
    guard let day = read(text) else {
      throw ValidationError("\(text): expected a date such as 2026-03-01.")
    }
    return day
  }

  /// The moment that `option` names by `text`.
  static func time<Time>(
    _ option: String, _ text: String?, _ read: (String) -> Time?
  ) throws -> Time? {
    try text.map { text in
      guard let time = read(text) else {
        throw ValidationError("\(option) \(text): expected a time such as 2026-03-17T02:00:00Z.")
      }
      return time
    }
  }
}
