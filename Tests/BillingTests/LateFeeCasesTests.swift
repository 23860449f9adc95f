import Billing
import CivilTime
import Metering
import Money
import Tariffs
import Testing

/// The case table of DOMAIN section 6: an invoice due on Monday 2 March 2026.
@Suite struct LateFeeCasesTests {
  typealias X = Fixture

  @Test func `run on 16 March, 14 days: no; on 17 March, 15 days: yes`() throws {
    let given = try Owing.one()
    #expect(given.state.invoices[0].due == day("2026-03-02"))
    given.when(Owing.run("2026-03-16T02:00")).thenNothing()
    #expect(try given.after(Owing.run("2026-03-17T02:00")).fees == [money("5.00")])
  }

  @Test func `20 paid on 16 March 10:00: grace on 17 March 02:00, assessed on 18 March`() throws {
    let given = try Owing.one().after(Owing.pay("20.00", "2026-03-16T10:00"))
    #expect(given.skip("2026-03-17T02:00") == .grace)
    let next = try given.after(Owing.run("2026-03-17T02:00"))
    #expect(next.fee("2026-03-18T02:00") == money("5.00"))
  }

  @Test func `paid exactly 24 hours before the run, balance open: assessed`() throws {
    let given = try Owing.one().after(Owing.pay("20.00", "2026-03-17T02:00"))
    #expect(given.fee("2026-03-18T02:00") == money("5.00"))
  }

  @Test func `a date without time is local noon`() throws {
    let given = try Owing.one().after(Owing.pay("20.00", "2026-03-16"))
    #expect(given.skip("2026-03-17T11:59:59") == .grace)
    #expect(given.fee("2026-03-17T12:00") == money("5.00"))
  }

  @Test func `1 every day: one grace only`() throws {
    let given = try Owing.one().after(Owing.pay("1.00", "2026-03-16", "A"))
      .after(Owing.run("2026-03-17T02:00")).after(Owing.pay("1.00", "2026-03-17", "B"))
    #expect(given.skip("2026-03-17T03:00") == .grace, "the same payment gives the same grace")
    let fee = try given.after(Owing.run("2026-03-18T02:00"))
    #expect(fee.fees == [money("5.00")])
  }

  @Test func `each invoice has a grace of its own`() throws {
    let given = try Owing.two().after(Owing.pay("1.00", "2026-03-16", "A"))
      .after(Owing.run("2026-03-17T02:00")).after(Owing.pay("1.00", "2026-04-15", "B"))
    #expect(given.fee("2026-04-16T02:00", invoice: 1) == money("5.00"))
    #expect(given.skip("2026-04-16T02:00", invoice: 2) == .grace)
  }

  @Test func `a payment of 16 March posted on 19 March that leaves nothing open reverses the fee`()
    throws
  {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00"))
      .after(Owing.pay("167.13", "2026-03-16", today: "2026-03-19"))
    #expect(given.fees == [])
    #expect(given.state.receivables.lateFees[0].reversed?.payment == 1)
    #expect(given.state.receivables.lateFees[0].reversed?.reason == .paidInTime)
  }

  @Test func `a payment of 16 March posted on 19 March that leaves a cent open reverses nothing`()
    throws
  {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00"))
      .after(Owing.pay("167.12", "2026-03-16", today: "2026-03-19"))
    #expect(given.fees == [money("5.00")])
  }

  @Test func `two payments posted late that together leave nothing open reverse the fee`() throws {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00"))
      .after(Owing.pay("100.00", "2026-03-15", "A", today: "2026-03-19"))
    #expect(given.fees == [money("5.00")])
    #expect(
      try given.after(Owing.pay("67.13", "2026-03-16", "B", today: "2026-03-19")).fees == [])
  }

  @Test func `a payment received after the run reverses nothing, at the run it does`() throws {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00"))
    let after = try given.after(Owing.pay("167.13", "2026-03-17T02:00:01"))
    #expect(after.fees == [money("5.00")])
    #expect(try given.after(Owing.pay("167.13", "2026-03-17T02:00:00")).fees == [])
  }

  @Test func `a credit of later than the run does not help a payment to have been in time`() throws
  {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00"))
      .after(Owing.credit("100.00", invoice: 1, on: "2026-03-18"))
      .after(Owing.pay("67.13", "2026-03-16", today: "2026-03-19"))
    #expect(given.fees == [money("5.00")])
  }

  @Test func `payment returned before the run: days from the original due date`() throws {
    let given = try Owing.one().after(Owing.pay("167.13", "2026-02-20"))
      .after(Owing.giveBack(on: "2026-03-20"))
    #expect(given.open(1) == "167.13")
    guard case .assess(let fee) = given.decision("2026-03-21T02:00") else {
      Issue.record("no fee: \(given.decision("2026-03-21T02:00"))")
      return
    }
    #expect(fee.days == 19)
  }

  @Test func `payment returned that had reversed the fee: its return reinstates that fee`() throws {
    let reversed = try Owing.one().after(Owing.run("2026-03-17T02:00"))
      .after(Owing.pay("167.13", "2026-03-16", today: "2026-03-19"))
    let given = try reversed.after(Owing.giveBack(on: "2026-03-24"))
    #expect(given.fees == [money("5.00")])
    let again = try #require(given.state.receivables.lateFees.last?.assessed)
    #expect(again.isReinstated)
    #expect(again.at == at("2026-03-17T02:00"), "it is that fee, not a new one")
    given.when(Owing.run("2026-03-25T02:00")).thenNothing()
  }

  @Test func `payment returned that had nothing to do with the fee reinstates nothing`() throws {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00"))
      .after(Owing.pay("10.00", "2026-03-18"))
      .after(.reverseLateFee(invoice: 1, reason: "goodwill"))
      .after(Owing.giveBack(on: "2026-03-24"))
    #expect(given.fees == [])
  }

  @Test func `plan broken: the next run assesses`() throws {
    let given = try Owing.one().after(Owing.plan([("2026-06-01", "100.00")], on: "2026-03-01"))
      .after(Owing.run("2026-03-17T02:00"))
      .after(.breakPlan(day("2026-03-17"), reason: "gave it up"))
    #expect(given.fee("2026-03-18T02:00") == money("5.00"))
  }

  @Test func `an instalment that is not paid by the end of its day breaks the plan`() throws {
    let given = try Owing.one()
      .after(Owing.plan([("2026-03-20", "60.00"), ("2026-04-20", "40.00")], on: "2026-03-01"))
      .after(Owing.run("2026-03-17T02:00"))
    given.when(Owing.run("2026-03-20T23:59")).thenNothing()
    let broken = try given.after(Owing.run("2026-03-21T02:00"))
    #expect(broken.state.receivables.plans[0].broken == day("2026-03-21"))
    #expect(broken.fees == [money("5.00")])
  }

  @Test func `an instalment that is paid keeps the plan, the last one completes it`() throws {
    let given = try Owing.one()
      .after(Owing.plan([("2026-03-20", "60.00"), ("2026-04-20", "40.00")], on: "2026-03-01"))
      .after(Owing.run("2026-03-17T02:00")).after(Owing.pay("60.00", "2026-03-20", "A"))
    given.when(Owing.run("2026-04-20T02:00")).thenNothing()
    let done = try given.after(Owing.pay("40.00", "2026-04-20", "B", today: "2026-04-20"))
    #expect(done.state.receivables.plans[0].completed == day("2026-04-20"))
    #expect(done.fee("2026-04-22T02:00") == money("5.00"), "67.13 are open and no plan runs")
  }

  @Test func `a plan begun after the fee leaves the fee`() throws {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00"))
      .after(Owing.plan([("2026-06-01", "100.00")], on: "2026-03-18"))
      .after(Owing.run("2026-03-19T02:00"))
    #expect(given.fees == [money("5.00")])
  }

  @Test(arguments: [DisputeOutcome.denied, .withdrawn])
  func `dispute resolved, still open: assessed, days from the original due date`(
    _ outcome: DisputeOutcome
  ) throws {
    let given = try Owing.one().after(Owing.dispute())
      .after(Owing.resolve(outcome, on: "2026-03-25"))
    guard case .assess(let fee) = given.decision("2026-03-26T02:00") else {
      Issue.record("no fee: \(given.decision("2026-03-26T02:00"))")
      return
    }
    #expect(fee.days == 24)
  }

  @Test func `dispute upheld for all that is open: adjusted first, then nothing is open`() throws {
    let given = try Owing.one().after(Owing.dispute())
      .after(Owing.resolve(.upheld, amount: "167.13", on: "2026-03-20"))
    #expect(given.open(1) == "0.00")
    #expect(given.skip("2026-03-21T02:00") == .nothingOpen)
  }

  @Test func `dispute upheld in part: the fee is on what is left`() throws {
    let given = try Owing.one().after(Owing.dispute())
      .after(Owing.resolve(.upheld, amount: "100.00", on: "2026-03-20"))
    guard case .assess(let fee) = given.decision("2026-03-21T02:00") else {
      Issue.record("no fee: \(given.decision("2026-03-21T02:00"))")
      return
    }
    #expect(fee.open == money("67.13"))
  }

  @Test func `dispute upheld while another invoice's fee waits: the adjustment is not spent on it`()
    throws
  {
    let given = try Owing.two().after(Owing.run("2026-03-17T02:00"))
      .after(Owing.dispute(2, on: "2026-03-18"))
    let total = try #require(given.state.invoice(2)?.total)
    let upheld = try given.after(
      Owing.resolve(.upheld, amount: "\(total)", invoice: 2, on: "2026-03-20"))
    #expect(upheld.open(2) == "0.00")
    #expect(upheld.skip("2026-05-01", invoice: 2) == .nothingOpen)
    #expect(upheld.open(3) == "5.00", "the fee's line is on the statement")
  }

  @Test func `two runs at once: the second decides on what the first wrote, and writes nothing`()
    throws
  {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00"))
    given.when(Owing.run("2026-03-17T02:00")).thenNothing()
    #expect(given.fees.count == 1)
  }

  @Test func `two overdue invoices: two fee lines on the next bill`() throws {
    let given = try Owing.two().after(Owing.run("2026-04-14T02:00"))
      .after(X.readings(X.reading("2026-04-09", 1337)))
    let bill = try given.when(X.bill(through: "2026-04-09", issued: "2026-04-15")).outcome.get()
    let fees = bill.charges.filter { $0.type == .lateFee }
    #expect(fees.map(\.about) == [1, 2])
    #expect(fees.map(\.amount) == [money("5.00"), money("5.00")])
  }

  @Test func `5 becomes 7 on 1 April; assessed on 31 March, billed on 10 April: 5`() throws {
    var later = Owing.terms
    later.amount = money("7.00")
    let given = try Owing.one().after(Owing.run("2026-03-31T02:00"))
      .after(Owing.run("2026-04-01T02:00", later))
    let bill = try Owing.second(given, issued: "2026-04-10")
    #expect(bill.state.invoice(2)?.fees == money("5.00"))
    #expect(try Owing.one().fee("2026-04-01T02:00", later) == money("7.00"))
  }

  @Test func `no next bill: a statement of its own`() throws {
    let given = try Owing.finallyBilled().after(Owing.run("2026-03-17T02:00"))
    let statement = try #require(given.state.invoice(2))
    #expect(statement.isStatement)
    #expect(statement.total == money("5.00"))
    #expect(statement.due == day("2026-04-07"))
    #expect(given.skip("2026-06-01", invoice: 2) == .nothingOpen, "no fee on a fee")
  }

  @Test func `overdue invoice cancelled: fee reversed, and the rebill has its own due date`() throws
  {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00"))
    let issued = try #require(
      given.history.lazy.compactMap { IssuedInvoice.all(in: $0, on: day("2026-03-15")).first }.first
    )
    let corrected = Given(
      Account.self,
      given.history + [
        [
          .readingCorrected(
            ReadingCorrected(
              register: .init(meter: 0, register: 0), at: at("2026-02-09"), value: 1000,
              quality: .corrected, method: .unspecified, reason: "misread"))
        ]
      ])
    let rebilled = try Account.rebill(
      Rebill(
        issued, reason: .readingCorrected, today: day("2026-03-20"), rules: X.rulebook().rules,
        rulesVersion: 1, zone: X.zone), corrected.state)
    let after = Given(Account.self, corrected.history + [rebilled.events])
    #expect(after.fees == [])
    #expect(after.state.receivables.lateFees[0].reversed?.reason == .cancelled)
    #expect(after.state.invoice(2)?.due == day("2026-04-10"))
    #expect(after.skip("2026-04-24", invoice: 2) == .notLate)
    #expect(after.fee("2026-04-25", invoice: 2) == money("5.00"))
  }

  // MARK: How a fee is billed

  @Test func `the fee is a line on the next bill, once, before the taxes and untaxed`() throws {
    let plain = try Owing.two().state.invoice(2)?.total
    let given = try Owing.second(Owing.one().after(Owing.run("2026-03-17")), issued: "2026-03-20")
    let bill = try #require(given.history.last)
    let types = bill.charges.map { $0.tax == nil ? $0.type : .tax }
    #expect(types.suffix(3) == [.lateFee, .tax, .tax])
    #expect(given.state.invoice(2)?.total == plain.map { $0 + money("5.00") })
    let third = try given.after(X.readings(X.reading("2026-04-09", 1337)))
      .after(X.bill(through: "2026-04-09"))
    #expect(third.state.invoice(3)?.fees == .zero)
  }

  @Test func `a fee that was reversed before it was billed never posts`() throws {
    let given = try Owing.one().after(Owing.run("2026-03-17"))
      .after(.reverseLateFee(invoice: 1, reason: "goodwill"))
    let billed = try Owing.second(given, issued: "2026-03-20")
    #expect(billed.history.last?.charges.contains { $0.isFromWaiting } == false)
  }

  @Test func `a fee that was reversed later is a credit of class LATE_FEE`() throws {
    let given = try Owing.second(Owing.one().after(Owing.run("2026-03-17")), issued: "2026-03-20")
      .after(.reverseLateFee(invoice: 1, reason: "goodwill"))
      .after(X.readings(X.reading("2026-04-09", 1337))).after(X.bill(through: "2026-04-09"))
    let line = try #require(given.history.last?.charges.first { $0.isFromWaiting })
    #expect(line.type == .credit)
    #expect(line.revenueClass == .lateFee)
    #expect(line.amount == money("-5.00"))
    #expect(line.about == 1)
  }
}
