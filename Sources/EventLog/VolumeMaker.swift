import EventSourcing
import LMDB

/// Makes the first volume of a book, and the successor of a sealed one.
///
/// A volume is made whole under a temporary name, synced, and linked into place: it is there
/// complete or not at all, and of several makers the first wins. All make the same entries.
struct VolumeMaker {
  let layout: BookLayout

  /// Makes the book's first volume, holding BookCreated: by whom and why.
  func makeFirst(_ book: BookIdentity, actor: String, reason: String, at now: Timestamp) throws {
    let opening = ControlEvent.bookCreated(
      id: book.id, isSimulated: book.isSimulated, format: book.format, name: book.name)
    let information = VolumeInformation(book: book, name: now.month, start: CompactRange())
    var header = EntryHeader(stream: ControlEvent.stream, version: 1)
    header.actor = actor
    header.reason = reason
    guard try make(information, opening, header, at: now, after: nil) else {
      throw BookError.alreadyExists(path: layout.path)
    }
  }

  /// Makes the volume after `old`, whose seal is given, unless it is there already.
  func makeSuccessor(of old: Volume, _ seal: VolumeSeal) throws {
    guard !Files.exists(layout.volume(seal.successor)) else { return }
    let (head, control) = try onFile(old.path) {
      try old.environment.read { transaction in
        let head = try old.head(transaction)
        var bound: [UInt8] = []
        let control = try transaction.withCursor(in: old.streams) { cursor in
          try StreamKey.head(ControlEvent.stream).withBytes { key in
            try old.head(of: key, transaction, &cursor, &bound)
          }
        }
        return (head, control)
      }
    }
    guard head.next == seal.next, let control else {
      throw BookError.damaged(path: old.path, what: "its seal and its head disagree")
    }
    let opening = ControlEvent.volumeSealed(
      volume: old.name, size: seal.next, root: head.range.root)
    let information = VolumeInformation(
      book: old.information.book, name: seal.successor, start: head.range)
    let header = EntryHeader(stream: ControlEvent.stream, version: control.version + 1)
    _ = try make(information, opening, header, at: seal.recordedAt, after: old)
  }

  /// Makes a volume whose first entry is `opening`; false if there was one of its name.
  private func make(
    _ information: VolumeInformation, _ opening: ControlEvent, _ header: EntryHeader,
    at now: Timestamp, after old: Volume?
  ) throws -> Bool {
    let path = layout.temporary(information.name)
    try onFile(path) { try Files.remove(path) }
    defer { try? Files.remove(path) }
    try fill(path, information, opening, header, at: now, after: old)
    return try onFile(layout.volumes) {
      let isOurs = try Files.link(path, as: layout.volume(information.name))
      try Files.syncDirectory(layout.volumes)
      return isOurs
    }
  }

  private func fill(
    _ path: String, _ information: VolumeInformation, _ opening: ControlEvent,
    _ header: EntryHeader, at now: Timestamp, after old: Volume?
  ) throws {
    let volume = try Volume(making: path, information)
    if let old { try bringHeadsForward(from: old, to: volume) }
    var batch = Batch()
    batch.add(header) { opening.encode(into: &$0) }
    try onFile(path) {
      try volume.environment.write { transaction in
        var appender = Appender(
          volume, VolumeHead(range: information.start, lastRecordedAt: now))
        _ = try appender.append(batch, recordedAt: now, &transaction)
        try appender.writeHead(&transaction)
      }
      try volume.environment.sync()
    }
  }

  /// Writes the version and last position of every stream of `old` to the heads of `volume`.
  private func bringHeadsForward(from old: Volume, to volume: Volume) throws {
    try onFile(old.path) {
      try Environment.read([old.environment]) { group in
        var pending = PendingHeads(volume)
        try old.forEachHead(group, from: [0]) { key, head in
          try pending.add(key, head)
          return .proceed
        }
        try pending.write()
      }
    }
  }
}

/// Heads on their way into a new volume, written some tens of thousands at a time.
private struct PendingHeads {
  private let volume: Volume
  private var keys: [UInt8] = []
  private var ends: [Int] = []
  private var heads: [StreamHead] = []

  init(_ volume: Volume) { self.volume = volume }

  mutating func add(_ key: RawSpan, _ head: StreamHead) throws {
    keys.append(key)
    ends.append(keys.count)
    heads.append(head)
    if heads.count == Limits.bulkEntries { try write() }
  }

  mutating func write() throws {
    try onFile(volume.path) {
      try volume.environment.write { transaction in
        try keys.withBytes { keys in
          var start = 0
          for (index, head) in heads.enumerated() {
            try transaction.append(
              byteCount: 12, forKey: keys.extracting(start..<ends[index]), in: volume.heads
            ) { value in
              value.store(UInt32(head.version))
              value.store(head.last.rawValue)
            }
            start = ends[index]
          }
        }
      }
    }
    keys.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    heads.removeAll(keepingCapacity: true)
  }
}

extension Volume {
  /// Lends `body` the key and head of every stream with entries up to this volume's end, in order.
  ///
  /// - Parameters:
  ///   - group: Transactions of which the one at `index` is this volume's.
  ///   - upTo: Keys from here on are left out; empty for none.
  func forEachHead(
    _ group: borrowing TransactionGroup, index: Int = 0, from lowerBound: [UInt8],
    upTo upperBound: [UInt8] = [], _ body: (_ key: RawSpan, StreamHead) throws -> Step
  ) throws {
    // A stream's key in `heads` sorts before its keys in `streams`, and they come in version order:
    // its head is what was seen last when another stream's key comes.
    var key: [UInt8] = []
    var latest: StreamHead?
    var isStopped = false
    let sources = [TransactionGroup.Source(index, heads), .init(index, streams)]
    try group.merge(sources, from: lowerBound, upTo: upperBound) { source, found, value in
      let length = source == 0 ? found.byteCount : found.byteCount - StreamKey.versionBytes
      let stream = found.extracting(0..<length)
      let isNew = key.withBytes { !stream.isEqual(to: $0) }
      if isNew {
        if let latest, try key.withBytes({ try body($0, latest) }) == .stop {
          isStopped = true
          return .stop
        }
        key.removeAll(keepingCapacity: true)
        key.append(stream)
      }
      latest =
        source == 0
        ? try broughtForward(value)
        : StreamHead(
          version: UInt64(UInt32(bigEndianIn: found, at: length)), last: Position(position(value)))
      return .proceed
    }
    if let latest, !isStopped { _ = try key.withBytes { try body($0, latest) } }
  }
}
