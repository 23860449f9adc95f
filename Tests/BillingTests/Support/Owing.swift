import Billing
import CivilTime
import Money
import Tariffs
import Testing

/// An account that owes, and what may happen to it. Its first invoice is of 167.13, due on Monday
/// 2 March 2026: the invoice of the table in DOMAIN section 6.
enum Owing {
  /// 5.00 from the fifteenth day, 24 hours of grace.
  static let terms = LateFeePolicy().terms(for: .residential, jurisdictions: [])

  /// Billed on 9 February.
  static func one() throws -> Given<Account> {
    try Fixture.account(from: "2026-01-09", cycleDay: 9)
      .after(Fixture.readings(Fixture.reading("2026-02-09", 1137)))
      .after(Fixture.bill(through: "2026-02-09"))
  }

  /// The second bill: of 100 kWh, due on 30 March.
  static func second(_ given: Given<Account>, issued: String = "2026-03-09") throws -> Given<
    Account
  > {
    try given.after(Fixture.readings(Fixture.reading("2026-03-09", 1237)))
      .after(Fixture.bill(through: "2026-03-09", issued: issued))
  }

  /// Billed on 9 February and 9 March.
  static func two() throws -> Given<Account> { try second(one()) }

  /// Service ended on 9 February, with the first bill.
  static func finallyBilled() throws -> Given<Account> {
    try Fixture.account(from: "2026-01-09", cycleDay: 9).after(.stopService(day("2026-02-09")))
      .after(Fixture.readings(Fixture.reading("2026-02-09", 1137)))
      .after(Fixture.bill(through: "2026-02-09"))
  }

  static func assess(_ time: String, _ terms: LateFeeTerms = terms) -> AssessLateFees {
    AssessLateFees(
      at: at(time), today: Fixture.zone.day(of: at(time)), terms: terms, rulesVersion: 1)
  }

  static func run(_ time: String, _ terms: LateFeeTerms = terms) -> AccountCommand {
    .assessLateFees(assess(time, terms))
  }

  /// A payment at a time, or on a date at local noon.
  static func pay(
    _ amount: String, _ time: String, _ reference: String = "P-1", invoice: UInt32 = 0,
    today: String = "2026-12-31", order: AllocationOrder = .oldestDueFirst
  ) -> AccountCommand {
    let moment = Day(iso: time) == nil ? at(time) : at(time + "T12:00")
    return .receivePayment(
      ReceivePayment(
        PaymentReceived(
          reference: reference, amount: money(amount), at: moment,
          day: Fixture.zone.day(of: moment), invoice: invoice), today: day(today), order: order))
  }

  static func giveBack(
    _ reference: String = "P-1", on date: String, today: String = "2026-12-31"
  ) -> AccountCommand {
    .returnPayment(
      ReturnPayment(
        reference: reference, day: day(date), reason: "insufficient funds", today: day(today)))
  }

  static func statement(_ date: String) -> IssueStatement {
    IssueStatement(issued: day(date), rulesVersion: 1)
  }

  static func adjust(
    _ amount: String, invoice: UInt32 = 0, on date: String = "2026-03-05"
  ) -> AccountCommand {
    .adjust(
      PostAdjustment(
        AdjustmentPosted(
          amount: money(amount), revenueClass: .variableEnergy, invoice: invoice,
          reason: "meters were swapped", approver: "dana"), statement: statement(date)))
  }

  static func credit(
    _ amount: String, invoice: UInt32 = 0, on date: String = "2026-03-05"
  ) -> AccountCommand {
    .credit(
      PostCredit(
        CreditPosted(amount: money(amount), invoice: invoice, reason: "goodwill", approver: "dana"),
        statement: statement(date)))
  }

  static func dispute(
    _ invoice: UInt32 = 1, amount: String = "0.00", on date: String = "2026-03-03"
  ) -> AccountCommand {
    .dispute(
      DisputeOpened(invoice: invoice, amount: money(amount), day: day(date), reason: "not mine"))
  }

  static func resolve(
    _ outcome: DisputeOutcome, amount: String = "0.00", invoice: UInt32 = 1, on date: String
  ) -> AccountCommand {
    .resolveDispute(
      ResolveDispute(
        invoice: invoice, outcome: outcome, amount: money(amount), reason: "looked into",
        approver: "dana", statement: statement(date)))
  }

  static func plan(_ parts: [(String, String)], on date: String) -> AccountCommand {
    .startPlan(
      PaymentPlanStarted(
        day: day(date),
        instalments: parts.map { Instalment(due: day($0.0), amount: money($0.1)) },
        reason: "out of work"))
  }

  static func writeOff(_ invoice: UInt32 = 1) -> AccountCommand {
    .writeOff(WriteOff(invoice: invoice, reason: "bankrupt", approver: "dana"))
  }
}

extension Given<Account> {
  /// What the decision table says of an invoice at a time.
  func decision(
    _ time: String, invoice: Int = 1, _ terms: LateFeeTerms = Owing.terms
  ) -> LateFeeDecision {
    Account.lateFees(Owing.assess(time, terms), state)[invoice - 1]
  }

  /// The reason why there is no fee; `nil` where there is one.
  func skip(
    _ time: String, invoice: Int = 1, _ terms: LateFeeTerms = Owing.terms
  ) -> LateFeeSkip? {
    guard case .skip(let skip) = decision(time, invoice: invoice, terms) else { return nil }
    return skip.reason
  }

  /// The fee; `nil` where there is none.
  func fee(_ time: String, invoice: Int = 1, _ terms: LateFeeTerms = Owing.terms) -> Money? {
    guard case .assess(let fee) = decision(time, invoice: invoice, terms) else { return nil }
    return fee.amount
  }

  /// The amounts of the fees that stand.
  var fees: [Money] {
    state.receivables.lateFees.filter { $0.reversed == nil }.map(\.assessed.amount)
  }

  /// What is open of an invoice.
  func open(_ invoice: UInt32) -> String { state.invoice(invoice).map { "\($0.open)" } ?? "none" }

  /// What is set against invoices, as `1: 50.00 + 0.00`.
  var allocated: [String] {
    state.receivables.allocations.map { "\($0.invoice): \($0.amount) + \($0.fees)" }
  }
}
