import EventLog
import EventSourcing
import Foundation
import LMDB
import Testing

@testable import ProjectionStore

@Suite("Rows that do not fit in memory") struct RowSorterTests {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "meterbook-sorter-\(UUID().uuidString)").path()

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// What a part says: puts and removes of some rows, sums of others.
  private static func part(_ generator: inout SplitMix) -> RowRun {
    var changes = RowChanges()
    for _ in 0..<50 {
      let key = UInt8(generator.next() % 200)
      let value = Int64(generator.next() % 1000)
      switch generator.next() % 4 {
      case 0: changes.remove([1, key])
      case 1, 2: changes.put([1, key], Array("\(value)".utf8))
      default: changes.add([2, key], [value, -value])
      }
    }
    return changes.run()
  }

  /// The digest of the rows that the sorter appends, and how many times it spilled.
  private func sorted(_ parts: [RowRun], _ memory: RebuildMemory) throws -> (String, Int) {
    let name = UUID().uuidString
    let environment = try Environment(
      path: "\(folder)/\(name)", mapSize: 1 << 30, maxDatabases: 1, options: .noSync)
    let rows = try environment.create([TableName.rows])[0]
    let sorter = RowSorter(at: "\(folder)/\(name)-spill", memory: memory)
    for part in parts { try sorter.take(part) }
    let count = sorter.spillCount
    try sorter.append(to: environment, rows)
    sorter.discard()
    var digest = RowDigest()
    try environment.read { transaction in
      try transaction.forEach(in: rows, from: ProjectionFile.firstKey) { key, value in
        digest.take(key, value)
        return .proceed
      }
    }
    return (digest.finish().map { "\($0)" }.joined(separator: " "), count)
  }

  @Test(arguments: [1, 2_000, 5_000])
  func `are the same with and without the disk, and nothing is left there`(_ sortBytes: Int) throws
  {
    var generator = SplitMix(UInt64(sortBytes))
    let parts = (0..<40).map { _ in Self.part(&generator) }
    let (expected, none) = try sorted(parts, RebuildMemory())
    let (spilled, count) = try sorted(
      parts, RebuildMemory(sortBytes: sortBytes, appendBytes: 300))
    #expect(none == 0)
    #expect(count > 3)
    #expect(spilled == expected)
    #expect(try names(with: "spill") == [])
  }

  private func names(with part: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(part) }
  }

  @Test func `leave no spilled file behind, whether the rebuild ends or stops`() throws {
    let tests = ProjectionFileTests()
    let book = try tests.book()
    for stream in ["3", "1", "2", "1", "4", "5"] {
      try tests.append(["", "", ""], to: stream, of: book)
    }
    let memory = RebuildMemory(partEntries: 2, sortBytes: 10, appendBytes: 20)
    var sawSpill = false
    func rebuild() throws -> ProjectionFile {
      sawSpill = false
      return try .rebuilding(
        LastEntries(), of: book, in: folder, through: book.head().size, memory: memory
      ) { _, _ in
        sawSpill = sawSpill || (try? names(with: "-spill"))?.isEmpty == false
      }
    }
    let digest = try rebuild().summary()
    #expect(sawSpill)
    #expect(try names(with: "-spill") == [])
    try tests.append(["", "unknown"], to: "1", of: book)
    #expect(throws: ProjectionFault.self) { try rebuild() }
    #expect(sawSpill)
    #expect(try names(with: "-spill") == [])
    // The file that was there is still the one.
    let file = try ProjectionFile.opening(LastEntries().identity, of: book, in: folder)
    #expect(try file?.summary() == digest)
  }
}
