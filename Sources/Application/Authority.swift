public import CivilTime
public import EventSourcing
import Foundation
public import Money

/// Who writes, why, and the simulated time if one was given.
public struct Authority: Sendable {
  /// Who.
  public let actor: String
  /// Why.
  public let reason: String
  /// The time a simulated book is to take; `nil` for the clock that applies.
  public let clock: Timestamp?
  /// Whether the machine's clock is right although it is far ahead of the book's last entry.
  public let confirmsClock: Bool

  /// The longest reason, in UTF-8 bytes.
  public static let maximumReason = 500

  /// Someone with a reason.
  ///
  /// - Throws: `Failure` for an actor that cannot name anyone, or a reason that is too long.
  public init(
    actor: String, reason: String, clock: Timestamp? = nil, confirmsClock: Bool = false
  ) throws(Failure) {
    guard StreamID.isValid(actor) else {
      throw Failure(
        "--actor '\(actor)' cannot be written in the book.",
        advice: "Use 1 to \(StreamID.maximumLength) printable characters without space.")
    }
    guard reason.utf8.count <= Self.maximumReason, !reason.contains(where: \.isNewline) else {
      throw Failure(
        "The --reason is too long or has a line break.",
        advice: "Use one line of at most \(Self.maximumReason) bytes.")
    }
    self.actor = actor
    self.reason = reason
    self.clock = clock
    self.confirmsClock = confirmsClock
  }

  /// The moment that `text` names: ISO 8601 with `Z` or an offset, or a date for its UTC midnight.
  public static func time(_ text: String) -> Timestamp? {
    if let instant = Instant(iso: text) { return instant.timestamp }
    guard let day = Day(iso: text) else { return nil }
    return Instant(rawValue: Int64(day.rawValue) * 86_400).timestamp
  }

  /// A day that an option gives.
  public typealias GivenDay = Day

  /// The day that `text` names, as `2026-03-01`.
  public static func day(_ text: String) -> Day? { Day(iso: text) }

  /// The amount that `text` names, as `120.96`.
  public static func amount(_ text: String) -> Money? { try? Money(decimal: text) }

  /// The month that `text` names, as `2026-03`.
  public static func month(_ text: String) -> Month? {
    guard text.utf8.count == 7, let first = Day(iso: text + "-01") else { return nil }
    return Month(first: first)
  }
}

/// A calendar month.
public struct Month: Hashable, Sendable, CustomStringConvertible {
  /// Its first day.
  public let first: Day

  /// As `2026-03`.
  public var description: String { String(first.description.prefix(7)) }
}

extension Instant {
  var timestamp: Timestamp { Timestamp(rawValue: rawValue * 1_000_000) }
}

extension Timestamp {
  /// The moment, cut to whole seconds.
  var instant: Instant {
    let second = rawValue / 1_000_000
    return Instant(rawValue: rawValue % 1_000_000 < 0 ? second - 1 : second)
  }

  /// ISO 8601 in UTC, to the second.
  var iso: String { instant.description }

  /// What the machine's clock says: microseconds since the epoch.
  static var fromTheClock: Timestamp {
    Timestamp(rawValue: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded()))
  }
}
