import CivilTime
import Foundation
import Testing

@testable import Interchange

private let realData = ProcessInfo.processInfo.environment["METERBOOK_REAL_DATA"]
  .flatMap { $0.isEmpty ? nil : $0 }

@Suite(.enabled(if: realData != nil, "set METERBOOK_REAL_DATA to the folder of real data"))
struct `Real URDB records` {
  private static let folder = URL(fileURLWithPath: realData ?? "").appendingPathComponent("urdb")

  private static func files(_ name: String = "") -> [String] {
    let folder = name.isEmpty ? Self.folder : Self.folder.appendingPathComponent(name)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().map { folder.path + "/" + $0 }
  }

  @Test(arguments: files()) func `are read`(path: String) throws {
    let records = try URDBFile(path: path).records
    #expect(records.count == 1)
    #expect(records.flatMap(\.problems).map(\.description) == [])
  }

  @Test(arguments: [
    (
      "neg-invalid-fixed-units.json",
      ["fixedchargeunits: a fixed charge of 9.00 a year is less than 1 a month"]
    ),
    (
      "neg-missing-required.json",
      [
        "energyweekdayschedule: is missing; energyratestructure has 2 periods",
        "energyweekendschedule: is missing; energyratestructure has 2 periods",
      ]
    ),
  ])
  func `that must not be used are refused with the reason`(
    name: String, beginnings: [String]
  ) throws {
    let path = Self.folder.appendingPathComponent("negative/" + name).path
    let record = try #require(URDBFile(path: path).records.first)
    #expect(record.rate == nil)
    let found = record.problems.map { "\($0.field): \($0.message)" }
    #expect(found.count == beginnings.count)
    for (problem, beginning) in zip(found, beginnings) { #expect(problem.hasPrefix(beginning)) }
  }

  @Test func `that must not be used have each a test`() {
    let names = Self.files("negative").map { ($0 as NSString).lastPathComponent }
    #expect(names == ["neg-invalid-fixed-units.json", "neg-missing-required.json"])
  }
}

@Suite(.enabled(if: realData != nil, "set METERBOOK_REAL_DATA to the folder of real data"))
struct `Real loads` {
  @Test func `are read whole`() throws {
    let folder = URL(fileURLWithPath: realData ?? "").appendingPathComponent("loads")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".csv") }
    #expect(!names.isEmpty)
    for name in names {
      var warnings: [String] = []
      let load = try Load(
        ByteSource(path: folder.appendingPathComponent(name).path), clock: .unsaid,
        warnings: &warnings)
      #expect(load.values.count == 8760, "\(name)")
      #expect(load.endDay - load.firstDay == 365, "\(name)")
      #expect(warnings == [], "\(name)")
    }
  }
}
