import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// Intervals that turned out wrong.
@Suite struct IntervalCorrectionTests {
  typealias X = Fixture

  static func correction(
    _ blocks: IntervalBlock..., reason: String = "the clock was off", maximum: Int64 = 500
  ) -> AccountCommand {
    .correctIntervals(
      CorrectIntervals(
        meter: "M-1", register: "1", blocks: blocks, reason: reason, dailyMaximum: kWh(maximum)))
  }

  @Test func `a correction supersedes the event of the day, with what was right in it`() throws {
    let given = try IntervalBillTests.account(days: 28)
    var values = [Int64](repeating: 1000, count: 24)
    var qualities = [Quality](repeating: .actual, count: 24)
    values[3] = 4000
    qualities[3] = .corrected
    let command = Self.correction(
      IntervalTests.block("2026-02-20T03:00", [4000]),
      IntervalTests.block("2026-02-20T05:00", [1000]))
    var block = IntervalTests.block("2026-02-20T00:00", values)
    block.qualities = qualities
    given.when(command).then(
      .intervalsCorrected(
        IntervalsCorrected(
          register: RegisterNumber(), block: block, reason: "the clock was off")))
    // Asked again, and the file with the wrong value imported again: nothing.
    let after = try given.after(command)
    after.when(command).thenNothing()
    let again = Account.record(
      IntervalTests.command(IntervalTests.days("2026-02-15T00:00", 28, 1000)), after.state)
    #expect(again.duplicates == 28 * 24 && again.events == [])
    #expect(again.refusals == [])
    let other = Account.record(
      IntervalTests.command(IntervalTests.block("2026-02-20T03:00", [5000])), after.state)
    #expect(other.refusals.map(\.reason.code) == ["conflict"])
  }

  @Test func `finer decimals are kept`() throws {
    let given = try IntervalBillTests.account(days: 28)
    let fine = IntervalBlock(
      start: at("2026-02-20T03:00"), minutes: 60, decimals: 3, values: [4_000_125])
    let events = try given.when(Self.correction(fine)).outcome.get()
    guard case .intervalsCorrected(let corrected)? = events.first else {
      Issue.record("nothing is corrected")
      return
    }
    #expect(corrected.block.decimals == 3)
    #expect(corrected.block.values[2] == 1_000_000 && corrected.block.values[3] == 4_000_125)
  }

  @Test func `a bill that used them is made again, and one that did not is right`() throws {
    let rules = X.rulebook()
    let given = try IntervalBillTests.account(days: 70)
      .after(X.bill(through: "2026-03-15")).after(X.bill(through: "2026-04-15"))
      .after(Self.correction(IntervalTests.block("2026-02-20T18:00", [4000])))
    let made = try RebillTests.rebill(given, 1, rules: rules)
    #expect(made.reason == .readingCorrected)
    // The 20th is a working day: 3 kWh more on-peak.
    #expect(made.was.first?.quantity == 100_000)
    #expect(made.bill.events.charges.first?.quantity == 103_000)
    #expect(try RebillTests.rebill(given, 2, rules: rules).events == [])
  }

  @Test func `what cannot be corrected says why, and what to do`() throws {
    let given = try IntervalBillTests.account(days: 28)
    let wrong = IntervalTests.block("2026-02-20T03:00", [4000])
    func refuses(
      _ command: AccountCommand, _ reason: AccountRejection, _ code: String, _ text: String,
      _ advice: String, _ given: Given<Account>
    ) {
      given.when(command).thenRefused(reason)
      #expect(reason.code == code)
      #expect(reason.description == text)
      #expect(reason.advice.contains(advice))
    }
    refuses(
      Self.correction(IntervalTests.block("2026-04-20T03:00", [1])),
      .noSuchInterval(at("2026-04-20T03:00")), "no-such-interval",
      "no interval that begins at 2026-04-20T08:00:00Z is recorded", "is imported", given)
    refuses(
      Self.correction(IntervalTests.block("2026-02-20T03:30", [1])),
      .noSuchInterval(at("2026-02-20T03:30")), "no-such-interval",
      "no interval that begins at 2026-02-20T08:30:00Z is recorded", "check the start", given)
    refuses(
      Self.correction(IntervalTests.block("2026-02-20T05:00", [7])),
      .intervalsCorrectedBefore(at("2026-02-20")), "corrected-before",
      "the intervals from 2026-02-20T05:00:00Z on were corrected before", "post an adjustment",
      try given.after(Self.correction(wrong)))
    given.when(Self.correction(wrong, reason: "")).thenRefused(
      .invalid(field: "reason", reason: "is empty; say why"))
    given.when(Self.correction(IntervalTests.block("2026-02-20T03:00", [-4]))).thenRefused(
      .negative("-0.004 kWh"))
    given.when(Self.correction(wrong, maximum: 3)).thenRefused(
      .implausible(usage: kWh(4), limit: kWh(3), isRollover: false))
    given.when(Self.correction(IntervalTests.block("2026-02-20T03:00", [4], minutes: 15)))
      .thenRefused(.wrongLength(minutes: 15, channel: 60))
    #expect(AccountRejection.noSuchInterval(at("2026-02-20")).field == "start")
  }

  @Test func `what is too fine for the values beside it is refused`() throws {
    let given = try IntervalTests.account().after(
      .recordIntervals(
        RecordIntervals(
          meter: "M-1", register: "1",
          blocks: [IntervalTests.block("2026-02-15T00:00", [3_000_000, 1])], now: at("2030-01-01"),
          dailyMaximum: kWh(9_000), zone: X.zone)))
    let fine = IntervalBlock(
      start: at("2026-02-15T01:00"), minutes: 60, decimals: 3, values: [1])
    given.when(Self.correction(fine)).thenRefused(.tooPrecise("0.000001 kWh", decimals: 0))
  }
}
