import Billing
public import CivilTime
import Documents
import EventLog
public import EventSourcing
import Tariffs

/// Every event of an account, oldest first, as it was known at a time or counts for a day.
public struct HistoryReport: Report {
  /// One event.
  public struct Row: Encodable, Sendable {
    let address: String
    let version: UInt64
    let recordedAt: String
    let effective: String?
    /// Its own day, where that day's period was closed and `effective` is the first open day.
    let original: String?
    let actor: String
    let reason: String
    let run: UInt64?
    /// What the run was: as `import readings, file march.csv`.
    let source: String?
    let event: String
    let facts: [Facts.Fact]
    let changes: [Change]
    /// The address of the event that puts another in place of this one, or takes it back.
    var supersededBy: String?

    private enum CodingKeys: String, CodingKey {
      case address, version, effective, original, actor, reason, run, source, event, facts, changes
      case recordedAt = "recorded_at"
      case supersededBy = "superseded_by"
    }
  }

  /// What an event changed: a balance, a reading, a plan.
  public struct Change: Encodable, Hashable, Sendable {
    let name: String
    let before: String
    let after: String
  }

  /// Up to where the book was read.
  public struct Knowledge: Encodable, Sendable {
    /// The time that was asked for.
    let at: String
    /// How many entries the book had then.
    let size: UInt64
    /// Whether the book may still gain entries recorded by then.
    let isProvisional: Bool

    private enum CodingKeys: String, CodingKey {
      case at, size
      case isProvisional = "provisional"
    }
  }

  /// How the account stands after the events.
  public struct Standing: Encodable, Sendable {
    let plan: String?
    let open: String
    let credit: String
    let balance: String
  }

  let account: String
  let knownAt: Knowledge?
  let effectiveAt: String?
  let events: [Row]
  /// How many events are known and do not count for the day: later ones, and those superseded.
  let leftOut: Int
  let standing: Standing

  private enum CodingKeys: String, CodingKey {
    case account, events, standing
    case knownAt = "known_at"
    case effectiveAt = "effective_at"
    case leftOut = "left_out"
  }

  /// A line an event, with its facts and what it changed; last how the account stands.
  public var text: String {
    var lines = [heading]
    var entry: UInt64?
    for row in events {
      if entry != row.version {
        entry = row.version
        lines.append("\n" + row.entryLine)
      }
      let facts = row.facts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      lines.append("  \(row.address)  \(row.event)" + (facts.isEmpty ? "" : "  \(facts)"))
      for change in row.changes {
        lines.append("      \(change.name): \(change.before) -> \(change.after)")
      }
      if let by = row.supersededBy { lines.append("      superseded by \(by)") }
    }
    lines.append(
      "\nBalance \(standing.balance): open \(standing.open), credit \(standing.credit)"
        + (standing.plan.map { "; plan \($0)" } ?? ""))
    return lines.joined(separator: "\n")
  }

  private var heading: String {
    var text = "Account \(account): \(events.count) events"
    if let knownAt {
      text += ", as known at \(knownAt.at) (\(knownAt.size) entries"
      text += knownAt.isProvisional ? "; provisional: more may be recorded by then)" : ")"
    }
    if let effectiveAt { text += ", that count for \(effectiveAt); \(leftOut) known do not" }
    return text
  }
}

extension HistoryReport.Row {
  /// The first line of an entry's events.
  fileprivate var entryLine: String {
    var line = "\(recordedAt)  \(actor)"
    if let effective { line += "  effective \(effective)" }
    if let original { line += " (its own day, \(original), is in a closed period)" }
    if let run { line += "  run \(run)" + (source.map { " (\($0))" } ?? "") }
    if !reason.isEmpty { line += "  \"\(reason)\"" }
    return line
  }
}

extension Ledger {
  /// Every event of `account`: when, who, why, from what, before and after.
  ///
  /// - Parameters:
  ///   - time: Only what the book had recorded by then, that moment included: what an agent saw.
  ///   - day: Only what counts at the end of that day, as known: nothing of a later day, and nothing
  ///     that is superseded by then.
  public func history(
    of account: String, knownAt time: Timestamp? = nil, effectiveAt day: Day? = nil
  ) throws -> HistoryReport {
    let stream = try accountStream(account)
    var trail = AccountTrail(account, asOf: day, in: self)
    return try book.read { snapshot in
      let knowledge = try time.map { try HistoryReport.Knowledge(of: snapshot, at: $0) }
      var openings = RunOpenings()
      try snapshot.forEach(stream: stream) { position, bytes in
        guard position.rawValue < knowledge?.size ?? .max else { return .stop }
        let entry = try EntryView(bytes)
        let opening = try openings.opening(of: entry.header, in: snapshot)
        try trail.add(entry, bytes, at: position, opening)
        return .proceed
      }
      return HistoryReport(
        account: account, knownAt: knowledge, effectiveAt: day?.description,
        events: trail.counting, leftOut: trail.rows.count - trail.counting.count,
        standing: trail.standing)
    }
  }

  /// The stream of an account that exists.
  ///
  /// - Throws: `Failure` if it does not.
  func accountStream(_ account: String) throws -> StreamID {
    let stream = StreamID(.account, account)
    guard StreamID.isValid(account), try book.read({ try $0.streamHead(stream) }) != nil else {
      throw Failure(
        "There is no account '\(account)' in this book.",
        advice: "Check the number; `meterbook invoice list` shows accounts that were billed.")
    }
    return stream
  }
}

extension HistoryReport.Knowledge {
  /// How much the book knew at `time`, that moment included.
  fileprivate init(of snapshot: borrowing Snapshot, at time: Timestamp) throws {
    self.init(
      at: time.iso, size: try snapshot.size(knownAt: time),
      isProvisional: time >= snapshot.head.lastRecordedAt)
  }
}

extension Snapshot {
  /// How many entries the book had at `time`, that moment included.
  borrowing func size(knownAt time: Timestamp) throws -> UInt64 {
    var (low, high): (UInt64, UInt64) = (0, head.size)
    while low < high {
      let middle = (low + high) / 2
      let recorded = try withEntry(at: Position(middle)) { try EntryView($0).header.recordedAt }
      if recorded <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Who, why and what of runs, read once each.
struct RunOpenings {
  /// Who wrote an entry and why, and what the run was that it belongs to.
  struct Opening {
    var actor: String
    var reason: String
    var source: String?
  }

  private var known: [UInt64: Opening] = [:]

  /// Who wrote an entry and why: as it says, or as its run's opening does.
  mutating func opening(
    of header: EntryHeader, in snapshot: borrowing Snapshot
  ) throws -> Opening {
    guard header.run != 0 else { return Opening(actor: header.actor, reason: header.reason) }
    if let found = known[header.run] { return found }
    var found = Opening(actor: "", reason: "")
    try snapshot.forEach(stream: .run(header.run)) { _, bytes in
      let entry = try EntryView(bytes)
      found.actor = entry.header.actor
      found.reason = entry.header.reason
      for case .runStarted(let it) in try entry.decodedEvents(bytes) {
        let parameters = it.parameters.filter { $0.key != "sha256" }
        found.source = ([it.kind] + parameters.map { "\($0.key) \($0.value)" })
          .joined(separator: ", ")
      }
      return .stop
    }
    known[header.run] = found
    return found
  }
}
