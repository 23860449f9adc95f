import Billing
public import EventSourcing

/// Which entries of the book are meant: all that is said must hold.
public struct AuditFilter: Hashable, Sendable {
  /// Only what this actor wrote, itself or in a run that it opened.
  public var actor: String?
  /// Only what concerns this account: its own entries, and those of other streams about it.
  public var account: String?
  /// Only what concerns this invoice.
  public var invoice: String?
  /// Only what was recorded at this time or later.
  public var from: Timestamp?
  /// Only what was recorded up to this time, that moment included.
  public var to: Timestamp?
  /// Only entries with such an event, by its name, as `PaymentReceived` or `payment-received`.
  public var kind: String?

  /// All entries.
  public init() {}
}

/// A kind of event, of the book's own or of the others, by number.
struct AuditKind: Hashable, Sendable {
  let name: String
  let number: Int
  let isOfBook: Bool

  /// Every kind there is.
  static let all: [AuditKind] =
    ["BookCreated", "VolumeSealed", "ProjectionPromoted", "ProjectionRolledBack"].enumerated().map {
      AuditKind(name: $0.element, number: $0.offset + 1, isOfBook: true)
    } + Event.Kind.allCases.map { AuditKind(name: $0.name, number: $0.rawValue, isOfBook: false) }

  /// The kind that a text names, as an event's name or in lower case with hyphens.
  ///
  /// - Throws: `Failure` for no kind of event.
  static func named(_ text: String) throws -> AuditKind {
    let wanted = text.lowercased().filter { $0 != "-" }
    guard let found = all.first(where: { $0.name.lowercased() == wanted }) else {
      throw Failure(
        "There is no event '\(text)'.",
        advice: "Name one of \(all.map(\.name).sorted().joined(separator: ", ")).")
    }
    return found
  }
}
