public import EventSourcing
import LMDB

extension Snapshot {
  /// The proof that the entry at `position` is in the book as it was at `size` entries (now, if
  /// `nil`).
  ///
  /// Costs up to 511 leaf hashes and a few look-ups.
  public borrowing func inclusionProof(
    of position: Position, size: UInt64? = nil
  ) throws -> [MerkleHash] {
    let size = size ?? head.size
    guard size <= head.size, position.rawValue < size else {
      throw BookError.noSuchPosition(position, size: min(size, head.size))
    }
    return try Merkle.inclusionProof(of: position.rawValue, size: size) { try node($0, $1) }
  }

  /// The proof that the book at `old` entries, at least 1, is the beginning of the book at `size`
  /// (now, if `nil`).
  public borrowing func consistencyProof(
    from old: UInt64, to size: UInt64? = nil
  ) throws -> [MerkleHash] {
    let size = size ?? head.size
    guard old > 0, old <= size, size <= head.size else {
      throw BookError.noSuchPosition(Position(max(old, size)), size: head.size)
    }
    return try Merkle.consistencyProof(from: old, to: size) { try node($0, $1) }
  }

  /// The root of the book as it was at `size` entries, at most those it has.
  public borrowing func root(at size: UInt64) throws -> MerkleHash {
    guard size <= head.size else {
      throw BookError.noSuchPosition(Position(size), size: head.size)
    }
    var range = CompactRange()
    for level in (0..<64).reversed() where size >> UInt64(level) & 1 == 1 {
      range.append(try node(level, range.size >> UInt64(level)), level: level)
    }
    return range.root
  }

  /// The root of a perfect subtree: stored from 256 leaves up, else hashed from its leaves.
  private borrowing func node(_ level: Int, _ index: UInt64) throws -> MerkleHash {
    if level >= Limits.storedLevel {
      let last = ((index + 1) << UInt64(level)) - 1
      let holder = volume(holding: last)
      let volume = volumes[holder]
      let stored = try group.withTransaction(holder) { transaction in
        try transaction.withValue(forKey: TreeKey.bytes(level, index), in: volume.tree) {
          $0.byteCount == MerkleHash.byteCount ? MerkleHash($0) : nil
        }
      }
      guard let stored = stored ?? nil else {
        throw BookError.damaged(
          path: volume.path, what: "the tree's node \(index) at level \(level) is missing")
      }
      return stored
    }
    var leaves: [MerkleHash] = []
    let first = index << UInt64(level)
    try forEach(
      from: Position(first), through: Position(first + (1 << UInt64(level)) - 1)
    ) { _, bytes in
      leaves.append(Merkle.leafHash(bytes))
      return .proceed
    }
    guard leaves.count == 1 << level else {
      throw BookError.damaged(
        path: volumes[volume(holding: first)].path, what: "entries from \(first) on are missing")
    }
    return Merkle.root(ofPerfect: leaves)
  }
}
