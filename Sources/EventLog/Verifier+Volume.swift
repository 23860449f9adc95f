import EventSourcing
import LMDB

// What holds between a volume's parts, and between it and its neighbours.

extension Verifier {
  /// Demands that recording times do not go back between the chunks and from the volume before.
  func checkTimes(
    _ chunks: [EntriesCheck.Result], _ volume: Volume, _ state: inout VerifyState
  ) -> Damage? {
    var position = volume.first
    for chunk in chunks {
      if let first = chunk.firstRecordedAt, let last = state.lastRecordedAt, first < last {
        return Damage(.entry(Position(position)), "it was recorded before the entry before it")
      }
      state.lastRecordedAt = chunk.lastRecordedAt
      position += chunk.entries
    }
    return nil
  }

  /// Demands that the book's first entry creates it, and that every other volume's first says what
  /// was recomputed of the volume before.
  func checkControl(_ index: Int, _ state: VerifyState) throws -> Damage? {
    let volume = volumes[index]
    let first = Position(volume.first)
    let expected: ControlEvent
    if volume.first == 0 {
      expected = .bookCreated(
        id: identity.id, isSimulated: identity.isSimulated, format: identity.format,
        name: identity.name)
    } else if index > 0 {
      expected = .volumeSealed(
        volume: volumes[index - 1].name, size: volume.first, root: state.range.root)
    } else {
      return nil
    }
    let sealed = try index > 0 ? seal(of: volumes[index - 1]) : nil
    let found = try volume.environment.read { transaction in
      try transaction.withValue(forKey: IntegerKey(volume.first), in: volume.entries) { value in
        let bytes = value.extracting(droppingFirst: Volume.prefixBytes)
        var events: [ControlEvent] = []
        let view = try EntryView(bytes)
        guard view.header.stream == ControlEvent.stream,
          sealed == nil || view.header.recordedAt == sealed?.recordedAt
        else { return events }
        try view.forEachEvent(in: bytes) { events.append(try ControlEvent(bytes, $1)) }
        return events
      }
    }
    guard found == [expected] else {
      return Damage(
        .entry(first),
        volume.first == 0
          ? "it does not say which book this is"
          : "it does not say the size and root of the volume before, at the time of its seal")
    }
    return nil
  }

  private func seal(of volume: Volume) throws -> VolumeSeal? {
    try volume.environment.read { try volume.seal($0) }
  }

  /// Grows the tree by the leaves of a volume and compares every node stored.
  func checkTree(
    _ chunks: [EntriesCheck.Result], _ volume: Volume, _ state: inout VerifyState,
    _ report: inout VerifyReport
  ) throws -> Damage? {
    var damage: Damage?
    var nodes: UInt64 = 0
    let stored = try volume.environment.read { transaction in
      for part in chunks.flatMap(\.parts) {
        try part.append(to: &state.range) { level, index, root in
          guard level >= Limits.storedLevel, damage == nil else { return }
          nodes += 1
          let isStored = try transaction.withValue(
            forKey: TreeKey.bytes(level, index), in: volume.tree
          ) { $0.byteCount == MerkleHash.byteCount && MerkleHash($0) == root }
          if isStored != true {
            damage = Damage(
              .node(level: level, index: index), "it is not the hash of the entries below it")
          }
        }
      }
      return try transaction.count(of: volume.tree)
    }
    report.treeNodes += nodes
    if let damage { return damage }
    // The newest volume may have grown since.
    guard stored == nodes || volume === volumes.last, stored >= nodes else {
      return Damage(.volume(volume.name), "it holds \(stored) tree nodes instead of \(nodes)")
    }
    return nil
  }

  /// Demands that a sealed volume's seal and head agree with what was recomputed. What the next
  /// volume's first entry says of it is demanded there, where damage to that entry is named.
  func checkEnd(_ index: Int, _ state: VerifyState) throws -> Damage? {
    guard index + 1 < volumes.count else { return nil }
    let volume = volumes[index]
    let next = volumes[index + 1]
    let head = try volume.environment.read { try volume.head($0) }
    guard head.range == state.range, head.lastRecordedAt == state.lastRecordedAt else {
      return Damage(.volume(volume.name), "its head does not have the root of its entries")
    }
    guard let seal = try seal(of: volume), seal.next == state.range.size,
      seal.successor == next.name
    else {
      return Damage(.volume(volume.name), "its seal and the volume after it disagree")
    }
    return nil
  }
}

extension HashedBatch.Part {
  /// Appends the part's leaves to `range`, telling which subtrees that completes.
  func append(
    to range: inout CompactRange,
    completed: (_ level: Int, _ index: UInt64, _ root: MerkleHash) throws -> Void
  ) rethrows {
    switch self {
    case .leaves(let hashes):
      for hash in hashes { try range.append(hash, completed: completed) }
    case .subtree(let root, _):
      try range.append(root, level: Limits.storedLevel, completed: completed)
    }
  }
}
