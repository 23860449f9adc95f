import Documents
import EventLog
import EventSourcing

/// The versions of every projection, which of them answer, and how far their files have come.
public struct ProjectionListReport: Report {
  /// A version of a projection.
  public struct Row: Encodable, Sendable {
    /// As `revenue@3`.
    let projection: String
    let name: String
    let version: Int
    /// Whether this is the version that answers.
    let live: Bool
    /// Whether it has a file that can be believed.
    let built: Bool
    /// How many entries it has applied; absent without a file.
    let size: UInt64?
    /// How many entries the book is ahead; absent without a file.
    let behind: UInt64?
    let rows: Int?
    let bytes: Int?
    /// What it is defined by.
    let definition: String
  }

  /// Entries in the book.
  let size: UInt64
  let projections: [Row]

  /// A table, and what a star is.
  public var text: String {
    var table = Table([
      ("Projection", .left), ("", .left), ("Entries", .right), ("Behind", .right),
      ("Rows", .right), ("Bytes", .right), ("By", .left),
    ])
    for row in projections {
      let figures =
        row.built
        ? [row.size.text, row.behind.text, row.rows.text, row.bytes.text]
        : ["not built", "", "", ""]
      table.add([row.projection, row.live ? "*" : ""] + figures + [row.definition])
    }
    return table.text()
      + "\n\n* answers. `meterbook projection rebuild NAME@VERSION` builds one beside it,"
      + "\n`projection diff` shows what it moves, `projection promote` switches."
  }
}

extension Optional where Wrapped: BinaryInteger {
  fileprivate var text: String { map { "\($0)" } ?? "" }
}

/// A version of a projection: what it is, how far it has come, and the digest of its rows.
public struct ProjectionReport: Report {
  let projection: String
  let live: Bool
  let definition: String
  let size: UInt64
  /// How many entries the book is ahead.
  let behind: UInt64
  let rows: Int
  /// SHA-256 over the rows.
  let digest: String
  /// The root of the book's Merkle tree over those entries.
  let root: String
  let bytes: Int
  /// What was done, as `rebuilt`; absent where it was only shown.
  let done: String?
  /// The switches of the projection, the last one last.
  let switches: [Turn]

  /// A switch of versions.
  public struct Turn: Encodable, Sendable {
    let position: UInt64
    let at: String
    let actor: String
    let reason: String
    /// `promoted` or `rolled back`.
    let how: String
    let from: String
    let to: String
    /// Entries that both had applied.
    let size: UInt64
    let digest: String
    let previousDigest: String

    private enum CodingKeys: String, CodingKey {
      case position, at, actor, reason, how, from, to, size, digest
      case previousDigest = "previous_digest"
    }

    init(_ it: ProjectionCatalogue.Switch) {
      let change = it.change
      position = it.position.rawValue
      at = it.recordedAt.iso
      actor = it.actor
      reason = it.reason
      how = it.isRollback ? "rolled back" : "promoted"
      from = ProjectionIdentity(change.identity.name, change.previous).description
      to = change.identity.description
      size = change.size
      digest = change.digest.hex
      previousDigest = change.previousDigest.hex
    }
  }

  /// A few lines.
  public var text: String {
    var lines = [
      "\(projection)\(live ? ", which answers" : "")\(done.map { ": \($0)" } ?? "")",
      "by      \(definition)", "rows    \(rows), after \(size) entries, \(bytes) bytes",
      "digest  \(digest)", "root    \(root)",
    ]
    if behind > 0 {
      lines.append(
        "behind  by \(behind) \(behind == 1 ? "entry" : "entries"): `meterbook projection follow "
          + "\(projection)` applies them")
    }
    for turn in switches {
      lines.append(
        "\(turn.how) from \(turn.from) to \(turn.to) at \(turn.at), entry \(turn.position), "
          + "by \(turn.actor)\(turn.reason.isEmpty ? "" : ": \(turn.reason)")")
    }
    return lines.joined(separator: "\n")
  }
}

/// Whether a projection's rows are what the book gives.
public struct ProjectionVerifyReport: Report {
  let projection: String
  let size: UInt64
  let rows: Int
  let digest: String
  /// The digest of the rows made anew.
  let rebuilt: String

  /// Whether they are the same.
  public var isSatisfied: Bool { digest == rebuilt }

  /// A line or two.
  public var text: String {
    isSatisfied
      ? "\(projection): \(rows) rows after \(size) entries are what the book gives\ndigest  \(digest)"
      : "\(projection): the rows are not what the book gives. "
        + "Run `meterbook projection rebuild \(projection)`.\n"
        + "digest  \(digest)\nrebuilt \(rebuilt)"
  }
}

/// What `projection drop` did.
public struct ProjectionDropReport: Report {
  let projection: String
  let dropped: Bool

  /// A line.
  public var text: String {
    dropped
      ? "\(projection) is dropped; the book can make it again."
      : "\(projection) has no file; there is nothing to drop."
  }
}
