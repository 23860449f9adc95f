import Billing
import Documents
import EventLog
import EventSourcing
import Foundation
import LMDB

/// What a book holds.
public struct StatusReport: Report {
  let book: String
  let name: String
  let id: String
  let simulated: Bool
  let size: UInt64
  let root: String
  let lastRecordedAt: String
  let volume: String
  let accounts: Int
  let meters: Int
  let rules: Int
  let openReviews: Int
  let unfinishedRuns: [String]
  let bytes: Int
  /// Accounts of which a fold is saved.
  let snapshots: Int
  let snapshotBytes: Int
  /// Why saved folds cannot be used, if they cannot.
  let snapshotProblem: String?

  private enum CodingKeys: String, CodingKey {
    case book, name, id, simulated, size, root, volume, accounts, meters, rules, bytes
    case lastRecordedAt = "last_recorded_at"
    case openReviews = "open_reviews"
    case unfinishedRuns = "unfinished_runs"
    case snapshots
    case snapshotBytes = "snapshot_bytes"
    case snapshotProblem = "snapshot_problem"
  }

  /// A fact a line.
  public var text: String {
    var table = Table([("", .left), ("", .left)])
    table.add(["book", simulated ? "\(name), a simulated book" : name])
    table.add(["entries", "\(size)"])
    table.add(["root", root])
    table.add(["last recorded", "\(lastRecordedAt), in volume \(volume)"])
    table.add(["accounts", "\(accounts)"])
    table.add(["meters", "\(meters)"])
    table.add(["rules", "\(rules) published"])
    table.add(["open reviews", "\(openReviews)"])
    table.add(["bytes on disk", "\(bytes) in volumes"])
    if let snapshotProblem {
      table.add(["saved folds", "none of use: \(snapshotProblem)"])
      table.add(["", "delete snapshots.mdb: it holds no truth, and is made again"])
    } else {
      table.add(["saved folds", "\(snapshots) accounts, \(snapshotBytes) bytes"])
    }
    for run in unfinishedRuns { table.add(["unfinished run", run]) }
    return table.text()
  }
}

extension Ledger {
  /// What the book holds: of the book alone, so that who may not write its folder can ask.
  public func status() throws -> StatusReport {
    // Zones that accounts brought with them are no rules anyone published.
    let rules = try self.rules().rules.count { $0.kind != "zone" }
    let saved = snapshots.figures
    return try book.read { snapshot in
      var unfinished: [String] = []
      try snapshot.forEachStream(kind: .run) { stream, version in
        if version == 1 { unfinished.append(stream.id) }
        return .proceed
      }
      var openReviews = 0
      try snapshot.forEachStream(kind: .review) { stream, _ in
        let state = try ReviewState(of: stream, in: snapshot)
        if state.rejected != nil, state.resolved == nil { openReviews += 1 }
        return .proceed
      }
      let accounts = try Self.count(.account, in: snapshot)
      let meters = try Self.count(.meter, in: snapshot)
      return try StatusReport(
        book: path, name: book.identity.name, id: book.identity.id.hex,
        simulated: book.identity.isSimulated, size: snapshot.head.size,
        root: snapshot.head.root.bytes.hex, lastRecordedAt: snapshot.head.lastRecordedAt.iso,
        volume: snapshot.head.volume, accounts: accounts, meters: meters, rules: rules,
        openReviews: openReviews,
        unfinishedRuns: unfinished, bytes: Self.bytes(in: path + "/volumes"),
        snapshots: saved.accounts, snapshotBytes: saved.bytes, snapshotProblem: saved.problem)
    }
  }

  private static func count(
    _ kind: StreamKind, in snapshot: borrowing Snapshot
  ) throws -> Int {
    var count = 0
    try snapshot.forEachStream(kind: kind) { _, _ in
      count += 1
      return .proceed
    }
    return count
  }

  private static func bytes(in folder: String) throws -> Int {
    let manager = FileManager.default
    return try manager.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".mdb") }
      .reduce(0) { sum, name in
        let attributes = try manager.attributesOfItem(atPath: "\(folder)/\(name)")
        return sum + (attributes[.size] as? Int ?? 0)
      }
  }
}
