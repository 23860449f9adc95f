import Billing
import CivilTime
import EventSourcing
import Testing

/// Meters, review items and runs: each does its one thing once.
@Suite struct SmallAggregatesTests {
  @Test func `a meter serves one account at a time`() throws {
    let given = try Given(MeterAssignment.self).after(
      .assign(account: "A", at: at("2026-01-01")))
    given.when(.assign(account: "A", at: at("2026-01-02"))).thenNothing()
    given.when(.assign(account: "B", at: at("2026-02-01"))).thenRefused(
      .servesAnother(account: "A", since: at("2026-01-01")))
    given.when(.release(account: "B", at: at("2026-02-01"))).thenRefused(
      .servesNot(account: "B"))
    let released = try given.after(.release(account: "A", at: at("2026-02-01")))
    released.when(.assign(account: "B", at: at("2026-01-20"))).thenRefused(
      .beforeRelease(at("2026-02-01")))
    released.when(.assign(account: "B", at: at("2026-02-01"))).then(
      .meterAssigned(MeterAssigned(account: "B", at: at("2026-02-01"))))
    released.when(.release(account: "A", at: at("2026-03-01"))).thenRefused(
      .servesNot(account: "A"))
  }

  static let rejected = InputRejected(
    kind: .reading, source: "a.csv", line: 3, code: "conflict", detail: "x",
    commitment: Fixture.hash(1), account: "A")

  @Test func `refused input waits until it is settled, once`() throws {
    let given = try Given(Review.self).after(.reject(Self.rejected))
    var elsewhere = Self.rejected
    elsewhere.source = "b.csv"
    elsewhere.line = 9
    elsewhere.commitment = Fixture.hash(2)
    given.when(.reject(elsewhere)).thenNothing()
    var other = Self.rejected
    other.code = "overlap"
    given.when(.reject(other)).then(.inputRejected(other))
    given.when(.resolve(InputResolved(how: .dismissed, reason: ""))).thenRefused(.noReason)
    let settled = try given.after(.resolve(InputResolved(how: .dismissed, reason: "a test")))
    settled.when(.resolve(InputResolved(how: .corrected, reason: "b"))).thenRefused(
      .resolved(InputResolved(how: .dismissed, reason: "a test")))
    settled.when(.reject(other)).thenNothing()
    Given(Review.self).when(.resolve(InputResolved(how: .dismissed, reason: "x"))).thenRefused(
      .unknownItem)
  }

  @Test func `what events settled may be refused again, and waits again`() throws {
    let billed = InputResolved(how: .superseded, reason: "the period is billed")
    let given = try Given(Review.self).after(.reject(Self.rejected)).after(.resolve(billed))
    given.when(.reject(Self.rejected)).then(.inputRejected(Self.rejected))
    let again = try given.after(.reject(Self.rejected))
    again.when(.resolve(billed)).then(.inputResolved(billed))
  }

  @Test func `a run begins once and ends once`() throws {
    let start = RunStarted(kind: "bill", parameters: [Parameter("through", "2026-03-15")])
    Given(Run.self).when(.finish(RunFinished(counts: []))).thenRefused(.notStarted)
    let given = try Given(Run.self).after(.start(start))
    given.when(.start(RunStarted(kind: "import", parameters: []))).thenRefused(
      .startedDifferently(start))
    let done = RunFinished(counts: [Count("invoices", 3)])
    let finished = try given.after(.finish(done))
    finished.when(.finish(RunFinished(counts: []))).thenRefused(.finishedDifferently(done))
  }

  @Test func `every refusal has a code, a sentence and advice`() {
    let run = RunStarted(kind: "bill", parameters: [])
    let texts: [(String, String, String)] =
      [
        MeterRejection.servesAnother(account: "A", since: at("2026-01-01")),
        .beforeRelease(at("2026-01-01")), .servesNot(account: "A"),
      ].map { ($0.code, $0.description, $0.advice) }
      + [
        ReviewRejection.unknownItem, .noReason,
        .resolved(InputResolved(how: .dismissed, reason: "x")),
      ].map { ($0.code, $0.description, $0.advice) }
      + [
        RunRejection.startedDifferently(run), .notStarted,
        .finishedDifferently(RunFinished(counts: [])),
      ].map { ($0.code, $0.description, $0.advice) }
    for (code, sentence, advice) in texts {
      #expect(!code.isEmpty && sentence.count > code.count && !advice.isEmpty)
    }
    #expect(Set(texts.map(\.0)).count == texts.count)
  }
}
