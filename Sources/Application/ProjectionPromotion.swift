import Billing
import EventLog
import EventSourcing
import ProjectionStore

/// Another version of a projection answers.
public struct ProjectionSwitchReport: Report {
  /// `promoted` or `rolled back`.
  let how: String
  let from: String
  let to: String
  /// Entries that both had applied.
  let size: UInt64
  /// SHA-256 over the rows of the version that answers now.
  let digest: String
  let previousDigest: String
  /// Where the switch is in the book; absent where that version answered already.
  let position: UInt64?

  private enum CodingKeys: String, CodingKey {
    case how, from, to, size, digest, position
    case previousDigest = "previous_digest"
  }

  /// A few lines.
  public var text: String {
    guard let position else { return "\(to) answers already; nothing is written." }
    return """
      \(to) is \(how): entry \(position). It answered \(from) before.
      Both after \(size) entries: \(to) \(digest)
      \(String(repeating: " ", count: 20 + String(size).count))\(from) \(previousDigest)
      """
  }
}

extension Ledger {
  /// Makes a version of a projection answer from now on. The event in the book is the switch.
  public func promote(
    projection text: String, progress: @escaping ProgressHandler
  ) throws -> ProjectionSwitchReport {
    guard text.contains("@") else {
      throw Failure(
        "Which version of \(text)?", advice: "Write it as \(text)@2; see `projection list`.")
    }
    return try turn(isRollback: false, progress) { catalogue in
      let identity = try catalogue.identity(text)
      return (try catalogue.live(identity.name), identity)
    }
  }

  /// Makes the version answer that answered before the last switch.
  public func rollBack(
    projection name: String, progress: @escaping ProgressHandler
  ) throws -> ProjectionSwitchReport {
    try turn(isRollback: true, progress) { catalogue in
      let live = try catalogue.live(name)
      // Promotions that were not rolled back since, the last one last.
      var standing: [ProjectionSwitch] = []
      for each in catalogue.switches where each.change.identity.name == name {
        if each.isRollback { _ = standing.popLast() } else { standing.append(each.change) }
      }
      guard let last = standing.last else {
        throw Failure(
          "\(live) answers and nothing was promoted before it: there is nothing to roll back.",
          advice: "`meterbook projection show \(name)` shows every switch.")
      }
      return (live, ProjectionIdentity(name, last.previous))
    }
  }

  private func turn(
    isRollback: Bool, _ progress: @escaping ProgressHandler,
    _ choose: (ProjectionCatalogue) throws -> (from: ProjectionIdentity, to: ProjectionIdentity)
  ) throws -> ProjectionSwitchReport {
    let authority = try authority()
    for _ in 0..<64 {
      let catalogue = try ProjectionCatalogue(of: self)
      let control = try book.read { try $0.streamHead(ControlEvent.stream)?.version ?? 0 }
      let (from, to) = try choose(catalogue)
      let size = catalogue.size
      let new = try summary(of: to, catalogue, progress)
      let old = from == to ? new : try summary(of: from, catalogue, progress)
      func report(_ position: Position?) -> ProjectionSwitchReport {
        ProjectionSwitchReport(
          how: isRollback ? "rolled back to" : "promoted", from: from.description,
          to: to.description, size: size, digest: new.digest.hex,
          previousDigest: old.digest.hex, position: position?.rawValue)
      }
      guard from != to else { return report(nil) }
      // Another process followed further meanwhile: take both again at one position.
      guard new.size == size, old.size == size else { continue }
      let change = ProjectionSwitch(
        to: to, from: from.version, size: size, digest: new.digest, previousDigest: old.digest)
      var header = EntryHeader(stream: ControlEvent.stream, version: control + 1)
      header.actor = authority.actor
      header.reason = authority.reason
      var batch = Batch()
      batch.add(header) { writer in
        let event =
          isRollback
          ? ControlEvent.projectionRolledBack(change) : .projectionPromoted(change)
        event.encode(into: &writer)
      }
      batch.require(.rules, at: try rulebook().version)
      if case .appended(let first, _, _) = try append(batch, at: now()) { return report(first) }
    }
    throw Failure(
      "The book kept changing while the two versions were compared.",
      advice: "Run the command again when no batch is running.")
  }

  private func summary(
    of identity: ProjectionIdentity, _ catalogue: ProjectionCatalogue,
    _ progress: @escaping ProgressHandler
  ) throws -> RowSummary {
    try followed(identity, catalogue, progress).summary(of: identity, progress)
  }
}
