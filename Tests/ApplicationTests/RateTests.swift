import Foundation
import Money
import Testing

@testable import Application

/// A folder of its own, removed with it.
final class Workbench: Sendable {
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "meterbook-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A file of this text; its path.
  func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    return folder + "/" + name
  }
}

/// What `Tests/Support/load_fixture.py` computed.
struct ExpectedLoads: Decodable {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var plan: String
    var metering: String?
    var load: SyntheticLoad
    var exact: [Month]
    var invoice: [Month]

    var testDescription: String {
      "\(plan) \(metering ?? "") load \(load.seed), every \(load.minutes) minutes"
    }
  }

  struct Month: Decodable, Sendable {
    var month: Int
    var days: Int
    var import_kwh: String
    var export_kwh: String
    var peak_kw: String
    var energy: String
    var fixed: String
    var demand_flat: String
    var demand_tou: String
    var minimum_topup: String
    var bill: String

    var values: [String] {
      [
        import_kwh, export_kwh, peak_kw, energy, fixed, demand_flat, demand_tou, minimum_topup,
        bill,
      ]
    }
  }

  struct Ranked: Decodable, Sendable {
    var plan: String
    var bill: String
  }

  var cases: [Case]
  var real: [Ranked]

  static let all: ExpectedLoads? = {
    let path = repository + "Tests/Fixtures/rate/expected.json"
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
    return try? JSONDecoder().decode(ExpectedLoads.self, from: data)
  }()
}

extension RateReport.Sums {
  var values: [String] {
    [importKwh, exportKwh, peakKw, energy, fixed, demandFlat, demandTou, minimumTopup, bill]
  }
}

/// Millionths, from a text with at most six decimals.
func millionths(_ text: String) throws -> Int64 { try DecimalText.parse(text, scale: 6) }

@Suite struct `A load on a tariff` {
  private static let tariffs = repository + "Tests/Fixtures/rate/tariffs.yaml"

  @Test func `is compared for every kind of rule`() throws {
    let cases = try #require(ExpectedLoads.all).cases
    #expect(
      Set(cases.map(\.plan)) == [
        "FLAT", "TIERS", "DAILY", "USE", "POOL", "LADDER", "PEAK-HOURS", "PEAK-DAYS", "DEMAND",
        "LEAST", "NET",
        "SELL",
        "SELL-ALIKE",
      ])
    let months = cases.flatMap(\.exact)
    func some(_ field: (ExpectedLoads.Month) -> String) -> Bool {
      months.contains { !RateReport.isZero(field($0)) }
    }
    #expect(some(\.export_kwh) && some(\.demand_flat) && some(\.demand_tou))
    #expect(some(\.minimum_topup) && months.contains { RateReport.isZero($0.import_kwh) })
  }

  @Test(arguments: ExpectedLoads.all?.cases ?? [])
  func `comes to what the exact calculator says, exactly and to the cent`(
    _ expected: ExpectedLoads.Case
  ) throws {
    let bench = try Workbench()
    var request = RateRequest(
      load: try expected.load.write(in: bench.folder),
      metering: expected.metering.flatMap { RateMetering(rawValue: $0) }, isExact: true)
    let exact = try Rating.one(Self.tariffs, name: expected.plan, request)
    #expect(exact.months.map(\.month) == Array(1...12))
    for (found, wanted) in zip(exact.months, expected.exact) {
      for (one, other) in zip(found.sums.values, wanted.values) {
        #expect(try abs(millionths(one) - millionths(other)) <= 2, "month \(wanted.month)")
      }
    }
    request.isExact = false
    let invoice = try Rating.one(Self.tariffs, name: expected.plan, request)
    for (found, wanted) in zip(invoice.months, expected.invoice) {
      #expect(
        try found.sums.values.map(millionths) == wanted.values.map(millionths),
        "month \(wanted.month)")
      let lines = try found.lines.map { try millionths($0.amount) }.reduce(0, +)
      #expect(try lines == millionths(found.sums.bill), "month \(wanted.month)")
    }
  }

  @Test func `is a table with a bar a month`() throws {
    let bench = try Workbench()
    let load = SyntheticLoad(seed: 13, minutes: 60, size: 10, solar: 6, quiet: 0)
    let request = RateRequest(load: try load.write(in: bench.folder))
    let text = try Rating.one(Self.tariffs, name: "SELL", request).text
      .replacing(repository, with: "").replacing(bench.folder + "/", with: "")
    #expect(
      text.hasPrefix(
        """
        Periods of use, exports paid for
        Tariff  Tests/Fixtures/rate/tariffs.yaml
        Load    load-13-60-10-6-0.csv, every 60 minutes
        Rules   net billing, rounded as on an invoice

        Month           kWh   Delivered  Peak kW  Energy   Fixed    Bill
        2018-01    349.3168    216.5512   1.4877   65.23    8.73   73.96  #########
        """), "\(text)")
    let rows = text.split(separator: "\n").suffix(13)
    #expect(rows.last?.hasPrefix("Year") == true)
    #expect(rows.dropLast().allSatisfy { $0.hasSuffix("#") })
    #expect(rows.dropLast().contains { $0.hasSuffix(" " + String(repeating: "#", count: 16)) })
  }

  @Test func `is JSON with the fields that programs read, and the lines of an invoice`() throws {
    let bench = try Workbench()
    let load = SyntheticLoad(seed: 11, minutes: 60, size: 10, solar: 0, quiet: 0)
    let request = RateRequest(load: try load.write(in: bench.folder))
    let report = try Rating.one(Self.tariffs, name: "TIERS", request)
    let data = try JSONEncoder().encode(report)
    let json = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let fields: Set = [
      "import_kwh", "export_kwh", "peak_kw", "energy", "fixed", "demand_flat", "demand_tou",
      "minimum_topup", "bill",
    ]
    let annual = try #require(json["annual"] as? [String: String])
    #expect(Set(annual.keys) == fields)
    let months = try #require(json["months"] as? [[String: Any]])
    #expect(months.count == 12)
    #expect(Set(months[0].keys) == fields.union(["year", "month", "days", "lines"]))
    #expect(months[0]["bill"] as? String == "59.84")
    #expect(json["warnings"] as? [String] == [])
    let lines = try #require(months[0]["lines"] as? [[String: String]])
    #expect(
      lines.map { $0["label"] } == [
        "Energy, first 300 kWh", "Energy, 300 to 650.5 kWh", "Customer charge",
      ])
    #expect(lines.map { $0["amount"] } == ["27.35", "25.24", "7.25"])
  }

  @Test func `may be a record of URDB`() throws {
    let bench = try Workbench()
    let tariff = try bench.file("rate.json", urdbSample())
    let load = SyntheticLoad(seed: 13, minutes: 30, size: 10, solar: 6, quiet: 0)
    let report = try Rating.one(tariff, RateRequest(load: try load.write(in: bench.folder)))
    #expect(report.name == "0123456789abcdef01234567")
    #expect(report.metering == "net")
    #expect(
      Array(report.warnings.dropFirst(2)) == [
        "\(tariff): the record does not say how exports are paid; net metering is assumed "
          + "(--metering says otherwise)"
      ])
  }

  @Test func `finds a calendar beside the tariff that names it`() throws {
    let bench = try Workbench()
    let load = SyntheticLoad(seed: 11, minutes: 60, size: 10, solar: 0, quiet: 0)
    let request = RateRequest(load: try load.write(in: bench.folder))
    let report = try Rating.one(repository + "rules/demo/tariff-r2.yaml", name: "R2", request)
    #expect(report.tariff == "Residential, time of use")
    #expect(report.months[0].lines.map(\.label).contains("Energy, on-peak"))
  }

  @Test func `takes the version in force when the load begins, and says so`() throws {
    let bench = try Workbench()
    let load = SyntheticLoad(seed: 11, minutes: 60, size: 10, solar: 0, quiet: 0)
    let request = RateRequest(load: try load.write(in: bench.folder))
    let tariff = repository + "rules/demo/tariff-r1.yaml"
    let report = try Rating.one(tariff, request)
    #expect(
      report.warnings == [
        "\(tariff): version 1 of R1, from 2010-01-01, is used for the whole load, which begins on "
          + "2018-01-01"
      ])
  }
}

/// A URDB record with one price, and what `more` adds.
func urdbSample(_ more: String = "") -> String {
  """
  {"label": "0123456789abcdef01234567", "utility": "Example Light", "name": "RS",
   "energyratestructure": [[{"rate": 0.1, "adj": 0.02, "unit": "kWh", "sell": 0.03}]]\(more)}
  """
}
