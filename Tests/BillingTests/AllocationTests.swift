import Billing
import CivilTime
import Metering
import Money
import Tariffs
import Testing

/// In which order money goes to what is open (DOMAIN section 6, Allocation).
@Suite struct AllocationTests {
  typealias X = Fixture

  @Test func `the oldest due date is paid first`() throws {
    let given = try Owing.two().after(Owing.pay("170.00", "2026-03-20"))
    #expect(given.allocated == ["1: 167.13 + 0.00", "2: 2.87 + 0.00"])
  }

  @Test func `of two due on the same day the lower number is paid first`() throws {
    let given = try Owing.two().after(Owing.adjust("30.00", on: "2026-03-09"))
      .after(X.readings(X.reading("2026-04-09", 1337)))
      .after(X.bill(through: "2026-04-09", issued: "2026-03-09"))
    #expect(given.state.invoice(2)?.due == given.state.invoice(3)?.due)
    let paid = try given.after(Owing.pay("170.00", "2026-03-20"))
    #expect(paid.allocated.map { $0.prefix(2) } == ["1:", "2:"])
  }

  @Test func `the customer's instruction comes first, the rest goes by due date`() throws {
    let total = try #require(Owing.two().state.invoice(2)?.total)
    let given = try Owing.two()
      .after(Owing.pay("\(total + money("1.00"))", "2026-03-20", invoice: 2))
    #expect(given.allocated == ["2: \(total) + 0.00", "1: 1.00 + 0.00"])
  }

  @Test func `a policy may have the newest paid first`() throws {
    let total = try #require(Owing.two().state.invoice(2)?.total)
    let given = try Owing.two()
      .after(Owing.pay("\(total + money("1.00"))", "2026-03-20", order: .newestDueFirst))
    #expect(given.allocated == ["2: \(total) + 0.00", "1: 1.00 + 0.00"])
  }

  @Test func `a disputed invoice is passed over, even where the customer names it`() throws {
    let given = try Owing.two().after(Owing.dispute(on: "2026-03-10"))
      .after(Owing.pay("10.00", "2026-03-20", invoice: 1))
    #expect(given.allocated == ["2: 10.00 + 0.00"])
  }

  @Test func `of an invoice disputed in part the rest is paid`() throws {
    let given = try Owing.one().after(Owing.dispute(amount: "60.00", on: "2026-03-10"))
      .after(Owing.pay("167.13", "2026-03-20"))
    #expect(given.allocated == ["1: 107.13 + 0.00"])
    #expect(given.state.receivables.payments[0].unallocated == money("60.00"))
  }

  @Test func `the end of a dispute lets the credit balance pay`() throws {
    let given = try Owing.one().after(Owing.dispute(on: "2026-03-10"))
      .after(Owing.pay("167.13", "2026-03-20")).after(Owing.resolve(.denied, on: "2026-03-25"))
    #expect(given.open(1) == "0.00")
  }

  @Test func `within an invoice charges and taxes are paid first, late fees last`() throws {
    let given = try Owing.second(Owing.one().after(Owing.run("2026-03-17")), issued: "2026-03-20")
    let second = try #require(given.state.invoice(2))
    let charges = second.total - money("5.00")
    let paid = try given.after(Owing.pay("\(charges)", "2026-03-21", "A", invoice: 2))
    #expect(paid.allocated == ["2: \(charges) + 0.00"])
    let more = try paid.after(Owing.pay("3.00", "2026-03-21", "B", invoice: 2))
    #expect(more.allocated.last == "2: 0.00 + 3.00")
    #expect(more.open(2) == "2.00")
  }

  @Test func `an overpayment is a credit balance that the next invoice uses`() throws {
    let given = try Owing.one().after(Owing.pay("200.00", "2026-02-20"))
    #expect(given.state.balance == money("-32.87"))
    let billed = try Owing.second(given)
    let second = try #require(billed.state.invoice(2))
    let used = min(second.total, money("32.87"))
    #expect(billed.allocated == ["1: 167.13 + 0.00", "2: \(used) + 0.00"])
    #expect(billed.state.balance == second.total - money("32.87"))
  }

  @Test func `the entry of the next bill holds what credit pays of it`() throws {
    let given = try Owing.second(Owing.one().after(Owing.pay("200.00", "2026-02-20")))
    let entry = try #require(given.history.last)
    guard case .paymentAllocated(let part) = entry.last else {
      Issue.record("ends with \(String(describing: entry.last))")
      return
    }
    #expect(part.source == .payment(1))
    #expect(part.invoice == 2)
  }

  @Test func `money freed by a cancellation goes to the replacement first`() throws {
    // Both are open: the first would be due first, yet the money of the second goes to its own.
    let given = try Owing.two().after(Owing.pay("20.00", "2026-03-20", invoice: 2))
    let issued = try #require(
      given.history.flatMap { IssuedInvoice.all(in: $0, on: day("2026-03-15")) }.first {
        $0.invoice.ordinal == 2
      })
    let corrected = Given(
      Account.self,
      given.history + [
        [
          .readingCorrected(
            ReadingCorrected(
              register: .init(meter: 0, register: 0), at: at("2026-03-09"), value: 1240,
              quality: .corrected, method: .unspecified, reason: "misread"))
        ]
      ])
    let rebilled = try Account.rebill(
      Rebill(
        issued, reason: .readingCorrected, today: day("2026-03-25"), rules: X.rulebook().rules,
        rulesVersion: 1, zone: X.zone), corrected.state)
    let after = Given(Account.self, corrected.history + [rebilled.events])
    #expect(after.allocated == ["3: 20.00 + 0.00"])
    #expect(after.state.receivables.payments[0].received.day == day("2026-03-20"))
  }

  @Test func `a returned payment opens what it paid, and what else is credit pays it`() throws {
    let given = try Owing.one().after(Owing.pay("167.13", "2026-02-20", "A"))
      .after(Owing.pay("50.00", "2026-02-21", "B"))
    #expect(given.state.balance == money("-50.00"))
    let returned = try given.after(Owing.giveBack("A", on: "2026-02-25"))
    #expect(returned.allocated == ["1: 50.00 + 0.00"])
    #expect(returned.state.balance == money("117.13"))
    #expect(returned.state.invoices[0].due == day("2026-03-02"))
  }

  @Test func `the same reference twice is one payment`() throws {
    let given = try Owing.one().after(Owing.pay("10.00", "2026-02-20"))
    given.when(Owing.pay("10.00", "2026-02-20")).thenNothing()
    given.when(Owing.pay("11.00", "2026-02-20"))
      .thenRefused(
        .receivable(
          .paymentDiffers(reference: "P-1", amount: money("10.00"), day: day("2026-02-20"))))
  }

  @Test func `a credit on an open invoice lowers it at once, by a statement`() throws {
    let given = try Owing.one().after(Owing.credit("20.00", invoice: 1))
    #expect(given.state.invoice(2)?.isStatement == true)
    #expect(given.state.invoice(2)?.total == money("-20.00"))
    #expect(given.open(1) == "147.13")
    #expect(given.open(2) == "0.00")
  }

  @Test func `an adjustment about no invoice waits for the next bill`() throws {
    let given = try Owing.one().after(Owing.adjust("-12.00"))
    #expect(given.state.invoices.count == 1)
    let billed = try Owing.second(given)
    let line = try #require(billed.history.last?.charges.first { $0.isFromWaiting })
    #expect(line.type == .adjustment)
    #expect(line.amount == money("-12.00"))
  }

  @Test func `what is owed is billed less credited less paid, after every step`() throws {
    var given = try Owing.two()
    let steps: [AccountCommand] = [
      Owing.run("2026-03-17T02:00"), Owing.pay("50.00", "2026-03-18", "A"),
      Owing.credit("20.00", invoice: 1, on: "2026-03-19"),
      Owing.dispute(2, amount: "5.00", on: "2026-03-19"), Owing.pay("300.00", "2026-03-20", "B"),
      Owing.resolve(.upheld, amount: "5.00", invoice: 2, on: "2026-03-21"),
      Owing.giveBack("A", on: "2026-03-22"), Owing.run("2026-05-01"),
    ]
    for step in steps {
      given = try given.after(step)
      let billed = given.state.invoices.map(\.total).sum()
      let paid = given.state.receivables.payments.filter { $0.returned == nil }
        .map(\.received.amount).sum()
      #expect(given.state.balance == billed - paid, "\(step)")
    }
  }
}
