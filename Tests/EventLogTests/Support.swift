import EventLog
import EventSourcing
import Foundation
import LMDB

/// A folder of its own for each test, removed with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory
      .appending(path: "meterbook-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
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
