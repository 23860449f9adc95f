/// What every entry says of itself; `Entry` in `book.proto`, without its events.
public struct EntryHeader: Hashable, Sendable {
  /// The schema number a reader must know to fold this entry.
  public var schema: UInt32 = 0
  /// The stream it belongs to.
  public var stream: StreamID
  /// The version it brings its stream to; the first brings it to 1.
  public var version: UInt64
  /// When the book learned it. Stamped by the book, under its write lock.
  public var recordedAt = Timestamp(rawValue: 0)
  /// When it counts, in days since 1970-01-01 in the utility's zone; `nil` where only recording
  /// counts.
  public var effectiveDay: Int32?
  /// When it counted, had the period of that day not been closed: `effectiveDay` is then the first
  /// open day.
  public internal(set) var originalDay: Int32?
  /// The ordinal of the run it was part of; 0 for none. The run's opening entry says who and why.
  public var run: UInt64 = 0
  /// Who, where no run says so.
  public var actor = ""
  /// Why, where no run says so.
  public var reason = ""

  /// A header for `stream` at `version`.
  public init(stream: StreamID, version: UInt64) {
    self.stream = stream
    self.version = version
  }
}

extension EntryHeader {
  /// The highest schema number that this program writes and can fold.
  public static let currentSchema: UInt32 = 1
  /// The schema number of entries that keep an original day.
  @usableFromInline static let originalDaySchema: UInt32 = 1

  /// Lets the entry count on `day` instead of its effective day, which is kept as the original one.
  public mutating func postpone(to day: Int32) {
    originalDay = effectiveDay
    effectiveDay = day
    schema = max(schema, Self.originalDaySchema)
  }

  /// Writes the header's fields; the caller then writes each event as field 15.
  ///
  /// - Returns: the offset of the eight bytes of `recorded_at`, for the book to stamp.
  public func encode(into writer: inout WireWriter) -> Int {
    writer.unsigned(1, UInt64(schema))
    writer.unsigned(2, UInt64(stream.kind.rawValue))
    writer.string(3, stream.id)
    writer.unsigned(4, version)
    let stamp = writer.fixed64(5, UInt64(bitPattern: recordedAt.rawValue))
    if let effectiveDay {
      writer.presentUnsigned(6, WireWriter.zigzag(Int64(effectiveDay)))
    }
    writer.unsigned(7, run)
    writer.string(8, actor)
    writer.string(9, reason)
    if let originalDay {
      writer.presentUnsigned(10, WireWriter.zigzag(Int64(originalDay)))
    }
    return stamp
  }
}

/// An entry read in place: its header, and where its events lie.
public struct EntryView: Sendable {
  /// The number of the field that holds the events.
  public static let eventsField = 15

  /// What the entry says of itself.
  public let header: EntryHeader
  /// Where the first event's field begins.
  private let firstEvent: Int

  /// Reads the header of the entry that `bytes` hold.
  public init(_ bytes: RawSpan) throws(WireError) {
    var header = EntryHeader(stream: StreamID(StreamKind(rawValue: 0), ""), version: 0)
    var kind = StreamKind(rawValue: 0)
    var id = ""
    var cursor = WireCursor(bytes)
    var begin = cursor.offset
    while let field = try cursor.next(in: bytes) {
      guard field.number < Self.eventsField else { break }
      switch field.number {
      case 1: header.schema = UInt32(truncatingIfNeeded: field.value)
      case 2: kind = StreamKind(rawValue: UInt8(truncatingIfNeeded: field.value))
      case 3: id = bytes.text(in: field.range)
      case 4: header.version = field.value
      case 5: header.recordedAt = Timestamp(rawValue: Int64(bitPattern: field.value))
      case 6: header.effectiveDay = Int32(truncatingIfNeeded: field.signed)
      case 7: header.run = field.value
      case 8: header.actor = bytes.text(in: field.range)
      case 9: header.reason = bytes.text(in: field.range)
      case 10 where header.schema >= EntryHeader.originalDaySchema:
        header.originalDay = Int32(truncatingIfNeeded: field.signed)
      default: throw .unknownField(field.number, in: "Entry")
      }
      begin = cursor.offset
    }
    header.stream = StreamID(kind, id)
    self.header = header
    firstEvent = begin
  }

  /// Lends `body` the place of each event in the entry, in order.
  @inlinable
  public func forEachEvent(
    in bytes: RawSpan, _ body: (_ index: Int, _ range: Range<Int>) throws -> Void
  ) throws {
    var cursor = events(in: bytes)
    var index = 0
    while let field = try cursor.next(in: bytes) {
      guard field.number == Self.eventsField, field.isDelimited else {
        throw WireError.unknownField(field.number, in: "Entry")
      }
      try body(index, field.range)
      index += 1
    }
  }

  /// A cursor over the fields that hold the events.
  public func events(in bytes: RawSpan) -> WireCursor { WireCursor(firstEvent..<bytes.byteCount) }
}

/// What a fold over many streams needs of an entry's header, read in place without copying a text.
public struct EntryPlace: Sendable {
  /// What the entry's stream is about.
  public let kind: StreamKind
  /// Where the stream's identifier lies.
  public let id: Range<Int>
  /// The version it brings its stream to.
  public let version: UInt64
  /// When it counts, in days since 1970-01-01 in the utility's zone; `nil` where only recording
  /// counts.
  public let effectiveDay: Int32?
  /// The ordinal of the run it was part of; 0 for none.
  public let run: UInt64
  /// Where its actor lies; empty where a run says who.
  public let actor: Range<Int>
  /// Where the first event's field begins.
  @usableFromInline let firstEvent: Int

  /// Reads the header of the entry that `bytes` hold.
  ///
  /// - Throws: `WireError.invalidValue` for a schema that this program does not know.
  @inlinable @inline(always)
  public init(_ bytes: RawSpan) throws(WireError) {
    if let short = EntryPlace(short: bytes) {
      self = short
    } else {
      try self.init(any: bytes)
    }
  }

  /// Reads the header of an entry of a run, as nearly all are, in four words; `nil` for any other, and
  /// for one that is not sound.
  @inlinable @inline(always)
  init?(short bytes: RawSpan) {
    let count = bytes.byteCount
    guard count >= 8, case let head = bytes.fixed64(at: 0), head & 0x80FF_80FF == 0x001A_0010 else {
      return nil
    }
    let (kind, length) = (head >> 8 & 0xFF, Int(head >> 24 & 0xFF))
    guard kind != 0, length != 0, count &- length >= 12 else { return nil }
    let middle = bytes.fixed64(at: 4 &+ length)
    // The version is of one byte or two, and then comes the time of recording.
    var (version, place) = (middle >> 8 & 0xFF, 4 &+ length &+ 2)
    var next = middle >> 16
    if version >= 0x80 {
      let high = next & 0xFF
      guard high &- 1 < 0x7F else { return nil }
      version = version & 0x7F | high << 7
      place &+= 1
      next >>= 8
    }
    guard middle & 0xFF == 0x20, version != 0, next & 0xFF == 0x29 else { return nil }
    place &+= 9
    guard count &- place >= 8 else { return nil }
    // The effective day and the run, each of up to four bytes, and the tag of the first event.
    var rest = bytes.fixed64(at: place)
    var (day, run, used) = (Int32?.none, UInt64(0), 0)
    if rest & 0xFF == 0x30 {
      guard let number = Varint.afterTag(rest) else { return nil }
      day = Int32(truncatingIfNeeded: number.value >> 1) ^ -Int32(number.value & 1)
      used = number.length
      rest >>= UInt64(truncatingIfNeeded: 8 &* used)
    }
    if rest & 0xFF == 0x38 {
      guard let number = Varint.afterTag(rest) else { return nil }
      run = number.value
      used &+= number.length
      rest >>= UInt64(truncatingIfNeeded: 8 &* number.length)
    }
    // Where the number went beyond the word, nothing is left of it.
    guard rest & 0xFF == UInt64(Self.eventsTag) else { return nil }
    self.kind = StreamKind(rawValue: UInt8(truncatingIfNeeded: kind))
    id = 4..<(4 &+ length)
    self.version = version
    effectiveDay = day
    self.run = run
    actor = 0..<0
    firstEvent = place &+ used
  }

  /// Reads any header.
  @usableFromInline @inline(never)
  init(any bytes: RawSpan) throws(WireError) {
    // The tags of a header are of one byte, and come in this order or not at all.
    var cursor = FieldCursor(0..<bytes.byteCount, bytes)
    let schema = try cursor.unsigned(0x08, bytes)
    guard schema <= UInt64(EntryHeader.currentSchema) else {
      throw .invalidValue(field: 1, in: "Entry")
    }
    let kind = try cursor.unsigned(0x10, bytes)
    id = try cursor.text(0x1A, bytes)
    version = try cursor.unsigned(0x20, bytes)
    try cursor.skipFixed64(0x29, bytes)
    effectiveDay = try cursor.presentSigned(0x30, bytes).map { Int32(truncatingIfNeeded: $0) }
    run = try cursor.unsigned(0x38, bytes)
    actor = try cursor.text(0x42, bytes)
    try cursor.text(0x4A, bytes)
    if cursor.tag != Self.eventsTag {
      if schema >= UInt64(EntryHeader.originalDaySchema) { try cursor.skipVarint(0x50, bytes) }
      if cursor.tag != Self.eventsTag { try cursor.finish(lastField: 10, in: "Entry") }
    }
    self.kind = StreamKind(rawValue: UInt8(truncatingIfNeeded: kind))
    firstEvent = cursor.offset
  }

  /// The tag of the field that holds an event.
  @usableFromInline static var eventsTag: UInt8 { 0x7A }

  /// A cursor over the fields that hold the events.
  @inlinable
  public func events(in bytes: RawSpan) -> WireCursor { WireCursor(firstEvent..<bytes.byteCount) }

  /// Lends `body` the place of each event in the entry, in order.
  @inlinable @inline(__always)
  public func forEachEvent(
    in bytes: RawSpan, _ body: (Range<Int>) throws(WireError) -> Void
  ) throws(WireError) {
    var cursor = events(in: bytes)
    while !cursor.isAtEnd {
      try body(cursor.event(in: bytes))
    }
  }

  /// Lends `body` the index and the place of each event in the entry, in order.
  public func forEachNumberedEvent(
    in bytes: RawSpan, _ body: (_ index: Int, _ range: Range<Int>) throws -> Void
  ) throws {
    var cursor = events(in: bytes)
    var index = 0
    while !cursor.isAtEnd {
      try body(index, cursor.event(in: bytes))
      index += 1
    }
  }
}
