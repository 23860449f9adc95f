import Documents
import Foundation
import Synchronization
import Testing

@testable import Application

@Suite struct `A bill run` {
  @Test func `bills the rest when an account has no reading, and that one once it has`() throws {
    let book = try TestBook(begins: "2026-01-01")
    try book.accounts([
      "1,residential,America/Chicago,,1,21,SP-1,R1,2026-01-01",
      "2,residential,America/Chicago,,1,21,SP-2,R1,2026-01-01",
      "3,residential,America/Chicago,,1,21,SP-3,NONE,2026-01-01",
    ])
    try book.meters((1...3).map { "M-\($0),\($0),kwh,kWh,5,,,2026-01-01,0" })
    try book.readings(["M-1,kwh,2026-02-01,100", "M-3,kwh,2026-02-01,100"], "2026-02-02")

    let report = try book.bill("2026-02-01")
    #expect(report.invoices == 1 && report.rejected == 2)
    #expect(report.rejectedByReason == ["missing-reading": 1, "no-tariff": 1])
    #expect(try book.invoices() == ["1-0001"])
    let items = try book.waiting()
    #expect(items.map(\.account) == ["2", "3"])
    #expect(items.map(\.reason) == ["missing-reading", "no-tariff"])
    #expect(items[0].period?.start == "2026-01-01")

    // Nothing changed: nothing is added.
    let root = try book.root()
    #expect(try book.bill("2026-02-01").rejected == 2)
    #expect(try book.root() == root)

    try book.readings(["M-2,kwh,2026-02-01,200"])
    let next = try book.bill("2026-02-01")
    #expect(next.invoices == 1)
    #expect(try book.invoices() == ["1-0001", "2-0001"])
    #expect(try book.waiting().map(\.account) == ["3"])
    #expect(try book.read().review("bill-2-2026-01-01").item.status == "resolved")
  }

  @Test func `stopped after any append and run again, gives the same book`() throws {
    let book = try TestBook(begins: "2026-01-01")
    let ids = (1...12).map { "\(100 + $0)" }
    try book.accounts(ids.map { "\($0),residential,America/Chicago,US-ST,1,21,SP,R1,2026-01-01" })
    try book.meters(ids.map { "M-\($0),\($0),kwh,kWh,5,,,2026-01-01,0" })
    try book.readings(ids.map { "M-\($0),kwh,2026-02-01,\($0)" }, "2026-02-02")

    let through = try #require(Authority.day("2026-02-01"))
    let copies = Mutex<[String]>([])
    let (path, folder) = (book.path, book.folder)
    let whole = try book.open("2026-02-03").bill(through: through, slice: 2) { progress in
      let copy = "\(folder)/after-\(progress.done).book"
      // The bytes as a kill between two appends leaves them.
      try? FileManager.default.copyItem(atPath: path, toPath: copy)
      copies.withLock { $0.append(copy) }
    }
    #expect(whole.invoices == 12)
    let made = copies.withLock { $0 }
    #expect(made.count == 6)
    let undisturbed = try book.root()
    for copy in made {
      let ledger = try Ledger(
        opening: copy, access: .writing(TestBook.authority("2026-02-03")))
      let size = try ledger.status().size
      let resumed = try ledger.bill(through: through, slice: 2, progress: { _ in })
      #expect(resumed.invoices == 12 && resumed.total == whole.total && resumed.entries > 0)
      #expect(try ledger.status().root == undisturbed, "stopped at \(size) entries")
      #expect(try ledger.verify(progress: { _ in }).sound)
    }
  }

  @Test func `a stopped import is taken up again`() throws {
    let book = try TestBook.first()
    let rows = (2...28).map { "M-2,kwh,2026-02-\($0 < 10 ? "0" : "")\($0),\(549 + 20 * $0)" }
    let file = try book.file("daily.csv", ["meter,register,time,value"] + rows)
    let copy = book.folder + "/stopped.book"
    let path = book.path
    let whole = try book.open("2026-03-01").importReadings(from: file, sorting: 5) { progress in
      guard progress.done == 15 else { return }
      try? FileManager.default.copyItem(atPath: path, toPath: copy)
    }
    #expect((whole.rows, whole.accepted) == (27, 27))
    let ledger = try Ledger(
      opening: copy, access: .writing(TestBook.authority("2026-03-01")))
    let resumed = try ledger.importReadings(from: file, sorting: 5, progress: { _ in })
    #expect((resumed.rows, resumed.accepted, resumed.duplicates) == (27, 12, 15))
    #expect(try ledger.status().unfinishedRuns == [])
    #expect(
      try ledger.history(of: "1000000002").events.map(\.event)
        == book.read().history(of: "1000000002").events.map(\.event))
  }
}
