public import Money

/// What a use case found or did: as text for a person, and as JSON for a program.
///
/// Amounts are decimal strings, days `YYYY-MM-DD`, instants ISO 8601 in UTC.
public protocol Report: Encodable, Sendable {
  /// The report as a person reads it, without a closing line break.
  var text: String { get }
  /// Whether what was asked for holds; `false` makes the program exit with 1.
  var isSatisfied: Bool { get }
}

extension Report {
  /// Reports that only tell are always satisfied.
  public var isSatisfied: Bool { true }
}

extension Money: Encodable {
  /// As a decimal string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
