public import EventSourcing
import LMDB

/// A fold of a stream as it was saved: what a later fold may begin with, if it can be believed.
public struct SavedFold: Hashable, Sendable {
  /// What the fold is of; whoever folds says so, and raises it when the fold or its bytes change.
  public var foldVersion: UInt32
  /// The version of the stream that was folded.
  public var version: UInt64
  /// The position of the last entry that was folded.
  public var position: Position
  /// That entry's leaf hash: of a book restored or made again it is another.
  public var leafHash: [UInt8]
  /// The state, in its own coding.
  public var state: [UInt8]

  /// A fold of a stream up to the entry at `position`.
  ///
  /// - Parameter leafHash: 32 bytes.
  public init(
    foldVersion: UInt32, version: UInt64, position: Position, leafHash: [UInt8], state: [UInt8]
  ) {
    precondition(leafHash.count == SavedLayout.hashBytes, "a leaf hash has 32 bytes")
    self.foldVersion = foldVersion
    self.version = version
    self.position = position
    self.leafHash = leafHash
    self.state = state
  }
}

/// A saved fold where it lies.
///
/// ```
/// 0  checksum (8) | fold version (4) | stream version (8) | position (8) | leaf hash (32) | state
/// ```
///
/// Numbers are big-endian. The checksum covers the key and all that follows it.
public struct SavedFoldView: Sendable {
  /// What the fold is of.
  public let foldVersion: UInt32
  /// The version of the stream that was folded.
  public let version: UInt64
  /// The position of the last entry that was folded.
  public let position: Position
  /// Where in the value that entry's leaf hash lies.
  public let leafHash: Range<Int>
  /// Where in the value the state lies.
  public let state: Range<Int>

  /// The fold that fills `value`; `nil` if these are not the bytes that were written for `key`.
  init?(_ value: RawSpan, key: RawSpan) {
    guard value.byteCount >= SavedLayout.state,
      value.load(at: 0, as: UInt64.self)
        == Checksum.of(key, value.extracting(droppingFirst: SavedLayout.foldVersion))
    else { return nil }
    foldVersion = value.load(at: SavedLayout.foldVersion)
    version = value.load(at: SavedLayout.version)
    position = Position(value.load(at: SavedLayout.position))
    leafHash = SavedLayout.leafHash..<SavedLayout.state
    state = SavedLayout.state..<value.byteCount
  }
}

/// Where the parts of a saved fold lie.
enum SavedLayout {
  static let hashBytes = 32
  static let foldVersion = 8
  static let version = 12
  static let position = 20
  static let leafHash = 28
  static let state = leafHash + hashBytes

  /// The bytes of `fold` under `key`.
  static func bytes(_ fold: SavedFold, key: [UInt8]) -> [UInt8] {
    var rest: [UInt8] = []
    rest.reserveCapacity(state + fold.state.count)
    rest.append(bigEndian: fold.foldVersion)
    rest.append(bigEndian: fold.version)
    rest.append(bigEndian: fold.position.rawValue)
    rest += fold.leafHash
    rest += fold.state
    var bytes: [UInt8] = []
    bytes.reserveCapacity(foldVersion + rest.count)
    // `unsafe`: only because a span of any element type may lend its bytes; these are bytes.
    bytes.append(bigEndian: unsafe Checksum.of(key.span.bytes, rest.span.bytes))
    return bytes + rest
  }
}

/// A sum against flipped bits and torn writes; no protection from someone who forges.
enum Checksum {
  /// The sum of `key` followed by `rest`.
  static func of(_ key: RawSpan, _ rest: RawSpan) -> UInt64 {
    var sum: UInt64 = 0x9E37_79B9_7F4A_7C15
    for part in [0, 1] {
      let bytes = part == 0 ? key : rest
      sum = mixed(sum, UInt64(bytes.byteCount))
      var offset = 0
      while offset + 8 <= bytes.byteCount {
        sum = mixed(sum, bytes.fixed64(at: offset))
        offset += 8
      }
      var last: UInt64 = 0
      while offset < bytes.byteCount {
        last = last << 8 | UInt64(bytes.byte(at: offset))
        offset += 1
      }
      sum = mixed(sum, last)
    }
    return sum
  }

  /// Both halves of a product: every bit of `word` moves about half the bits of the sum.
  private static func mixed(_ sum: UInt64, _ word: UInt64) -> UInt64 {
    let product = (sum ^ word ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(
      by: word ^ 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low ^ sum &* 31
  }
}

extension [UInt8] {
  fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
    for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
