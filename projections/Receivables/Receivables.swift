import Billing
import CivilTime
public import EventSourcing
import Money

/// What customers owe: every movement of money of every account, in the order of the book.
///
/// ```
/// 'm' account 0 position (8) index (4)  ->  Movement
/// 'g' account 0 other                   ->  nothing: `other` was merged into `account`
/// ```
///
/// Integers in keys are big-endian. Balances are folded from an account's movements when they are
/// read, as of any day: `AccountBalance`.
public struct ReceivablesLedger: Projection {
  /// The name, and the rows' version.
  public let identity = ProjectionIdentity("receivables", 1)

  /// The projection.
  public init() {}

  /// Adds the movements of `entry`.
  public func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    guard entry.kind == .account else { return }
    let account = bytes.text(in: entry.id)
    try entry.forEachNumberedEvent(in: bytes) { index, range in
      switch try Event.Kind(peeking: bytes, range) {
      case .invoiceIssued, .invoiceCancelled, .paymentReceived, .paymentAllocated,
        .paymentReturned, .writeOffPosted, .accountMerged, .accountUnmerged, nil:
        let event = try Event.decode(bytes, range)
        let address = EventAddress(position, index)
        guard let kind = Movement.Kind(event) else { return }
        guard let day = entry.effectiveDay ?? event.ownDay else {
          throw PostingProblem(address, account: account, .noDay)
        }
        let movement = Movement(day: Day(rawValue: day), kind: kind)
        rows.put(Self.key(account: account, address), movement.value)
        if case .merged(let into) = kind { rows.put(Self.key(of: account, mergedInto: into), []) }
      default: break
      }
    }
  }

  /// What the keys of all movements begin with.
  public static let prefix = [UInt8(ascii: "m")]

  /// What the keys of an account's movements begin with.
  public static func prefix(account: String) -> [UInt8] { prefix + account.utf8 + [0] }

  /// The account of a movement's key.
  public static func account(inKey key: RawSpan) -> String {
    key.text(in: 1..<(key.byteCount - 13))
  }

  /// What the keys of the accounts that were merged into one begin with.
  public static func prefix(mergedInto account: String) -> [UInt8] {
    [UInt8(ascii: "g")] + account.utf8 + [0]
  }

  /// The account that was merged, of a key that begins with `prefix(mergedInto:)` of `into`.
  public static func account(inKey key: RawSpan, mergedInto into: String) -> String {
    key.text(in: (into.utf8.count + 2)..<key.byteCount)
  }

  private static func key(account: String, _ address: EventAddress) -> [UInt8] {
    let position = address.position.rawValue
    var key = prefix(account: account)
    for shift in stride(from: 56, through: 0, by: -8) {
      key.append(UInt8(truncatingIfNeeded: position >> UInt64(shift)))
    }
    for shift in stride(from: 24, through: 0, by: -8) {
      key.append(UInt8(truncatingIfNeeded: address.index >> shift))
    }
    return key
  }

  private static func key(of account: String, mergedInto into: String) -> [UInt8] {
    prefix(mergedInto: into) + account.utf8
  }
}

extension Event {
  /// The day that an event without accounting day says of itself.
  fileprivate var ownDay: Int32? {
    switch self {
    case .accountMerged(let it): it.day.rawValue
    case .accountUnmerged(let it): it.day.rawValue
    default: nil
    }
  }
}
