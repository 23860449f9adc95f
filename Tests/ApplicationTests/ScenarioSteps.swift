import CivilTime
import Money

@testable import Application

/// The steps of stories about money: payments, late fees, disputes, plans.
///
/// ```
/// billed in February                      two accounts' invoices of January, due on 2 March 2026
/// billed in March                         their invoices of February, due on 22 March
/// billed in April                         their invoices of March, due on 22 April
/// pay ACCOUNT AMOUNT REFERENCE on DATE|TIME [for INVOICE]
/// return REFERENCE of ACCOUNT on DATE because REASON
/// late fees                               a run; `late fees dry` writes nothing
/// why INVOICE
/// reverse the fee on INVOICE because REASON
/// balance ACCOUNT
/// adjust ACCOUNT by AMOUNT CLASS [about INVOICE] because REASON
/// credit ACCOUNT AMOUNT [about INVOICE] because REASON
/// write off INVOICE because REASON
/// dispute INVOICE [AMOUNT] because REASON
/// dispute INVOICE is upheld|denied|withdrawn [AMOUNT] because REASON
/// plan ACCOUNT DATE=AMOUNT ... because REASON
/// break plan of ACCOUNT because REASON
/// notifications
/// stop ACCOUNT on DATE
/// enrol ACCOUNT in PROMOTION from DATE
/// exempt ACCOUNT of JURISDICTION by CERTIFICATE from DATE
/// end exemption NUMBER of ACCOUNT on DATE because REASON
/// change ACCOUNT to PLAN from DATE
/// remove METER on DATE showing VALUE      or REGISTER=VALUE,REGISTER=VALUE
/// correct METER [REGISTER] of TIME to VALUE because REASON
/// rebill ACCOUNT|INVOICE because REASON
/// trial balance
/// ```
///
/// `because REASON` ends a step, but for `at TIME`.
enum ScenarioSteps {
  /// What the program says to a step; `nil` for a step that is none of these.
  static func perform(_ step: [String], _ time: String?, _ book: TestBook) throws -> String? {
    var words = step
    var reason = ""
    if let place = words.firstIndex(of: "because") {
      reason = words[(place + 1)...].joined(separator: " ")
      words.removeSubrange(place...)
    }
    func option(_ name: String) -> String? {
      guard words.count > 2, words[words.count - 2] == name else { return nil }
      defer { words.removeLast(2) }
      return words.last
    }
    let about = option("about") ?? option("for")
    let ledger = try book.open(time, reason: reason)
    if let printed = try night(words, time, ledger, book) { return printed }
    switch (words[0], words.count) {
    case ("billed", 3): return try billed(in: words[2], book)
    case ("pay", 6): return try pay(words, about, ledger)
    case ("return", 6):
      let day = try day(words[5])
      return try ledger.returnPayment(words[1], of: words[3], on: day, why: reason).text
    case ("late", 2), ("late", 3): return try lateFees(isDry: words.last == "dry", ledger)
    case ("why", 2): return try book.read().whyLateFee(words[1], asOf: nil).text
    case ("reverse", 5): return try ledger.reverseLateFee(of: words[4]).text
    case ("balance", 2): return try book.read().balance(of: words[1]).text
    case ("adjust", 5):
      return try ledger.adjust(
        words[1], by: amount(words[3]), class: words[4], invoice: about, approver: "dana"
      ).text
    case ("credit", 3):
      return try ledger.credit(words[1], amount(words[2]), invoice: about, approver: "dana").text
    case ("write", 3): return try ledger.writeOff(words[2], approver: "dana").text
    case ("dispute", 2): return try ledger.dispute(words[1], amount: nil).text
    case ("dispute", 3): return try ledger.dispute(words[1], amount: amount(words[2])).text
    case ("dispute", 4), ("dispute", 5):
      return try ledger.resolveDispute(
        of: words[1], as: words[3], amount: words.count == 5 ? amount(words[4]) : nil,
        class: "VARIABLE_ENERGY", approver: "dana"
      ).text
    case ("plan", 3...): return try plan(words, ledger)
    case ("break", 4): return try ledger.breakPlan(words[3]).text
    case ("notifications", 1): return try book.read().notifications { _ in }.text
    default: return try change(words, ledger, book)
    }
  }

  /// Steps that change what is measured or billed.
  private static func change(
    _ words: [String], _ ledger: Ledger, _ book: TestBook
  ) throws -> String? {
    switch (words[0], words.count) {
    case ("stop", 4): return try ledger.stopService(words[1], on: day(words[3])).text
    case ("enrol", 6):
      return try ledger.enrol(words[1], promotion: words[3], from: day(words[5])).text
    case ("exempt", 8):
      return try ledger.exempt(
        words[1], jurisdiction: words[3], tax: nil, certificate: words[5], from: day(words[7])
      ).text
    case ("end", 7):
      guard let number = UInt32(words[2]) else { throw Failure("'\(words[2])' is no number.") }
      return try ledger.endExemption(number, of: words[4], on: day(words[6])).text
    case ("change", 6):
      return try ledger.assignPlan(words[1], plan: words[3], from: day(words[5])).text
    case ("remove", 6):
      let readings = words[5].split(separator: ",").map { text in
        let parts = text.split(separator: "=").map(String.init)
        return (register: parts.count == 2 ? parts[0] : nil, value: parts[parts.count - 1])
      }
      return try ledger.removeMeter(words[1], time: words[3], readings: readings).text
    case ("correct", 6):
      return try ledger.correctReading(
        meter: words[1], register: nil, time: words[3], value: words[5], isVouchedFor: false
      ).text
    case ("correct", 7):
      return try ledger.correctReading(
        meter: words[1], register: words[2], time: words[4], value: words[6], isVouchedFor: false
      ).text
    case ("rebill", 2): return try ledger.rebill(words[1], isDryRun: false).text
    case ("trial", 2): return try book.read().trialBalance(asOf: nil) { _ in }.text
    default: return try report(words, ledger)
    }
  }

  private static func billed(in month: String, _ book: TestBook) throws -> String {
    let fixtures = repository + "Tests/Fixtures/first/"
    if month == "February" {
      let quiet: ProgressHandler = { _ in }
      _ = try book.open("2026-01-01").publishRules(in: [repository + "rules/demo"])
      _ = try book.open().importAccounts(from: fixtures + "accounts.csv", progress: quiet)
      _ = try book.open().importMeters(from: fixtures + "meters.csv", progress: quiet)
      _ = try book.open("2026-02-09T12:00:00-06:00")
        .importReadings(from: fixtures + "readings.csv", progress: quiet)
      let report = try book.bill("2026-02-01")
      return "\(report.invoices) invoices, \(report.total)"
    }
    let isMarch = month == "March"
    let file = "readings-\(isMarch ? "march" : "april").csv"
    _ = try book.open(isMarch ? "2026-03-01T12:00:00-06:00" : "2026-04-01T12:00:00-05:00")
      .importReadings(from: fixtures + file, progress: { _ in })
    let report = try book.bill(isMarch ? "2026-03-01" : "2026-04-01")
    return "\(report.invoices) invoices, \(report.total)"
  }

  private static func pay(
    _ words: [String], _ invoice: String?, _ ledger: Ledger
  ) throws -> String {
    guard let received = PaymentTime(words[5]) else { throw Failure("'\(words[5])' is no time.") }
    return try ledger.pay(
      words[1],
      PaymentRequest(
        reference: words[3], amount: amount(words[2]), received: received, invoice: invoice)
    ).text
  }

  private static func lateFees(isDry: Bool, _ ledger: Ledger) throws -> String {
    let report = try ledger.runLateFees(
      asOf: nil, isDry: isDry, alert: { _ in }, progress: { _ in })
    return text(of: report)
  }

  private static func plan(_ words: [String], _ ledger: Ledger) throws -> String {
    let parts = try words.dropFirst(2).map { text in
      let parts = text.split(separator: "=").map(String.init)
      guard parts.count == 2 else { throw Failure("'\(text)' is no instalment.") }
      return (due: try day(parts[0]), amount: try amount(parts[1]))
    }
    return try ledger.startPlan(words[1], parts).text
  }

  private static func amount(_ text: String) throws -> Money {
    guard let amount = Authority.amount(text) else { throw Failure("'\(text)' is no amount.") }
    return amount
  }

  private static func day(_ text: String) throws -> Day {
    guard let day = Authority.day(text) else { throw Failure("'\(text)' is no day.") }
    return day
  }
}
