import Billing
import CivilTime
import EventSourcing
import Money
import Tariffs
import Testing

/// What financial events post, by ledger account, to the cent.
@Suite struct PostingTests {
  @Test func `a bill is owed, earned, and partly collected for others`() throws {
    let postings = try Posted.billed().postings()
    // 133.86 + 15.00 + 3.50; 4.57 franchise fee, 7.85 and 2.35 tax.
    #expect(postings.sums == ["142 167.13", "241 -14.77", "440 -152.36"])
    #expect(postings.first?.address.description == "106.8")
    #expect(postings.map(\.address.index) == [8, 0, 1, 2, 3, 4, 5, 6, 7])
    #expect(postings.allSatisfy { $0.invoice == 1 && $0.account == "1000000001" })
    #expect(postings.allSatisfy { $0.day == day("2026-03-15") })
  }

  @Test func `a payment is cash and a credit balance, which pays what is owed`() throws {
    var posted = try Posted.billed()
    posted.pay("200.00", on: "2026-04-01")
    #expect(try posted.last().sums == ["131 200.00", "253 -200.00"])
    posted.allocate("162.13", fees: "5.00")
    #expect(try posted.last().sums == ["142 -167.13", "253 167.13"])
    #expect(
      try posted.postings().sums == [
        "131 200.00", "142 0.00", "241 -14.77", "253 -32.87", "440 -152.36",
      ])
  }

  @Test func `a returned payment takes back all of it`() throws {
    var posted = try Posted.billed()
    posted.pay("10.00", on: "2026-03-30")
    posted.pay("200.00", on: "2026-04-01")
    posted.allocate("167.13", payment: 2)
    posted.append(
      [
        .paymentAllocated(PaymentAllocated(.payment(2), to: 1, amount: money("-167.13"))),
        .paymentReturned(
          PaymentReturned(
            payment: 2, day: day("2026-04-03"), reason: "insufficient funds",
            amount: money("200.00"))),
      ], on: "2026-04-03")
    #expect(try posted.last().sums == ["131 -200.00", "142 167.13", "253 32.87"])
  }

  @Test func `a credit that pays another invoice stays among the receivables`() throws {
    var posted = try Posted.billed()
    posted.append(
      [.paymentAllocated(PaymentAllocated(.credit(1), to: 2, amount: money("5.00")))],
      on: "2026-04-01")
    #expect(try posted.last().isEmpty)
  }

  @Test func `an adjustment, a credit and a late fee post when their line is issued`() throws {
    var posted = try Posted.billed()
    let waiting: [Event] = [
      .adjustmentPosted(
        AdjustmentPosted(
          amount: money("-7.00"), revenueClass: .variableEnergy, reason: "read wrong",
          approver: "dana")),
      .creditPosted(CreditPosted(amount: money("3.00"), reason: "goodwill", approver: "dana")),
      .lateFeeAssessed(
        LateFeeAssessed(
          invoice: 1, amount: money("5.00"), days: 15, open: money("167.13"), rules: 1,
          at: at("2026-04-20"))),
    ]
    posted.append(waiting, on: "2026-04-20")
    #expect(try posted.last().isEmpty)
    try posted.obey(
      Fixture.readings(Fixture.reading("2026-04-15", 1237), now: "2026-04-16"), on: "2026-04-15")
    try posted.obey(Fixture.bill(through: "2026-04-15", issued: "2026-04-21"), on: "2026-04-21")
    let lines = try posted.last()
    #expect(lines.filter { $0.ledger == "450" }.map(\.amount) == [money("-5.00")])
    #expect(lines.filter { $0.amount == money("7.00") }.map(\.ledger) == ["440"])
    #expect(lines.filter { $0.amount == money("3.00") }.map(\.ledger) == ["440"])
    #expect(lines.map(\.amount).sum() == .zero)
  }

  @Test func `a cancellation posts the exact negation, line by line`() throws {
    var posted = try Posted.billed()
    let issued = try posted.last()
    try posted.rebill(1037, on: "2026-04-05")
    let entry = try posted.last()
    let cancelled = entry.filter { $0.invoice == 1 }
    #expect(cancelled.map(\.ledger) == issued.map(\.ledger))
    #expect(cancelled.map(\.amount) == issued.map { -$0.amount })
    #expect(cancelled.allSatisfy { $0.day == day("2026-04-05") })
    // 100 kWh at .16725 less, and what follows from it.
    let total = entry.filter { $0.invoice == 2 && $0.ledger == "142" }.map(\.amount).sum()
    #expect(total == posted.given.state.invoices[1].total)
    #expect(try posted.postings().filter { $0.ledger == "142" }.map(\.amount).sum() == total)
  }

  @Test func `what was written off of a cancelled invoice is no loss any more`() throws {
    var posted = try Posted.billed()
    try posted.obey(
      .writeOff(WriteOff(invoice: 1, reason: "bankrupt", approver: "dana")), on: "2026-04-01")
    #expect(try posted.last().sums == ["142 -167.13", "904 167.13"])
    try posted.rebill(1037, on: "2026-04-05")
    let sums = try posted.postings().sums
    #expect(sums.contains("904 0.00"))
    #expect(sums.contains("142 \(posted.given.state.invoices[1].open)"))
  }

  @Test func `entries post the same in any order, and each sums to zero`() throws {
    var posted = try Posted.billed()
    posted.pay("200.00", on: "2026-04-01")
    posted.allocate("167.13")
    try posted.rebill(1037, on: "2026-04-05")
    let forwards = try posted.postings()
    let backwards = try posted.postings((1...posted.days.count).reversed())
    #expect(backwards.count == forwards.count)
    #expect(Set(backwards) == Set(forwards))
    for entry in Dictionary(grouping: forwards, by: \.address.position).values {
      #expect(entry.map(\.amount).sum() == .zero)
    }
  }
}

/// What an entry cannot be posted by is named, with its address.
@Suite struct PostingProblemTests {
  private static func problem(
    _ events: [Event], on date: String? = "2026-04-01"
  ) throws -> String {
    var posted = try Posted.billed()
    posted.append(events, on: date)
    let error = #expect(throws: PostingProblem.self) { try posted.last() }
    return error.map { "\($0)" } ?? ""
  }

  private static func invoice(total: String) -> Event {
    .invoiceIssued(
      InvoiceIssued(
        ordinal: 2, period: period("2026-03-15", "2026-04-15"), due: day("2026-05-06"),
        total: money(total), plan: "R1", customerClass: .residential, rules: 1))
  }

  @Test func `every problem`() throws {
    let start = "event 107.0 of account 1000000001 cannot be posted: "
    let pay = PaymentReceived(
      reference: "1", amount: money("1.00"), at: at("2026-04-01"), day: day("2026-04-01"))
    #expect(
      try Self.problem([.paymentReceived(pay)], on: nil) == start
        + "its entry has no accounting day")
    #expect(
      try Self.problem([Self.invoice(total: "1.00")])
        == start + "its total is 1.00, its lines come to 0.00")
    func lines(_ charge: ChargeRecorded) -> [Event] {
      [.chargeRecorded(charge), Self.invoice(total: "1.00")]
    }
    #expect(
      try Self.problem(lines(ChargeRecorded(component: 9, amount: money("1.00"))))
        == start + "no tariff in force has the component it names")
    #expect(
      try Self.problem(lines(ChargeRecorded(amount: money("1.00"), segment: 1)))
        == start + "no tariff in force has the component it names")
    #expect(
      try Self.problem(lines(ChargeRecorded(amount: money("1.00"), tax: 0)))
        == start + "the account did not have the tax it names")
    #expect(
      try Self.problem(lines(ChargeRecorded(amount: money("1.00"), type: .adjustment)))
        == start + "it has no revenue class")
    #expect(
      try Self.problem([.chargeRecorded(ChargeRecorded(amount: money("1.00")))])
        == start + "no invoice follows its lines")
    var other = InvoiceIssued(
      ordinal: 3, period: period("2026-03-15", "2026-04-15"), due: day("2026-05-06"),
      total: .zero, plan: "R1", customerClass: .residential, rules: 1)
    other.plan = "R9"
    other.total = money("1.00")
    #expect(
      try Self.problem([
        .chargeRecorded(ChargeRecorded(amount: money("1.00"))), .invoiceIssued(other),
      ]) == start + "plan R9 has no tariff version in force on 2026-03-15")
  }
}
