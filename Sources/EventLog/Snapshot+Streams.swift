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
      try transaction.withCursor(in: newest.streams) { cursor in
        var bound: [UInt8] = []
        return try key.withBytes { try newest.head(of: $0, transaction, &cursor, &bound) }
      }
    }
  }

  /// Lends `body` the position and bytes of each entry of `stream` from `version` on, in order.
  public borrowing func forEach(
    stream: StreamID, fromVersion version: UInt64 = 1,
    _ body: (Position, RawSpan) throws -> ReadStep
  ) throws {
    let prefix = StreamKey.head(stream)
    let bound = StreamKey.version(stream, version)
    var isStopped = false
    for (index, volume) in volumes.enumerated() where !isStopped {
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
    let sources = volumes.enumerated().map { TransactionGroup.Source($0, $1.streams) }
    let entries = volumes.enumerated().map { TransactionGroup.Source($0, $1.entries) }
    let volumes = volumes
    try group.withLookUps(in: entries) { entries in
      try group.merge(
        sources, from: StreamKey.lowerBound(kind, first), upTo: StreamKey.upperBound(kind, end)
      ) { index, _, value in
        let position = volumes[index].position(value)
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

  /// Splits the streams of `kind` into ranges of `size` streams each, in order, the last of what is
  /// left; and how many streams there are.
  ///
  /// Walks the heads once: some tenths of a second for millions.
  public borrowing func ranges(
    kind: StreamKind, of size: Int
  ) throws -> (ranges: [StreamRange], count: Int) {
    precondition(size > 0, "a range is of at least one stream")
    let newest = volumes[volumes.count - 1]
    var bounds: [String] = []
    var count = 0
    try newest.forEachHead(
      group, index: volumes.count - 1, from: StreamKey.lowerBound(kind, nil),
      upTo: StreamKey.upperBound(kind, nil)
    ) { key, _ in
      if count % size == 0 {
        guard let stream = StreamKey.stream(in: key) else {
          throw BookError.damaged(path: newest.path, what: "a stream's key is unreadable")
        }
        bounds.append(stream.id)
      }
      count += 1
      return .proceed
    }
    let ranges = bounds.indices.map {
      StreamRange(from: bounds[$0], upTo: $0 + 1 < bounds.count ? bounds[$0 + 1] : nil)
    }
    return (ranges, count)
  }

  /// Splits the streams of `kind` into at most `count` ranges of about as many streams each, for as
  /// many threads: identifiers to pass as `from` and `upTo`.
  ///
  /// Walks the heads once: some tenths of a second for millions.
  public borrowing func split(kind: StreamKind, into count: Int) throws -> [StreamRange] {
    precondition(count > 0, "streams are split into at least one range")
    // Every `stride`-th identifier; when there are enough of them, every other is dropped.
    var samples: [String] = []
    var stride = 1
    var seen = 0
    try forEachStream(kind: kind) { stream, _ in
      if seen % stride == 0 { samples.append(stream.id) }
      seen += 1
      if samples.count == 64 * count {
        samples = samples.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        stride *= 2
      }
      return .proceed
    }
    let parts = max(1, min(count, samples.count))
    let bounds = (0...parts).map { part -> String? in
      part == 0 || part == parts ? nil : samples[samples.count * part / parts]
    }
    return (0..<parts).map { StreamRange(from: bounds[$0], upTo: bounds[$0 + 1]) }
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
