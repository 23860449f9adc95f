import Billing
import CivilTime
import Money
import Tariffs
import Testing

/// The decision table of DOMAIN section 6, row by row, each bound from both sides.
@Suite struct LateFeeTableTests {
  typealias X = Fixture

  // MARK: Row 1

  @Test func `row 1: a fee that was ever assessed on the invoice is the only one`() throws {
    let given = try Owing.one().after(Owing.run("2026-03-17"))
    #expect(given.skip("2026-03-18") == .assessedBefore)
    given.when(Owing.run("2026-03-18")).thenNothing()
    #expect(given.fees == [money("5.00")])
  }

  @Test func `row 1: a fee that was reversed is still the only one`() throws {
    let given = try Owing.one().after(Owing.run("2026-03-17"))
      .after(.reverseLateFee(invoice: 1, reason: "goodwill"))
    #expect(given.skip("2026-03-18") == .assessedBefore)
    given.when(Owing.run("2026-03-18")).thenNothing()
    #expect(given.fees == [])
  }

  @Test func `row 1 comes before row 2: a paid invoice with a fee had its fee`() throws {
    let given = try Owing.one().after(Owing.run("2026-03-17"))
      .after(Owing.pay("167.13", "2026-03-18"))
    #expect(given.skip("2026-03-19") == .assessedBefore)
  }

  // MARK: Row 2

  @Test func `row 2: nothing open, no fee`() throws {
    let given = try Owing.one().after(Owing.pay("167.13", "2026-03-10"))
    #expect(given.skip("2026-03-17") == .nothingOpen)
    given.when(Owing.run("2026-03-17")).thenNothing()
  }

  @Test func `row 2: one cent open is open`() throws {
    let given = try Owing.one().after(Owing.pay("167.12", "2026-03-10"))
    #expect(given.fee("2026-03-17") == money("5.00"))
  }

  @Test func `row 2: a cancelled invoice has no fee`() throws {
    let given = try Owing.one().after(
      X.readings(X.reading("2026-03-09", 1237)))
    let cancelled = Given(
      Account.self,
      given.history + [
        [
          .invoiceCancelled(
            InvoiceCancelled(
              try #require(Self.invoice(given)), reason: .decided, issued: day("2026-03-15"),
              first: day("2026-03-15")))
        ]
      ])
    #expect(cancelled.skip("2026-03-17") == .nothingOpen)
  }

  @Test func `row 2: an invoice that was written off has no fee, though a return reopens it`()
    throws
  {
    let given = try Owing.one().after(Owing.pay("100.00", "2026-03-03")).after(Owing.writeOff())
      .after(Owing.giveBack(on: "2026-03-10"))
    #expect(given.open(1) == "100.00")
    #expect(given.skip("2026-03-17") == .nothingOpen)
  }

  @Test func `row 2: late-fee lines do not count, there is no fee on a fee`() throws {
    // The second bill carries the first's fee, and all but the fee is paid.
    let given = try Owing.second(Owing.one().after(Owing.run("2026-03-17")), issued: "2026-03-20")
    let total = try #require(given.state.invoice(2)?.total)
    let paid = try given.after(Owing.pay("167.13", "2026-04-01", "A", invoice: 1))
      .after(Owing.pay("\(total - money("5.00"))", "2026-04-01", "B", invoice: 2))
    #expect(paid.open(2) == "5.00")
    #expect(paid.skip("2026-05-01", invoice: 2) == .nothingOpen)
  }

  @Test func `row 2: an invoice that gives a fee back is paid by what is open of it`() throws {
    // Billed with the second invoice, reversed, and given back with the third.
    let given = try Owing.second(Owing.one().after(Owing.run("2026-03-17")), issued: "2026-03-20")
      .after(.reverseLateFee(invoice: 1, reason: "goodwill"))
      .after(X.readings(X.reading("2026-04-09", 1337)))
      .after(X.bill(through: "2026-04-09"))
    let third = try #require(given.state.invoice(3))
    #expect(third.fees == money("-5.00"))
    let paid = try given.after(Owing.pay("\(third.open)", "2026-04-20", invoice: 3))
    #expect(paid.open(3) == "0.00")
    #expect(paid.skip("2026-06-01", invoice: 3) == .nothingOpen)
  }

  @Test func `row 2 comes before row 3: paid and not late is paid`() throws {
    let given = try Owing.one().after(Owing.pay("167.13", "2026-02-20"))
    #expect(given.skip("2026-02-21") == .nothingOpen)
  }

  // MARK: Row 3

  @Test func `row 3: 14 days after the due date is not late`() throws {
    let given = try Owing.one()
    #expect(given.skip("2026-03-16T23:59:59") == .notLate)
    given.when(Owing.run("2026-03-16T23:59:59")).thenNothing()
  }

  @Test func `row 3: 15 days after the due date is late, from local midnight on`() throws {
    let given = try Owing.one()
    #expect(given.fee("2026-03-17") == money("5.00"))
  }

  @Test func `row 3: the days are those of the policy`() throws {
    var terms = Owing.terms
    terms.afterDays = 30
    let given = try Owing.one()
    #expect(given.skip("2026-03-31", terms) == .notLate)
    #expect(given.fee("2026-04-01", terms) == money("5.00"))
  }

  @Test func `row 3 comes before row 4: a plan is no reason before it is late`() throws {
    let given = try Owing.one().after(Owing.plan([("2026-06-01", "100.00")], on: "2026-03-01"))
    #expect(given.skip("2026-03-16") == .notLate)
  }

  // MARK: Rows 4 to 8

  @Test func `row 4: an active payment plan keeps the fee away`() throws {
    let given = try Owing.one().after(Owing.plan([("2026-06-01", "100.00")], on: "2026-03-01"))
    given.when(Owing.run("2026-03-17"))
      .then(.lateFeeSkipped(LateFeeSkipped(invoice: 1, reason: .paymentPlan, days: 15)))
  }

  @Test func `row 4 comes before row 5`() throws {
    let given = try Owing.one().after(Owing.plan([("2026-06-01", "100.00")], on: "2026-03-01"))
      .after(Owing.dispute())
    #expect(given.skip("2026-03-17") == .paymentPlan)
  }

  @Test func `row 5: an open dispute of the invoice keeps the fee away`() throws {
    let given = try Owing.one().after(Owing.dispute())
    given.when(Owing.run("2026-03-17"))
      .then(.lateFeeSkipped(LateFeeSkipped(invoice: 1, reason: .dispute, days: 15)))
  }

  @Test func `row 5: a dispute of another invoice is no reason`() throws {
    let given = try Owing.two().after(Owing.dispute(2, on: "2026-03-12"))
    #expect(given.fee("2026-03-17", invoice: 1) == money("5.00"))
    #expect(given.skip("2026-05-01", invoice: 2) == .dispute)
  }

  @Test func `row 5 comes before row 6`() throws {
    let given = try Owing.one().after(Owing.dispute(amount: "10.00"))
      .after(Owing.pay("1.00", "2026-03-17T01:00"))
    #expect(given.skip("2026-03-17T02:00") == .dispute)
  }

  @Test func `row 6: a payment within 24 hours before the run gives grace`() throws {
    let given = try Owing.one().after(Owing.pay("1.00", "2026-03-16T02:00:01"))
    given.when(Owing.run("2026-03-17T02:00"))
      .then(.lateFeeSkipped(LateFeeSkipped(invoice: 1, reason: .grace, days: 15, payment: 1)))
  }

  @Test func `row 6: exactly 24 hours before the run is too early`() throws {
    let given = try Owing.one().after(Owing.pay("1.00", "2026-03-16T02:00:00"))
    #expect(given.fee("2026-03-17T02:00") == money("5.00"))
  }

  @Test func `row 6: at the moment of the run is in time, a second later is not`() throws {
    let given = try Owing.one().after(Owing.pay("1.00", "2026-03-17T02:00:00"))
    #expect(given.skip("2026-03-17T02:00:00") == .grace)
    #expect(given.fee("2026-03-17T01:59:59") == money("5.00"))
  }

  @Test func `row 6: any payment on the account counts, for whichever invoice`() throws {
    let given = try Owing.two().after(Owing.pay("1.00", "2026-03-17T01:00", invoice: 2))
    #expect(given.skip("2026-03-17T02:00", invoice: 1) == .grace)
  }

  @Test func `row 6: a payment that was returned gives none`() throws {
    let given = try Owing.one().after(Owing.pay("1.00", "2026-03-17T01:00"))
      .after(Owing.giveBack(on: "2026-03-17"))
    #expect(given.fee("2026-03-17T02:00") == money("5.00"))
  }

  @Test func `row 6 comes before row 7`() throws {
    var terms = Owing.terms
    terms.isForbidden = true
    let given = try Owing.one().after(Owing.pay("1.00", "2026-03-17T01:00"))
    #expect(given.skip("2026-03-17T02:00", terms) == .grace)
  }

  @Test func `row 7: a class or jurisdiction that forbids the fee has none`() throws {
    var terms = Owing.terms
    terms.isForbidden = true
    try Owing.one().when(Owing.run("2026-03-17", terms))
      .then(.lateFeeSkipped(LateFeeSkipped(invoice: 1, reason: .forbidden, days: 15)))
  }

  @Test func `row 8: a fee is assessed, with a notification and no posting`() throws {
    try Owing.one().when(Owing.run("2026-03-17T02:00"))
      .then(
        .lateFeeAssessed(
          LateFeeAssessed(
            invoice: 1, amount: money("5.00"), days: 15, open: money("167.13"), rules: 1,
            at: at("2026-03-17T02:00"))),
        .notificationRequested(
          NotificationRequested(kind: .lateFee, invoice: 1, amount: money("5.00"))))
  }

  @Test func `row 8: the cap is a share of what is open, rounded down to the cent`() throws {
    var terms = Owing.terms
    terms.cap = rate("1.5")
    let given = try Owing.one()
    // 1.5 % of 167.13 is 2.50695.
    #expect(given.fee("2026-03-17", terms) == money("2.50"))
    // 1.5 % of 333.33 is 4.99995, of 333.34 it is 5.0001.
    terms.cap = rate("2.9917")
    #expect(given.fee("2026-03-17", terms) == money("5.00"))
    terms.cap = rate("2.9916")
    #expect(given.fee("2026-03-17", terms) == money("4.99"))
    terms.cap = rate("10")
    #expect(given.fee("2026-03-17", terms) == money("5.00"), "a cap is no fee of its own")
  }

  @Test func `row 8: a cap that comes to 0.00 is a skip, one cent is a fee`() throws {
    var terms = Owing.terms
    terms.cap = rate("1.5")
    // 1.5 % of 0.66 is 0.0099, of 0.67 it is 0.01005.
    let given = try Owing.one().after(Owing.pay("166.47", "2026-03-10"))
    given.when(Owing.run("2026-03-17", terms))
      .then(.lateFeeSkipped(LateFeeSkipped(invoice: 1, reason: .cappedToNothing, days: 15)))
    let more = try Owing.one().after(Owing.pay("166.46", "2026-03-10"))
    #expect(more.fee("2026-03-17", terms) == money("0.01"))
  }

  @Test func `an account that became part of another gets its fee on a statement`() throws {
    let given = try Owing.one()
    let merged = Given(
      Account.self,
      given.history + [
        [.accountMerged(AccountMerged(into: "2", day: day("2026-03-01"), reason: "one household"))]
      ])
    let after = try merged.after(Owing.run("2026-03-17"))
    #expect(after.state.invoice(2)?.isStatement == true)
    #expect(after.state.invoice(2)?.fees == money("5.00"))
  }

  @Test func `a payment of after the run does not help an earlier one to have been in time`() throws
  {
    let given = try Owing.one().after(Owing.run("2026-03-17T02:00"))
      .after(Owing.pay("100.00", "2026-03-18", "A"))
      .after(Owing.pay("67.13", "2026-03-16", "B", today: "2026-03-19"))
    #expect(given.open(1) == "0.00")
    #expect(given.fees == [money("5.00")])
  }

  // MARK: What is recorded

  @Test func `the same reason is recorded once, not every night`() throws {
    let given = try Owing.one().after(Owing.dispute()).after(Owing.run("2026-03-17"))
    given.when(Owing.run("2026-03-18")).thenNothing()
    given.when(Owing.run("2026-04-18")).thenNothing()
  }

  @Test func `a reason that changes is recorded`() throws {
    let given = try Owing.one().after(Owing.dispute()).after(Owing.run("2026-03-17"))
      .after(Owing.plan([("2026-06-01", "100.00")], on: "2026-03-17"))
    given.when(Owing.run("2026-03-18"))
      .then(.lateFeeSkipped(LateFeeSkipped(invoice: 1, reason: .paymentPlan, days: 16)))
  }

  static func invoice(_ given: Given<Account>) -> InvoiceIssued? {
    given.history.lazy.compactMap(\.invoice).first
  }
}
