import Foundation
import Testing

@testable import Application

@Suite struct `Doing the same again` {
  private func fixture(_ name: String) -> String { repository + "Tests/Fixtures/first/" + name }

  @Test func `the same files, shuffled too, the same rules and the same bill run add nothing`()
    throws
  {
    let book = try TestBook.first()
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    let root = try book.root()
    let quiet: ProgressHandler = { _ in }

    let rules = try book.open().publishRules(in: [repository + "rules/demo"])
    #expect(rules.published == [] && rules.problems == [] && !rules.unchanged.isEmpty)
    #expect(rules.text.contains("Nothing was added"))
    let accounts = try book.open().importAccounts(from: fixture("accounts.csv"), progress: quiet)
    #expect((accounts.accepted, accounts.duplicates, accounts.entries) == (0, 2, 0))
    let meters = try book.open().importMeters(from: fixture("meters.csv"), progress: quiet)
    #expect((meters.accepted, meters.duplicates, meters.entries) == (0, 3, 0))
    let readings = try book.open().importReadings(from: fixture("readings.csv"), progress: quiet)
    #expect((readings.accepted, readings.duplicates, readings.entries) == (0, 3, 0))
    #expect(readings.text.contains("Nothing was added"))
    #expect(try book.bill("2026-02-01").invoices == 0)
    #expect(try book.read().status().rules == 12)

    for name in ["accounts", "meters", "readings"] {
      let text = try String(contentsOfFile: fixture(name + ".csv"), encoding: .utf8)
      var lines = text.split(separator: "\n").map(String.init)
      let header = lines.removeFirst()
      let shuffled = try book.file("shuffled.csv", [header] + lines.reversed())
      let ledger = try book.open()
      let report =
        switch name {
        case "accounts": try ledger.importAccounts(from: shuffled, progress: quiet)
        case "meters": try ledger.importMeters(from: shuffled, progress: quiet)
        default: try ledger.importReadings(from: shuffled, progress: quiet)
        }
      #expect(report.rejected == 0 && report.entries == 0, "\(name)")
    }
    #expect(try book.root() == root)
  }

  @Test func `readings that come shuffled are all taken`() throws {
    let book = try TestBook.first()
    let days = (1...20).map {
      "M-2,kwh,2026-02-\($0 + 1 < 10 ? "0" : "")\($0 + 1),\(549 + 30 * $0)"
    }
    var random = SystemRandomNumberGenerator()
    let report = try book.readings(days.shuffled(using: &random), "2026-03-01")
    #expect((report.accepted, report.rejected) == (20, 0))
    #expect(try book.readings(days.shuffled(using: &random)).entries == 0)
  }

  @Test func `the same key with other content is rejected with the difference`() throws {
    let book = try TestBook.first()
    let accounts = try book.accounts([
      "1000000001,commercial,America/Chicago,US-TX8,1,21,SP-1,R2,2026-01-01"
    ])
    #expect(accounts.byReason == ["conflict": 1])
    let account = try book.onlyWaiting()
    #expect(account.field == "class")
    #expect(account.detail.contains("residential") && account.detail.contains("commercial"))

    let meters = try book.meters(["M-2,1000000001,kwh,kWh,5,,,2026-01-01,99412"])
    #expect(meters.byReason == ["serves-another": 1])
    let moved = try book.waiting()[1]
    #expect(moved.meter == "M-2" && moved.detail.contains("1000000002"))

    let readings = try book.readings(["M-2,kwh,2026-02-01,550"])
    #expect(readings.byReason == ["conflict": 1])
    let reading = try book.waiting()[2]
    #expect(reading.detail.contains("549") && reading.detail.contains("550"))
    #expect(reading.account == "1000000002" && reading.line == 2 && reading.field == "value")

    let again = try book.readings(["M-2,kwh,2026-02-01,550"])
    #expect((again.rejected, again.rejectedBefore, again.entries) == (1, 1, 0))
  }

  @Test func `other content under a published version is refused with the difference`() throws {
    let book = try TestBook(begins: "2026-01-01")
    let root = try book.root()
    let text = try String(
      contentsOfFile: repository + "rules/demo/tariff-r1.yaml", encoding: .utf8)
    let changed = text.replacing("price: .12340", with: "price: .12341")
    #expect(changed != text)
    let other =
      "---\nkind: tax\njurisdiction: X\nlevel: city\ncode: new\nfrom: 2026-01-01\nrate: 1 %"
    let file = try book.file("changed.yaml", [changed + other])
    let report = try book.open().publishRules(in: [file])
    #expect(!report.isSatisfied && report.published == [])
    #expect(report.problems.count == 1)
    #expect(report.text.contains("0.12340") || report.text.contains(".1234"))
    #expect(report.text.contains(".12341"))
    #expect(try book.root() == root)
  }

  @Test func `disposable files deleted, the answers are the same`() throws {
    let book = try TestBook.first()
    try book.readings(["M-9,,2026-02-01,1"])
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    func answers() throws -> [String] {
      let ledger = try book.read()
      return try [
        ledger.invoices(limit: 0, progress: { _ in }).text,
        ledger.reviews(all: true, because: nil, limit: 0, progress: { _ in }).text,
        ledger.invoice("1000000001-0001").text, ledger.status().text,
      ]
    }
    let before = try answers()
    #expect(before[0].contains("1000000002-0001") && before[1].contains("unknown-meter"))
    try FileManager.default.removeItem(atPath: book.path + "/projections")
    #expect(try answers() == before)
  }
}

@Suite struct `The clock of a book` {
  @Test func `going back is refused`() throws {
    let book = try TestBook(begins: "2026-03-01", rules: false)
    let failure = #expect(throws: Failure.self) { try book.open("2026-02-28") }
    #expect(failure?.description.contains("2026-03-01") == true)
  }

  @Test func `a real book has only the real one`() throws {
    let book = try TestBook(rules: false)
    let path = book.folder + "/real.book"
    #expect(throws: Failure.self) {
      try Ledger.create(
        at: path, name: "Real", simulated: false, authority: TestBook.authority("2026-01-01"))
    }
    _ = try Ledger.create(
      at: path, name: "Real", simulated: false, authority: TestBook.authority(nil))
    let failure = #expect(throws: Failure.self) {
      try Ledger(opening: path, access: .writing(TestBook.authority("2040-01-01")))
    }
    #expect(failure?.description.contains("real book") == true)
  }
}
