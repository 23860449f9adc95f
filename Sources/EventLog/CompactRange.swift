/// The roots of the perfect subtrees that a tree's leaves form, largest first: all that appending
/// needs to know of the leaves before.
///
/// A tree of 13 = 8 + 4 + 1 leaves has three. Appending costs one node hash a leaf, on average.
public struct CompactRange: Hashable, Sendable {
  /// The number of leaves.
  public private(set) var size: UInt64
  /// The subtrees' roots, largest first: one for each bit set in `size`.
  public private(set) var hashes: [MerkleHash]

  /// The range without leaves.
  public init() {
    size = 0
    hashes = []
  }

  /// The range of `size` leaves with these subtree roots; `nil` if their number is wrong.
  public init?(size: UInt64, hashes: [MerkleHash]) {
    guard size.nonzeroBitCount == hashes.count else { return nil }
    self.size = size
    self.hashes = hashes
  }

  /// Appends a leaf by its hash, or a perfect subtree of 2^`level` leaves by its root.
  ///
  /// - Parameter completed: Called with every subtree that is thereby complete, smallest first, the
  ///   appended one included: its level, its index among those of its level, its root.
  public mutating func append(
    _ hash: MerkleHash, level: Int = 0,
    completed: (_ level: Int, _ index: UInt64, _ root: MerkleHash) throws -> Void
  ) rethrows {
    precondition(size.trailingZeroBitCount >= level, "a subtree is appended at its own boundary")
    var root = hash
    var height = level
    try completed(height, size >> UInt64(height), root)
    while size >> UInt64(height) & 1 == 1 {
      root = Merkle.nodeHash(hashes.removeLast(), root)
      height += 1
      try completed(height, size >> UInt64(height), root)
    }
    hashes.append(root)
    size += 1 << UInt64(level)
  }

  /// Appends a leaf by its hash, or a perfect subtree of 2^`level` leaves by its root.
  public mutating func append(_ hash: MerkleHash, level: Int = 0) {
    append(hash, level: level) { _, _, _ in }
  }

  /// The root of the tree (RFC 6962, section 2.1).
  public var root: MerkleHash {
    guard var root = hashes.last else { return Merkle.emptyRoot }
    for hash in hashes.dropLast().reversed() { root = Merkle.nodeHash(hash, root) }
    return root
  }
}
