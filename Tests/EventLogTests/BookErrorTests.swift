import EventLog
import EventSourcing
import Foundation
import LMDB
import Testing

/// Every way a book can refuse, and the sentence it says.
@Suite struct BookErrorTests {
  let folder: TemporaryFolder
  private var path: String { folder.path + "/book" }

  init() throws { folder = try TemporaryFolder() }

  private func batch(_ account: String = "1", _ version: UInt64 = 1) -> Batch {
    var batch = Batch()
    batch.add(account, version, [1])
    return batch
  }

  @Test func `a path without a book`() {
    let error = #expect(throws: BookError.notABook(path: path)) { try Book(opening: path) }
    #expect("\(error!)".hasSuffix("check the path, or make one with init"))
  }

  @Test func `a path that holds a book already`() throws {
    _ = try Book.test(folder)
    let error = #expect(throws: BookError.alreadyExists(path: path)) { try Book.test(folder) }
    #expect("\(error!)".contains("choose another path"))
  }

  @Test func `a book of a newer format`() throws {
    _ = try Book.test(folder)
    try setMeta("format", [0, 0, 0, 9])
    let error = #expect(throws: BookError.self) { try Book(opening: path) }
    #expect("\(error!)".contains("has format 9 and this program knows formats up to 2"))
    #expect("\(error!)".contains("open it with a newer program"))
  }

  @Test func `a book of the format before the first release`() throws {
    _ = try Book.test(folder)
    try setMeta("format", [0, 0, 0, 1])
    let error = #expect(throws: BookError.self) { try Book(opening: path) }
    #expect("\(error!)".contains("has format 1, which only an unreleased program wrote"))
    #expect("\(error!)".contains("make the book again from its input"))
  }

  @Test func `a book opened for reading only`() throws {
    _ = try Book.test(folder)
    let book = try Book(opening: path, readOnly: true)
    let error = #expect(throws: BookError.readOnly(path: path)) {
      try book.append(batch(), at: .october)
    }
    #expect("\(error!)".contains("open it for writing"))
    #expect(try book.head().size == 1)
  }

  @Test func `a file of another book`() throws {
    _ = try Book.test(folder)
    do {
      _ = try Book.create(
        at: folder.path + "/other", name: "Other", simulated: true, at: .october)
    }
    let stray = path + "/volumes/2025-11.mdb"
    try FileManager.default.copyItem(
      atPath: folder.path + "/other/volumes/2025-10.mdb", toPath: stray)
    let error = #expect(throws: BookError.foreign(path: stray)) { try Book(opening: path) }
    #expect("\(error!)".contains("belongs to another book"))
  }

  @Test func `a private file of another book`() throws {
    _ = try Book.test(folder)
    do {
      _ = try Book.create(
        at: folder.path + "/other", name: "Other", simulated: true, at: .october)
    }
    try FileManager.default.removeItem(atPath: path + "/private.mdb")
    try FileManager.default.copyItem(
      atPath: folder.path + "/other/private.mdb", toPath: path + "/private.mdb")
    let book = try Book(opening: path)
    #expect(throws: BookError.foreign(path: path + "/private.mdb")) { try book.privateStore() }
  }

  @Test func `a volume that is damaged`() throws {
    _ = try Book.test(folder)
    try setMeta("volume", [1, 2, 3])
    let error = #expect(throws: BookError.self) { try Book(opening: path) }
    #expect("\(error!)".contains("damaged: its meta does not say which volume it is"))
    #expect("\(error!)".contains("put back this file from a backup"))
  }

  @Test func `a volume cut short`() throws {
    _ = try Book.test(folder)
    let file = path + "/volumes/2025-10.mdb"
    try #require(FileHandle(forWritingAtPath: file)).truncate(atOffset: 12_288)
    let error = #expect(throws: BookError.file(path: file, .corrupted)) {
      try Book(opening: path)
    }
    #expect("\(error!)".hasPrefix(file + ": the file is damaged"))
  }

  @Test func `a full disk leaves nothing of the batch, and the book goes on`() async {
    await #expect(processExitsWith: .success) { try fillTheDisk() }
  }

  @Test func `a clock that jumps wants confirmation, but not in a simulated book`() throws {
    let book = try Book.test(folder, simulated: false)
    let later = Timestamp.october.plus(days: 36)
    let error = #expect(throws: BookError.clockJump(now: later, last: .october)) {
      try book.append(batch(), at: later)
    }
    #expect(
      "\(error!)" == "the clock says 2025-11-06T00:00:00Z, more than 35 days after the last entry "
        + "(2025-10-01T00:00:00Z); check the clock, and confirm it if it is right")
    #expect(try book.head().size == 1)
    _ = try book.append(batch(), at: later, confirmingClock: true)
    #expect(try book.head().lastRecordedAt == later)
  }

  @Test func `a clock that goes back is overruled by the last entry`() throws {
    let book = try Book.test(folder, simulated: false)
    let outcome = try book.append(batch(), at: .october.plus(days: -40))
    #expect(outcome == .appended(first: Position(1), count: 1, recordedAt: .october))
  }

  @Test func `a clock out of range`() throws {
    let book = try Book.test(folder)
    for moment in [-1, Int64.max] {
      let error = #expect(throws: BookError.clockOutOfRange(Timestamp(rawValue: moment))) {
        try book.append(batch(), at: Timestamp(rawValue: moment))
      }
      #expect("\(error!)".hasSuffix("set it"))
    }
  }

  @Test func `an entry, or a name, over its limit`() throws {
    let book = try Book.test(folder)
    var large = Batch()
    large.add("1", 1, [UInt8](repeating: 1, count: Limits.entryBytes))
    let error = #expect(throws: BookError.self) { try book.append(large, at: .october) }
    #expect("\(error!)".hasPrefix("an entry's length in bytes is"))
    #expect(throws: BookError.self) {
      try Book.create(
        at: folder.path + "/long", name: String(repeating: "n", count: 201), simulated: true,
        at: .october)
    }
  }

  @Test func `a position beyond the end`() throws {
    let book = try Book.test(folder)
    let error = #expect(throws: BookError.noSuchPosition(Position(1), size: 1)) {
      try book.read { try $0.withEntry(at: Position(1)) { $0.byteCount } }
    }
    #expect("\(error!)" == "there is no entry 1: the book has 1, numbered from 0")
  }

  @Test func `a volume sealed by a process that died is succeeded by the next writer`() throws {
    _ = try Book.test(folder).append(batch(), at: .october)
    // Next position 2; the next volume begins at 2025-11-01T00:00:00Z.
    let next = Timestamp.october.plus(days: 31)
    var seal: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 2]
    for shift in stride(from: 56 as Int64, through: 0, by: -8) {
      seal.append(UInt8(truncatingIfNeeded: next.rawValue >> shift))
    }
    try setMeta("sealed", seal + Array("2025-11".utf8))
    let book = try Book(opening: path)
    #expect(try book.head().size == 2)
    let outcome = try book.append(batch("1", 2), at: next.plus(days: 1))
    #expect(
      outcome == .appended(first: Position(3), count: 1, recordedAt: next.plus(days: 1)))
    #expect(try book.verifyTest().damage == nil)
  }

  private func setMeta(_ name: String, _ value: [UInt8]) throws {
    let environment = try Environment(
      path: path + "/volumes/2025-10.mdb", mapSize: 1 << 30, maxDatabases: 8,
      options: [.noLock, .existing])
    let meta = try environment.open([DatabaseName("meta")])[0]
    try environment.write { try $0.put(value, forKey: Array(name.utf8), in: meta) }
  }
}

/// Fills what stands for a disk, a limit on file size, with one batch; for a process of its own.
private func fillTheDisk() throws {
  let folder = try TemporaryFolder()
  let book = try Book.test(folder)
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit(rlim_cur: 1 << 20, rlim_max: .max)
  #expect(unsafe setrlimit(__rlimit_resource_t(1), &limit) == 0)  // 1 is RLIMIT_FSIZE
  var large = Batch()
  for account in 0..<30_000 {
    large.add("\(account)", 1, [UInt8](repeating: 7, count: 100))
  }
  let before = try book.head()
  let error = #expect(throws: BookError.self) { try book.append(large, at: .october) }
  #expect("\(error!)".contains("the disk is full"))
  #expect("\(error!)".hasPrefix(folder.path))
  #expect(try book.head() == before)
  var small = Batch()
  small.add("1", 1, [1])
  let outcome = try book.append(small, at: .october)
  #expect(outcome == .appended(first: Position(1), count: 1, recordedAt: .october))
  #expect(try book.verifyTest().isSound)
}
