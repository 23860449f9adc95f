import Documents
import Foundation
import Testing

@testable import Application

/// A record with everything that a bill can have: two periods with pooled tiers, demand by period and
/// by month in tiers, a charge a day, a minimum, and net metering.
private let everything: String = {
  func schedule(_ period: (Int, Int) -> Int) -> String {
    let rows = (0..<12).map { month in
      "[" + (0..<24).map { "\(period(month, $0))" }.joined(separator: ",") + "]"
    }
    return "[" + rows.joined(separator: ",") + "]"
  }
  let peak = schedule { _, hour in hour >= 16 && hour < 21 ? 1 : 0 }
  let none = schedule { _, _ in 0 }
  return """
    {"label": "fedcba9876543210fedcba98", "utility": "Example Light", "name": "TOU-D",
     "startdate": 1483228800, "dgrules": "Net Metering", "sector": "Residential",
     "energyratestructure": [
       [{"rate": 0.07, "adj": 0.0117, "max": 300, "unit": "kWh"}, {"rate": 0.1123, "unit": "kWh"}],
       [{"rate": 0.2713, "max": 300, "unit": "kWh"}, {"rate": 0.3319, "unit": "kWh"}]],
     "energyweekdayschedule": \(peak), "energyweekendschedule": \(none),
     "demandratestructure": [[{"rate": 0}], [{"rate": 2.5, "max": 1}, {"rate": 4.1}]],
     "demandweekdayschedule": \(peak), "demandweekendschedule": \(none),
     "flatdemandstructure": [[{"rate": 1.25}], [{"rate": 1.75}]],
     "flatdemandmonths": [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
     "fixedchargefirstmeter": 0.4271, "fixedchargeunits": "$/day",
     "mincharge": 60, "minchargeunits": "$/month"}
    """
}()

@Suite struct `A URDB record in the book` {
  private let book: TestBook
  private let file: String

  init() throws {
    book = try TestBook(begins: "2018-04-20")
    file = try book.file("tou-d.json", [everything])
  }

  @Test func `is a tariff version that keeps its label and the hash of its file`() throws {
    let report = try book.open().importURDB(from: file, plan: "TOU-D")
    let version = try #require(report.versions.first)
    #expect(report.versions.count == 1)
    #expect(report.refused == [])
    #expect(version.outcome == "published")
    #expect(version.plan == "TOU-D" && version.version == 1 && version.from == "2017-01-01")
    #expect(version.title == "Example Light / TOU-D")
    #expect(version.label == "fedcba9876543210fedcba98")
    let hash = try Identifiers.sha256(ofFile: file)
    #expect(version.sourceHash == hash)
    #expect(version.ignored == ["sector"])
    #expect(version.warnings == [])
    #expect(
      report.text == """
        published  tariff TOU-D version 1 from 2017-01-01  Example Light / TOU-D
                   source urdb fedcba9876543210fedcba98, SHA-256 \(hash.prefix(16))
                   not about prices: sector
        """)
    let yaml = try book.read().rules(named: "TOU-D").text
    #expect(
      yaml.contains("source: { format: urdb, label: fedcba9876543210fedcba98, sha256: \(hash) }"))
  }

  @Test func `published again changes nothing`() throws {
    _ = try book.open().importURDB(from: file, plan: "TOU-D")
    let root = try book.root()
    let again = try book.open().importURDB(from: file, plan: "TOU-D")
    #expect(again.versions.map(\.outcome) == ["unchanged"])
    #expect(again.text.hasSuffix("Nothing was added: the book is as it was, root \(root)"))
    #expect(try book.root() == root)
  }

  @Test func `is billed with the lines that rate gives, each explained`() throws {
    _ = try book.open().importURDB(from: file, plan: "TOU-D")
    let load = SyntheticLoad(seed: 21, minutes: 60, size: 14, solar: 5, quiet: 0)
    // January to April in Chicago, in whole watt-hours; an hour is absent where clocks go forward.
    let rows = load.rows.filter { $0 < "2018-05" && !$0.hasPrefix("2018-03-11T02") }
      .map { String($0.dropLast()) }
    let csv = try book.file("load.csv", ["start_local,kwh"] + rows)
    try book.accounts(["1,residential,America/Chicago,,1,21,SP-1,TOU-D,2018-01-01"])
    // The home's meter counts what is taken and what is delivered on channels of their own.
    let meters = try book.file(
      "meters.csv",
      [
        "meter,account,register,unit,direction,interval_minutes,installed_at",
        "M-1,1,in,kWh,import,60,2018-01-01", "M-1,1,out,kWh,export,60,2018-01-01",
      ])
    _ = try book.open().importMeters(from: meters, progress: { _ in })
    let intervals = try book.file(
      "intervals.csv",
      ["meter,register,start,kwh"]
        + rows.flatMap { row in
          let (start, value) = (row.prefix(16), row.dropFirst(17))
          let isOut = value.hasPrefix("-")
          return [
            "M-1,in,\(start),\(isOut ? "0" : value)",
            "M-1,out,\(start),\(isOut ? value.dropFirst() : "0")",
          ]
        })
    let imported = try book.open("2018-05-02T00:00:00Z")
      .importIntervals(from: intervals, meter: nil, progress: { _ in })
    #expect(imported.isSatisfied)
    try book.bill("2018-05-01", at: "2018-05-02T12:00:00Z")
    let numbers = try book.invoices().sorted()
    #expect(numbers.count == 4)
    let rated = try Rating.one(
      file, RateRequest(load: csv, clock: .zone("America/Chicago")))
    #expect(rated.months.count == 4)
    var kinds: Set<String> = []
    let hash = try Identifiers.sha256(ofFile: file)
    for (number, month) in zip(numbers, rated.months) {
      let document = try book.read().invoice(number).document
      let lines = document.lines.map { line in
        RateLine(
          type: line.type, revenueClass: line.revenueClass, label: line.label,
          quantity: line.quantity, unit: line.unit, price: line.price, amount: line.amount)
      }
      #expect(lines == month.lines, "\(number)")
      #expect(document.total == month.sums.bill, "\(number)")
      for line in document.lines {
        let explained = try book.read().explain(number, line: line.line).text
        #expect(explained.contains(line.amount), "\(number) line \(line.line)")
        #expect(
          explained.contains("urdb fedcba9876543210fedcba98, SHA-256 \(hash.prefix(16))"),
          "\(number) line \(line.line)")
        kinds.insert(line.type)
      }
    }
    #expect(
      kinds == ["ENERGY_CHARGE", "DEMAND_CHARGE", "FIXED_CHARGE", "MINIMUM_CHARGE"])
  }
}

@Suite struct `URDB records on their way into the book` {
  private let book: TestBook

  init() throws { book = try TestBook(begins: "2018-04-20") }

  private func refusal(_ run: () throws -> URDBImportReport) -> String {
    do { return try run().text } catch { return "\(error)".replacing(book.folder + "/", with: "") }
  }

  @Test func `that do not say from when need --from`() throws {
    let file = try book.file("rs.json", [urdbSample()])
    let report = try book.open().importURDB(from: file, plan: "RS")
    #expect(!report.isSatisfied)
    #expect(
      report.refused.map(\.reasons) == [
        ["the record does not say from when it is in force. Say it: --from 2026-01-01."]
      ])
    let given = try book.open().importURDB(from: file, plan: "RS", first: "2018-01-01")
    #expect(given.versions.map(\.from) == ["2018-01-01"])
    #expect(
      given.versions[0].warnings.last
        == "the record does not say how exports are paid; net metering is assumed (--metering says "
        + "otherwise)")
    let wrong = refusal { try book.open().importURDB(from: file, plan: "RS", first: "soon") }
    #expect(wrong == "--from soon is not a date. Write an existing day as 2026-03-01.")
  }

  @Test func `of one rate become versions of one plan, by their first days`() throws {
    func record(_ price: String, _ start: String, _ end: String = "") -> String {
      urdbSample(", \"startdate\": \"\(start)\", \"dgrules\": \"Net Metering\"\(end)")
        .replacing("0.1,", with: price + ",").replacing("\"RS\"", with: "\"History\"")
    }
    let folder = book.folder + "/history"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    _ = try book.file("history/a.json", [record("0.3", "2020-01-01")])
    _ = try book.file(
      "history/b.json", [record("0.2", "2017-01-01", ", \"enddate\": \"2019-12-31\"")])
    let report = try book.open().importURDB(from: folder, plan: "H")
    #expect(report.versions.map(\.version) == [1, 2])
    #expect(report.versions.map(\.from) == ["2017-01-01", "2020-01-01"])
    #expect(
      report.versions[0].warnings.last
        == "the record ended on 2019-12-31; here it counts until a later version begins")
    _ = try book.file("history/c.json", [record("0.4", "2018-01-01")])
    let late = try book.open().importURDB(from: folder, plan: "H")
    #expect(late.versions.map(\.outcome) == ["unchanged", "unchanged"])
    #expect(
      late.refused.map(\.reasons) == [
        [
          "plan H has a version from 2020-01-01 with other content, and what is published never "
            + "changes; give this one a later first day with --from, or another plan"
        ]
      ])
  }

  @Test func `of several rates become plans of their own, and the others are listed`() throws {
    let folder = book.folder + "/many"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let one = urdbSample(", \"startdate\": 1483228800")
    let two = one.replacing("\"RS\"", with: "\"GS\"")
    _ = try book.file("many/all of them.json", ["[\(one), \(two)]"])
    _ = try book.file("many/broken.json", ["{"])
    _ = try book.file("many/ratchet.json", [urdbSample(", \"demandratchetpercentage\": [0.5]")])
    _ = try book.file(
      "many/sale.json", [one.replacing("}]]", with: "}]], \"dgrules\": \"Buy All Sell All\"")])
    let report = try book.open().importURDB(from: folder, plan: "CITY")
    #expect(report.versions.map(\.plan) == ["CITY-all-of-them-1", "CITY-all-of-them-2"])
    #expect(report.refused.count == 3)
    #expect(!report.isSatisfied)
    let text = report.text.replacing(folder + "/", with: "")
    #expect(
      text.contains("refused    broken.json\n           line 2, column 1: the file is not JSON"))
    #expect(
      text.contains(
        "refused    Example Light / RS, ratchet.json\n           ratchet.json:2:86: demandratchet"))
    #expect(
      text.contains(
        """
        refused    Example Light / RS, sale.json
                   the record buys all generation and sells all use, which takes two meters. Say \
        --metering net or --metering net-billing.
        """), "\(text)")
    let sold = try book.open().importURDB(
      from: folder + "/sale.json", plan: "SALE", metering: .netBilling)
    #expect(sold.versions.map(\.plan) == ["SALE"])
    #expect(try book.read().rules(named: "SALE").text.contains("type: net-billing"))
  }

  @Test func `need a folder that is there, and a plan's code`() throws {
    #expect(
      refusal { try book.open().importURDB(from: book.folder + "/none", plan: "X") }
        == "There is no file or folder none. Name a URDB file (.json).")
    #expect(
      refusal { try book.open().importURDB(from: repository + "rules/demo", plan: "X") }
        .hasPrefix("There is no .json file in "))
    #expect(
      refusal { try book.open().importURDB(from: book.folder, plan: "two words") }
        == "'two words' cannot be a plan's code. Use 1 to 64 printable ASCII characters without "
        + "space.")
  }
}
