import Billing
public import EventSourcing

/// The review queue: what was rejected, and which items are open.
///
/// ```
/// 'o' item  ->  nothing: the item is open
/// 'r' item  ->  position (8) of the entry that rejected it last
/// 's' item  ->  position (8) of the entry that resolved it last
/// ```
///
/// The facts themselves are read from the book.
public struct ReviewQueue: Projection {
  /// The name, and the rows' version.
  public let identity = ProjectionIdentity("review-queue", 1)

  /// The projection.
  public init() {}

  /// Opens an item that `entry` rejects, closes one that it resolves.
  public func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    guard entry.kind == .review else { return }
    let item = bytes.text(in: entry.id)
    let place = (0..<8).map { UInt8(truncatingIfNeeded: position.rawValue >> UInt64(56 - 8 * $0)) }
    try entry.forEachNumberedEvent(in: bytes) { _, range in
      switch try Event.decode(bytes, range) {
      case .inputRejected:
        rows.put(Table.open.key(item), [])
        rows.put(Table.rejected.key(item), place)
      case .inputResolved:
        rows.remove(Table.open.key(item))
        rows.put(Table.resolved.key(item), place)
      default:
        break
      }
    }
  }

  /// The three kinds of rows.
  public enum Table: UInt8, Sendable {
    /// Open items.
    case open = 0x6F
    /// Where each item was rejected last.
    case rejected = 0x72
    /// Where each item was resolved last.
    case resolved = 0x73

    /// The key of `item`'s row; of the empty item, what all keys of the table begin with.
    public func key(_ item: String) -> [UInt8] { [rawValue] + item.utf8 }
  }

  /// The item that a row's key names.
  public static func item(inKey key: RawSpan) -> String { key.text(in: 1..<key.byteCount) }

  /// The position in a row's value.
  public static func position(inValue value: RawSpan) -> Position {
    Position((0..<8).reduce(0) { $0 << 8 | UInt64(value.byte(at: $1)) })
  }
}
