import Foundation
import Testing

@testable import Application

@Suite struct `A load on many tariffs` {
  private static let real = repository + "rules/real"

  @Test func `has the real ones in the order of the exact calculator, with its amounts`() throws {
    let bench = try Workbench()
    let load = SyntheticLoad(seed: 11, minutes: 60, size: 10, solar: 0, quiet: 0)
    let request = RateRequest(load: try load.write(in: bench.folder))
    let comparison = try Rating.compare([Self.real], request)
    let expected = try #require(ExpectedLoads.all).real
    #expect(expected.count == 10)
    #expect(comparison.tariffs.map(\.name) == expected.map(\.plan))
    #expect(comparison.tariffs.map(\.annual.bill) == expected.map(\.bill))
    #expect(comparison.tariffs.map(\.rank) == Array(1...10))
    #expect(comparison.isSatisfied)
    for row in comparison.tariffs {
      let alone = try Rating.one(row.file, request)
      #expect(alone.annual == row.annual)
      #expect(alone.months.map(\.sums.bill) == row.bills)
    }
  }

  @Test func `reads as a table, the cheapest first`() throws {
    let bench = try Workbench()
    let load = SyntheticLoad(seed: 11, minutes: 60, size: 10, solar: 0, quiet: 0)
    let request = RateRequest(load: try load.write(in: bench.folder))
    let text = try Rating.compare([Self.real], request).text
      .replacing(bench.folder + "/", with: "")
    #expect(
      text == """
        load-11-60-10-0-0.csv: 6,072.1523 kWh, peak 2.1963 kW

              A year      More    Energy  Demand   Fixed              Tariff
         1    614.40         -    548.40    0.00   66.00  ##          Jackson Electric Member Corp, A - Residential Service -Senior Citizen - Low Income Assistance
         2    620.39      5.99    529.55    0.00   90.84  ##          Florida Power & Light Co., RS-1 Residential Service
         3    662.88     48.48    292.13  179.83  190.92  ##          Public Service Co of Colorado, Residential Demand Service (Schedule RD)
         4    829.44    215.04    640.44    0.00  189.00  ###         Jacksonville Electric Authority, RS Residential Electric
         5    910.08    295.68    802.08    0.00  108.00  ###         Union Electric Co, 1(M) Residential Smart Saver Service
         6    950.17    335.77    747.25    0.00  202.92  ###         Arizona Public Service Co, Residential Service TOU Time Advantage 7PM-Noon (ET-2)
         7  1,007.23    392.83    835.99    0.00  171.24  ###         Progress Energy Florida Inc, RS-1 Residential Service
         8  1,212.18    597.78  1,032.18    0.00  180.00  ####        Idaho Power Co, Schedule 5 - Residential Time-of-Day
         9  1,796.16  1,181.76  1,796.16    0.00    0.00  ######      Pacific Gas & Electric Co, E-1 -Residential Service Baseline Region T
        10  2,656.32  2,041.92  2,656.32    0.00    0.00  ##########  San Diego Gas & Electric Co, DR - Coastal Baseline Region
        """)
  }

  @Test func `lists what cannot be rated, with the reason, and is then not satisfied`() throws {
    let bench = try Workbench()
    let load = SyntheticLoad(seed: 13, minutes: 60, size: 10, solar: 6, quiet: 0)
    let request = RateRequest(load: try load.write(in: bench.folder))
    let good = try bench.file("a.json", urdbSample(", \"dgrules\": \"Net Metering\""))
    let bad = try bench.file("b.json", urdbSample(", \"mincharge\": 3"))
    let broken = try bench.file("c.json", "{")
    let comparison = try Rating.compare([good, bad, broken, Self.real + "/fpl-rs-1.yaml"], request)
    #expect(comparison.tariffs.count == 1)
    #expect(!comparison.isSatisfied)
    let text = comparison.text.replacing(bench.folder + "/", with: "")
      .replacing(repository, with: "")
    #expect(
      text.hasSuffix(
        """


        Not rated: Example Light / RS, b.json
          b.json:2:86: mincharge: is given without minchargeunits, so nobody knows for how long it is; \
        add it

        Not rated: c.json
          line 1, column 2: the file is not JSON: an object's member begins with its name in quotes; \
        correct it here, or download it again

        Not rated: Florida Power & Light Co., RS-1 Residential Service, rules/real/fpl-rs-1.yaml
          Florida Power & Light Co., RS-1 Residential Service: the load delivers energy to the grid, \
        and the tariff does not say how it is paid. Say --metering net or --metering net-billing.

        Note: a.json:1:1: energyweekdayschedule: is missing; the one period is taken for all hours
        Note: a.json:1:1: energyweekendschedule: is missing; the one period is taken for all hours
        """), "\(text)")
  }

  @Test func `gives equal bills equal ranks`() throws {
    let bench = try Workbench()
    let load = SyntheticLoad(seed: 11, minutes: 60, size: 10, solar: 0, quiet: 0)
    let request = RateRequest(load: try load.write(in: bench.folder))
    _ = try bench.file("a.json", urdbSample())
    _ = try bench.file("b.json", urdbSample())
    _ = try bench.file(
      "c.json", urdbSample(", \"fixedchargefirstmeter\": 1, \"fixedchargeunits\": \"$/month\""))
    try FileManager.default.removeItem(atPath: bench.folder + "/load-11-60-10-0-0.csv")
    let path = try load.write(in: bench.folder)
    #expect(path == request.load)
    let comparison = try Rating.compare([bench.folder], request)
    #expect(comparison.tariffs.map(\.rank) == [1, 1, 3])
    #expect(comparison.tariffs.map(\.more) == ["0.00", "0.00", "12.00"])
  }

  @Test func `needs a tariff`() throws {
    let bench = try Workbench()
    let load = try SyntheticLoad(seed: 11, minutes: 60, size: 10, solar: 0, quiet: 0)
      .write(in: bench.folder)
    #expect(
      throws: Failure(
        "There is no tariff in \(bench.folder).",
        advice: "Name URDB files (.json), rule files (.yaml), or folders of them.")
    ) { _ = try Rating.compare([bench.folder], RateRequest(load: load)) }
  }
}
