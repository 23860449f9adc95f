import Foundation
import Testing

@testable import Application

/// A schedule of 12 months of 24 hours, each the period of month and hour from 0.
private func schedule(_ period: (Int, Int) -> Int) -> String {
  let rows = (0..<12).map { month in
    "[" + (0..<24).map { "\(period(month, $0))" }.joined(separator: ",") + "]"
  }
  return "[" + rows.joined(separator: ",") + "]"
}

private func isSummer(_ month: Int) -> Bool { (5...8).contains(month) }

@Suite struct `A URDB record and a rule file of the same prices` {
  private static let tariffs = repository + "Tests/Fixtures/rate/tariffs.yaml"

  /// Both at once, over a home with the sun: the same in every field of every month.
  private func compare(_ record: String, with plan: String, _ metering: RateMetering) throws {
    let bench = try Workbench()
    let file = try bench.file("rate.json", record)
    for load in [
      SyntheticLoad(seed: 13, minutes: 60, size: 10, solar: 6, quiet: 0),
      SyntheticLoad(seed: 31, minutes: 30, size: 10, solar: 9, quiet: 0),
    ] {
      for isExact in [true, false] {
        let request = RateRequest(
          load: try load.write(in: bench.folder), metering: metering, isExact: isExact)
        let one = try Rating.one(file, request)
        let other = try Rating.one(Self.tariffs, name: plan, request)
        #expect(one.months.map(\.sums) == other.months.map(\.sums), "load \(load.seed)")
        #expect(one.annual == other.annual)
      }
    }
  }

  @Test func `come to the same under net metering, with a surplus that moves on`() throws {
    let record = """
      {"energyratestructure": [
        [{"rate": 0.0721, "max": 200, "unit": "kWh"}, {"rate": 0.0821}],
        [{"rate": 0.1287, "max": 200, "unit": "kWh"}, {"rate": 0.1487}],
        [{"rate": 0.4051, "max": 200, "unit": "kWh"}, {"rate": 0.4551}]],
       "energyweekdayschedule": \(schedule { month, hour in
         hour < 10 || hour >= 20 ? 0 : isSummer(month) && hour < 15 ? 2 : 1
       }),
       "energyweekendschedule": \(schedule { _, hour in hour < 10 || hour >= 20 ? 0 : 1 }),
       "fixedchargefirstmeter": 9, "fixedchargeunits": "$/month"}
      """
    try compare(record, with: "NET", .net)
  }

  @Test func `come to the same under net billing, tiers filled interval by interval`() throws {
    // A record has one ladder for imports and exports: the plan's limits of both are the same here.
    let record = """
      {"energyratestructure": [
        [{"rate": 0.22837, "sell": 0.085252, "max": 250, "unit": "kWh"},
         {"rate": 0.2433, "sell": 0.0643}],
        [{"rate": 0.28, "adj": 0.002, "sell": 0.150563, "max": 250, "unit": "kWh"},
         {"rate": 0.3117, "sell": 0.1101}]],
       "energyweekdayschedule": \(schedule { month, hour in
         isSummer(month) && hour >= 14 && hour < 19 ? 1 : 0
       }),
       "energyweekendschedule": \(schedule { _, _ in 0 }),
       "fixedmonthlycharge": 8.73, "minmonthlycharge": 12}
      """
    try compare(record, with: "SELL-ALIKE", .netBilling)
  }
}
