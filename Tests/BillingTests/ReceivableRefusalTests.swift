import Billing
import CivilTime
import Money
import Tariffs
import Testing

/// What payments, disputes, plans and adjustments are refused for, each by name and with what to do.
@Suite struct ReceivableRefusalTests {
  typealias X = Fixture

  /// The refusal of `command`, having checked that it says what to do.
  static func refusal(
    of command: AccountCommand, _ given: Given<Account>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    guard case .failure(let rejection) = given.when(command).outcome else {
      Issue.record("not refused", sourceLocation: sourceLocation)
      return ""
    }
    #expect(!rejection.advice.isEmpty, sourceLocation: sourceLocation)
    return "\(rejection.code): \(rejection); \(rejection.advice)"
  }

  // MARK: Payments

  @Test(arguments: ["0.00", "-5.00"])
  func `a payment of nothing, or less`(_ amount: String) throws {
    #expect(
      try Self.refusal(of: Owing.pay(amount, "2026-02-20"), Owing.one())
        == "invalid: amount is \(amount); a payment is above zero; correct the request")
  }

  @Test func `a payment dated in the future`() throws {
    let command = Owing.pay("5.00", "2026-02-21", today: "2026-02-20")
    #expect(
      try Self.refusal(of: command, Owing.one())
        == "in-future: it is later than today, 2026-02-20; check the date; a simulated book's clock "
        + "stands still until --clock moves it")
    _ = try Owing.one().after(Owing.pay("5.00", "2026-02-20T23:59", today: "2026-02-20"))
  }

  @Test func `a payment dated before the account`() throws {
    #expect(
      try Self.refusal(of: Owing.pay("5.00", "2025-12-31"), Owing.one())
        == "before-opening: the account was opened on 2026-01-01; check the date and the account")
    _ = try Owing.one().after(Owing.pay("5.00", "2026-01-01"))
  }

  @Test func `a payment for an invoice that is not there`() throws {
    #expect(
      try Self.refusal(of: Owing.pay("5.00", "2026-02-20", invoice: 2), Owing.one())
        == "unknown-invoice: the account has no invoice 0002; see `meterbook invoice list` for the "
        + "account's invoices")
  }

  @Test func `a payment whose reference is not one`() throws {
    #expect(
      try Self.refusal(of: Owing.pay("5.00", "2026-02-20", "two words"), Owing.one())
        == "invalid: reference is 'two words'; it must be 1 to 64 printable characters; correct the "
        + "request")
  }

  @Test func `a payment on an account that does not exist`() throws {
    #expect(
      Self.refusal(of: Owing.pay("5.00", "2026-02-20"), Given(Account.self))
        == "not-opened: the account does not exist; import the account first")
  }

  @Test func `a return of a payment that is not there, or was returned, or before it came`() throws
  {
    let given = try Owing.one().after(Owing.pay("5.00", "2026-02-20"))
    #expect(
      Self.refusal(of: Owing.giveBack("P-2", on: "2026-02-25"), given)
        == "unknown-payment: the account has no payment P-2; see `meterbook balance` for the "
        + "account's payments")
    #expect(
      Self.refusal(of: Owing.giveBack(on: "2026-02-19"), given)
        == "invalid: day is 2026-02-19; the payment came on 2026-02-20; correct the request")
    #expect(
      Self.refusal(of: Owing.giveBack(on: "2026-02-25", today: "2026-02-24"), given)
        .hasPrefix("in-future: it is later than today, 2026-02-24; check the date"))
    let returned = try given.after(Owing.giveBack(on: "2026-02-25"))
    #expect(
      Self.refusal(of: Owing.giveBack(on: "2026-02-26"), returned)
        == "payment-returned: payment P-1 was returned on 2026-02-25; a payment is returned once")
  }

  // MARK: Disputes

  @Test func `a dispute on a paid invoice`() throws {
    let given = try Owing.one().after(Owing.pay("167.13", "2026-02-20"))
    #expect(
      Self.refusal(of: Owing.dispute(), given)
        == "nothing-open: nothing of invoice 0001 is open; see `meterbook balance` for what is open"
    )
  }

  @Test func `a dispute of more than is open`() throws {
    #expect(
      try Self.refusal(of: Owing.dispute(amount: "167.14"), Owing.one())
        == "invalid: amount is 167.14; of the invoice 167.13 is open; correct the request")
  }

  @Test func `a second dispute of the same invoice`() throws {
    let given = try Owing.one().after(Owing.dispute())
    #expect(
      Self.refusal(of: Owing.dispute(amount: "5.00"), given)
        == "dispute-open: invoice 0001 is in dispute since 2026-03-03; resolve that dispute first")
  }

  @Test func `the end of a dispute that was not opened`() throws {
    #expect(
      try Self.refusal(of: Owing.resolve(.denied, on: "2026-03-05"), Owing.one())
        == "no-dispute: invoice 0001 is not in dispute; open a dispute first")
  }

  @Test func `a dispute upheld for more than was billed`() throws {
    let given = try Owing.one().after(Owing.dispute())
    #expect(
      Self.refusal(of: Owing.resolve(.upheld, amount: "167.14", on: "2026-03-05"), given)
        == "invalid: amount is 167.14; what is upheld is above zero and at most 167.13; correct the "
        + "request")
  }

  // MARK: Plans

  @Test func `a plan on a closed account`() throws {
    let given = try Owing.finallyBilled().after(.close(day("2026-02-10"), reason: "moved"))
    #expect(
      Self.refusal(of: Owing.plan([("2026-06-01", "100.00")], on: "2026-03-01"), given)
        == "account-closed: the account was closed on 2026-02-10; open another account for the new "
        + "customer")
  }

  @Test func `a plan where nothing is owed, for more than is owed, or beside another`() throws {
    let paid = try Owing.one().after(Owing.pay("167.13", "2026-02-20"))
    #expect(
      Self.refusal(of: Owing.plan([("2026-06-01", "1.00")], on: "2026-03-01"), paid)
        == "nothing-owed: the account owes nothing; a plan is for what is owed")
    #expect(
      try Self.refusal(of: Owing.plan([("2026-06-01", "167.14")], on: "2026-03-01"), Owing.one())
        == "invalid: instalments come to 167.14; the account owes 167.13; correct the request")
    let running = try Owing.one().after(Owing.plan([("2026-06-01", "1.00")], on: "2026-03-01"))
    #expect(
      Self.refusal(of: Owing.plan([("2026-07-01", "1.00")], on: "2026-03-02"), running)
        == "plan-active: a payment plan runs since 2026-03-01; end that plan first")
  }

  @Test(arguments: [
    [("2026-02-28", "1.00")], [("2026-06-01", "1.00"), ("2026-06-01", "1.00")],
    [("2026-07-01", "1.00"), ("2026-06-01", "1.00")], [],
  ])
  func `a plan whose dates are not in order`(_ parts: [(String, String)]) throws {
    #expect(
      try Self.refusal(of: Owing.plan(parts, on: "2026-03-01"), Owing.one())
        == "invalid: instalments must have one date each, in order, from 2026-03-01 on; correct the "
        + "request")
  }

  @Test func `a plan of nothing`() throws {
    #expect(
      try Self.refusal(of: Owing.plan([("2026-06-01", "0.00")], on: "2026-03-01"), Owing.one())
        == "invalid: instalments must each be above zero; correct the request")
  }

  @Test func `the end of a plan that does not run`() throws {
    #expect(
      try Self.refusal(of: .breakPlan(day("2026-03-05"), reason: "gave up"), Owing.one())
        == "no-plan: no payment plan runs; see `meterbook balance` for the account's plans")
  }

  // MARK: Adjustments, credits, write-offs, fees

  @Test func `an adjustment of nothing, without a reason or an approver`() throws {
    #expect(
      try Self.refusal(of: Owing.adjust("0.00"), Owing.one())
        == "invalid: amount is 0.00; an adjustment changes something; correct the request")
    #expect(
      try Self.refusal(of: Self.adjustment("", "dana"), Owing.one())
        == "invalid: reason is empty; say why; correct the request")
    #expect(
      try Self.refusal(of: Self.adjustment("misread", ""), Owing.one())
        == "invalid: approver is ''; it must be 1 to 64 printable characters; correct the request")
  }

  @Test func `a credit of nothing`() throws {
    #expect(
      try Self.refusal(of: Owing.credit("0.00"), Owing.one())
        == "invalid: amount is 0.00; a credit is above zero; correct the request")
  }

  @Test func `an adjustment or a dispute of a cancelled invoice`() throws {
    let given = try Owing.one()
    let invoice = try #require(given.history.lazy.compactMap(\.invoice).first)
    let cancelled = Given(
      Account.self,
      given.history + [
        [
          .invoiceCancelled(
            InvoiceCancelled(
              invoice, reason: .decided, issued: day("2026-03-15"), first: day("2026-03-15")))
        ]
      ])
    for command in [Owing.adjust("5.00", invoice: 1), Owing.dispute(), Owing.writeOff()] {
      #expect(
        Self.refusal(of: command, cancelled)
          == "invoice-cancelled: invoice 0001 was cancelled; name an invoice that stands")
    }
  }

  @Test func `a write-off of what is paid`() throws {
    let given = try Owing.one().after(Owing.pay("167.13", "2026-02-20"))
    #expect(Self.refusal(of: Owing.writeOff(), given).hasPrefix("nothing-open: "))
  }

  @Test func `a fee taken back that was never assessed`() throws {
    #expect(
      try Self.refusal(of: .reverseLateFee(invoice: 1, reason: "goodwill"), Owing.one())
        == "no-late-fee: no late fee was assessed on invoice 0001; see `meterbook late-fees why`")
  }

  private static func adjustment(_ reason: String, _ approver: String) -> AccountCommand {
    .adjust(
      PostAdjustment(
        AdjustmentPosted(
          amount: money("5.00"), revenueClass: .fixed, reason: reason, approver: approver),
        statement: Owing.statement("2026-03-05")))
  }
}

/// The outbox: each notification until it is acknowledged, once.
@Suite struct OutboxTests {
  @Test func `each try in vain is counted, and an acknowledgement ends it`() throws {
    var given = try Owing.one().after(Owing.run("2026-03-17"))
    for attempt in [UInt32(1), 2] {
      let failed = try Account.decide(
        .notificationFailed(1, detail: "no route"), given.state)
      #expect(
        failed == [
          .notificationFailed(
            NotificationFailed(notification: 1, attempts: attempt, detail: "no route"))
        ])
      given = Given(Account.self, given.history + [failed])
    }
    given = try given.after(.notificationSent(1, channel: "outbox/"))
    #expect(given.state.receivables.notifications[0].isSent)
    given.when(.notificationFailed(1, detail: "too late")).thenNothing()
    given.when(.notificationSent(1, channel: "again/")).thenNothing()
  }

  @Test func `a notification that was not requested is refused`() throws {
    #expect(
      try ReceivableRefusalTests.refusal(of: .notificationSent(1, channel: "x"), Owing.one())
        == "unknown-notification: the account has no notification 1; see `meterbook notifications "
        + "list`")
  }
}
