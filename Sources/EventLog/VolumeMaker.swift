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
        let control = try old.withHeads(transaction) { head in
          try StreamKey.head(ControlEvent.stream).withBytes { try head($0) }
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

/// Heads on their way into a new volume, some tens of thousands a transaction.
private struct PendingHeads {
  private let volume: Volume
  private var writer: HeadBlockWriter
  private var rows: [(key: [UInt8], block: [UInt8])] = []
  private var count = 0

  init(_ volume: Volume) {
    self.volume = volume
    writer = HeadBlockWriter(first: volume.first)
  }

  mutating func add(_ key: RawSpan, _ head: StreamHead) throws {
    if writer.isFull { endBlock() }
    writer.add(key, head)
    count += 1
    if count == Limits.bulkEntries { try write() }
  }

  private mutating func endBlock() {
    guard !writer.isEmpty else { return }
    rows.append((writer.key, writer.block.bytes))
    writer.removeAll()
  }

  mutating func write() throws {
    endBlock()
    try onFile(volume.path) {
      try volume.environment.write { transaction in
        for row in rows { try transaction.append(row.block, forKey: row.key, in: volume.heads) }
      }
    }
    rows.removeAll(keepingCapacity: true)
    count = 0
  }
}
