import Billing
import EventSourcing
import Money
import Receivables
import Tariffs
import Testing

@testable import Application

/// What accounts owe, by age, and the trial balance, over a book in which everything happens.
@Suite struct ReceivablesTests {
  static let quiet: ProgressHandler = { _ in }

  private func ageing(
    _ life: WholeLife, _ date: String?, account: String? = nil, limit: Int = 0
  ) throws -> AgeingReport {
    try life.book.read().ageing(
      asOf: date.map { try #require(Authority.day($0)) }, account: account, limit: limit,
      progress: Self.quiet)
  }

  @Test func `the trial balance is zero, and agrees with what the accounts owe, on any day`() throws
  {
    let life = try WholeLife()
    for date in [
      nil, "2025-12-31", "2026-02-01", "2026-02-10", "2026-02-20", "2026-02-25", "2026-03-19",
      "2026-03-20", "2026-03-21", "2026-03-24", "2026-12-31",
    ] {
      let report = try life.book.read().trialBalance(
        asOf: date.map { try #require(Authority.day($0)) }, progress: Self.quiet)
      #expect(report.isSatisfied, "\(date ?? "all"): \(report.text)")
      #expect(report.difference == "0.00")
      #expect(report.controls.count == 2)
    }
  }

  @Test func `the trial balance shows every ledger account with both its sides`() throws {
    let life = try WholeLife()
    let report = try life.book.read().trialBalance(asOf: nil, progress: Self.quiet)
    let cash = try #require(report.ledgers.first { $0.ledger == "131" })
    #expect((cash.debits, cash.credits, cash.balance) == ("250.00", "200.00", "50.00"))
    #expect(cash.name == "Assets:Cash:131")
    let lost = try #require(report.ledgers.first { $0.ledger == "904" })
    #expect(lost.debits == lost.credits && lost.balance == "0.00")
    #expect(
      report.ledgers.map(\.ledger) == [
        "131", "142", "241", "253", "440", "442", "450", "451", "904",
      ])
    #expect(report.ledgers.first { $0.ledger == "450" }?.balance == "-5.00")
    #expect(report.ledgers.first { $0.ledger == "451" }?.balance == "-4.00")
    #expect(report.text.contains("as in the ledger"))
    #expect(report.text.contains("440     Income:ResidentialSales:440"))
  }

  @Test func `what the accounts owe is what their own states say`() throws {
    let life = try WholeLife()
    let report = try ageing(life, nil)
    var balance = Money.zero
    for account in ["1000000001", "1000000002", "1000000003"] {
      let state = try life.state(account).0
      balance += state.balance
      let row = try #require(report.accounts.first { $0.account == account })
      #expect(row.ages.balance == state.balance.description)
      #expect(
        row.invoices.map(\.open)
          == state.invoices.map(\.open).filter { $0 != .zero }.map(\.description))
    }
    #expect(report.total.balance == balance.description)
    #expect(report.accountCount == 3)
  }

  @Test func `what is open ages from its due date, a day at a time`() throws {
    let life = try WholeLife()
    // Issued on 1 February, due on the 22nd, 50.00 of 120.96 paid.
    func ages(_ date: String) throws -> [String] {
      let ages = try #require(try ageing(life, date, account: "1000000001").accounts.first).ages
      return [ages.current, ages.thirty, ages.sixty, ages.ninety]
    }
    #expect(try ages("2026-02-09") == ["120.96", "0.00", "0.00", "0.00"])
    #expect(try ages("2026-02-10") == ["70.96", "0.00", "0.00", "0.00"])
    #expect(try ages("2026-03-23") == ["70.96", "0.00", "0.00", "0.00"])
    let next = try life.state("1000000001").0.invoices[1].total.description
    #expect(try ages("2026-03-24") == [next, "70.96", "0.00", "0.00"])
    #expect(try ages("2026-04-22") == [next, "70.96", "0.00", "0.00"])
    #expect(try ages("2026-04-23") == [next, "0.00", "70.96", "0.00"])
    #expect(try ages("2026-05-22")[2] == "70.96")
    #expect(try ages("2026-05-23")[3] == "70.96")
  }

  @Test func `a payment keeps its number on days before it counts`() throws {
    let (march, april) = (
      try #require(Authority.day("2026-03-20")), try #require(Authority.day("2026-04-01"))
    )
    var balance = AccountBalance(asOf: march)
    for movement: Movement in [
      .init(day: march, kind: .issued(1, due: april, total: Money(cents: 500))),
      .init(day: april, kind: .received(Money(cents: 900))),
      .init(day: march, kind: .received(Money(cents: 300))),
      .init(day: march, kind: .paid(1, payment: 2, Money(cents: 200))),
    ] { balance.take(movement) }
    #expect(balance.open == Money(cents: 300))
    #expect(balance.credit == Money(cents: 100))
    balance.take(.init(day: march, kind: .returned(payment: 2)))
    #expect(balance.credit == Money(cents: -200))
  }

  @Test func `an account is shown with the invoices that are open, and with what is part of it`()
    throws
  {
    let life = try WholeLife()
    let before = try ageing(life, "2026-03-31", account: "1000000001")
    #expect(before.accounts.map(\.account) == ["1000000001"])
    let report = try ageing(life, "2026-04-01", account: "1000000001")
    #expect(report.accounts.map(\.account) == ["1000000001", "1000000003"])
    #expect(report.accounts[0].invoices.map(\.number) == ["1000000001-0001", "1000000001-0002"])
    #expect(report.accounts[0].invoices.map(\.daysPastDue) == [38, 0])
    #expect(report.text.contains("1000000003 (part of 1000000001)"))
    #expect(report.text.contains("2 accounts, 3 open invoices"))
  }

  @Test func `a limit shows fewer accounts and totals of all`() throws {
    let life = try WholeLife()
    let all = try ageing(life, nil)
    let one = try ageing(life, nil, limit: 1)
    #expect(one.accounts.count == 1 && one.truncated && !all.truncated)
    #expect(one.total.balance == all.total.balance)
    #expect(one.text.contains("There are more: use --limit or --account."))
    #expect(try ageing(life, "2026-01-15").text == "Nothing is owed as of 2026-01-15.")
  }

  @Test func `an account that is not there is named`() throws {
    let life = try WholeLife()
    let error = #expect(throws: Failure.self) { try ageing(life, nil, account: "1") }
    #expect(error?.description.contains("There is no account '1' in this book.") == true)
  }

  @Test func `an event that cannot be posted stops the ledger by its address`() throws {
    let life = try WholeLife()
    try life.append(
      [
        .chargeRecorded(ChargeRecorded(amount: WholeLife.money("1.00")))
      ], to: "1000000001", on: "2026-04-02", at: "2026-04-02T09:00:00Z")
    let error = #expect(throws: Failure.self) {
      try life.book.read().trialBalance(asOf: nil, progress: Self.quiet)
    }
    let text = error?.description ?? ""
    #expect(text.contains("The general ledger stops: event "))
    #expect(text.contains("no invoice follows its lines"))
    #expect(text.contains("meterbook verify"))
  }

  @Test func `figures that differ are told, and the command fails`() throws {
    var sums = LedgerSums()
    let day = try #require(Authority.day("2026-04-02"))
    sums.add(
      Posting(
        ledger: "142", account: "1", amount: Money(cents: 100), day: day,
        event: .paymentReceived, address: EventAddress(Position(1), 0)))
    let report = TrialBalanceReport(
      asOf: day, sums, LedgerChart([.standard]),
      controls: [("Receivables", ["142"], Money(cents: 90))], size: 2)
    #expect(!report.isSatisfied)
    #expect(report.text.contains("Receivables of all accounts: 0.90, but 1.00 in the ledger"))
    #expect(report.text.contains("The book does not balance: the difference is 1.00."))
  }
}
