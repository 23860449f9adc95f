import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import LMDB

/// Every event of an account, oldest first.
public struct HistoryReport: Report {
  /// One event.
  public struct Row: Encodable, Sendable {
    let address: String
    let version: UInt64
    let recordedAt: String
    let effective: String?
    let actor: String
    let reason: String
    let run: UInt64?
    let event: String
    let facts: [Facts.Fact]

    private enum CodingKeys: String, CodingKey {
      case address, version, effective, actor, reason, run, event, facts
      case recordedAt = "recorded_at"
    }
  }

  let account: String
  let events: [Row]

  /// A line an event, with its facts below.
  public var text: String {
    var lines = ["Account \(account): \(events.count) events"]
    var entry: UInt64?
    for row in events {
      if entry != row.version {
        entry = row.version
        var line = "\n\(row.recordedAt)  \(row.actor)"
        if let effective = row.effective { line += "  effective \(effective)" }
        if let run = row.run { line += "  run \(run)" }
        if !row.reason.isEmpty { line += "  \"\(row.reason)\"" }
        lines.append(line)
      }
      let facts = row.facts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      lines.append("  \(row.address)  \(row.event)" + (facts.isEmpty ? "" : "  \(facts)"))
    }
    return lines.joined(separator: "\n")
  }
}

extension Ledger {
  /// Every event of `account`: when, who, why, what.
  public func history(of account: String) throws -> HistoryReport {
    let stream = try accountStream(account)
    return try book.read { snapshot in
      var rows: [HistoryReport.Row] = []
      var openings = RunOpenings()
      try snapshot.forEach(stream: stream) { position, bytes in
        let entry = try EntryView(bytes)
        let header = entry.header
        let (actor, reason) = try openings.authority(of: header, in: snapshot)
        try entry.forEachEvent(in: bytes) { index, range in
          let event = try Event.decode(bytes, range)
          rows.append(
            HistoryReport.Row(
              address: EventAddress(position, index).description, version: header.version,
              recordedAt: header.recordedAt.iso,
              effective: header.effectiveDay.map { Day(rawValue: $0).description },
              actor: actor, reason: reason, run: header.run == 0 ? nil : header.run,
              event: event.kind.name, facts: Facts.of(event)))
        }
        return .proceed
      }
      return HistoryReport(account: account, events: rows)
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

/// Who and why of runs, read once each.
struct RunOpenings {
  private var known: [UInt64: (actor: String, reason: String)] = [:]

  /// Who wrote an entry and why: as it says, or as its run's opening does.
  mutating func authority(
    of header: EntryHeader, in snapshot: borrowing Snapshot
  ) throws -> (actor: String, reason: String) {
    guard header.run != 0 else { return (header.actor, header.reason) }
    if let found = known[header.run] { return found }
    var found = (actor: "", reason: "")
    try snapshot.forEach(stream: .run(header.run)) { _, bytes in
      let opening = try EntryView(bytes).header
      found = (opening.actor, opening.reason)
      return .stop
    }
    known[header.run] = found
    return found
  }
}
