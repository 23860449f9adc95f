/// Proofs about the book's tree, as RFC 6962 section 2.1 and RFC 9162 section 2.1 define them: that
/// an entry is in a book, and that one book is the beginning of another.
extension Merkle {
  /// The proof that the leaf at `index` is in the tree of `size` leaves: the hashes to put beside it
  /// on the way up.
  ///
  /// - Parameter node: The root of the perfect subtree of 2^level leaves whose index among those of
  ///   its level is given.
  public static func inclusionProof(
    of index: UInt64, size: UInt64,
    node: (_ level: Int, _ index: UInt64) throws -> MerkleHash
  ) throws -> [MerkleHash] {
    precondition(index < size, "a proof is about a leaf of the tree")
    var proof: [MerkleHash] = []
    var start: UInt64 = 0
    var count = size
    while count > 1 {
      let left = largestPowerOfTwo(below: count)
      if index < start + left {
        proof.append(try root(from: start + left, count: count - left, node))
        count = left
      } else {
        proof.append(try root(from: start, count: left, node))
        start += left
        count -= left
      }
    }
    return proof.reversed()
  }

  /// The proof that the tree of `old` leaves is the beginning of the tree of `size` leaves; `old` is
  /// at least 1.
  ///
  /// - Parameter node: As for `inclusionProof`.
  public static func consistencyProof(
    from old: UInt64, to size: UInt64,
    node: (_ level: Int, _ index: UInt64) throws -> MerkleHash
  ) throws -> [MerkleHash] {
    precondition(old > 0 && old <= size, "a proof is about a beginning of the tree")
    var proof: [MerkleHash] = []
    var start: UInt64 = 0
    var count = size
    var isKnown = true
    while old - start != count {
      let left = largestPowerOfTwo(below: count)
      if old - start <= left {
        proof.append(try root(from: start + left, count: count - left, node))
        count = left
      } else {
        proof.append(try root(from: start, count: left, node))
        start += left
        count -= left
        isKnown = false
      }
    }
    if !isKnown { proof.append(try root(from: start, count: count, node)) }
    return proof.reversed()
  }

  /// Whether `proof` shows that the leaf hash is at `index` of the tree of `size` leaves with this
  /// root.
  public static func isIncluded(
    _ leaf: MerkleHash, at index: UInt64, size: UInt64, proof: [MerkleHash], root: MerkleHash
  ) -> Bool {
    guard index < size else { return false }
    var place = index
    var last = size - 1
    var hash = leaf
    for step in proof {
      guard last > 0 else { return false }
      if place & 1 == 1 || place == last {
        hash = nodeHash(step, hash)
        while place & 1 == 0, place > 0 {
          place >>= 1
          last >>= 1
        }
      } else {
        hash = nodeHash(hash, step)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// Whether `proof` shows that the tree of `old` leaves with root `oldRoot` is the beginning of the
  /// tree of `size` leaves with root `root`.
  public static func isConsistent(
    _ oldRoot: MerkleHash, _ old: UInt64, with root: MerkleHash, _ size: UInt64,
    proof: [MerkleHash]
  ) -> Bool {
    guard old > 0, old <= size else { return old == 0 && proof.isEmpty && oldRoot == emptyRoot }
    guard old < size else { return proof.isEmpty && oldRoot == root }
    // A whole subtree is its own first step.
    let path = old.nonzeroBitCount == 1 ? [oldRoot] + proof : proof
    guard let first = path.first, !proof.isEmpty else { return false }
    var place = old - 1
    var last = size - 1
    while place & 1 == 1 {
      place >>= 1
      last >>= 1
    }
    var oldHash = first
    var hash = first
    for step in path.dropFirst() {
      guard last > 0 else { return false }
      if place & 1 == 1 || place == last {
        oldHash = nodeHash(step, oldHash)
        hash = nodeHash(step, hash)
        while place & 1 == 0, place > 0 {
          place >>= 1
          last >>= 1
        }
      } else {
        hash = nodeHash(hash, step)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 && oldHash == oldRoot && hash == root
  }

  /// The root over `count` leaves from `start`, which is a multiple of a power of two not below
  /// `count`.
  private static func root(
    from start: UInt64, count: UInt64,
    _ node: (_ level: Int, _ index: UInt64) throws -> MerkleHash
  ) rethrows -> MerkleHash {
    var range = CompactRange()
    var place = start
    for level in (0..<64).reversed() where count >> UInt64(level) & 1 == 1 {
      range.append(try node(level, place >> UInt64(level)), level: level)
      place += 1 << UInt64(level)
    }
    return range.root
  }

  private static func largestPowerOfTwo(below count: UInt64) -> UInt64 {
    1 << UInt64(63 - (count - 1).leadingZeroBitCount)
  }
}
