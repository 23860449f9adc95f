import Application
import ArgumentParser

extension AccountCommands {
  /// Grants an exemption from taxes, or ends one.
  struct Exempt: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "exempt",
      abstract: "Exempts an account from taxes by a certificate, or ends an exemption.",
      discussion: """
        A bill is exempt if its period's last day is: its tax lines stay, at
        0.00, with what was not charged and the certificate. What was issued
        before stays as it is until `meterbook rebill`; the answer names it.

        Examples:
          meterbook account exempt 1000000001 --jurisdiction US-ST-CITY \\
            --certificate SCHOOL-77 --from 2026-02-01 --reason "certificate received"
          meterbook account exempt 1000000001 --jurisdiction US-ST --tax sales \\
            --certificate RESALE-12 --from 2026-02-01
          meterbook account exempt 1000000001 --end 1 --on 2026-06-01 \\
            --reason "certificate expired"
        """)
    @Argument(help: "The account.") var account: String
    @Option(help: "The jurisdiction whose taxes are exempt, as the account names it.")
    var jurisdiction: String?
    @Option(help: "The code of the one tax that is exempt. Default: all of the jurisdiction.")
    var tax: String?
    @Option(help: "The certificate, as the customer handed it in; invoices name it.")
    var certificate: String?
    @Option(help: ArgumentHelp("The first day that is exempt.", valueName: "date"))
    var from: String?
    @Option(help: ArgumentHelp("The number of the exemption to end.", valueName: "number"))
    var end: UInt32?
    @Option(
      help: ArgumentHelp("With --end: the first day that is not exempt.", valueName: "date"))
    var on: String?
    @OptionGroup var options: WritingBookOptions

    func validate() throws {
      guard end == nil else {
        guard on != nil, jurisdiction == nil, tax == nil, certificate == nil, from == nil else {
          throw ValidationError(
            "--end ends an exemption: give it with --on DATE, and without the options of a grant.")
        }
        return
      }
      guard jurisdiction != nil, certificate != nil, from != nil, on == nil else {
        throw ValidationError(
          "An exemption needs --jurisdiction, --certificate and --from DATE; "
            + "--end NUMBER --on DATE ends one.")
      }
    }

    func run() throws {
      let ledger = try options.open()
      if let end, let on {
        let day = try meterbook.day(on, "--on")
        try Console.show(ledger.endExemption(end, of: account, on: day), json: options.json)
      } else if let jurisdiction, let certificate, let from {
        let day = try meterbook.day(from, "--from")
        try Console.show(
          ledger.exempt(
            account, jurisdiction: jurisdiction, tax: tax, certificate: certificate, from: day),
          json: options.json)
      }
    }
  }
}
