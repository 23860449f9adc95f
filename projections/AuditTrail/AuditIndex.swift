import Billing
public import EventSourcing

/// Which entries an actor wrote, which concern an account or an invoice, and which say what: an index.
/// What they say is read from the book.
///
/// ```
/// 'u' actor 0 block (8)                 ->  PositionMarks: the entries that name the actor themselves
/// 'w' actor 0 run (8)                   ->  nothing: a run that the actor opened
/// 'r' run (8) block (8)                 ->  PositionMarks: the run's entries
/// 'k' 0 or 1, number (2) block (8)      ->  PositionMarks: the entries with an event of that number; 1
///                                           for the book's own events
/// 'a' account 0 position (8)            ->  nothing: an entry of another stream that concerns the account
/// 'i' account 0 ordinal (4) position (8)
///                                       ->  nothing: an entry that concerns the invoice
/// 'l' account 0 position (8) index (4)  ->  AuditLink: a dispute or a notification, that later events
///                                           name by its number on the account
/// ```
///
/// Integers are big-endian. Who wrote a run's entries is said by the run's opening alone: the two are
/// joined when they are read. An account's own entries are those of its stream, and entries are recorded
/// in the order of their positions: the book itself is the index by account and by time.
public struct AuditIndex: Projection {
  /// The name, and the rows' version.
  public let identity = ProjectionIdentity("audit-trail", 1)

  private var marks = PositionMarks()

  /// The projection.
  public init() {}

  /// Adds what `entry` is found by.
  public mutating func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    if !entry.actor.isEmpty {
      let actor = bytes.text(in: entry.actor)
      marks.mark(position, under: Self.prefix(actor: actor), into: &rows)
      if entry.kind == .run, entry.version == 1, let run = UInt64(bytes.text(in: entry.id)) {
        rows.put(Self.prefix(runsOf: actor) + run.bigEndianBytes, [])
      }
    }
    if entry.run != 0 { marks.mark(position, under: Self.prefix(run: entry.run), into: &rows) }
    let isOfBook = entry.kind == .book
    var last: Int?
    var concerned = AuditConcern()
    try entry.forEachNumberedEvent(in: bytes) { index, range in
      let number = try Self.number(bytes, range)
      if number != last {
        marks.mark(position, under: Self.prefix(number, ofBook: isOfBook), into: &rows)
        last = number
      }
      guard !isOfBook else { return }
      let kind = Event.Kind(rawValue: number)
      guard kind.map({ !AuditConcern.silent.contains($0) }) ?? true else { return }
      concerned.take(try Event.decode(bytes, range), at: index)
    }
    let own = entry.kind == .account ? bytes.text(in: entry.id) : ""
    for account in concerned.accounts where account != own {
      rows.put(Self.prefix(account: account) + position.rawValue.bigEndianBytes, [])
    }
    for ordinal in concerned.invoices {
      rows.put(Self.prefix(account: own, ordinal: ordinal) + position.rawValue.bigEndianBytes, [])
    }
    for (index, link) in concerned.links {
      rows.put(
        Self.prefix(linksOf: own) + position.rawValue.bigEndianBytes
          + UInt32(index).bigEndianBytes, link.value)
    }
  }

  /// Writes the marks that are kept.
  public mutating func flush(into rows: inout RowChanges) { marks.flush(into: &rows) }

  /// The number of the event that fills `range`.
  private static func number(_ bytes: RawSpan, _ range: Range<Int>) throws -> Int {
    var cursor = WireCursor(range)
    return Int(truncatingIfNeeded: try cursor.varint(in: bytes) >> 3)
  }
}

extension AuditIndex {
  /// What the keys of the entries begin with that name the actor themselves.
  public static func prefix(actor: String) -> [UInt8] { text("u", actor) }

  /// What the keys of the runs begin with that an actor opened.
  public static func prefix(runsOf actor: String) -> [UInt8] { text("w", actor) }

  /// The run that a key of `prefix(runsOf:)` ends with.
  public static func run(inKey key: RawSpan) -> UInt64 { key.bigEndian(at: key.byteCount - 8) }

  /// What the keys of a run's entries begin with.
  public static func prefix(run: UInt64) -> [UInt8] { [UInt8(ascii: "r")] + run.bigEndianBytes }

  /// What the keys of the entries begin with that have an event of a number.
  public static func prefix(_ number: Int, ofBook isOfBook: Bool) -> [UInt8] {
    [
      UInt8(ascii: "k"), isOfBook ? 1 : 0, UInt8(truncatingIfNeeded: number >> 8),
      UInt8(truncatingIfNeeded: number),
    ]
  }

  /// What the keys of the entries begin with that concern an account and are of another stream.
  public static func prefix(account: String) -> [UInt8] { text("a", account) }

  /// What the keys of the entries begin with that concern an invoice.
  public static func prefix(account: String, ordinal: UInt32) -> [UInt8] {
    text("i", account) + ordinal.bigEndianBytes
  }

  /// What the keys of an account's links begin with.
  public static func prefix(linksOf account: String) -> [UInt8] { text("l", account) }

  /// The position that a key of an account's or invoice's entries ends with.
  public static func position(inKey key: RawSpan) -> Position {
    Position(key.bigEndian(at: key.byteCount - 8))
  }

  /// The position in a link's key.
  public static func position(inLinkKey key: RawSpan) -> Position {
    Position(key.bigEndian(at: key.byteCount - 12))
  }

  private static func text(_ table: Unicode.Scalar, _ text: String) -> [UInt8] {
    [UInt8(ascii: table)] + text.utf8 + [0]
  }
}

extension FixedWidthInteger {
  var bigEndianBytes: [UInt8] {
    stride(from: Self.bitWidth - 8, through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: self >> $0)
    }
  }
}

extension RawSpan {
  func bigEndian(at offset: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 << 8 | UInt64(byte(at: offset + $1)) }
  }
}
