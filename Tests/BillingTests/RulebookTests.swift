import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// What is published is published for good.
@Suite struct RulebookTests {
  typealias X = Fixture

  static func published() throws -> Given<Rulebook> {
    try Given(Rulebook.self).after(.publish(X.rules))
  }

  @Test func `a set of rules is published, and again does nothing`() throws {
    let given = try Self.published()
    #expect(given.state.rules.plans == ["R1", "R2"])
    given.when(.publish(X.rules)).thenNothing()
  }

  @Test func `only what is new of a set is published`() throws {
    let new = Event.tariffVersionPublished(
      TariffVersionPublished(X.r1(version: 2, from: "2028-03-01"), contentHash: X.hash(9)))
    try Self.published().when(.publish(X.rules + [new])).then(new)
  }

  @Test func `other content under a published version is refused with both`() throws {
    var tariff = X.r1()
    tariff.title = "Changed"
    let changed = Event.tariffVersionPublished(
      TariffVersionPublished(tariff, contentHash: X.hash(9)))
    let key = RuleKey.tariff(plan: "R1", version: 1)
    try Self.published().when(.publish([changed])).thenRefused(
      .publishedDifferently(key, published: X.rules[1], given: changed))
  }

  @Test func `a calendar may come after the tariff that names it`() throws {
    let given = Given(Rulebook.self)
    let events = try given.when(.publish(X.rules.reversed())).outcome.get()
    #expect(events.first?.kind == .calendarPublished)
    #expect(events.count == X.rules.count)
  }

  @Test func `a tariff that makes no sense is refused, and nothing of its set is published`() {
    var tariff = X.r1()
    tariff.components = []
    let event = Event.tariffVersionPublished(
      TariffVersionPublished(tariff, contentHash: X.hash(9)))
    let outcome = Given(Rulebook.self).when(.publish([X.rules[0], event])).outcome
    guard case .failure(.invalid(let key, let problems)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(key == .tariff(plan: "R1", version: 1))
    #expect(problems.map(\.field) == ["components"])
  }

  @Test func `a tariff whose calendar is not published is refused`() {
    let outcome = Given(Rulebook.self).when(.publish([X.rules[2]])).outcome
    guard case .failure(.invalid(_, let problems)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(problems.contains { $0.field.contains("calendar") })
  }

  @Test func `the same version twice in one set is refused`() {
    var tariff = X.r1()
    tariff.title = "Changed"
    let other = Event.tariffVersionPublished(
      TariffVersionPublished(tariff, contentHash: X.hash(9)))
    Given(Rulebook.self).when(.publish([X.rules[1], other])).thenRefused(
      .givenTwice(.tariff(plan: "R1", version: 1)))
  }

  @Test func `what is no rule is not published`() {
    Given(Rulebook.self).when(.publish([.accountOpened(X.details())])).thenRefused(.notARule)
  }

  @Test func `a zone is pinned once`() throws {
    let pin = Event.zoneRulesPinned(
      ZoneRulesPinned(X.jerusalem, source: "2025b", contentHash: X.hash(1)))
    let given = try Given(Rulebook.self).after(.publish([pin]))
    #expect(given.state.zones["Asia/Jerusalem"] == X.jerusalem)
    var other = X.jerusalem
    other.transitions.removeLast()
    let changed = Event.zoneRulesPinned(
      ZoneRulesPinned(other, source: "2025c", contentHash: X.hash(2)))
    given.when(.publish([changed])).thenRefused(
      .publishedDifferently(.zone("Asia/Jerusalem"), published: pin, given: changed))
  }

  @Test func `the classification in force is the last to begin`() throws {
    func classification(_ version: UInt32, _ from: String) -> Event {
      .classificationPublished(
        ClassificationPublished(
          Classification(name: "demo", version: version, effectiveFrom: day(from), lines: []),
          contentHash: X.hash(UInt8(version))))
    }
    let given = try Given(Rulebook.self).after(
      .publish([
        classification(1, "2020-01-01"), classification(3, "2022-01-01"),
        classification(2, "2021-01-01"),
      ]))
    #expect(given.state.classification(on: day("2019-12-31")) == nil)
    #expect(given.state.classification(on: day("2021-06-01"))?.version == 2)
    #expect(given.state.classification(on: day("2023-06-01"))?.version == 3)
    #expect(given.state.classificationInForce(on: day("2019-12-31")) == .standard)
    #expect(given.state.classificationInForce(on: day("2021-06-01")).version == 2)
  }

  @Test func `a rulebook folded from its entries' bytes is the rulebook folded from its events`()
    throws
  {
    let bytes = entry(X.rules, stream: StreamID(.rulebook, "rules"), version: 1)
    let span = unsafe bytes.span.bytes
    var folded = RulebookState()
    try folded.apply(try EntryView(span), span)
    #expect(folded.fingerprint == X.rulebook().fingerprint)
  }
}
