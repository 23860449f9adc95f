import Foundation
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
    #expect(failure?.advice.hasPrefix("Let this user write that folder, or ask a copy") == true)
  }
}
