import EventSourcing
import Foundation
import Testing

@testable import Application

/// The laws of projections over a book to which everything happened, and projections that break them.
@Suite("Laws of projections") struct ProjectionLawTests {
  @Test
  func `every projection keeps them: at once, in parts, followed, rebuilt, in another process`()
    async throws
  {
    let life = try ProjectionTests.reclassified()
    let elsewhere = try await ProjectionLaws.elsewhere(life.book.path)
    let ledger = try life.book.read()
    let all = try ProjectionLaws.all(of: ledger)
    #expect(Set(all.map(\.identity.name)) == Set(ProjectionCatalogue.names))
    for projection in all {
      let breaches = try ProjectionLaws.breaches(
        of: projection, over: ledger.book, in: life.book.folder,
        elsewhere: elsewhere["\(projection.identity)"])
      #expect(breaches == [])
    }
  }

  @Test func `a projection that goes by a set's order, a clock or its parts is caught`()
    async throws
  {
    let life = try ProjectionTests.reclassified()
    let elsewhere = try await ProjectionLaws.elsewhere(life.book.path)
    let ledger = try life.book.read()
    func breaches(of projection: some Projection) throws -> [String] {
      try ProjectionLaws.breaches(
        of: projection, over: ledger.book, in: life.book.folder,
        elsewhere: elsewhere["\(projection.identity)"])
    }
    let every = [
      "in parts of 1", "in parts of 7", "followed bit by bit", "rebuilt with little memory",
    ]
    #expect(
      try breaches(of: Lawless.HashOrdered()).contains(
        "hash-ordered@1 in another process is not as at once"))
    #expect(
      try breaches(of: Lawless.Clocked())
        == (every + ["in another process"]).map { "clocked@1 \($0) is not as at once" })
    #expect(
      try breaches(of: Lawless.PartCounting())
        == every.map { "part-counting@1 \($0) is not as at once" })
    #expect(
      try breaches(of: Lawless.LastOfPart())
        == every.map { "last-of-part@1 \($0) is not as at once" })
  }

  /// What a projection may import: what its target declares, all of it pure.
  static let pure: Set = ["Billing", "CivilTime", "EventSourcing", "Metering", "Money", "Tariffs"]

  /// What reaches the world without an import.
  static let worldly = ["Clock", "SystemRandomNumberGenerator", ".random(", "print(", "readLine("]

  /// What a source file of a projection may not say.
  static func worldliness(of source: String) -> [String] {
    source.split(separator: "\n").filter { line in
      let words = line.split(separator: " ")
      if let place = words.firstIndex(of: "import"), place <= 1, !line.hasPrefix(" ") {
        return !pure.contains(String(words[place + 1]))
      }
      return worldly.contains { line.contains($0) }
    }.map(String.init)
  }

  @Test
  func `the sources of projections name no clock, no file, no chance and no other projection`()
    throws
  {
    let folder = repository + "projections"
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".swift") }
    #expect(files.count >= 8)
    for file in files {
      let source = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      #expect(Self.worldliness(of: source) == [], "\(file)")
    }
    let lines = [
      "import Foundation", "public import EventLog", "import Invoices", "    ContinuousClock.now",
      "  let day = Int.random(in: 0..<7)",
    ]
    #expect(Self.worldliness(of: lines.joined(separator: "\n")) == lines)
  }
}
