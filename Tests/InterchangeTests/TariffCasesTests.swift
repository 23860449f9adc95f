import CivilTime
import Foundation
import Interchange
import Metering
import Money
import Tariffs
import Testing

/// Tariffs of every kind of component, as YAML, rated over loads: compared with
/// `Tests/Support/exact_rate.py`, which was written apart from this program and knows only fractions.
///
/// `Tests/Support/tariff_cases.py` writes the files. `METERBOOK_TARIFF_CASES` may name a folder of
/// more of them.
@Suite struct TariffCasesTests {
  static let files: [URL] = {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    var folders = [here.deletingLastPathComponent().appending(path: "Fixtures/tariffs")]
    if let more = ProcessInfo.processInfo.environment["METERBOOK_TARIFF_CASES"] {
      folders.append(URL(filePath: more))
    }
    return folders.flatMap {
      (try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)) ?? []
    }.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
  }()

  @Test func `there are cases of every kind of component`() throws {
    let all = try Self.files.flatMap { try TariffCase.read($0) }.map(\.tariff).joined()
    let kinds = [
      "energy", "demand", "fixed", "rider", "percentage", "minimum", "net-metering", "net-billing",
    ]
    for kind in kinds { #expect(all.contains("type: \(kind)"), "\(kind)") }
    for word in ["basis: kw", "basis: day", "ladders:", "ratchet:", "settlement:", "separate"] {
      #expect(all.contains(word), "\(word)")
    }
  }

  @Test(arguments: files)
  func `every month agrees with the exact calculator to the millionth`(_ file: URL) throws {
    for (number, given) in try TariffCase.read(file).enumerated() {
      let months = try given.rate(.exact)
      #expect(months.count == given.exact.count)
      for (month, expected) in zip(months, given.exact) {
        let place = "\(file.lastPathComponent) case \(number) \(month.period)"
        #expect(month.imported.milliwattHours * 1000 == expected["import_kwh"], "\(place)")
        #expect(month.exported.milliwattHours * 1000 == expected["export_kwh"], "\(place)")
        #expect(month.peak.power.milliwatts * 1000 == expected["peak_kw"], "\(place)")
        let amounts = [
          "energy": month.energy, "fixed": month.fixed, "demand_flat": month.demandFlat,
          "demand_tou": month.demandTou, "minimum_topup": month.minimumTopUp, "bill": month.bill,
        ]
        for (name, amount) in amounts {
          let wanted = try #require(expected[name])
          #expect(amount.scale == 9)
          #expect(abs(amount.units - wanted) <= 1000, "\(place) \(name): \(amount)")
        }
      }
    }
  }

  @Test(arguments: files)
  func `every line of every invoice agrees with the exact calculator to the cent`(_ file: URL)
    throws
  {
    for (number, given) in try TariffCase.read(file).enumerated() {
      let months = try given.rate(.invoice)
      for (month, expected) in zip(months, given.invoice) {
        let lines = month.rated.lines.map { TariffCase.Line($0, month.input) }.sorted()
        let wanted = expected.sorted()
        #expect(lines == wanted, "\(file.lastPathComponent) case \(number) \(month.period)")
        #expect(month.rated.total.cents == wanted.map(\.cents).reduce(0, +))
      }
    }
  }

  @Test(arguments: files)
  func `a tariff written as YAML reads back the same`(_ file: URL) throws {
    for given in try TariffCase.read(file) {
      let version = try given.version()
      let text = Rule.tariff(version).yaml
      let again = RuleFiles(texts: [("x.yaml", text)])
      #expect(again.problems.map(\.description) == [], "\(text)")
      #expect(again.rules.map(\.rule) == [.tariff(version)], "\(text)")
    }
  }

  @Test(arguments: files)
  func `every line follows from its explanation`(_ file: URL) throws {
    for (number, given) in try TariffCase.read(file).enumerated() {
      for month in try given.rate(.invoice) {
        for (index, line) in month.rated.lines.enumerated() {
          let facts = month.rated.explain(index, month.input)
          #expect(
            facts.product.rounded(facts.rounding) == line.amount,
            "case \(number) \(month.period) \(facts.code)")
          #expect(!facts.code.isEmpty)
        }
      }
    }
  }
}

/// A tariff, a load, and what it costs.
struct TariffCase: Decodable {
  struct Load: Decodable {
    var seed: UInt64
    var minutes: UInt8
    var decimals: UInt8
    var base: Int64
    var spread: UInt64
    var burst: Int64
    var sun: Int64
    var first: String
    var months: Int
  }

  struct Line: Decodable, Equatable, Comparable, CustomStringConvertible {
    var code: String
    var period: Int
    var tier: Int
    var quantity: Int64?
    var cents: Int64

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      code = try list.decode(String.self)
      period = try list.decode(Int.self)
      tier = try list.decode(Int.self)
      quantity = try list.decodeNil() ? nil : list.decode(Int64.self)
      cents = try list.decode(Int64.self)
    }

    init(_ line: RatedLine, _ input: RatingInput) {
      code = input.segments[0].tariff.version.components[Int(line.component)].code
      period = line.touPeriod.map { Int($0) } ?? -1
      tier = Int(line.tier)
      switch line.basis {
      case .energy(let energy, _): quantity = energy.milliwattHours
      case .demand(let power, _, _): quantity = power.milliwatts
      default: quantity = nil
      }
      cents = line.amount.cents
    }

    static func < (left: Self, right: Self) -> Bool {
      (left.code, left.period, left.tier, left.cents)
        < (right.code, right.period, right.tier, right.cents)
    }

    var description: String {
      "\(code) period \(period) tier \(tier): \(quantity.map { "\($0)" } ?? "-") \(cents)"
    }
  }

  var tariff: String
  var load: Load
  var exact: [[String: Int64]]
  var invoice: [[Line]]

  static func read(_ file: URL) throws -> [TariffCase] {
    try JSONDecoder().decode([TariffCase].self, from: Data(contentsOf: file))
  }

  func version() throws -> TariffVersion {
    let loaded = RuleFiles(texts: [("case.yaml", tariff)])
    #expect(loaded.problems.map(\.description) == [], "\(tariff)")
    guard case .tariff(let version) = try #require(loaded.rules.first).rule else {
      throw CocoaError(.coderReadCorrupt)
    }
    return version
  }

  func rate(_ conventions: RatingConventions) throws -> [MonthRating] {
    let zone = ZoneRules(fixedOffset: 0, name: "UTC")
    let first = try #require(Day(iso: load.first))
    let months = (0..<load.months).map {
      BillingPeriod(
        start: first.adding(months: $0, cycleDay: 1),
        end: first.adding(months: $0 + 1, cycleDay: 1))
    }
    let begin = zone.midnight(of: first)
    let end = zone.midnight(of: try #require(months.last).end)
    let count = Int(end - begin) / Int(load.minutes) / 60
    let block = IntervalBlock(
      start: begin, minutes: load.minutes, decimals: load.decimals,
      values: (0..<count).map { value($0, hour: $0 * Int(load.minutes) / 60 % 24) })
    return try CompiledTariff(version()).rate(
      [block], months: months, zone: zone, conventions: conventions)
  }

  private func value(_ index: Int, hour: Int) -> Int64 {
    let noise = Self.mix(load.seed &+ UInt64(index))
    var amount = load.base + Int64(noise % load.spread)
    if noise % 97 == 0 { amount += load.burst }
    if (8..<17).contains(hour) {
      amount -= load.sun * Int64(4 - abs(12 - hour)) / 4
    }
    return amount
  }

  private static func mix(_ state: UInt64) -> UInt64 {
    var value = state &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
