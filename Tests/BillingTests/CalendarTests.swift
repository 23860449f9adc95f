import Billing
import CivilTime
import EventSourcing
import Testing

/// Months are closed in their order, quarters filed once.
@Suite("The accounting calendar and filings") struct CalendarTests {
  static func closed(_ month: String, size: UInt64 = 10) -> PeriodClosed {
    PeriodClosed(
      month: AccountingMonth(month)!, size: size, totals: [], netBilled: money("0.00"),
      projection: "revenue@2", digest: Fixture.hash(1))
  }

  @Test func `months are closed one after the other, each once`() throws {
    let october = Self.closed("2025-10")
    Given(AccountingCalendar.self).when(.close(october)).then(.periodClosed(october))
    let given = try Given(AccountingCalendar.self).after(.close(october))
    given.when(.close(Self.closed("2025-10", size: 99))).thenNothing()
    given.when(.close(Self.closed("2025-09"))).thenNothing()
    given.when(.close(Self.closed("2025-12"))).thenRefused(
      .notNext(AccountingMonth("2025-12")!, next: AccountingMonth("2025-11")!))
    given.when(.close(Self.closed("2025-11"))).then(.periodClosed(Self.closed("2025-11")))
  }

  @Test func `only the month that was closed last is opened again`() throws {
    let october = AccountingMonth("2025-10")!
    let november = AccountingMonth("2025-11")!
    Given(AccountingCalendar.self).when(.reopen(october)).thenNothing()
    let given = try Given(AccountingCalendar.self).after(.close(Self.closed("2025-10")))
      .after(.close(Self.closed("2025-11")))
    given.when(.reopen(october)).thenRefused(.notLast(october, last: november))
    given.when(.reopen(november)).then(.periodOpened(PeriodOpened(month: november)))
    let opened = try given.after(.reopen(november))
    opened.when(.reopen(november)).thenNothing()
    opened.when(.reopen(october)).then(.periodOpened(PeriodOpened(month: october)))
    opened.when(.close(Self.closed("2025-11", size: 20))).then(
      .periodClosed(Self.closed("2025-11", size: 20)))
  }

  @Test func `what is posted on a closed day counts on the first open one`() throws {
    var state = CalendarState()
    #expect(state.firstOpenDay == nil)
    #expect(state.accountingDay(of: day("1999-01-01")) == day("1999-01-01"))
    AccountingCalendar.evolve(&state, .periodClosed(Self.closed("2025-12")))
    #expect(state.firstOpenDay == day("2026-01-01"))
    #expect(state.accountingDay(of: day("2025-12-31")) == day("2026-01-01"))
    #expect(state.accountingDay(of: day("2026-01-01")) == day("2026-01-01"))
    #expect(state.accountingDay(of: day("2026-01-02")) == day("2026-01-02"))
    #expect(state.isClosed(AccountingMonth("2025-12")!))
    #expect(state.isClosed(AccountingMonth("2025-11")!))
    #expect(!state.isClosed(AccountingMonth("2026-01")!))
  }

  @Test func `a month is written as 2025-10, and nothing else is one`() {
    #expect(AccountingMonth("2025-10")?.description == "2025-10")
    #expect(AccountingMonth("2025-01")?.firstDay == day("2025-01-01"))
    #expect(AccountingMonth("2024-02")?.lastDay == day("2024-02-29"))
    #expect(AccountingMonth("2025-12")?.next.description == "2026-01")
    for text in ["2025", "2025-13", "2025-00", "2025-1", "25-10", "2025-+1", "2025-10-01", ""] {
      #expect(AccountingMonth(text) == nil)
    }
  }

  static func sealed(_ number: UInt8, size: UInt64) -> FilingSealed {
    FilingSealed(
      size: size, root: Fixture.hash(1), projection: "revenue@2", digest: Fixture.hash(2),
      view: .posted, form: 1, byteCount: 100, hash: Fixture.hash(number), totals: [])
  }

  @Test func `a quarter is filed once and never changes, but is restated`() throws {
    let first = Self.sealed(3, size: 100)
    let other = Self.sealed(4, size: 200)
    Given(Filings.self).when(.restate(first)).thenRefused(.notFiled)
    Given(Filings.self).when(.produce(first)).then(.filingProduced(first))
    let given = try Given(Filings.self).after(.produce(first))
    given.when(.produce(first)).thenNothing()
    given.when(.produce(other)).thenRefused(.alreadyFiled(after: 100))
    given.when(.restate(first)).thenNothing()
    given.when(.restate(other)).then(.filingRestated(other))
    let restated = try given.after(.restate(other))
    restated.when(.restate(other)).thenNothing()
    restated.when(.restate(first)).then(.filingRestated(first))
    restated.when(.produce(other)).thenRefused(.alreadyFiled(after: 100))
  }

  @Test func `every refusal has a code, a sentence and advice`() {
    let month = AccountingMonth("2025-10")!
    let later = AccountingMonth("2025-12")!
    let texts: [(String, String, String)] =
      [
        CalendarRejection.notNext(later, next: month), .notLast(month, last: later),
      ].map { ($0.code, $0.description, $0.advice) }
      + [FilingRejection.alreadyFiled(after: 3), .notFiled].map {
        ($0.code, $0.description, $0.advice)
      }
    for (code, sentence, advice) in texts {
      #expect(!code.isEmpty && sentence.count > code.count && !advice.isEmpty)
    }
    #expect(Set(texts.map(\.1)).count == texts.count)
  }
}
