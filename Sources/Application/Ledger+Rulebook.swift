import Billing
import CivilTime
import EventLog
import EventSourcing
import Foundation
import Metering
import Synchronization
import Tariffs

extension Ledger {
  /// Everything published so far.
  func rulebook() throws -> RulebookState { try knownRules.current(in: book) }

  /// Everything that the first `size` entries of the book publish.
  func rulebook(size: UInt64) throws -> RulebookState {
    try book.read { snapshot in
      var state = RulebookState()
      try snapshot.forEach(stream: .rules) { position, bytes in
        guard position.rawValue < size else { return .stop }
        try state.apply(EntryView(bytes), bytes)
        return .proceed
      }
      return state
    }
  }

  /// Appends what `command` publishes, again if the rulebook has moved on meanwhile.
  ///
  /// - Returns: the events appended; none if all was published before.
  func publish(_ command: RulebookCommand) throws -> [Event] {
    let authority = try authority()
    while true {
      let state = try rulebook()
      let events = try Rulebook.decide(command, state)
      guard !events.isEmpty else { return [] }
      var batch = Batch()
      var header = EntryHeader(stream: .rules, version: state.version + 1)
      header.actor = authority.actor
      header.reason = authority.reason
      batch.add(header) { writer in
        for event in events { event.encodeField(into: &writer) }
      }
      if case .appended = try append(batch, at: now()) { return events }
    }
  }

  /// Pins the rules of the zones that are not in the book yet, from this machine's zone data.
  ///
  /// - Returns: the zones that cannot be pinned, each with the reason.
  func pinZones(_ zones: Set<String>) throws -> [String: String] {
    let known = try rulebook().zones
    var problems: [String: String] = [:]
    var events: [Event] = []
    for zone in zones.sorted() where known[zone] == nil {
      do {
        events.append(.zoneRulesPinned(try ZoneSource.pin(zone)))
      } catch {
        problems[zone] = "\(error)"
      }
    }
    if !events.isEmpty { _ = try publish(.publish(events)) }
    return problems
  }
}

/// The rules of a book as far as they were read: what was published since is folded on top. An open
/// book only grows, so what is known of it stays true.
final class KnownRules: Sendable {
  private let state = Mutex(RulebookState())

  /// Everything published so far.
  func current(in book: Book) throws -> RulebookState {
    var known = state.withLock { $0 }
    try book.read { snapshot in
      guard let head = try snapshot.streamHead(.rules), head.version > known.version else { return }
      try snapshot.forEach(stream: .rules, fromVersion: known.version + 1) { _, bytes in
        try known.apply(EntryView(bytes), bytes)
        return .proceed
      }
    }
    // Of two who read at once the one that knows more is kept.
    state.withLock { if $0.version < known.version { $0 = known } }
    return known
  }
}

/// The machine's own zone data, read once for each zone: a book replays without it.
enum ZoneSource {
  private static let folder = "/usr/share/zoneinfo"

  static func pin(_ zone: String) throws -> ZoneRulesPinned {
    let isName =
      !zone.hasPrefix("/") && !zone.contains("..")
      && zone.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
          || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "/_-+".utf8.contains(byte)
      }
    guard isName, let file = FileManager.default.contents(atPath: "\(folder)/\(zone)") else {
      throw Failure(
        "the zone '\(zone)' is not known here", advice: "(use an IANA name, as America/Chicago)")
    }
    let rules = try ZoneRules(timeZoneFile: [UInt8](file), name: zone)
    let source = "TZif, SHA-256 \(Identifiers.sha256([UInt8](file)).hex)"
    let bare = Event.zoneRulesPinned(ZoneRulesPinned(rules, source: "", contentHash: []))
    return ZoneRulesPinned(rules, source: source, contentHash: Identifiers.contentHash(of: bare))
  }
}

extension RulebookState {
  /// The pinned rules of an account's zone.
  ///
  /// - Throws: `AccountRejection.notOpened` for an account that is not opened: opening pins its zone.
  func zone(of account: AccountState) throws -> ZoneRules {
    guard let details = account.details else { throw AccountRejection.notOpened }
    guard let zone = zones[details.zone] else {
      throw Failure(
        "The zone \(details.zone) of an account is not pinned in the book.",
        advice: "Run `meterbook verify`.")
    }
    return zone
  }

  /// The most energy a day that is plausible for an account.
  func dailyMaximum(of account: AccountState, on day: Day) -> Energy {
    let policy = rules.policies(on: day)?.plausibility ?? Plausibility()
    return policy.dailyMaximum(for: account.details?.customerClass ?? .residential)
  }
}
