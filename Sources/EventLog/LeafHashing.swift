import Dispatch
import EventSourcing
import LMDB
import Synchronization

/// The leaf hashes of a batch's entries, and the roots of the 256-leaf subtrees that lie wholly in
/// it: what can be hashed on all cores.
struct HashedBatch: Sendable {
  /// A run of entries: a whole 256-leaf subtree, or single leaves.
  enum Part: Sendable {
    case leaves([MerkleHash])
    case subtree(MerkleHash, prefixes: [UInt32])
  }

  let parts: [Part]

  /// Hashes the entries at `ranges` of `bytes`, each preceded by `Merkle.leafByte`, which will be
  /// appended to a tree of `size` leaves.
  init(_ bytes: WireWriter, _ records: [Batch.Record], appendedTo size: UInt64) {
    let pieces = Self.pieces(records.count, size)
    guard records.count >= Limits.parallelHashing else {
      parts = pieces.map { Self.hash(bytes, records, $0) }
      return
    }
    let results = Mutex<[Part?]>(Array(repeating: nil, count: pieces.count))
    DispatchQueue.concurrentPerform(iterations: pieces.count) { index in
      let part = Self.hash(bytes, records, pieces[index])
      results.withLock { $0[index] = part }
    }
    parts = results.withLock { $0.map { $0! } }
  }

  private struct Piece {
    let range: Range<Int>
    let isSubtree: Bool
  }

  /// Splits `count` entries at the boundaries of 256-leaf subtrees.
  private static func pieces(_ count: Int, _ size: UInt64) -> [Piece] {
    let whole = 1 << Limits.storedLevel
    var pieces: [Piece] = []
    var start = 0
    while start < count {
      let offset = Int((size + UInt64(start)) & UInt64(whole - 1))
      let end = min(count, start + whole - offset)
      pieces.append(Piece(range: start..<end, isSubtree: end - start == whole))
      start = end
    }
    return pieces
  }

  private static func hash(_ bytes: WireWriter, _ records: [Batch.Record], _ piece: Piece) -> Part {
    var hashes: [MerkleHash] = []
    hashes.reserveCapacity(piece.range.count)
    bytes.withWritten { all in
      for record in records[piece.range] {
        let leaf = all.extracting((record.range.lowerBound - 1)..<record.range.upperBound)
        hashes.append(Merkle.hash(of: leaf))
      }
    }
    guard piece.isSubtree else { return .leaves(hashes) }
    let prefixes = hashes.map(\.prefix)
    return .subtree(Merkle.root(ofPerfect: hashes), prefixes: prefixes)
  }

  /// The first four bytes of each leaf hash, in order.
  var prefixes: [UInt32] {
    var prefixes: [UInt32] = []
    for part in parts {
      switch part {
      case .leaves(let hashes): prefixes.append(contentsOf: hashes.map(\.prefix))
      case .subtree(_, let more): prefixes.append(contentsOf: more)
      }
    }
    return prefixes
  }

  /// Appends the leaves to `range`, telling which stored subtrees that completes.
  func append(
    to range: inout CompactRange,
    completed: (_ level: Int, _ index: UInt64, _ root: MerkleHash) throws -> Void
  ) rethrows {
    for part in parts { try part.append(to: &range, completed: completed) }
  }
}

extension Merkle {
  /// The root of a perfect subtree with these leaf hashes, a power of two of them.
  static func root(ofPerfect hashes: [MerkleHash]) -> MerkleHash {
    var level = hashes
    while level.count > 1 {
      for index in 0..<(level.count / 2) {
        level[index] = nodeHash(level[2 * index], level[2 * index + 1])
      }
      level.removeLast(level.count / 2)
    }
    return level[0]
  }
}
