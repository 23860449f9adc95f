import EventLog
import EventSourcing
import Foundation
import ProjectionStore
import Testing

@testable import Application

/// What every projection is held to: the same book gives the same rows, byte for byte, whichever way
/// they are made, and in whichever process.
enum ProjectionLaws {
  /// The ways a projection's rows differ, in words; empty for a projection that keeps the laws.
  ///
  /// - Parameters:
  ///   - folder: Where files may be made.
  ///   - elsewhere: The digest that another process found.
  static func breaches(
    of projection: some Projection, over book: Book, in folder: String, elsewhere: String?
  ) throws -> [String] {
    let digests = try digests(of: projection, over: book, in: folder)
    var breaches: [String] = []
    for (way, digest) in digests.dropFirst() where digest != digests[0].digest {
      breaches.append("\(projection.identity) \(way) is not as \(digests[0].way)")
    }
    if elsewhere != digests[0].digest {
      breaches.append("\(projection.identity) in another process is not as \(digests[0].way)")
    }
    return breaches
  }

  /// The digest of the rows, made in every way.
  private static func digests(
    of projection: some Projection, over book: Book, in folder: String
  ) throws -> [(way: String, digest: String)] {
    let size = try book.head().size
    var found = [("at once", try whole(projection, over: book))]
    for part: UInt64 in [1, 7] {
      let rows = try projection.rows(after: size, of: book, part: part)
      found.append(("in parts of \(part)", rows.digest().hex))
    }
    let place = "\(folder)/\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place) }
    for step in stride(from: UInt64(1), through: size, by: 5) {
      _ = try ProjectionFile.following(projection, of: book, in: place, through: step)
    }
    let followed = try ProjectionFile.following(projection, of: book, in: place, through: size)
    found.append(("followed bit by bit", try followed.summary().digest.hex))
    let rebuilt = try ProjectionFile.rebuilding(
      projection, of: book, in: place, through: size,
      memory: RebuildMemory(partEntries: 3, sortBytes: 256, appendBytes: 256))
    found.append(("rebuilt with little memory", try rebuilt.summary().digest.hex))
    return found
  }

  /// The digest of the rows, made in memory in one part.
  static func whole(_ projection: some Projection, over book: Book) throws -> String {
    let size = try book.head().size
    return try projection.rows(after: size, of: book, part: max(size, 1)).digest().hex
  }

  /// Every version of every projection of a book.
  static func all(of ledger: Ledger) throws -> [any Projection] {
    let catalogue = try ProjectionCatalogue(of: ledger)
    return try ProjectionCatalogue.names.flatMap { name in
      try catalogue.versions(of: name).map {
        try catalogue.projection(ProjectionIdentity(name, $0))
      }
    }
  }

  /// What another process makes of all projections of the book at `path`, and of the lawless ones:
  /// digests by name. Dictionaries have another order there.
  static func elsewhere(_ path: String) async throws -> [String: String] {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) { [path = path as String] in
      let ledger = try Ledger(opening: path, access: .reading)
      for projection in try ProjectionLaws.all(of: ledger) + Lawless.all {
        print(
          "digest", projection.identity, try ProjectionLaws.whole(projection, over: ledger.book))
      }
    }
    let output = try #require(result).standardOutputContent
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    return Dictionary(
      uniqueKeysWithValues: lines.filter { $0.hasPrefix("digest ") }.map { line in
        let words = line.split(separator: " ").map(String.init)
        return (words[1], words[2])
      })
  }
}

/// Projections that break a law each.
enum Lawless {
  static var all: [any Projection] { [HashOrdered(), Clocked(), PartCounting(), LastOfPart()] }

  /// Writes what it finds in a set in the set's order, which is another in each process.
  struct HashOrdered: Projection {
    let identity = ProjectionIdentity("hash-ordered", 1)

    func evolve(
      _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
    ) throws {
      let letters = Set((0..<bytes.byteCount).map { bytes.byte(at: $0) })
      rows.put(Array("\(position)".utf8), Array(letters))
    }
  }

  /// Writes when it was folded.
  struct Clocked: Projection {
    let identity = ProjectionIdentity("clocked", 1)

    func evolve(
      _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
    ) throws {
      rows.put(Array("\(position)".utf8), Array("\(ContinuousClock.now)".utf8))
    }
  }

  /// Counts its parts.
  struct PartCounting: Projection {
    let identity = ProjectionIdentity("part-counting", 1)

    func evolve(
      _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
    ) throws {}

    func flush(into rows: inout RowChanges) { rows.add(Array("parts".utf8), [1]) }
  }

  /// Knows the entry before, unless a part begins between the two.
  struct LastOfPart: Projection {
    let identity = ProjectionIdentity("last-of-part", 1)
    var last: Position?

    mutating func evolve(
      _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
    ) throws {
      rows.put(Array("\(position)".utf8), Array("\(last?.rawValue ?? 0)".utf8))
      last = position
    }
  }
}
