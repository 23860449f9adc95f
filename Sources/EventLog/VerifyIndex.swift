import EventSourcing
import LMDB

/// Verifies a volume's indexes against each other: versions contiguous from the heads brought
/// forward, those heads as the volume before ends, and nothing indexed that is not an entry.
struct IndexCheck {
  let volume: Volume
  /// The volume before, whose end the heads brought forward must say; `nil` if it is not there.
  let previous: Volume?
  let positions: Range<UInt64>

  /// What was found.
  struct Result: Sendable {
    /// Streams with entries up to the volume's end.
    var streams: UInt64 = 0
    /// Rows of `streams` within the positions covered.
    var rows: UInt64 = 0
    var damage: Damage?
  }

  func run() -> Result {
    var result = Result()
    do {
      try Environment.read([volume.environment]) { group in try walk(group, &result) }
      if result.damage == nil, let previous {
        try Environment.read([previous.environment, volume.environment]) { group in
          result.damage = try compareHeads(group, previous)
        }
      }
    } catch {
      result.damage = Damage(.volume(volume.name), "its indexes cannot be read: \(error)")
    }
    return result
  }

  /// Follows every stream through the heads brought forward and this volume's versions.
  private func walk(_ group: borrowing TransactionGroup, _ result: inout Result) throws {
    var key: [UInt8] = []
    var version: UInt64 = 0
    try volume.forEachIndexRow(group, from: [0]) { found, row in
      guard let stream = StreamKey.stream(in: found) else {
        result.damage = Damage(.volume(volume.name), "an index holds a key that names no stream")
        return .stop
      }
      // Entries that came after the verification began are left to the next.
      if case .version(_, let position) = row, position >= positions.upperBound, position != .max {
        return .proceed
      }
      if key.withBytes({ !found.isEqual(to: $0) }) {
        key.removeAll(keepingCapacity: true)
        key.append(found)
        version = 0
        result.streams += 1
      }
      switch row {
      case .head(let head): version = head.version
      case .version(let next, let position):
        guard next == version + 1 else {
          result.damage = Damage(
            .stream(stream, version: next), "the version before it in the index is \(version)")
          return .stop
        }
        guard positions.contains(position) else {
          result.damage = Damage(
            .stream(stream, version: next), "the index says it is at an entry that is not here")
          return .stop
        }
        version = next
        result.rows += 1
      }
      return .proceed
    }
  }

  /// Demands that the heads brought forward are those at the end of the volume before.
  private func compareHeads(
    _ group: borrowing TransactionGroup, _ previous: Volume
  ) throws -> Damage? {
    try group.withTransaction(1) { transaction in
      try transaction.withCursor(in: volume.heads) { cursor in
        var damage: Damage?
        var walk = HeadWalk(of: volume)
        var isAtHead = try walk.start(&cursor)
        try previous.forEachHead(group, from: [0]) { key, head in
          guard isAtHead, walk.head == head, walk.key.withBytes({ key.isEqual(to: $0) }) else {
            damage = StreamKey.stream(in: key).map {
              Damage(
                .stream($0, version: head.version),
                "volume \(volume.name) does not bring it forward from \(previous.name)")
            }
            return .stop
          }
          isAtHead = try walk.next(&cursor)
          return .proceed
        }
        if damage == nil, isAtHead {
          damage = Damage(
            .volume(volume.name), "it brings streams forward that \(previous.name) does not have")
        }
        return damage
      }
    }
  }
}
