public import EventSourcing
import LMDB

/// Where a stream stands.
public struct StreamHead: Hashable, Sendable {
  /// Its version: the number of its entries.
  public let version: UInt64
  /// The position of its last entry.
  public let last: Position
}

extension Snapshot {
  /// Where `stream` stands, or `nil` if it has no entries. Two look-ups, however old the book.
  public borrowing func streamHead(_ stream: StreamID) throws -> StreamHead? {
    let newest = volumes[volumes.count - 1]
    let key = StreamKey.head(stream)
    return try group.withTransaction(volumes.count - 1) { transaction in
      try newest.withHeads(transaction) { head in try key.withBytes { try head($0) } }
    }
  }

  /// Lends `body` the position and bytes of each entry of `stream` from `version` on, in order.
  ///
  /// - Parameter earlier: The position of an entry of the stream before `version`, if one is known:
  ///   older volumes are not looked at.
  public borrowing func forEach(
    stream: StreamID, fromVersion version: UInt64 = 1, after earlier: Position? = nil,
    _ body: (Position, RawSpan) throws -> ReadStep
  ) throws {
    let prefix = StreamKey.head(stream)
    let bound = StreamKey.version(stream, version)
    var isStopped = false
    let first = earlier.map { volume(holding: $0.rawValue) } ?? 0
    for index in first..<volumes.count where !isStopped {
      let volume = volumes[index]
      try group.withTransaction(index) { transaction in
        try transaction.forEach(in: volume.streams, from: bound) { key, value in
          guard prefix.withBytes({ key.starts(with: $0) }) else { return .stop }
          let position = volume.position(value)
          let step = try withEntry(index, position) { try body(Position(position), $0) }
          isStopped = step == .stop
          return step.step
        }
      }
    }
  }

  /// Lends `body` the position and bytes of each entry of `stream` from `version` (the last, if
  /// `nil`) back to the first.
  public borrowing func forEachBackwards(
    stream: StreamID, fromVersion version: UInt64? = nil,
    _ body: (Position, RawSpan) throws -> ReadStep
  ) throws {
    let prefix = StreamKey.head(stream)
    let bound = StreamKey.version(stream, version ?? .max)
    var isStopped = false
    for (index, volume) in volumes.enumerated().reversed() where !isStopped {
      try group.withTransaction(index) { transaction in
        try transaction.forEachBackwards(in: volume.streams, from: bound) { key, value in
          guard prefix.withBytes({ key.starts(with: $0) }) else { return .stop }
          let position = volume.position(value)
          let step = try withEntry(index, position) { try body(Position(position), $0) }
          isStopped = step == .stop
          return step.step
        }
      }
    }
  }

  /// Calls `body` with each stream of `kind` and its version, in order: from `first` on and below
  /// `end` (identifiers; all, if `nil`).
  public borrowing func forEachStream(
    kind: StreamKind, from first: String? = nil, upTo end: String? = nil,
    _ body: (StreamID, UInt64) throws -> ReadStep
  ) throws {
    let newest = volumes[volumes.count - 1]
    try newest.forEachHead(
      group, index: volumes.count - 1, from: StreamKey.lowerBound(kind, first),
      upTo: StreamKey.upperBound(kind, end)
    ) { key, head in
      guard let stream = StreamKey.stream(in: key) else {
        throw BookError.damaged(path: newest.path, what: "a stream's key is unreadable")
      }
      return try body(stream, head.version).step
    }
  }

  /// Lends `body` the position and bytes of every entry of every stream of `kind`, in stream order
  /// and within a stream by version: of the streams from `first` on and below `end` (identifiers;
  /// all, if `nil`).
  ///
  /// This is how a batch job reads all accounts: each volume's index is walked once, side by side,
  /// and no stream is looked up.
  public borrowing func foldStreams(
    kind: StreamKind, from first: String? = nil, upTo end: String? = nil,
    _ body: (Position, RawSpan) throws -> ReadStep
  ) throws {
    try mergeStreams(kind, first, end, isKnown: { _ in false }, body)
  }

  /// As `foldStreams`, for whoever knows the beginning of some streams: `begin` is lent the identifier
  /// of each stream before its entries and says how many are not wanted; those are not looked up.
  public borrowing func foldStreams(
    kind: StreamKind, from first: String? = nil, upTo end: String? = nil,
    begin: (_ id: RawSpan) throws -> UInt64, _ body: (Position, RawSpan) throws -> ReadStep
  ) throws {
    var stream: [UInt8] = []
    var known: UInt64 = 0
    func isKnown(_ key: RawSpan) throws -> Bool {
      let head = key.byteCount - StreamKey.versionBytes
      if stream.count != head || !key.holds(stream, at: 0) {
        stream = key.array(in: 0..<head)
        known = try begin(key.extracting(1..<(head - 1)))
      }
      return UInt64(key.load(at: head, as: UInt32.self)) <= known
    }
    try mergeStreams(kind, first, end, isKnown: isKnown, body)
  }

  private borrowing func mergeStreams(
    _ kind: StreamKind, _ first: String?, _ end: String?,
    isKnown: (_ key: RawSpan) throws -> Bool, _ body: (Position, RawSpan) throws -> ReadStep
  ) throws {
    let sources = volumes.enumerated().map { TransactionGroup.Source($0, $1.streams) }
    let entries = volumes.enumerated().map { TransactionGroup.Source($0, $1.entries) }
    let firsts = volumes.map(\.first)
    try group.withLookUps(in: entries) { entries in
      try group.merge(
        sources, from: StreamKey.lowerBound(kind, first), upTo: StreamKey.upperBound(kind, end)
      ) { index, key, value in
        if try isKnown(key) { return .proceed }
        let position = Volume.position(value, from: firsts[index])
        let step = try entries.withValue(index, forKey: IntegerKey(position)) { value in
          try body(Position(position), value.extracting(droppingFirst: Volume.prefixBytes)).step
        }
        guard let step else {
          throw BookError.damaged(path: volumes[index].path, what: "entry \(position) is missing")
        }
        return step
      }
    }
  }

  /// Calls `body` with ranges of the streams of `kind`, in order, as they are found: of `size`
  /// streams each, the last of what is left; and how many streams are in it.
  ///
  /// Walks the heads once: some tenths of a second for millions.
  public borrowing func forEachRange(
    kind: StreamKind, of size: Int, _ body: (StreamRange, _ count: Int) throws -> Void
  ) throws {
    precondition(size > 0, "a range is of at least one stream")
    let newest = volumes[volumes.count - 1]
    var from: String?
    var count = 0
    try newest.forEachHead(
      group, index: volumes.count - 1, from: StreamKey.lowerBound(kind, nil),
      upTo: StreamKey.upperBound(kind, nil)
    ) { key, _ in
      if count % size == 0 {
        guard let stream = StreamKey.stream(in: key) else {
          throw BookError.damaged(path: newest.path, what: "a stream's key is unreadable")
        }
        if let from { try body(StreamRange(from: from, upTo: stream.id), size) }
        (from, count) = (stream.id, 0)
      }
      count += 1
      return .proceed
    }
    if let from { try body(StreamRange(from: from, upTo: nil), count) }
  }
}

/// A range of the streams of a kind, by identifier: half-open, without bound where `nil`.
public struct StreamRange: Hashable, Sendable {
  /// The first identifier.
  public let from: String?
  /// The first identifier after the range.
  public let upTo: String?

  /// The streams from `from` on and below `upTo`.
  public init(from: String?, upTo: String?) {
    self.from = from
    self.upTo = upTo
  }
}
