public import CivilTime
public import EventSourcing
public import Tariffs

/// What is published under a name for good.
public enum RuleKey: Hashable, Sendable {
  /// A version of a plan.
  case tariff(plan: String, version: UInt32)
  /// A tax from a day on.
  case tax(jurisdiction: String, code: String, from: Day)
  /// A version of a calendar.
  case calendar(String, version: UInt32)
  /// A version of the policies.
  case policies(version: UInt32)
  /// A version of a classification.
  case classification(String, version: UInt32)
  /// A time zone.
  case zone(String)
  /// An actor.
  case actor(String)
}

extension RuleKey: CustomStringConvertible {
  /// The name in words.
  public var description: String {
    switch self {
    case .tariff(let plan, let version): "version \(version) of plan \(plan)"
    case .tax(let jurisdiction, let code, let from): "tax \(code) of \(jurisdiction) from \(from)"
    case .calendar(let name, let version): "version \(version) of calendar \(name)"
    case .policies(let version): "version \(version) of the policies"
    case .classification(let name, let version): "version \(version) of classification \(name)"
    case .zone(let name): "time zone \(name)"
    case .actor(let name): "actor \(name)"
    }
  }
}

/// The rules in force and everything else that was published.
public struct RulebookState: Sendable {
  /// The version of the stream that was folded.
  public internal(set) var version: UInt64 = 0
  /// The rules that bills are made by.
  public internal(set) var rules = RuleSet()
  /// The classifications, in the order of publication.
  public internal(set) var classifications: [Classification] = []
  /// The zones, by name.
  public internal(set) var zones: [String: ZoneRules] = [:]
  /// The actors, by name.
  public internal(set) var actors: [String: ActorRegistered] = [:]
  /// What was published under each name, in full.
  public internal(set) var published: [RuleKey: Event] = [:]

  /// A rulebook with nothing in it.
  public init() {}

  /// The classification in force on `day`: the last to begin, of several the highest version.
  public func classification(on day: Day) -> Classification? {
    var found: Classification?
    for each in classifications where each.effectiveFrom <= day {
      if let best = found,
        (best.effectiveFrom, best.version) > (each.effectiveFrom, each.version)
      {
        continue
      }
      found = each
    }
    return found
  }
}

extension RulebookState {
  /// The classification in force on `day`; `Classification.standard` where none is published.
  public func classificationInForce(on day: Day) -> Classification {
    classification(on: day) ?? .standard
  }
}

extension RulebookState {
  /// Folds an entry made of `events`, the next of the stream.
  public mutating func append(_ events: [Event]) {
    guard !events.isEmpty else { return }
    version += 1
    for event in events { evolve(event) }
  }

  /// Folds an entry of the rules' stream.
  public mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws(WireError) {
    version = entry.header.version
    for event in try entry.decodedEvents(bytes) { evolve(event) }
  }

  mutating func evolve(_ event: Event) {
    if let key = RuleKey(event) { published[key] = event }
    switch event {
    case .tariffVersionPublished(let it): rules.publish(it.tariff)
    case .taxRulePublished(let it): rules.publish(it.rule)
    case .calendarPublished(let it): rules.publish(it.calendar)
    case .policyPublished(let it): rules.publish(it.policies)
    case .classificationPublished(let it): classifications.append(it.classification)
    case .zoneRulesPinned(let it): zones[it.zone.name] = it.zone
    case .actorRegistered(let it): actors[it.actor] = it
    default: break
    }
  }
}

extension RuleKey {
  /// The name under which `event` publishes something; `nil` if it publishes nothing.
  public init?(_ event: Event) {
    switch event {
    case .tariffVersionPublished(let it):
      self = .tariff(plan: it.tariff.plan, version: it.tariff.version)
    case .taxRulePublished(let it):
      self = .tax(
        jurisdiction: it.rule.jurisdiction, code: it.rule.code, from: it.rule.effectiveFrom)
    case .calendarPublished(let it):
      self = .calendar(it.calendar.name, version: it.calendar.version)
    case .policyPublished(let it): self = .policies(version: it.policies.version)
    case .classificationPublished(let it):
      self = .classification(it.classification.name, version: it.classification.version)
    case .zoneRulesPinned(let it): self = .zone(it.zone.name)
    case .actorRegistered(let it): self = .actor(it.actor)
    default: return nil
    }
  }
}

extension Event {
  /// The hash of the rule that the event publishes; `nil` if it publishes none, or none is taken.
  public var contentHash: [UInt8]? {
    switch self {
    case .tariffVersionPublished(let it): it.contentHash
    case .taxRulePublished(let it): it.contentHash
    case .calendarPublished(let it): it.contentHash
    case .policyPublished(let it): it.contentHash
    case .classificationPublished(let it): it.contentHash
    case .zoneRulesPinned(let it): it.contentHash
    default: nil
    }
  }
}
