public import EventSourcing

/// A fact about the book itself; `ControlEvent` in `book.proto`.
public enum ControlEvent: Hashable, Sendable {
  /// The book was created: its entry 0.
  case bookCreated(id: [UInt8], isSimulated: Bool, format: UInt32, name: String)
  /// The volume before is complete: the first entry of every volume but the first.
  case volumeSealed(volume: String, size: UInt64, root: MerkleHash)
  /// From here on another version of a projection answers.
  case projectionPromoted(ProjectionSwitch)
  /// From here on an earlier version of a projection answers again.
  case projectionRolledBack(ProjectionSwitch)

  /// The stream that holds them.
  public static let stream = StreamID(.book, "book")
}

extension ControlEvent {
  /// Writes the event as field 15 of an entry.
  public func encode(into writer: inout WireWriter) {
    writer.message(EntryView.eventsField) { writer in
      switch self {
      case .bookCreated(let id, let isSimulated, let format, let name):
        writer.message(1) { writer in
          writer.data(1, id)
          writer.unsigned(2, isSimulated ? 1 : 0)
          writer.unsigned(3, UInt64(format))
          writer.string(4, name)
        }
      case .volumeSealed(let volume, let size, let root):
        writer.message(2) { writer in
          writer.string(1, volume)
          writer.unsigned(2, size)
          writer.data(3, root.bytes)
        }
      case .projectionPromoted(let it): writer.message(3) { it.encode(into: &$0) }
      case .projectionRolledBack(let it): writer.message(4) { it.encode(into: &$0) }
      }
    }
  }

  /// The event that `range` of `bytes` holds.
  public init(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    var cursor = WireCursor(range)
    guard let field = try cursor.next(in: bytes) else {
      throw .missing(field: 1, in: "ControlEvent")
    }
    switch field.number {
    case 1: self = try Self.bookCreated(bytes, field.range)
    case 2: self = try Self.volumeSealed(bytes, field.range)
    case 3: self = .projectionPromoted(try ProjectionSwitch(bytes, field.range))
    case 4: self = .projectionRolledBack(try ProjectionSwitch(bytes, field.range))
    default: throw .unknownField(field.number, in: "ControlEvent")
    }
    guard cursor.isAtEnd else { throw .invalidValue(field: field.number, in: "ControlEvent") }
  }

  private static func bookCreated(
    _ bytes: RawSpan, _ range: Range<Int>
  ) throws(WireError) -> ControlEvent {
    var id: [UInt8] = []
    var isSimulated = false
    var format: UInt64 = 0
    var name = ""
    var cursor = WireCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch field.number {
      case 1: id = bytes.array(in: field.range)
      case 2: isSimulated = field.value == 1
      case 3: format = field.value
      case 4: name = bytes.text(in: field.range)
      default: throw .unknownField(field.number, in: "BookCreated")
      }
    }
    guard id.count == BookIdentity.idBytes else { throw .invalidValue(field: 1, in: "BookCreated") }
    guard let format = UInt32(exactly: format), format > 0 else {
      throw .invalidValue(field: 3, in: "BookCreated")
    }
    return .bookCreated(id: id, isSimulated: isSimulated, format: format, name: name)
  }

  private static func volumeSealed(
    _ bytes: RawSpan, _ range: Range<Int>
  ) throws(WireError) -> ControlEvent {
    var volume = ""
    var size: UInt64 = 0
    var root: MerkleHash?
    var cursor = WireCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch field.number {
      case 1: volume = bytes.text(in: field.range)
      case 2: size = field.value
      case 3: root = MerkleHash(bytes.array(in: field.range))
      default: throw .unknownField(field.number, in: "VolumeSealed")
      }
    }
    guard let root else { throw .missing(field: 3, in: "VolumeSealed") }
    return .volumeSealed(volume: volume, size: size, root: root)
  }
}
