public import EventSourcing
public import Tariffs

/// A request to the rulebook: what should be published, as the events that publish it.
public enum RulebookCommand: Sendable {
  /// Publish a whole set, all or nothing; calendars are taken before the tariffs that name them.
  case publish([Event])
}

/// Why the rulebook refuses.
public enum RulebookRejection: Error, Hashable, Sendable {
  /// Not an event that publishes anything.
  case notARule
  /// Something else is published under this name.
  case publishedDifferently(RuleKey, published: Event, given: Event)
  /// The same name twice in one set, with different content.
  case givenTwice(RuleKey)
  /// The rule makes no sense.
  case invalid(RuleKey, [RuleProblem])
}

extension RulebookRejection: CustomStringConvertible {
  /// The reason's name, for good.
  public var code: String {
    switch self {
    case .notARule: "not-a-rule"
    case .publishedDifferently: "published-differently"
    case .givenTwice: "given-twice"
    case .invalid: "invalid"
    }
  }

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .notARule: "this publishes no rule"
    case .publishedDifferently(let key, _, _): "\(key) is published with other content"
    case .givenTwice(let key): "\(key) is given twice, with different content"
    case .invalid(let key, let problems):
      "\(key) cannot be published: " + problems.map(\.description).joined(separator: "; ")
    }
  }

  /// What to do next.
  public var advice: String {
    switch self {
    case .notARule: "publish tariffs, taxes, calendars, policies, classifications, zones or actors"
    case .publishedDifferently:
      "what is published never changes: give the change a version and a first day of its own"
    case .givenTwice: "keep one of the two"
    case .invalid: "correct the rule"
    }
  }
}

/// The decisions of the rulebook: what is published is published for good.
public enum Rulebook: Decider {
  /// The fold of the rules' stream.
  public typealias State = RulebookState
  /// A request.
  public typealias Command = RulebookCommand
  /// A fact.
  public typealias Event = Billing.Event
  /// Why a request is refused.
  public typealias Rejection = RulebookRejection

  /// A rulebook with nothing in it.
  public static var initial: RulebookState { RulebookState() }

  /// The events not published yet; none where all of it is.
  public static func decide(
    _ command: RulebookCommand, _ state: RulebookState
  ) throws(RulebookRejection) -> [Event] {
    guard case .publish(let given) = command else { return [] }
    var after = state
    var events: [Event] = []
    var calendars: [Event] = []
    var others: [Event] = []
    for event in given {
      if case .calendarPublished = event { calendars.append(event) } else { others.append(event) }
    }
    for event in calendars + others {
      guard let key = RuleKey(event) else { throw .notARule }
      if let published = after.published[key] {
        guard isSame(published, event) else {
          guard state.published[key] != nil else { throw .givenTwice(key) }
          throw .publishedDifferently(key, published: published, given: event)
        }
        continue
      }
      let problems = problems(of: event, after.rules)
      guard problems.isEmpty else { throw .invalid(key, problems) }
      after.evolve(event)
      events.append(event)
    }
    return events
  }

  /// Applies a fact. Never fails.
  public static func evolve(_ state: inout RulebookState, _ event: Event) { state.evolve(event) }

  /// The same content: by hash where there is one, else whole.
  private static func isSame(_ published: Event, _ given: Event) -> Bool {
    if let hash = published.contentHash, !hash.isEmpty { return hash == given.contentHash }
    return published == given
  }

  private static func problems(of event: Event, _ rules: RuleSet) -> [RuleProblem] {
    guard case .tariffVersionPublished(let it) = event else { return [] }
    return it.tariff.problems(calendars: it.tariff.calendar.flatMap { rules.calendars[$0] } ?? [])
  }
}
