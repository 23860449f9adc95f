/// The place of an entry in the book: gapless, from 0, across volumes.
public struct Position: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number.
  public let rawValue: UInt64
  /// The position numbered `rawValue`.
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  /// The position numbered `value`.
  public init(_ value: UInt64) { rawValue = value }
  /// By number.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  /// The number in decimal.
  public var description: String { String(rawValue) }
  /// The position after this one.
  public var next: Position { Position(rawValue + 1) }
}

/// The address of an event: its entry's position and its index within the entry, as `17.2`.
public struct EventAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The entry's position.
  public var position: Position
  /// The event's index in the entry, from 0.
  public var index: Int
  /// An event's address.
  public init(_ position: Position, _ index: Int) {
    self.position = position
    self.index = index
  }
  /// By position, then index.
  public static func < (left: Self, right: Self) -> Bool {
    (left.position, left.index) < (right.position, right.index)
  }
  /// `position.index`.
  public var description: String { "\(position).\(index)" }
}

/// A moment of recording: microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: RawRepresentable, Hashable, Comparable, Sendable {
  /// Microseconds since the epoch.
  public let rawValue: Int64
  /// The moment `rawValue` microseconds after the epoch.
  public init(rawValue: Int64) { self.rawValue = rawValue }
  /// By time.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What a stream is about. The numbers are stored, and never reused.
public struct StreamKind: RawRepresentable, Hashable, Comparable, Sendable {
  /// The stored number.
  public let rawValue: UInt8
  /// The kind numbered `rawValue`.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// By number.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The book itself: creation, seals, promotions. One stream, `book`. Its events are
  /// `ControlEvent`s of `book.proto`; every other kind's are `Event`s of `events.proto`.
  @inlinable public static var book: StreamKind { StreamKind(rawValue: 1) }
  /// Published rules. One stream, `rules`.
  @inlinable public static var rulebook: StreamKind { StreamKind(rawValue: 2) }
  /// A batch: who, why, with what parameters. One stream a run, by ordinal.
  @inlinable public static var run: StreamKind { StreamKind(rawValue: 3) }
  /// A customer's account.
  @inlinable public static var account: StreamKind { StreamKind(rawValue: 4) }
  /// A meter: which account it serves.
  @inlinable public static var meter: StreamKind { StreamKind(rawValue: 5) }
  /// An item of the review queue.
  @inlinable public static var review: StreamKind { StreamKind(rawValue: 6) }
  /// The accounting calendar. One stream, `calendar`.
  @inlinable public static var calendar: StreamKind { StreamKind(rawValue: 7) }
  /// What was filed for a quarter. One stream a quarter, as `2025Q4`.
  @inlinable public static var filing: StreamKind { StreamKind(rawValue: 8) }
}

/// The name of a stream: a kind and an identifier within it.
public struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The longest identifier, in UTF-8 bytes.
  public static let maximumLength = 64

  /// What the stream is about.
  public let kind: StreamKind
  /// Its identifier: 1 to 64 printable ASCII characters without space.
  public let id: String

  /// The stream `id` of `kind`. Check text from outside with `isValid` first.
  public init(_ kind: StreamKind, _ id: String) {
    self.kind = kind
    self.id = id
  }

  /// Whether `id` can name a stream: 1 to 64 printable ASCII characters without space.
  public static func isValid(_ id: String) -> Bool {
    let text = id.utf8.span
    guard text.count >= 1, text.count <= maximumLength else { return false }
    for index in text.indices where text[index] < 0x21 || text[index] > 0x7E { return false }
    return true
  }

  /// By kind, then by the identifier's bytes: the order of the book's indexes.
  public static func < (left: Self, right: Self) -> Bool {
    if left.kind != right.kind { return left.kind < right.kind }
    return left.id.utf8.lexicographicallyPrecedes(right.id.utf8)
  }

  /// `kind/identifier`.
  public var description: String { "\(kind.name)/\(id)" }
}

extension StreamKind {
  /// The kind's name, as reports print it.
  public var name: String {
    switch self {
    case .book: "book"
    case .rulebook: "rulebook"
    case .run: "run"
    case .account: "account"
    case .meter: "meter"
    case .review: "review"
    case .calendar: "calendar"
    case .filing: "filing"
    default: "kind\(rawValue)"
    }
  }
}
