import Billing
import EventLog
import EventSourcing
import Foundation
import Testing

@testable import Application
@testable import Documents

@Suite("A quarter's filing") struct FilingTests {
  static let quiet: ProgressHandler = { _ in }
  static let third = Quarter("2025Q3")!

  /// Worked example 9, filed before the correction of 5 October.
  static func filed() throws -> TestBook {
    let book = try RevenueTests.acrossQuarters(upToCorrection: {
      _ = try $0.open("2025-10-02T12:00:00Z", reason: "filing").produceFiling(
        of: third, progress: quiet)
    })
    return book
  }

  @Test func `is refused while the quarter goes on, and if there is none`() throws {
    let book = try RevenueTests.acrossQuarters()
    let early = #expect(throws: Failure.self) {
      try book.open().produceFiling(of: #require(Quarter("2025Q4")), progress: Self.quiet)
    }
    #expect(early?.description.contains("2025Q4 is not over") == true)
    for ask in [
      { _ = try book.open().restateFiling(of: Self.third, progress: Self.quiet) },
      { _ = try book.read().filing(of: Self.third) },
      { _ = try book.read().verifyFiling(of: Self.third, progress: Self.quiet) },
      {
        _ = try book.read().bridge(
          of: Self.third, restatement: nil, limit: 0, progress: Self.quiet)
      },
    ] {
      let error = #expect(throws: Failure.self) { try ask() }
      #expect(
        error?.description.contains("it was not filed. File it with `meterbook file produce")
          == true)
    }
  }

  @Test func `stays as it was filed, to the byte, whatever happens later`() throws {
    let book = try Self.filed()
    let ledger = try book.read()
    let filing = try #require(try ledger.filing(of: Self.third).filings.first)
    #expect(filing.view == "posted" && filing.projection == "revenue@2")
    #expect(
      filing.totals.map { "\($0.revenueClass) \($0.netBilled)" } == [
        "VARIABLE_ENERGY 93.18", "FIXED 18.50", "PASS_THROUGH 8.93",
      ])
    let report = try ledger.filedReport(of: Self.third, restatement: 0, progress: Self.quiet)
    #expect(Identifiers.sha256(report.bytes).hex == filing.sha256)
    #expect(UInt64(report.bytes.count) == filing.byteCount)
    #expect(try ledger.verifyFiling(of: Self.third, progress: Self.quiet).isSatisfied)
    // Without any file that can be thrown away, too.
    try? FileManager.default.removeItem(atPath: book.path + "/projections")
    #expect(try book.read().verifyFiling(of: Self.third, progress: Self.quiet).isSatisfied)
  }

  @Test func `is made once: again it is refused if something changed since, else nothing is added`()
    throws
  {
    let book = try Self.filed()
    let error = #expect(throws: Failure.self) {
      try book.open().produceFiling(of: Self.third, progress: Self.quiet)
    }
    // As posted nothing of the quarter changed but what is unbilled: the average is measured now.
    #expect(error?.description.contains("a filing never changes") == true)
    let same = try RevenueTests.acrossQuarters(upToCorrection: { book in
      for _ in 0..<2 {
        _ = try book.open("2025-10-02T12:00:00Z", reason: "filing").produceFiling(
          of: Self.third, progress: Self.quiet)
      }
      let again = try book.open().produceFiling(of: Self.third, progress: Self.quiet)
      #expect(again.how == "filed before" && again.filings.count == 1)
    })
    #expect(try same.read().filing(of: Self.third).filings.count == 1)
  }

  @Test func `is bridged to what is known now by cause: worked example 9`() throws {
    let book = try Self.filed()
    let bridge = try book.read().bridge(
      of: Self.third, restatement: nil, limit: 0, progress: Self.quiet)
    #expect(bridge.isSatisfied)
    let section = try #require(bridge.document.sections.first)
    #expect(
      section.rows.map { $0.map(\.plain).joined(separator: "|") } == [
        "As filed||18.50|93.18|8.93|120.61",
        "Rebilled: an estimate was settled|estimate-settled|0.00|-9.50|-0.76|-10.26",
        "As known now||18.50|83.68|8.17|110.35",
      ])
    let corrections = try #require(bridge.document.sections.last)
    #expect(
      corrections.rows.map { $0.prefix(4).map(\.plain).joined(separator: " ") } == [
        "1 1-0001 1-0002 2025-10-05"
      ])
  }

  @Test func `is restated as known now, once for each change`() throws {
    let book = try Self.filed()
    let restated = try book.open(reason: "read again").restateFiling(
      of: Self.third, progress: Self.quiet)
    #expect(restated.how == "restated" && restated.filings.count == 2)
    #expect(
      restated.filings[1].totals.map { "\($0.revenueClass) \($0.netBilled)" } == [
        "VARIABLE_ENERGY 83.68", "FIXED 18.50", "PASS_THROUGH 8.17",
      ])
    let root = try book.root()
    let again = try book.open().restateFiling(of: Self.third, progress: Self.quiet)
    #expect(again.how == "unchanged since it was filed")
    #expect(try book.root() == root)
    #expect(try book.read().verifyFiling(of: Self.third, progress: Self.quiet).filings.count == 2)
    let bridge = try book.read().bridge(
      of: Self.third, restatement: nil, limit: 0, progress: Self.quiet)
    #expect(try #require(bridge.document.sections.first).rows.count == 2)
    let first = try book.read().bridge(
      of: Self.third, restatement: 0, limit: 0, progress: Self.quiet)
    #expect(try #require(first.document.sections.first).rows.count == 3)
    #expect(throws: Failure.self) {
      try book.read().bridge(of: Self.third, restatement: 2, limit: 0, progress: Self.quiet)
    }
  }

  @Test func `that was restated is bridged from there: only what came since moves it`() throws {
    let book = try Self.filed()
    _ = try book.open(reason: "read again").restateFiling(of: Self.third, progress: Self.quiet)
    let tariff = try book.file(
      "r6-2.yaml",
      [
        "kind: tariff", "plan: R6", "version: 2", "from: 2010-01-01",
        "title: A lower service charge",
        "components:", "  - code: energy", "    type: energy", "    title: Energy", "    tiers:",
        "      - { up_to: 500, price: .09850 }", "      - { up_to: 1000, price: .12340 }",
        "      - { price: .16725 }",
        "  - { code: service, type: fixed, title: Service charge, price: 14.00 }",
        "  - { code: infrastructure, type: fixed, title: Infrastructure, price: 3.50 }",
      ])
    try #require(try book.open().publishRules(in: [tariff]).problems == [])
    _ = try book.open("2025-10-20T12:00:00Z", reason: "a dollar less").rebill("1", isDryRun: false)
    func steps(_ restatement: Int?) throws -> [String] {
      let bridge = try book.read().bridge(
        of: Self.third, restatement: restatement, limit: 0, progress: Self.quiet)
      #expect(bridge.isSatisfied)
      return try #require(bridge.document.sections.first).rows.map {
        "\($0[1].plain) \($0[5].plain)"
      }
    }
    #expect(try steps(nil) == [" 110.35", "rule-changed -1.08", " 109.27"])
    #expect(
      try steps(0) == [
        " 120.61", "estimate-settled -10.26", "rule-changed -1.08", " 109.27",
      ])
  }

  @Test func `that says other bytes than the book gives is found out`() throws {
    let book = try Self.filed()
    let ledger = try book.open()
    var forged = try ledger.filed(Self.third).sealed[0]
    forged.hash[0] ^= 1
    var batch = Batch()
    var header = EntryHeader(stream: .filing(Self.third), version: 2)
    header.actor = "mallory"
    batch.add(header) { Event.filingRestated(forged).encodeField(into: &$0) }
    _ = try ledger.append(batch, at: ledger.now())
    let report = try book.read().verifyFiling(of: Self.third, progress: Self.quiet)
    #expect(!report.isSatisfied)
    #expect(report.filings.map(\.agrees) == [true, false])
    #expect(report.text.contains("restatement 1: DIFFERS"))
  }
}
