import ArgumentParser
import EventLog
import EventSourcing
import Foundation
import LMDB

/// Flips one byte of one entry of a copy of a book, again and again: verification must fail each
/// time, and name that entry.
struct Flip: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Flips bytes, each of which verification must find.")

  @Option(help: "The book; one is made if none is named. It is copied, not changed.")
  var book: String?
  @Option(help: "Bytes to flip, one at a time.") var count = 1_000
  @Option(help: "The seed of the random choices.") var seed: UInt64 = 1

  func run() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "flip-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var random = SplitMix(seed: seed)
    let copy = folder + "/book"
    if let book {
      try FileManager.default.copyItem(atPath: book, toPath: copy)
    } else {
      try make(copy, &random)
    }
    let (size, volumes) = try measure(copy)
    for _ in 0..<count {
      try flip(Position(UInt64.random(in: 0..<size, using: &random)), copy, volumes, &random)
    }
    if let damage = try verify(copy) { throw Broken("the book was not put back: \(damage)") }
    print("seed \(seed): \(count) of \(count) flips found, each with its entry's position")
  }

  /// A small book over several months, its last 256 leaves not complete.
  private func make(_ path: String, _ random: inout SplitMix) throws {
    let start = Timestamp(rawValue: 1_759_276_800_000_000)
    let book = try Book.create(
      at: path, id: Array(0..<16), name: "Flip", simulated: true, at: start)
    for month in 0..<5 as Range<UInt64> {
      var batch = Batch()
      for account in 1_000..<1_150 {
        let stream = StreamID(.account, String(account))
        batch.add(EntryHeader(stream: stream, version: month + 1)) { writer in
          for _ in 0..<3 {
            writer.message(15) { writer in
              for field in 1...5 { writer.unsigned(field, .random(in: 1...9_999, using: &random)) }
            }
          }
        }
      }
      let now = Timestamp(rawValue: start.rawValue + Int64(month) * 31 * 86_400_000_000)
      guard case .appended = try book.append(batch, at: now) else {
        throw Broken("the book to flip could not be made")
      }
    }
  }

  /// The number of entries, and each volume's name and first position.
  private func measure(_ path: String) throws -> (UInt64, [(String, UInt64)]) {
    if let damage = try verify(path) { throw Broken("damaged before any flip: \(damage)") }
    let book = try Book(opening: path, readOnly: true)
    var first: UInt64 = 0
    var volumes: [(String, UInt64)] = []
    for volume in try book.statistics() {
      volumes.append((volume.name, first))
      first += UInt64(volume.entries)
    }
    return (first, volumes)
  }

  private func verify(_ path: String) throws -> Damage? {
    try Book(opening: path, readOnly: true).verify { _, _, _ in }.damage
  }

  private func flip(
    _ position: Position, _ path: String, _ volumes: [(String, UInt64)], _ random: inout SplitMix
  ) throws {
    let name = volumes.last { $0.1 <= position.rawValue }!.0
    let file = "\(path)/volumes/\(name).mdb"
    let key = IntegerKey(position.rawValue)
    let original = try change(file, key) { _ in }
    // The four bytes of the leaf hash stand before the entry.
    let place = Int.random(in: 4..<original.count, using: &random)
    let mask = UInt8.random(in: 1...255, using: &random)
    _ = try change(file, key) { $0[place] ^= mask }
    let damage = try verify(path)
    _ = try change(file, key) { $0 = original }
    guard damage?.position == position else {
      throw Broken(
        "byte \(place - 4) of entry \(position) xor \(mask): "
          + (damage.map { "verification says \($0)" } ?? "verification found nothing"))
    }
  }

  /// Changes an entry where it lies; returns what it was.
  private func change(
    _ file: String, _ key: IntegerKey, _ body: (inout [UInt8]) -> Void
  ) throws -> [UInt8] {
    let environment = try Environment(
      path: file, mapSize: 1 << 36, maxDatabases: 8, options: [.noLock, .noSync, .existing])
    let entries = try environment.open([DatabaseName("entries", integerKeys: true)])[0]
    return try environment.write { transaction in
      guard let original = try transaction.value(forKey: key, in: entries) else {
        throw Broken("entry \(key.rawValue) is not in \(file)")
      }
      var changed = original
      body(&changed)
      if changed != original { try transaction.put(changed, forKey: key, in: entries) }
      return original
    }
  }
}
