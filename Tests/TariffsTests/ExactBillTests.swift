import CivilTime
import Foundation
import Metering
import Money
import Tariffs
import Testing

/// Bills compared with `Tests/Support/exact_bill.py`, which was written apart from this program and
/// knows only fractions: rules, readings and intervals made at random, every line of every invoice.
///
/// `Tests/Support/rating_fixture.py` writes the files. `METERBOOK_RATING_CASES` may name a folder of
/// more of them.
@Suite struct ExactBillTests {
  static let files: [URL] = {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    var folders = [here.deletingLastPathComponent().appending(path: "Fixtures/rating")]
    if let more = ProcessInfo.processInfo.environment["METERBOOK_RATING_CASES"] {
      folders.append(URL(filePath: more))
    }
    return folders.flatMap {
      (try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)) ?? []
    }.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
  }()

  @Test func `there are cases to compare, billed and refused`() throws {
    var reasons: Set<String> = []
    for file in Self.files {
      let cases = try JSONDecoder().decode(ExactCases.self, from: Data(contentsOf: file))
      reasons.formUnion(cases.blocked.map(\.reason))
    }
    #expect(Self.files.count >= 3)
    #expect(reasons.isSuperset(of: ["gap", "no-register", "missing-reading"]))
  }

  @Test(arguments: files)
  func `every line of every invoice agrees with the exact calculator`(_ file: URL) throws {
    let cases = try JSONDecoder().decode(ExactCases.self, from: Data(contentsOf: file))
    let rules = cases.rules.ruleSet()
    var bill = RatedBill()
    #expect(!cases.invoices.isEmpty)
    for invoice in cases.invoices {
      let account = try #require(cases.accounts.first { $0.id == invoice.account })
      let zone = try #require(cases.zones.first { $0.name == account.zone }).rules
      let period = BillingPeriod(
        start: try #require(Day(iso: invoice.start)), end: try #require(Day(iso: invoice.end)))
      let policies = try #require(rules.policies(on: period.lastDay))
      let input = RatingInput(
        period: period, segments: try account.segments(of: period, rules, zone),
        taxes: rules.taxes(of: account.jurisdictions, on: period.lastDay),
        rounding: policies.rounding, proration: policies.proration)
      bill.rate(input)
      let place = "\(file.lastPathComponent) account \(invoice.account) from \(invoice.start)"
      let lines = bill.lines.indices.map { ExactCases.Line(bill, $0, input) }
      #expect(lines == invoice.lines, "\(place)")
      #expect(bill.total.description == invoice.total, "\(place)")
    }
  }

  @Test(arguments: files)
  func `an account that cannot be billed is refused for the same reason`(_ file: URL) throws {
    let cases = try JSONDecoder().decode(ExactCases.self, from: Data(contentsOf: file))
    let rules = cases.rules.ruleSet()
    let through = try #require(Day(iso: cases.through))
    for blocked in cases.blocked where blocked.reason != "missing-reading" {
      let account = try #require(cases.accounts.first { $0.id == blocked.account })
      let zone = try #require(cases.zones.first { $0.name == account.zone }).rules
      let period = BillingPeriod(start: try #require(Day(iso: blocked.from)), end: through)
      do {
        _ = try account.segments(of: period, rules, zone)
        Issue.record("account \(blocked.account) was not refused")
      } catch {
        #expect(blocked.reason == error.exactReason)
      }
    }
  }
}

extension UsageProblem {
  var exactReason: String {
    switch self {
    case .noPlan: "no-plan"
    case .noTariff: "no-tariff"
    case .noRegister, .unknownPeriod: "no-register"
    case .netExport: "net-export"
    case .belowEstimate: "below-estimate"
    case .noDemand: "no-demand"
    case .beyondRange: "beyond-range"
    case .missingIntervals: "gap"
    }
  }
}
