public import EventSourcing

/// Another version of a projection answers: `ProjectionSwitched` in `book.proto`.
///
/// The event is the switch; there is no other. It says what both versions came to at one position, so
/// that the book itself tells which rules gave which figure.
public struct ProjectionSwitch: Hashable, Sendable {
  /// The version that answers from here on.
  public var identity: ProjectionIdentity
  /// The version that answered before.
  public var previous: Int
  /// How many entries both had applied.
  public var size: UInt64
  /// SHA-256 over the rows of the version that answers.
  public var digest: [UInt8]
  /// SHA-256 over the rows of the one before.
  public var previousDigest: [UInt8]

  /// A switch.
  public init(
    to identity: ProjectionIdentity, from previous: Int, size: UInt64, digest: [UInt8],
    previousDigest: [UInt8]
  ) {
    self.identity = identity
    self.previous = previous
    self.size = size
    self.digest = digest
    self.previousDigest = previousDigest
  }

  func encode(into writer: inout WireWriter) {
    writer.string(1, identity.name)
    writer.unsigned(2, UInt64(identity.version))
    writer.unsigned(3, UInt64(previous))
    writer.unsigned(4, size)
    writer.data(5, digest)
    writer.data(6, previousDigest)
  }

  init(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    let message: StaticName = "ProjectionSwitched"
    var name = ""
    var numbers: [UInt64] = [0, 0, 0, 0, 0]
    var digests: [[UInt8]] = [[], []]
    var cursor = WireCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch field.number {
      case 1: name = bytes.text(in: field.range)
      case 2...4: numbers[field.number] = field.value
      case 5, 6: digests[field.number - 5] = bytes.array(in: field.range)
      default: throw .unknownField(field.number, in: message)
      }
    }
    guard let version = Int(exactly: numbers[2]), version > 0 else {
      throw .invalidValue(field: 2, in: message)
    }
    guard let previous = Int(exactly: numbers[3]) else {
      throw .invalidValue(field: 3, in: message)
    }
    guard digests.allSatisfy({ $0.count == MerkleHash.byteCount }) else {
      throw .invalidValue(field: 5, in: message)
    }
    self.init(
      to: ProjectionIdentity(name, version), from: previous, size: numbers[4], digest: digests[0],
      previousDigest: digests[1])
  }
}
