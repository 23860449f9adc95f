public import CivilTime
public import Tariffs

/// A tariff version was published.
public struct TariffVersionPublished: Hashable, Sendable {
  /// The version.
  public var tariff: TariffVersion
  /// SHA-256 of the rule's canonical text.
  public var contentHash: [UInt8]

  /// A version and its hash.
  public init(_ tariff: TariffVersion, contentHash: [UInt8]) {
    self.tariff = tariff
    self.contentHash = contentHash
  }
}

/// A tax rule was published.
public struct TaxRulePublished: Hashable, Sendable {
  /// The rule.
  public var rule: TaxRule
  /// SHA-256 of the rule's canonical text.
  public var contentHash: [UInt8]

  /// A rule and its hash.
  public init(_ rule: TaxRule, contentHash: [UInt8]) {
    self.rule = rule
    self.contentHash = contentHash
  }
}

/// A calendar was published.
public struct CalendarPublished: Hashable, Sendable {
  /// The calendar.
  public var calendar: Calendar
  /// SHA-256 of the rule's canonical text.
  public var contentHash: [UInt8]

  /// A calendar and its hash.
  public init(_ calendar: Calendar, contentHash: [UInt8]) {
    self.calendar = calendar
    self.contentHash = contentHash
  }
}

/// Policies were published.
public struct PolicyPublished: Hashable, Sendable {
  /// The policies.
  public var policies: Policies
  /// SHA-256 of the rule's canonical text.
  public var contentHash: [UInt8]

  /// Policies and their hash.
  public init(_ policies: Policies, contentHash: [UInt8]) {
    self.policies = policies
    self.contentHash = contentHash
  }
}

/// A classification was published.
public struct ClassificationPublished: Hashable, Sendable {
  /// The classification.
  public var classification: Classification
  /// SHA-256 of the rule's canonical text.
  public var contentHash: [UInt8]

  /// A classification and its hash.
  public init(_ classification: Classification, contentHash: [UInt8]) {
    self.classification = classification
    self.contentHash = contentHash
  }
}

/// What the clocks of a zone show was written down, so that a replay needs no zone database.
public struct ZoneRulesPinned: Hashable, Sendable {
  /// The rules.
  public var zone: ZoneRules
  /// The version of the database they came from, if known.
  public var source: String
  /// SHA-256 of the rules' canonical text.
  public var contentHash: [UInt8]

  /// A zone's rules, where they came from, and their hash.
  public init(_ zone: ZoneRules, source: String, contentHash: [UInt8]) {
    self.zone = zone
    self.source = source
    self.contentHash = contentHash
  }
}

/// Someone who may write in the book.
public struct ActorRegistered: Hashable, Sendable {
  /// The name that entries use.
  public var actor: String
  /// What people call them.
  public var name: String
  /// What they do.
  public var role: String
  /// The Ed25519 key they sign with, if they sign.
  public var publicKey: [UInt8]

  /// An actor.
  public init(actor: String, name: String, role: String, publicKey: [UInt8] = []) {
    self.actor = actor
    self.name = name
    self.role = role
    self.publicKey = publicKey
  }
}
