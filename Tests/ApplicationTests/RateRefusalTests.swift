import Foundation
import Testing

@testable import Application

@Suite struct `What cannot be rated` {
  private let bench: Workbench
  private let load: String

  init() throws {
    bench = try Workbench()
    load = try SyntheticLoad(seed: 13, minutes: 60, size: 10, solar: 6, quiet: 0)
      .write(in: bench.folder)
  }

  /// What is said, with the folder left out.
  private func refusal(
    _ tariff: String, name: String? = nil, _ request: RateRequest? = nil
  ) -> String {
    do {
      let report = try Rating.one(tariff, name: name, request ?? RateRequest(load: load))
      return "rated: \(report.annual.bill)"
    } catch {
      return "\(error)".replacing(bench.folder + "/", with: "")
    }
  }

  @Test func `for want of a tariff`() throws {
    #expect(
      refusal(bench.folder + "/nothing.json")
        == "There is no file or folder nothing.json. Name a URDB file (.json), a rule file (.yaml), "
        + "or a folder of them.")
    let empty = try bench.file("calendar.yaml", "kind: policy\nversion: 1\nfrom: 2020-01-01\n")
    #expect(refusal(empty) == "calendar.yaml holds no tariff. Name a file with a `kind: tariff`.")
    #expect(
      refusal(try bench.file("x.json", "[1"))
        == "line 1, column 3: the file is not JSON: a list goes on with , or ends with ]; correct it "
        + "here, or download it again")
    let two = try bench.file("two.json", "[\(urdbSample()), \(urdbSample())]")
    #expect(
      refusal(two)
        == "two.json holds 2 tariffs. Choose one with --plan, or compare them all with `rate "
        + "compare`. It holds: 0123456789abcdef01234567 (Example Light / RS), "
        + "0123456789abcdef01234567 (Example Light / RS).")
    #expect(
      refusal(two, name: "RS-9").hasPrefix("two.json holds no tariff RS-9. It holds: 0123"))
  }

  @Test func `for a record that is refused, with every reason`() throws {
    let file = try bench.file(
      "wrong.json", urdbSample(", \"fixedchargefirstmeter\": 9,\n \"demandratchetpercentage\": [1]")
    )
    #expect(
      refusal(file) == """
        wrong.json:3:2: demandratchetpercentage: a ratchet counts the peaks of months before the load \
        begins, and the field does not say of how many; such a rate cannot be computed here
        wrong.json:2:86: fixedchargefirstmeter: is given without fixedchargeunits, so nobody knows for \
        how long it is; add it
        """)
  }

  @Test func `for a rule file that is wrong, with the place`() throws {
    let file = try bench.file(
      "wrong.yaml",
      "kind: tariff\nplan: X\nversion: 1\nfrom: 2020-01-01\ncomponents:\n"
        + "  - { code: e, type: energy, price: gift }\n")
    #expect(
      refusal(file).hasPrefix(
        "wrong.yaml:6:37: components[0].price: \"gift\" is not a decimal number"))
  }

  @Test func `for a load that is wrong, with the line`() throws {
    let tariff = try bench.file("rate.json", urdbSample())
    let hole = try bench.file(
      "hole.csv", "start_local,kwh\n2018-01-01T00:00,1\n2018-01-01T01:00,1\n2018-01-01T03:00,1\n")
    #expect(
      refusal(tariff, RateRequest(load: hole))
        == "hole.csv: line 4: an interval is missing: after line 3 the one that begins at "
        + "2018-01-01T02:00 is expected, and 2018-01-01T03:00 is found; add what is missing, it is "
        + "never guessed.")
    #expect(
      refusal(tariff, RateRequest(load: bench.folder + "/none.csv"))
        == "none.csv: cannot read none.csv: there is no such file; check the path and its "
        + "permissions.")
    #expect(
      refusal(tariff, RateRequest(load: load, clock: .zone("Mars/Olympus")))
        == "the zone 'Mars/Olympus' is not known here (use an IANA name, as America/Chicago)")
    let huge = try bench.file(
      "huge.csv",
      "start_local,kwh\n2018-02-01T00:00,9999999\n"
        + (1..<672).map { hour in
          let day = hour / 24 + 1
          return
            "2018-02-\(day < 10 ? "0" : "")\(day)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00,1\n"
        }.joined())
    #expect(
      refusal(tariff, RateRequest(load: huge))
        == "huge.csv: line 2, column kwh: 9999999 is beyond what an interval can hold. Is it in kWh?"
    )
  }

  @Test func `for exports that nobody says how to pay`() throws {
    let rule = try bench.file(
      "flat.yaml",
      "kind: tariff\nplan: X\nversion: 1\nfrom: 2018-01-01\ntitle: Flat\ncomponents:\n"
        + "  - { code: e, type: energy, price: 0.1 }\n")
    #expect(
      refusal(rule)
        == "Flat: the load delivers energy to the grid, and the tariff does not say how it is paid. "
        + "Say --metering net or --metering net-billing.")
    let all = try bench.file("all.json", urdbSample(", \"dgrules\": \"Buy All Sell All\""))
    #expect(
      refusal(all)
        == "Example Light / RS: the record buys all generation and sells all use, which a load of "
        + "both together cannot tell apart. Say --metering net or --metering net-billing.")
    #expect(refusal(all, RateRequest(load: load, metering: .net)).hasPrefix("rated: "))
    #expect(refusal(rule, RateRequest(load: load, metering: .net)).hasPrefix("rated: "))
    let report = try Rating.one(rule, RateRequest(load: load, metering: .netBilling))
    #expect(report.warnings == ["plan X has no price for exports; they are paid nothing"])
  }

  @Test func `by the hour, but over shorter intervals, says so`() throws {
    let hourly = try bench.file("hourly.json", urdbSample(", \"dgrules\": \"Net Billing Hourly\""))
    let fine = try SyntheticLoad(seed: 13, minutes: 15, size: 10, solar: 6, quiet: 0)
      .write(in: bench.folder)
    let report = try Rating.one(hourly, RateRequest(load: fine))
    #expect(report.metering == "net-billing")
    #expect(report.warnings.count == 3)
    #expect(
      report.warnings.last
        == "\(hourly): exports are netted over intervals of 15 minutes, where the record nets over "
        + "hours")
  }
}
