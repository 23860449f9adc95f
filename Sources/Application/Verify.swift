import Billing
import Documents
import EventLog
import EventSourcing

/// What a verification covered, and the first damage if there is any.
public struct VerificationReport: Report {
  let book: String
  let sound: Bool
  let volumes: [String]
  let entries: UInt64
  let events: UInt64
  let bytes: UInt64
  let streams: UInt64
  let treeNodes: UInt64
  let root: String
  let damage: String?
  /// The position of the damaged entry, where the damage is in one.
  let position: UInt64?

  private enum CodingKeys: String, CodingKey {
    case book, sound, volumes, entries, events, bytes, streams, root, damage, position
    case treeNodes = "tree_nodes"
  }

  /// Whether the book is sound.
  public var isSatisfied: Bool { sound }

  /// What was covered, a fact a line, and the verdict.
  public var text: String {
    var table = Table([("", .left), ("", .left)])
    table.add(["volumes", "\(volumes.count), \(volumes.first ?? "") to \(volumes.last ?? "")"])
    table.add(["entries", "\(entries), each hashed, each header canonical, \(bytes) bytes"])
    table.add(["events", "\(events), each decoded"])
    table.add(["streams", "\(streams), versions contiguous, indexes against entries"])
    table.add(["tree nodes", "\(treeNodes) recomputed"])
    table.add(["root", root])
    let verdict = damage.map { "DAMAGED: \($0)" } ?? "Sound: everything above was recomputed."
    return "\(book)\n\(table.text(indent: 2))\n\(verdict)"
  }
}

extension Ledger {
  /// Recomputes the book from its bytes up: hashes, positions, versions, indexes, seals, and whether
  /// every event can be decoded.
  public func verify(progress: @escaping ProgressHandler) throws -> VerificationReport {
    let report = try book.verify(
      progress: { state in
        progress(
          WorkProgress(
            "verifying", done: Int(state.entries), of: Int(state.total), unit: "entries"))
      },
      decode: { _, bytes, range in _ = try Event.decode(bytes, range) })
    return VerificationReport(
      book: path, sound: report.isSound, volumes: report.volumes, entries: report.entries,
      events: report.events, bytes: report.bytes, streams: report.streams,
      treeNodes: report.treeNodes, root: report.root.bytes.hex,
      damage: report.damage?.description, position: report.damage?.position?.rawValue)
  }
}
