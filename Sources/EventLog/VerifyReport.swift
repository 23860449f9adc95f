public import EventSourcing

/// What a verification covered, and the first damage it found.
public struct VerifyReport: Hashable, Sendable {
  /// The names of the volumes, oldest first, that were read whole; up to the damaged one.
  public internal(set) var volumes: [String] = []
  /// The position of the first entry covered. Not 0 when older volumes are elsewhere: then what
  /// they held is taken from this one's start, not recomputed.
  public internal(set) var first: Position
  /// The number of entries in the book.
  public internal(set) var size: UInt64
  /// The entries read, hashed and decoded.
  public internal(set) var entries: UInt64 = 0
  /// The events decoded.
  public internal(set) var events: UInt64 = 0
  /// The bytes of those entries.
  public internal(set) var bytes: UInt64 = 0
  /// The streams whose versions were followed.
  public internal(set) var streams: UInt64 = 0
  /// The stored tree nodes recomputed.
  public internal(set) var treeNodes: UInt64 = 0
  /// The root recomputed over everything covered.
  public internal(set) var root: MerkleHash
  /// The first damage, by position where it has one; `nil` if there is none.
  public internal(set) var damage: Damage?

  /// Whether everything covered is as it must be.
  public var isSound: Bool { damage == nil }
}

/// Something that is not as it must be.
public struct Damage: Hashable, Sendable {
  /// Where.
  public let address: Address
  /// What is wrong.
  public let what: String

  /// A place in a book.
  public enum Address: Hashable, Sendable {
    /// An entry.
    case entry(Position)
    /// An event of an entry.
    case event(EventAddress)
    /// A version of a stream, in the indexes.
    case stream(StreamID, version: UInt64)
    /// A stored node of the tree.
    case node(level: Int, index: UInt64)
    /// A volume, where nothing smaller can be named.
    case volume(String)
  }

  init(_ address: Address, _ what: String) {
    self.address = address
    self.what = what
  }
}

extension Damage: CustomStringConvertible {
  /// Where and what.
  public var description: String {
    switch address {
    case .entry(let position): "entry \(position): \(what)"
    case .event(let address): "event \(address): \(what)"
    case .stream(let stream, let version): "stream \(stream) version \(version): \(what)"
    case .node(let level, let index): "tree node \(index) at level \(level): \(what)"
    case .volume(let name): "volume \(name): \(what)"
    }
  }

  /// The position, where the damage is in an entry.
  public var position: Position? {
    switch address {
    case .entry(let position): position
    case .event(let address): address.position
    case .stream, .node, .volume: nil
    }
  }
}

/// How far a verification has come.
public struct VerifyProgress: Hashable, Sendable {
  /// Entries verified.
  public let entries: UInt64
  /// Entries to verify in all.
  public let total: UInt64
}

/// Decodes one event, to prove that it can be; throws if it cannot.
public typealias EventCheck = @Sendable (StreamKind, RawSpan, Range<Int>) throws -> Void
