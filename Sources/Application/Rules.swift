import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Interchange
import Tariffs

/// What `rules publish` did.
public struct PublishReport: Report {
  /// Rules that are new in the book.
  let published: [String]
  /// Rules that were published before, with the same content.
  let unchanged: [String]
  /// Everything wrong, by file, line and field; then nothing was published.
  let problems: [String]
  let root: String

  /// Whether there was no problem.
  public var isSatisfied: Bool { problems.isEmpty }

  /// The problems, or what was published.
  public var text: String {
    guard problems.isEmpty else {
      return problems.joined(separator: "\n")
        + "\n\(problems.count) \(problems.count == 1 ? "problem" : "problems"); nothing was published."
    }
    var lines = published.map { "published  \($0)" } + unchanged.map { "unchanged  \($0)" }
    if published.isEmpty { lines.append("Nothing was added: the book is as it was, root \(root)") }
    return lines.joined(separator: "\n")
  }
}

/// The published rules.
public struct RulesReport: Report {
  /// One published rule.
  public struct Row: Encodable, Sendable {
    let kind: String
    let name: String
    let version: String
    let from: String
    let address: String
    let hash: String
    let recordedAt: String

    private enum CodingKeys: String, CodingKey {
      case kind, name, version, from, address, hash
      case recordedAt = "recorded_at"
    }
  }

  let rules: [Row]

  /// A table, or a sentence where there are none.
  public var text: String {
    guard !rules.isEmpty else {
      return "No rules are published. Publish some: `meterbook rules publish rules/demo`."
    }
    var table = Table([
      ("Kind", .left), ("Name", .left), ("Version", .left), ("From", .left), ("Event", .left),
      ("Content hash", .left),
    ])
    for row in rules {
      table.add([
        row.kind, row.name, row.version, row.from, row.address, String(row.hash.prefix(16)),
      ])
    }
    return table.text()
  }
}

/// A rule as YAML that would publish it again.
public struct RuleTextReport: Report {
  /// One version.
  public struct Version: Encodable, Sendable {
    let rule: RulesReport.Row
    let yaml: String
  }

  let versions: [Version]

  /// The YAML documents, oldest first.
  public var text: String {
    versions.map { version in
      "# \(version.rule.address), recorded \(version.rule.recordedAt)\n# \(version.rule.hash)\n"
        + version.yaml
    }
    .joined(separator: "---\n")
  }
}

extension Ledger {
  /// Publishes the rules of the YAML files and folders in `paths`, all or none.
  public func publishRules(in paths: [String]) throws -> PublishReport {
    let published = try rulebook().published.values.compactMap(Rule.init)
    let files = try Self.reading(paths.joined(separator: ", ")) { () throws(FileRefusal) in
      try RuleFiles(paths: paths, published: published)
    }
    var problems = files.problems.map(\.description)
    if problems.isEmpty, files.rules.isEmpty {
      problems = ["\(paths.joined(separator: ", ")): there are no rules in it"]
    }
    var added: [Event] = []
    if problems.isEmpty {
      do {
        added = try publish(.publish(files.rules.map { Event(publishing: $0.rule) }))
      } catch let rejection as RulebookRejection {
        problems = ["\(rejection); \(rejection.advice)"]
      }
    }
    let new = Set(added.compactMap { Rule($0)?.identity })
    let names = files.rules.map(\.rule.identity)
    return try PublishReport(
      published: names.filter(new.contains),
      unchanged: problems.isEmpty ? names.filter { !new.contains($0) } : [], problems: problems,
      root: book.head().root.bytes.hex)
  }

  /// The published rules, oldest first.
  public func rules() throws -> RulesReport {
    RulesReport(rules: try publishedRules().map(\.row))
  }

  /// The versions of a rule, or the one named, as YAML.
  ///
  /// - Parameter name: A plan, `JURISDICTION/TAX`, a calendar, a classification or `policy`; with
  ///   `@VERSION` for one.
  public func rules(named name: String) throws -> RuleTextReport {
    let parts = name.split(separator: "@", maxSplits: 1).map(String.init)
    let found = try publishedRules().filter { rule in
      rule.row.name == parts.first && (parts.count < 2 || rule.row.version == parts[1])
    }
    guard !found.isEmpty else {
      throw Failure(
        "No rule called '\(name)' is published.", advice: "`meterbook rules list` shows them.")
    }
    return RuleTextReport(
      versions: found.map { RuleTextReport.Version(rule: $0.row, yaml: $0.yaml) })
  }

  private func publishedRules() throws -> [(row: RulesReport.Row, yaml: String)] {
    try book.read { snapshot in
      var rules: [(row: RulesReport.Row, yaml: String)] = []
      try snapshot.forEach(stream: .rules) { position, bytes in
        let entry = try EntryView(bytes)
        for (index, event) in try entry.decodedEvents(bytes).enumerated() {
          guard let named = Named(event) else { continue }
          rules.append(
            (
              RulesReport.Row(
                kind: named.kind, name: named.name, version: named.version, from: named.from,
                address: EventAddress(position, index).description,
                hash: (event.contentHash ?? []).hex, recordedAt: entry.header.recordedAt.iso),
              Rule(event)?.yaml ?? "# \(named.kind) \(named.name): no YAML publishes this\n"
            ))
        }
        return .proceed
      }
      return rules
    }
  }
}

/// What a published rule is called in lists.
private struct Named {
  let kind: String
  let name: String
  let version: String
  let from: String

  init?(_ event: Event) {
    switch event {
    case .tariffVersionPublished(let it):
      (kind, name, version, from) = (
        "tariff", it.tariff.plan, "\(it.tariff.version)", it.tariff.effectiveFrom.description
      )
    case .taxRulePublished(let it):
      (kind, name, version, from) = (
        "tax", "\(it.rule.jurisdiction)/\(it.rule.code)", it.rule.effectiveFrom.description,
        it.rule.effectiveFrom.description
      )
    case .calendarPublished(let it):
      (kind, name, version, from) = (
        "calendar", it.calendar.name, "\(it.calendar.version)",
        it.calendar.effectiveFrom.description
      )
    case .policyPublished(let it):
      (kind, name, version, from) = (
        "policy", "policy", "\(it.policies.version)", it.policies.effectiveFrom.description
      )
    case .classificationPublished(let it):
      (kind, name, version, from) = (
        "classification", it.classification.name, "\(it.classification.version)",
        it.classification.effectiveFrom.description
      )
    case .zoneRulesPinned(let it): (kind, name, version, from) = ("zone", it.zone.name, "", "")
    case .actorRegistered(let it): (kind, name, version, from) = ("actor", it.actor, "", "")
    default: return nil
    }
  }
}

extension Rule {
  /// The rule that `event` publishes; `nil` for zones, actors and what publishes nothing.
  init?(_ event: Event) {
    switch event {
    case .tariffVersionPublished(let it): self = .tariff(it.tariff)
    case .taxRulePublished(let it): self = .tax(it.rule)
    case .calendarPublished(let it): self = .calendar(it.calendar)
    case .policyPublished(let it): self = .policies(it.policies)
    case .classificationPublished(let it): self = .classification(it.classification)
    default: return nil
    }
  }
}

extension Event {
  /// The event that publishes `rule`, with the hash of its content.
  init(publishing rule: Rule) {
    func event(_ hash: [UInt8]) -> Event {
      switch rule {
      case .tariff(let tariff):
        .tariffVersionPublished(TariffVersionPublished(tariff, contentHash: hash))
      case .tax(let tax): .taxRulePublished(TaxRulePublished(tax, contentHash: hash))
      case .calendar(let calendar):
        .calendarPublished(CalendarPublished(calendar, contentHash: hash))
      case .policies(let policies): .policyPublished(PolicyPublished(policies, contentHash: hash))
      case .classification(let it):
        .classificationPublished(ClassificationPublished(it, contentHash: hash))
      }
    }
    self = event(Identifiers.contentHash(of: event([])))
  }
}
