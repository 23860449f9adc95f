import EventSourcing
import Foundation
import Invoices
import ProjectionStore
import Testing

@testable import Application

/// A book whose projections cannot be written: a file is in the place of their folder, which keeps
/// out whoever may write anything, too.
@Suite struct UnwritableBookTests {
  static func book() throws -> TestBook {
    let book = try TestBook()
    try book.accounts([
      "1000000001,residential,America/Chicago,US-ST;US-ST-CITY,1,21,SP-1,R1,2020-01-01"
    ])
    try book.readings(["M9,,2020-02-01,400"])
    let folder = book.path + "/projections"
    try? FileManager.default.removeItem(atPath: folder)
    try Data().write(to: URL(filePath: folder))
    return book
  }

  @Test func `says what it holds, verifies itself and tells an account's history`() throws {
    let book = try Self.book()
    let status = try book.read().status()
    #expect(status.accounts == 1)
    #expect(status.openReviews == 1, "the reading of a meter nobody knows")
    #expect(try book.read().verify(progress: { _ in }).isSatisfied)
    #expect(try !book.read().history(of: "1000000001").events.isEmpty)
  }

  @Test func `refuses what is read from projections, and says which questions remain`() throws {
    let book = try Self.book()
    let failure = #expect(throws: Failure.self) {
      try book.read().followInvoices { _ in }
    }
    #expect(
      failure?.problem
        == "This answer is read from projections, which are kept in \(book.path)/projections, and "
        + "that folder cannot be written.")
    #expect(
      failure?.advice.hasPrefix("Let this user write that folder, or have its owner run") == true)
    #expect(throws: Failure.self) { try book.read().projection("invoices", progress: { _ in }) }
  }

  @Test func `answers from a copy of another user's projections, and leaves the folder as it is`()
    throws
  {
    let book = try TestBook.first()
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    let folder = book.path + "/projections"
    let place = ProjectionPlace.lookedAt(folder)
    func follow() throws -> ProjectionFile {
      try book.read().follow(Invoices(), at: place) { _ in }
    }
    #expect(throws: Failure.self, "there is none yet") { try follow() }
    #expect(try book.read().look(at: Invoices().identity, in: place) == nil)
    let owner = try book.read().followInvoices { _ in }
    let before = try owner.summary()
    // More happens, and nobody follows.
    try book.readings(
      ["M-1,on-peak,2026-03-01,4400", "M-1,off-peak,2026-03-01,10500"], "2026-03-02T12:00:00Z")
    try book.bill("2026-03-01", at: "2026-03-02T13:00:00Z")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let copy = try follow()
    #expect(try copy.checkpoint().size == book.read().status().size)
    #expect(try copy.count() > before.count)
    #expect(try owner.summary() == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == names)
    let looked = try #require(try book.read().look(at: Invoices().identity, in: place))
    #expect(try looked.summary() == before)
  }
}
