import EventSourcing

/// The key of a stream, and of one of its versions, in a volume's indexes.
///
/// ```
/// head     0: kind (1) | 1: id (UTF-8) | 0x00
/// version  ...the same  | version (4, big-endian)
/// ```
///
/// An identifier holds no 0x00, so one that begins another sorts before it: keys sort as `StreamID`s
/// do, and within a stream by version.
enum StreamKey {
  static let versionBytes = 4

  /// The key of `stream` in `heads`.
  static func head(_ stream: StreamID) -> [UInt8] {
    var key: [UInt8] = []
    key.appendHead(stream)
    return key
  }

  /// The key of `stream` at `version` in `streams`.
  static func version(_ stream: StreamID, _ version: UInt64) -> [UInt8] {
    var key = head(stream)
    key.append(bigEndian: UInt32(clamping: version))
    return key
  }

  /// The first key of a kind's streams from `id` on, in either index.
  static func lowerBound(_ kind: StreamKind, _ id: String?) -> [UInt8] {
    [kind.rawValue] + Array((id ?? "").utf8)
  }

  /// The first key after a kind's streams below `id` (all of them if `nil`); empty if there can be
  /// none.
  static func upperBound(_ kind: StreamKind, _ id: String?) -> [UInt8] {
    if let id { return [kind.rawValue] + Array(id.utf8) }
    return kind.rawValue == .max ? [] : [kind.rawValue + 1]
  }

  /// The stream that a key of `heads` names, or the first part of one of `streams`.
  static func stream(in head: RawSpan) -> StreamID? {
    guard head.byteCount >= 3, head.byte(at: head.byteCount - 1) == 0 else { return nil }
    let kind = StreamKind(rawValue: head.byte(at: 0))
    return StreamID(kind, head.text(in: 1..<(head.byteCount - 1)))
  }
}

extension Array where Element == UInt8 {
  /// Appends the key of `stream` in `heads`.
  mutating func appendHead(_ stream: StreamID) {
    append(stream.kind.rawValue)
    append(contentsOf: stream.id.utf8)
    append(0)
  }
}
