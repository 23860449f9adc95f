import EventLog
import EventSourcing
import Foundation
import LMDB

/// A folder of its own for each test, removed with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory
      .appending(path: "meterbook-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// The names in a folder below, sorted.
  func contents(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/" + name).sorted()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Timestamp {
  /// Midnight at the beginning of 1 October 2025, UTC.
  static let october = Timestamp(rawValue: 1_759_276_800_000_000)

  /// The moment some days, and some microseconds, later.
  func plus(days: Int64, _ microseconds: Int64 = 0) -> Timestamp {
    Timestamp(rawValue: rawValue + days * 86_400_000_000 + microseconds)
  }
}

extension Batch {
  /// Adds an entry on an account's stream holding one event of these bytes.
  mutating func add(_ account: String, _ version: UInt64, _ event: [UInt8]) {
    add(EntryHeader(stream: StreamID(.account, account), version: version)) { writer in
      writer.message(15) { $0.data(1, event) }
    }
  }
}

extension Book {
  static func test(_ folder: TemporaryFolder, simulated: Bool = true) throws -> Book {
    try create(
      at: folder.path + "/book", id: Array(0..<16), name: "Test", simulated: simulated,
      at: .october)
  }
}

/// The one event of an entry made by `Batch.add(_:_:_:)`.
func event(in bytes: RawSpan) throws -> [UInt8] {
  var result: [UInt8] = []
  try EntryView(bytes).forEachEvent(in: bytes) { _, range in
    var cursor = WireCursor(range)
    guard let field = try cursor.next(in: bytes) else { return }
    result = bytes.array(in: field.range)
  }
  return result
}

/// Runs `body` on `count` threads at once, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let done = DispatchSemaphore(value: 0)
  for number in 0..<count {
    Thread.detachNewThread {
      body(number)
      done.signal()
    }
  }
  for _ in 0..<count { done.wait() }
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Book {
  /// Verifies, taking an event for readable if it is the message that `Batch.add` writes.
  func verifyTest() throws -> VerifyReport {
    try verify { _, bytes, range in
      var cursor = WireCursor(range)
      while let field = try cursor.next(in: bytes) {
        guard field.number == 1, field.isDelimited else {
          throw WireError.unknownField(field.number, in: "test")
        }
      }
    }
  }

  /// The positions and events of a walk.
  func collect(
    _ walk: (borrowing Snapshot, (Position, RawSpan) throws -> ReadStep) throws -> Void
  ) throws -> [Found] {
    var found: [Found] = []
    try read { snapshot in
      try walk(snapshot) { position, bytes in
        let header = try EntryView(bytes).header
        found.append(
          Found(
            position: position.rawValue, stream: header.stream, version: header.version,
            recordedAt: header.recordedAt, event: try event(in: bytes)))
        return .proceed
      }
    }
    return found
  }
}

/// An entry as a walk found it, or as a model expects it.
struct Found: Hashable {
  var position: UInt64
  var stream: StreamID
  var version: UInt64
  var recordedAt: Timestamp
  var event: [UInt8]
}
