import Billing
import Tariffs
import Testing

@testable import Application

/// The rules that an open book remembers.
@Suite struct KnownRulesTests {
  @Test func `what someone else publishes meanwhile is known at the next question`() throws {
    let book = try TestBook()
    let reader = try book.read()
    let before = try reader.rulebook()
    let file = try book.file(
      "flat.yaml",
      [
        "kind: tariff", "plan: FLAT", "version: 1", "from: 2010-01-01", "title: Flat",
        "components:", "  - { code: energy, type: energy, title: Energy, price: .11000 }",
      ])
    let session = try book.open("2020-02-01")
    #expect(try session.rulebook().version == before.version)
    #expect(try book.open("2020-02-01").publishRules(in: [file]).problems == [])
    for ledger in [
      reader, session, try session.moved(to: #require(Authority.time("2020-03-01")), by: "--clock"),
    ] {
      let after = try ledger.rulebook()
      #expect(after.version == before.version + 1)
      #expect(after.rules.versions(of: "FLAT").count == 1)
      #expect(after.published.count == before.published.count + 1)
    }
  }
}
