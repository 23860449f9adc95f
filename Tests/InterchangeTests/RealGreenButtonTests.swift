import CivilTime
import Foundation
import Metering
import Testing

@testable import Interchange

private let realData = ProcessInfo.processInfo.environment["METERBOOK_REAL_DATA"]
  .flatMap { $0.isEmpty ? nil : $0 }

/// What another parser counted in the files of `METERBOOK_REAL_DATA`.
private struct Expected: Decodable {
  struct File: Decodable {
    var IntervalBlock: Int?
    var IntervalReading: Int?
    var value_sum: Int128?
    var cost_sum: Int128?
    var first_start: Int64?
    var last_end: Int64?
    var not_well_formed: String?
  }
  var files: [String: File]
}

@Suite(.enabled(if: realData != nil, "set METERBOOK_REAL_DATA to the folder of real data"))
struct `Real Green Button files` {
  private let folder = URL(fileURLWithPath: realData ?? "").appendingPathComponent("greenbutton")

  @Test func `are all read or refused, and counted as another parser counts`() throws {
    let data = try Data(contentsOf: folder.appendingPathComponent("expected-counts.json"))
    let expected = try JSONDecoder().decode(Expected.self, from: data)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".xml") }
    #expect(Set(names) == Set(expected.files.keys))
    for (name, counts) in expected.files {
      let path = folder.appendingPathComponent(name).path
      guard counts.not_well_formed == nil else {
        #expect(
          throws: FileRefusal.notWellFormed(
            line: 1, column: 12, reason: "a prefix that no namespace is declared for")
        ) { _ = try GreenButtonFile(path: path) }
        continue
      }
      let outline = try GreenButtonFile(path: path).outline
      #expect(outline.blocks == counts.IntervalBlock, "\(name)")
      #expect(outline.intervals == counts.IntervalReading, "\(name)")
      #expect(outline.valueSum == counts.value_sum, "\(name)")
      #expect(outline.costSum == counts.cost_sum, "\(name)")
      #expect(outline.firstStart?.rawValue == counts.first_start, "\(name)")
      #expect(outline.lastEnd?.rawValue == counts.last_end, "\(name)")
      #expect(outline.channels.map(\.intervals).reduce(0, +) == counts.IntervalReading, "\(name)")
    }
  }

  @Test(arguments: [
    ("BulkSCEUsageSummaryAndIntervalBlock.xml", 3, 620),
    ("Inland_Single_Family_Jan_1_2011_to_Jan_1_2012_RetailCustomer_9.xml", 8760, 8_343_306),
    ("TestGBDataHourlyNineDaysBinnedDaily.xml", 216, 199_563),
    ("ameren-15min-2023-12-04.xml", 96, 57_893),
    ("intervals_APUC000000_electric.xml", 300, 248_530),
  ])
  func `of electricity give every interval in watt-hours`(
    name: String, count: Int, wattHours: Int64
  ) throws {
    let file = try GreenButtonFile(path: folder.appendingPathComponent(name).path)
    var found = 0
    var sum: Int64 = 0
    try file.forEachInterval { item in
      guard case .interval(let interval) = item else {
        Issue.record("\(item)")
        return
      }
      found += 1
      sum += interval.energy.wattHours
      #expect(file.outline.channels[interval.channel].usagePoint != nil)
    }
    #expect(found == count)
    #expect(sum == wattHours)
  }

  @Test func `of gas are refused by name and still counted`() throws {
    let path = folder.appendingPathComponent("ngma-gas-billing.xml").path
    let file = try GreenButtonFile(path: path)
    #expect(file.outline.channels.map(\.refusal) == [.notElectricity("gas")])
    #expect(file.outline.channels[0].intervals == 35)
    try file.forEachInterval { Issue.record("\($0)") }
  }

  @Test func `of several usage points keep them apart`() throws {
    let path = folder.appendingPathComponent("ameren-15min-2023-12-04.xml").path
    let outline = try GreenButtonFile(path: path).outline
    #expect(
      outline.usagePoints.map(\.id) == [
        "8973286530475467994", "5587823263781003494", "7706696630384308122", "2729703253975607745",
      ])
    #expect(outline.channels.map(\.usagePoint) == [3])
    #expect(outline.channels[0].readingType?.intervalLength == 900)
    #expect(outline.localTime?.zoneOffset == -21_600)
  }
}
