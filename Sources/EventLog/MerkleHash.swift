import Crypto
import EventSourcing
import LMDB

/// A SHA-256 hash: of a leaf or a node of the book's tree.
public struct MerkleHash: Hashable, Sendable {
  let first: UInt64
  let second: UInt64
  let third: UInt64
  let fourth: UInt64

  /// The number of bytes of a hash.
  public static let byteCount = 32

  /// The hash held at `offset` of `bytes`. Bounds are checked.
  public init(_ bytes: RawSpan, at offset: Int = 0) {
    first = UInt64(bigEndianIn: bytes, at: offset)
    second = UInt64(bigEndianIn: bytes, at: offset + 8)
    third = UInt64(bigEndianIn: bytes, at: offset + 16)
    fourth = UInt64(bigEndianIn: bytes, at: offset + 24)
  }

  /// The hash whose 32 bytes are given, or `nil` if there are more or fewer.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self = bytes.withBytes { MerkleHash($0) }
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    for word in [first, second, third, fourth] { bytes.append(bigEndian: word) }
    return bytes
  }

  /// The first four bytes: what stands beside each entry.
  var prefix: UInt32 { UInt32(truncatingIfNeeded: first >> 32) }
}

extension MerkleHash: CustomStringConvertible {
  /// The bytes in hexadecimal.
  public var description: String { bytes.hexadecimal }
}

/// The hashing of RFC 6962, section 2.1: leaves and nodes are told apart by their first byte.
public enum Merkle {
  /// The root of the tree without leaves.
  public static let emptyRoot = hash(of: [])

  /// The hash of a leaf: SHA-256 of 0x00 and the entry's bytes.
  public static func leafHash(_ entry: RawSpan) -> MerkleHash {
    var hasher = SHA256()
    hasher.update(data: leafMark)
    hasher.update(entry)
    return MerkleHash(hasher.finalize())
  }

  /// The hash of a node: SHA-256 of 0x01, the left and the right.
  public static func nodeHash(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
    var bytes = InlineArray<65, UInt8>(repeating: 1)
    left.store(in: &bytes, at: 1)
    right.store(in: &bytes, at: 33)
    // `unsafe`: only because a span of any element type may lend its bytes; these are bytes.
    return unsafe hash(of: bytes.span.bytes)
  }

  /// SHA-256 of `bytes`.
  static func hash(of bytes: RawSpan) -> MerkleHash {
    var hasher = SHA256()
    hasher.update(bytes)
    return MerkleHash(hasher.finalize())
  }

  static func hash(of bytes: [UInt8]) -> MerkleHash { bytes.withBytes { hash(of: $0) } }

  /// The byte before every leaf.
  static let leafByte: UInt8 = 0
  private static let leafMark = [leafByte]
}

extension MerkleHash {
  fileprivate init(_ digest: SHA256Digest) {
    // `unsafe`: the digest lends its 32 bytes only as a buffer, which does not leave this call.
    self = unsafe digest.withUnsafeBytes { unsafe MerkleHash($0.bytes) }
  }

  fileprivate func store(in bytes: inout InlineArray<65, UInt8>, at offset: Int) {
    for index in 0..<8 {
      let shift = UInt64(56 - 8 * index)
      bytes[offset + index] = UInt8(truncatingIfNeeded: first >> shift)
      bytes[offset + index + 8] = UInt8(truncatingIfNeeded: second >> shift)
      bytes[offset + index + 16] = UInt8(truncatingIfNeeded: third >> shift)
      bytes[offset + index + 24] = UInt8(truncatingIfNeeded: fourth >> shift)
    }
  }
}

extension SHA256 {
  fileprivate mutating func update(_ bytes: RawSpan) {
    // `unsafe`: the hasher takes contiguous bytes only as a buffer, and keeps no pointer.
    unsafe bytes.withUnsafeBytes { unsafe update(bufferPointer: $0) }
  }
}
