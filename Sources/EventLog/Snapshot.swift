public import EventSourcing
import LMDB

/// Whether a reader goes on.
public enum ReadStep: Sendable {
  /// On to the next entry.
  case proceed
  /// No further.
  case stop

  var step: Step { self == .proceed ? .proceed : .stop }
}

/// One consistent view of a book across its volumes, lent to the body of `Book.read`.
///
/// Entries are lent as they lie in the file: nothing is copied. A long reader keeps the newest file
/// from reusing pages, so read a bounded part and come again.
public struct Snapshot: ~Copyable {
  let group: TransactionGroup
  let volumes: [Volume]
  /// Where the book stood when the view was taken.
  public let head: Head

  init(_ group: consuming TransactionGroup, _ volumes: [Volume], _ head: Head) {
    self.group = group
    self.volumes = volumes
    self.head = head
  }
}

extension Book {
  /// Runs `body` against one consistent view of the book, across volumes.
  public func read<Result: ~Copyable>(
    _ body: (borrowing Snapshot) throws -> Result
  ) throws -> Result {
    while true {
      let volumes = store.volumes
      let newest = volumes.last!
      let group = try onFile(newest.path) { try TransactionGroup(volumes.map(\.environment)) }
      let last = volumes.count - 1
      let (head, seal) = try onFile(newest.path) {
        try group.withTransaction(last) { (try newest.head($0), try newest.seal($0)) }
      }
      // At the end of a sealed volume the book goes on in the next, if that is made.
      if let seal, try store.adoptSuccessor(of: newest, seal) { continue }
      let snapshot = Snapshot(
        group, volumes,
        Head(
          size: head.next, root: head.range.root, lastRecordedAt: head.lastRecordedAt,
          volume: newest.name))
      return try body(snapshot)
    }
  }
}

// MARK: - By position

extension Snapshot {
  /// Lends `body` the bytes of the entry at `position`.
  ///
  /// - Throws: `BookError.noSuchPosition`.
  public borrowing func withEntry<Result: ~Copyable>(
    at position: Position, _ body: (RawSpan) throws -> Result
  ) throws -> Result {
    guard position.rawValue < head.size else {
      throw BookError.noSuchPosition(position, size: head.size)
    }
    return try withEntry(volume(holding: position.rawValue), position.rawValue, body)
  }

  /// Lends `body` the position and bytes of each entry from `first` through `last` (the end, if
  /// `nil`), in order.
  public borrowing func forEach(
    from first: Position = Position(0), through last: Position? = nil,
    _ body: (Position, RawSpan) throws -> ReadStep
  ) throws {
    guard head.size > 0, first.rawValue < head.size else { return }
    let end = min(last?.rawValue ?? .max, head.size - 1)
    guard first.rawValue <= end else { return }
    var isStopped = false
    for index in volume(holding: first.rawValue)...volume(holding: end) {
      let volume = volumes[index]
      let start = max(first.rawValue, volume.first)
      try group.withTransaction(index) { transaction in
        try transaction.forEach(in: volume.entries, from: IntegerKey(start)) { key, value in
          let position = key.loadIntegerKey()
          guard position <= end else { return .stop }
          let step = try body(
            Position(position), value.extracting(droppingFirst: Volume.prefixBytes))
          isStopped = step == .stop
          return step.step
        }
      }
      if isStopped { return }
    }
  }

  /// Lends `body` the position and bytes of each entry from `last` (the end, if `nil`) back
  /// through `first`.
  public borrowing func forEachBackwards(
    from last: Position? = nil, through first: Position = Position(0),
    _ body: (Position, RawSpan) throws -> ReadStep
  ) throws {
    guard head.size > 0, first.rawValue < head.size else { return }
    let end = min(last?.rawValue ?? .max, head.size - 1)
    guard first.rawValue <= end else { return }
    var isStopped = false
    for index in (volume(holding: first.rawValue)...volume(holding: end)).reversed() {
      let volume = volumes[index]
      try group.withTransaction(index) { transaction in
        try transaction.forEachBackwards(in: volume.entries, from: IntegerKey(end)) { key, value in
          let position = key.loadIntegerKey()
          guard position >= first.rawValue else { return .stop }
          let step = try body(
            Position(position), value.extracting(droppingFirst: Volume.prefixBytes))
          isStopped = step == .stop
          return step.step
        }
      }
      if isStopped { return }
    }
  }

  /// The index of the volume that holds `position`.
  borrowing func volume(holding position: UInt64) -> Int {
    var low = 0
    var high = volumes.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if volumes[middle].first <= position { low = middle } else { high = middle }
    }
    return low
  }

  borrowing func withEntry<Result: ~Copyable>(
    _ index: Int, _ position: UInt64, _ body: (RawSpan) throws -> Result
  ) throws -> Result {
    let volume = volumes[index]
    let result = try group.withTransaction(index) { transaction in
      try transaction.withValue(forKey: IntegerKey(position), in: volume.entries) { value in
        try body(value.extracting(droppingFirst: Volume.prefixBytes))
      }
    }
    guard let result else {
      throw BookError.damaged(path: volume.path, what: "entry \(position) is missing")
    }
    return result
  }
}

extension Volume {
  /// The bytes before the entry in a value of `entries`: the beginning of its leaf hash.
  static let prefixBytes = 4
}
