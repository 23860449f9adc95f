import Foundation
import Money
import Testing

@testable import Application

@Suite struct `Payments` {
  static let columns = "account,amount,received,reference,currency,invoice,method"

  /// Two invoices of January, due on 2 March 2026: 120.96 and 167.13.
  static func billed() throws -> TestBook {
    let book = try TestBook.first()
    try book.bill("2026-02-01", at: "2026-02-09T12:00:00-06:00")
    return book
  }

  @discardableResult
  static func imported(
    _ rows: [String], _ book: TestBook, at time: String = "2026-03-10T12:00:00Z"
  ) throws -> ImportReport {
    try book.open(time).importPayments(
      from: book.file("payments.csv", [columns] + rows), progress: { _ in })
  }

  @Test func `a file pays invoices, and again adds nothing`() throws {
    let book = try Self.billed()
    let rows = [
      "1000000001,100.00,2026-02-20,A,USD,,card", "1000000002,167.13,2026-02-20T09:30,B,,,",
      "1000000001,20.96,2026-02-21,C,,1000000001-0001,",
    ]
    let report = try Self.imported(rows, book)
    #expect(report.accepted == 3 && report.rejected == 0)
    let balance = try book.read().balance(of: "1000000001")
    #expect(balance.balance == "0.00")
    #expect(balance.payments.map(\.reference) == ["A", "C"])
    #expect(balance.invoices.map(\.status) == ["paid"])
    let root = try book.root()
    let again = try Self.imported(rows, book)
    #expect(again.accepted == 0 && again.duplicates == 3)
    #expect(try book.root() == root)
  }

  @Test func `each payment's accounting day is the day it was received`() throws {
    let book = try Self.billed()
    try Self.imported(
      ["1000000001,1.00,2026-02-20,A,,,", "1000000001,2.00,2026-02-25T23:30,B,,,"], book)
    let events = try book.read().history(of: "1000000001").events
      .filter { $0.event == "PaymentReceived" }
    #expect(events.map(\.effective) == ["2026-02-20", "2026-02-25"])
  }

  @Test func `what fits no account or is refused waits in the review queue with its reason`() throws
  {
    let book = try Self.billed()
    let report = try Self.imported(
      [
        "1000000009,5.00,2026-02-20,A,,,", "1000000001,0.00,2026-02-20,B,,,",
        "1000000001,-5.00,2026-02-20,C,,,", "1000000001,5.00,2026-02-20,D,EUR,,",
        "1000000001,5.00,2026-03-11,E,,,", "1000000001,5.00,2025-12-31,F,,,",
        "1000000001,5.00,2026-02-20,G,,1000000001-0002,", "1000000001,5.00,2026-02-20,H,,,",
        "1000000001,6.00,2026-02-20,H,,,",
      ], book)
    #expect(report.accepted == 1 && report.rejected == 8)
    let items = try book.waiting()
    #expect(
      items.map(\.reason).sorted() == [
        "before-opening", "conflict", "in-future", "not-opened", "not-positive", "not-positive",
        "other-currency", "unknown-invoice",
      ])
    #expect(items.allSatisfy { $0.kind == "payment" && !$0.detail.isEmpty })
  }

  @Test func `a corrected payment is taken in from the review queue`() throws {
    let book = try Self.billed()
    try Self.imported(["1000000009,5.00,2026-02-20,A,,,"], book)
    let item = try book.onlyWaiting().item
    let report = try book.open().resubmitReview(
      item, corrections: [("account", "1000000001")], accepting: false)
    #expect(report.how == "corrected" && report.events == 2)
    #expect(try book.read().balance(of: "1000000001").balance == "115.96")
    #expect(try book.waiting().isEmpty)
  }

  @Test func `stopped after a part of the file and run again, gives the same book`() throws {
    let book = try Self.billed()
    let rows = (1...40).map { "100000000\($0 % 2 + 1),1.00,2026-02-20,R-\($0),,," }
    let file = try book.file("payments.csv", [Self.columns] + rows)
    let copy = book.folder + "/copy.book"
    try FileManager.default.copyItem(atPath: book.path, toPath: copy)
    _ = try book.open("2026-03-10").importPayments(from: file, progress: { _ in })
    let whole = try book.read().balance(of: "1000000001")

    // The first half of the file alone, as a kill leaves it, then all of it.
    let authority = try TestBook.authority("2026-03-10")
    let other = try Ledger(opening: copy, access: .writing(authority))
    let half = try book.file("half.csv", [Self.columns] + rows.prefix(20))
    _ = try other.importPayments(from: half, progress: { _ in })
    let report = try other.importPayments(from: file, progress: { _ in })
    #expect(report.accepted == 20 && report.duplicates == 20)
    #expect(try other.balance(of: "1000000001").balance == whole.balance)
  }

  @Test func `a payment at the counter says what it paid`() throws {
    let book = try Self.billed()
    let report = try book.open("2026-02-20T18:00:00Z").pay(
      "1000000001",
      PaymentRequest(reference: "DESK-1", amount: Money(cents: 12_100), method: "cash"))
    #expect(
      report.done == [
        "Payment DESK-1 of 121.00, received on 2026-02-20",
        "120.96 of payment DESK-1 pay 1000000001-0001",
      ])
    #expect(report.balance == "-0.04")
  }

  @Test func `refusals name the account and say what to do`() throws {
    let book = try Self.billed()
    func refusal(_ body: (Ledger) throws -> ChangeReport) throws -> String {
      let ledger = try book.open("2026-03-10T12:00:00Z", reason: "a test")
      guard case .failure(let failure as Failure) = Result(catching: { try body(ledger) }) else {
        return "not refused"
      }
      #expect(!failure.advice.isEmpty)
      return failure.description
    }
    let request = PaymentRequest(
      reference: "A", amount: Money(cents: 500), received: PaymentTime("2026-03-11"))
    #expect(
      try refusal { try $0.pay("1000000001", request) }
        == "Account 1000000001: it is later than today, 2026-03-10. Check the date; a simulated "
        + "book's clock stands still until --clock moves it.")
    #expect(
      try refusal { try $0.pay("9", request) }
        == "There is no account '9' in this book. Check the number; `meterbook invoice list` shows "
        + "accounts that were billed.")
    #expect(
      try refusal {
        try $0.pay(
          "1000000001",
          PaymentRequest(reference: "A", amount: Money(cents: 500), invoice: "1000000002-0001"))
      } == "Invoice 1000000002-0001 is of account 1000000002, not 1000000001. Check both numbers.")
    #expect(
      try refusal { try $0.writeOff("17", approver: "dana") }
        == "'17' is not an invoice's number. Numbers are ACCOUNT-ORDINAL, as 1000000001-0001; see "
        + "`meterbook invoice list`.")
    #expect(
      try refusal {
        try $0.adjust(
          "1000000001", by: Money(cents: 500), class: "ENERGY", invoice: nil, approver: "dana")
      }.hasPrefix("'ENERGY' is not a revenue class. Use VARIABLE_ENERGY, "))
    #expect(
      try refusal {
        try $0.resolveDispute(
          of: "1000000001-0001", as: "won", amount: nil, class: "FIXED", approver: "dana")
      } == "'won' is no end of a dispute. Use upheld, denied, withdrawn.")
    #expect(PaymentTime("yesterday") == nil)
  }

  @Test func `a plan is broken for a reason`() throws {
    let book = try Self.billed()
    #expect(throws: Failure.self) { try book.open().breakPlan("1000000001") }
  }
}
