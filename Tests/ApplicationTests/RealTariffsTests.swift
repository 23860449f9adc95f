import Foundation
import Testing

@testable import Application

private let realData = ProcessInfo.processInfo.environment["METERBOOK_REAL_DATA"]
  .flatMap { $0.isEmpty ? nil : $0 }

@Suite(.enabled(if: realData != nil, "set METERBOOK_REAL_DATA to the folder of real data"))
struct `The tariffs of rules and their records` {
  @Test(arguments: [
    ("jea-rs", "jea-rs-flat"), ("fpl-rs-1", "fpl-rs1-2tier"),
    ("duke-florida-rs-1", "duke-florida-rs-1"), ("jackson-emc-a", "jackson-emc-3tier-seasonal"),
    ("pge-e-1-t", "pge-e1-T-daily-baseline"), ("sdge-dr", "sdge-dr"), ("aps-et-2", "aps-et2-tou"),
    ("idaho-power-5", "idaho-power-5-tou"),
    ("ameren-mo-smart-saver", "ameren-mo-smart-saver-tou"), ("psco-rd", "psco-rd-flat-demand"),
  ])
  func `come to the same, for homes with and without the sun`(rule: String, record: String) throws {
    let data = realData ?? ""
    for load in ["il-home-hourly-2017", "il-home-pv3-2017", "synthetic-low-and-edges"] {
      let request = RateRequest(
        load: "\(data)/loads/\(load).csv", metering: .net, isExact: true)
      let one = try Rating.one("\(repository)rules/real/\(rule).yaml", request)
      let other = try Rating.one("\(data)/urdb/\(record).json", request)
      #expect(one.months.map(\.sums) == other.months.map(\.sums), "\(load)")
    }
  }

  @Test func `are as many as are compared here`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: repository + "rules/real")
    #expect(names.count == 10)
  }
}
