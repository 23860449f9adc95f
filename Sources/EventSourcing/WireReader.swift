/// Reads a message's fields in the order in which the canonical form writes them.
///
/// The caller asks for each field in ascending order and then calls `finish`. A field that is not
/// there reads as its default; one that is out of order, repeated, unknown or of another type is
/// left over and `finish` refuses it. So whatever is read is canonical: writing it again gives the
/// same bytes.
public struct WireReader: Sendable {
  /// Where the value of the field under `tag` begins.
  @usableFromInline var offset: Int
  /// Where the message ends.
  @usableFromInline let end: Int
  /// The tag of the field that comes next; 0 at the end.
  @usableFromInline var tag: UInt64 = 0
  /// The number of the last field read.
  @usableFromInline var last = 0
  /// The message's name, for error texts.
  @usableFromInline let name: StaticName
  /// Whether texts and bytes are read, or stepped over and read as empty.
  @usableFromInline let copiesTexts: Bool

  /// A reader of the message that lies in `range`.
  ///
  /// - Parameter copiesTexts: Whether texts and bytes are read; if not, they are stepped over,
  ///   unchecked, and read as empty, and lists of texts and messages have none.
  @inlinable
  public init(
    _ bytes: RawSpan, _ range: Range<Int>, of name: StaticName, copiesTexts: Bool = true
  ) throws(WireError) {
    self.copiesTexts = copiesTexts
    offset = range.lowerBound
    end = range.upperBound
    self.name = name
    try step(bytes)
  }

  /// Reads the message of type `Message` that fills `range`.
  @inlinable
  public static func read<Message: WireMessage>(
    _ type: Message.Type, _ bytes: RawSpan, _ range: Range<Int>, copiesTexts: Bool = true
  ) throws(WireError) -> Message {
    var reader = try WireReader(bytes, range, of: Message.wireName, copiesTexts: copiesTexts)
    let message = try Message.coded(&reader, nil, bytes)
    try reader.finish()
    return message
  }

  /// Refuses whatever was not asked for.
  @inlinable
  public func finish() throws(WireError) {
    guard tag != 0 else { return }
    let number = Int(truncatingIfNeeded: tag >> 3)
    guard number >= last else { throw .outOfOrder(field: number, offset: offset) }
    throw .unknownField(number, in: name)
  }

  /// Reads the tag of the next field.
  @inlinable @inline(__always)
  mutating func step(_ bytes: RawSpan) throws(WireError) {
    guard offset < end else {
      tag = 0
      return
    }
    let start = offset
    tag = try varint(bytes)
    guard tag >> 3 != 0 else { throw .outOfOrder(field: 0, offset: start) }
  }

  /// Reads a minimal varint.
  @inlinable @inline(__always)
  mutating func varint(_ bytes: RawSpan) throws(WireError) -> UInt64 {
    if offset < end {
      let first = bytes.byte(at: offset)
      if first < 0x80 {
        offset &+= 1
        return UInt64(first)
      }
      if offset &+ 1 < end {
        let second = bytes.byte(at: offset &+ 1)
        if second < 0x80, second > 0 {
          offset &+= 2
          return UInt64(first & 0x7F) | UInt64(second) << 7
        }
      }
    }
    let (value, next) = try Varint.read(bytes, offset, end)
    offset = next
    return value
  }

  /// Reads the length of a delimited field and steps over its contents.
  @inlinable @inline(__always)
  mutating func contents(_ bytes: RawSpan) throws(WireError) -> Range<Int> {
    let start = offset
    let length = try varint(bytes)
    guard length <= UInt64(end - offset) else { throw .truncated(offset: start) }
    let range = offset..<(offset + Int(length))
    offset = range.upperBound
    return range
  }

  /// The place of the contents of a length-delimited `field`, if it comes next: for reading in place.
  @inlinable @inline(__always)
  public mutating func delimited(_ field: Int, _ bytes: RawSpan) throws(WireError) -> Range<Int>? {
    guard tag == UInt64(field) << 3 | 2 else { return nil }
    return try presentDelimited(field, bytes)
  }

  @usableFromInline
  mutating func presentDelimited(
    _ field: Int, _ bytes: RawSpan
  ) throws(WireError) -> Range<Int> {
    let range = try contents(bytes)
    last = field
    try step(bytes)
    return range
  }

  /// The contents of `field` if it comes next; they may not be empty.
  @inlinable
  mutating func nonEmpty(_ field: Int, _ bytes: RawSpan) throws(WireError) -> Range<Int>? {
    let start = offset
    guard let range = try delimited(field, bytes) else { return nil }
    guard !range.isEmpty else { throw .explicitDefault(field: field, offset: start) }
    return range
  }

  func checked(_ field: Int, _ bytes: RawSpan, _ range: Range<Int>) throws(WireError) -> String {
    if bytes.isASCII(in: range) { return bytes.text(in: range) }
    let part = bytes.extracting(range)
    let text = unsafe part.withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
    guard let text else { throw .invalidValue(field: field, in: name) }
    return text
  }
}

extension WireReader: WireCoder {
  /// Reading fails on what is not canonical.
  public typealias Failure = WireError

  /// Reads an unsigned value.
  @inlinable @inline(__always)
  public mutating func unsigned(
    _ field: Int, _ value: UInt64?, _ bytes: RawSpan
  ) throws(WireError) -> UInt64 {
    guard tag == UInt64(field) << 3 else { return 0 }
    return try presentUnsigned(field, bytes)
  }

  @usableFromInline
  mutating func presentUnsigned(_ field: Int, _ bytes: RawSpan) throws(WireError) -> UInt64 {
    let start = offset
    let result = try varint(bytes)
    guard result != 0 else { throw .explicitDefault(field: field, offset: start) }
    last = field
    try step(bytes)
    return result
  }

  /// Reads a signed value.
  @inlinable @inline(__always)
  public mutating func signed(
    _ field: Int, _ value: Int64?, _ bytes: RawSpan
  ) throws(WireError) -> Int64 {
    let read = try unsigned(field, nil, bytes)
    return Int64(bitPattern: read >> 1) ^ -Int64(bitPattern: read & 1)
  }

  /// Reads an unsigned value that may be absent.
  @inlinable
  public mutating func optionalUnsigned(
    _ field: Int, _ value: UInt64?, _ bytes: RawSpan
  ) throws(WireError) -> UInt64? {
    guard tag == UInt64(field) << 3 else { return nil }
    let result = try varint(bytes)
    last = field
    try step(bytes)
    return result
  }

  /// Reads a signed value that may be absent.
  @inlinable
  public mutating func optionalSigned(
    _ field: Int, _ value: Int64?, _ bytes: RawSpan
  ) throws(WireError) -> Int64? {
    guard let read = try optionalUnsigned(field, nil, bytes) else { return nil }
    return Int64(bitPattern: read >> 1) ^ -Int64(bitPattern: read & 1)
  }

  /// Reads text; only valid UTF-8.
  @inlinable @inline(__always)
  public mutating func text(
    _ field: Int, _ value: String?, _ bytes: RawSpan
  ) throws(WireError) -> String {
    guard tag == UInt64(field) << 3 | 2 else { return "" }
    return try presentText(field, bytes)
  }

  @usableFromInline
  mutating func presentText(_ field: Int, _ bytes: RawSpan) throws(WireError) -> String {
    let start = offset
    let range = try contents(bytes)
    guard !range.isEmpty else { throw .explicitDefault(field: field, offset: start) }
    last = field
    try step(bytes)
    return copiesTexts ? try checked(field, bytes, range) : ""
  }

  /// Reads bytes.
  public mutating func data(
    _ field: Int, _ value: [UInt8]?, _ bytes: RawSpan
  ) throws(WireError) -> [UInt8] {
    guard let range = try nonEmpty(field, bytes), copiesTexts else { return [] }
    return bytes.array(in: range)
  }

  /// Reads each text.
  public mutating func texts(
    _ field: Int, _ value: [String]?, _ bytes: RawSpan
  ) throws(WireError) -> [String] {
    var result: [String] = []
    while let range = try delimited(field, bytes) {
      if copiesTexts { result.append(try checked(field, bytes, range)) }
    }
    return result
  }

  /// Reads packed unsigned values.
  public mutating func packed(
    _ field: Int, _ value: [UInt64]?, _ bytes: RawSpan
  ) throws(WireError) -> [UInt64] {
    guard let range = try nonEmpty(field, bytes) else { return [] }
    var result: [UInt64] = []
    var cursor = WireCursor(range)
    while !cursor.isAtEnd { result.append(try cursor.varint(in: bytes)) }
    return result
  }

  /// Reads packed signed values.
  public mutating func packedSigned(
    _ field: Int, _ value: [Int64]?, _ bytes: RawSpan
  ) throws(WireError) -> [Int64] {
    guard let range = try nonEmpty(field, bytes) else { return [] }
    var result: [Int64] = []
    var cursor = WireCursor(range)
    while !cursor.isAtEnd { result.append(try cursor.signedVarint(in: bytes)) }
    return result
  }

  /// Reads a message that may be absent.
  @inlinable
  public mutating func message<Message: WireMessage>(
    _ field: Int, _ value: Message?, _ bytes: RawSpan
  ) throws(WireError) -> Message? {
    guard let range = try delimited(field, bytes) else { return nil }
    return try Self.read(Message.self, bytes, range, copiesTexts: copiesTexts)
  }

  /// Reads each message.
  @inlinable
  public mutating func messages<Message: WireMessage>(
    _ field: Int, _ value: [Message]?, _ bytes: RawSpan
  ) throws(WireError) -> [Message] {
    var result: [Message] = []
    while let range = try delimited(field, bytes) {
      let message = try Self.read(Message.self, bytes, range, copiesTexts: copiesTexts)
      if copiesTexts { result.append(message) }
    }
    return result
  }

  /// Refuses the value just read for `field`.
  public func refuse(_ field: Int) throws(WireError) -> Never {
    throw .invalidValue(field: field, in: name)
  }
}
