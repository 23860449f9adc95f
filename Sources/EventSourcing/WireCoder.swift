/// A message whose fields are said once, for both directions.
///
/// `coded` names the fields in ascending order. When writing, `it` is the message and every call
/// gives back what it was given; when reading, `it` is `nil` and every call gives what the bytes
/// say. So what is written and what is read cannot drift apart.
public protocol WireMessage: Sendable {
  /// The message's name in the schema, for error texts.
  static var wireName: StaticName { get }
  /// Passes every field through `coder` and returns the message they make.
  static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self
}

/// One direction of the wire coding: `WireWriter` writes, `WireReader` reads.
///
/// `bytes` is what is being read (a `RawSpan` cannot be stored); a writer ignores it.
public protocol WireCoder {
  /// `WireError` for a reader, `Never` for a writer.
  associatedtype Failure: Error
  /// `uint32`, `uint64` and enums.
  mutating func unsigned(
    _ field: Int, _ value: UInt64?, _ bytes: RawSpan
  ) throws(Failure) -> UInt64
  /// `sint32` and `sint64`.
  mutating func signed(_ field: Int, _ value: Int64?, _ bytes: RawSpan) throws(Failure) -> Int64
  /// `optional uint32` and `optional uint64`.
  mutating func optionalUnsigned(
    _ field: Int, _ value: UInt64?, _ bytes: RawSpan
  ) throws(Failure) -> UInt64?
  /// `optional sint32` and `optional sint64`.
  mutating func optionalSigned(
    _ field: Int, _ value: Int64?, _ bytes: RawSpan
  ) throws(Failure) -> Int64?
  /// `string`.
  mutating func text(_ field: Int, _ value: String?, _ bytes: RawSpan) throws(Failure) -> String
  /// `bytes`.
  mutating func data(_ field: Int, _ value: [UInt8]?, _ bytes: RawSpan) throws(Failure) -> [UInt8]
  /// `repeated string`.
  mutating func texts(
    _ field: Int, _ value: [String]?, _ bytes: RawSpan
  ) throws(Failure) -> [String]
  /// `repeated uint64`, packed.
  mutating func packed(
    _ field: Int, _ value: [UInt64]?, _ bytes: RawSpan
  ) throws(Failure) -> [UInt64]
  /// `repeated sint64`, packed.
  mutating func packedSigned(
    _ field: Int, _ value: [Int64]?, _ bytes: RawSpan
  ) throws(Failure) -> [Int64]
  /// A message that may be absent.
  mutating func message<Message: WireMessage>(
    _ field: Int, _ value: Message?, _ bytes: RawSpan
  ) throws(Failure) -> Message?
  /// `repeated` messages.
  mutating func messages<Message: WireMessage>(
    _ field: Int, _ value: [Message]?, _ bytes: RawSpan
  ) throws(Failure) -> [Message]
  /// Refuses the value just read for `field`. A writer never calls it on a value its type allows.
  func refuse(_ field: Int) throws(Failure) -> Never
}

extension WireCoder {
  /// An integer of any width: `sint` if its type is signed, else `uint`.
  @inlinable @inline(__always)
  public mutating func integer<Value: FixedWidthInteger>(
    _ field: Int, _ value: Value?, _ bytes: RawSpan
  ) throws(Failure) -> Value {
    if Value.isSigned {
      let read = try signed(field, value.map { Int64($0) }, bytes)
      guard let result = Value(exactly: read) else { try refuse(field) }
      return result
    }
    let read = try unsigned(field, value.map { UInt64($0) }, bytes)
    guard let result = Value(exactly: read) else { try refuse(field) }
    return result
  }

  /// An integer that may be absent.
  @inlinable
  public mutating func optionalInteger<Value: FixedWidthInteger>(
    _ field: Int, _ value: Value?, _ bytes: RawSpan
  ) throws(Failure) -> Value? {
    if Value.isSigned {
      let read = try optionalSigned(field, value.map { Int64($0) }, bytes)
      guard let read else { return nil }
      guard let result = Value(exactly: read) else { try refuse(field) }
      return result
    }
    let read = try optionalUnsigned(field, value.map { UInt64($0) }, bytes)
    guard let read else { return nil }
    guard let result = Value(exactly: read) else { try refuse(field) }
    return result
  }

  /// `bool`.
  @inlinable
  public mutating func flag(
    _ field: Int, _ value: Bool?, _ bytes: RawSpan
  ) throws(Failure) -> Bool {
    let read = try unsigned(field, value.map { $0 ? 1 : 0 }, bytes)
    guard read <= 1 else { try refuse(field) }
    return read == 1
  }
}

extension WireWriter: WireCoder {
  /// Writing cannot fail.
  public typealias Failure = Never

  /// Writes an unsigned value.
  @inlinable
  public mutating func unsigned(_ field: Int, _ value: UInt64?, _ bytes: RawSpan) -> UInt64 {
    unsigned(field, value ?? 0)
    return value ?? 0
  }

  /// Writes a signed value.
  @inlinable
  public mutating func signed(_ field: Int, _ value: Int64?, _ bytes: RawSpan) -> Int64 {
    signed(field, value ?? 0)
    return value ?? 0
  }

  /// Writes an unsigned value, zero too.
  public mutating func optionalUnsigned(
    _ field: Int, _ value: UInt64?, _ bytes: RawSpan
  ) -> UInt64? {
    if let value { presentUnsigned(field, value) }
    return value
  }

  /// Writes a signed value, zero too.
  public mutating func optionalSigned(_ field: Int, _ value: Int64?, _ bytes: RawSpan) -> Int64? {
    if let value { presentUnsigned(field, Self.zigzag(value)) }
    return value
  }

  /// Writes text.
  public mutating func text(_ field: Int, _ value: String?, _ bytes: RawSpan) -> String {
    string(field, value ?? "")
    return value ?? ""
  }

  /// Writes bytes.
  public mutating func data(_ field: Int, _ value: [UInt8]?, _ bytes: RawSpan) -> [UInt8] {
    data(field, value ?? [])
    return value ?? []
  }

  /// Writes each text.
  public mutating func texts(_ field: Int, _ value: [String]?, _ bytes: RawSpan) -> [String] {
    for text in value ?? [] { presentString(field, text) }
    return value ?? []
  }

  /// Writes packed unsigned values.
  public mutating func packed(_ field: Int, _ value: [UInt64]?, _ bytes: RawSpan) -> [UInt64] {
    packed(field, value ?? [])
    return value ?? []
  }

  /// Writes packed signed values.
  public mutating func packedSigned(
    _ field: Int, _ value: [Int64]?, _ bytes: RawSpan
  ) -> [Int64] {
    packedSigned(field, value ?? [])
    return value ?? []
  }

  /// Writes a message, if there is one.
  @inlinable
  public mutating func message<Message: WireMessage>(
    _ field: Int, _ value: Message?, _ bytes: RawSpan
  ) -> Message? {
    guard let value else { return nil }
    message(field) { writer in _ = Message.coded(&writer, value, RawSpan()) }
    return value
  }

  /// Writes each message.
  @inlinable
  public mutating func messages<Message: WireMessage>(
    _ field: Int, _ value: [Message]?, _ bytes: RawSpan
  ) -> [Message] {
    for each in value ?? [] {
      message(field) { writer in _ = Message.coded(&writer, each, RawSpan()) }
    }
    return value ?? []
  }

  /// A value that its own type does not allow: a bug.
  public func refuse(_ field: Int) -> Never {
    preconditionFailure("field \(field) holds a value that its type does not allow")
  }
}
