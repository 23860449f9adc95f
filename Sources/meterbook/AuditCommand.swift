import Application
import ArgumentParser

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Entries of the book by who wrote them, what they concern, when and what they say.",
    discussion: """
      In the order of the book. What is asked together must all hold. An actor wrote
      what names it, and what was written in the runs that it opened.

      Examples:
        meterbook audit --actor dana --from 2026-03-01
        meterbook audit --invoice 1000000001-0001
        meterbook audit --account 1000000001 --kind ReadingCorrected
      """)
  @Option(help: "Only what this actor wrote.") var actor: String?
  @Option(help: "Only what concerns this account.") var account: String?
  @Option(help: "Only what concerns this invoice.") var invoice: String?
  @Option(
    help: ArgumentHelp(
      "Only what was recorded at this time or later; a date is its UTC midnight.",
      valueName: "time"))
  var from: String?
  @Option(
    help: ArgumentHelp(
      "Only what was recorded up to this time, that moment included.", valueName: "time"))
  var to: String?
  @Option(
    help: ArgumentHelp(
      "Only entries with such an event, as PaymentReceived.", valueName: "event"))
  var kind: String?
  @Option(help: "At most this many; 0 for all.") var limit = 50
  @OptionGroup var options: BookOptions

  func run() throws {
    guard limit >= 0 else { throw ValidationError("--limit \(limit): expected 0 or more.") }
    for (text, option) in [(from, "--from"), (to, "--to")] {
      if let text, Authority.time(text) == nil {
        throw ValidationError("\(option) \(text): expected a time such as 2026-02-01T06:00:00Z.")
      }
    }
    var filter = AuditFilter()
    (filter.actor, filter.account, filter.invoice, filter.kind) = (actor, account, invoice, kind)
    (filter.from, filter.to) = (from.flatMap(Authority.time), to.flatMap(Authority.time))
    let report = try options.open().audit(filter, limit: limit, progress: Console.progress)
    try Console.show(report, json: options.json)
  }
}
