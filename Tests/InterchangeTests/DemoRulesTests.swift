import CivilTime
import Foundation
import Metering
import Money
import Tariffs
import Testing

@testable import Interchange

private let demo = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("rules/demo").path

private func day(_ text: String) -> Day { Day(iso: text)! }

extension RuleSet {
  /// The rules that were read.
  init(_ files: RuleFiles) {
    self.init()
    for loaded in files.rules {
      switch loaded.rule {
      case .tariff(let rule): publish(rule)
      case .tax(let rule): publish(rule)
      case .calendar(let rule): publish(rule)
      case .policies(let rule): publish(rule)
      case .classification: break
      }
    }
  }
}

@Suite struct `The shipped test rules` {
  private let rules: RuleSet

  init() throws {
    let files = try RuleFiles(paths: [demo])
    #expect(files.problems == [])
    rules = RuleSet(files)
  }

  /// The amounts of a bill's lines in the invoice's order, and the total.
  private func bill(
    _ plan: String, _ from: String, _ to: String, kWh: [Int64], _ jurisdictions: [String]
  ) throws -> [String] {
    let period = BillingPeriod(start: day(from), end: day(to))
    let tariff = try #require(rules.tariff(plan, on: period.start))
    let usage = kWh.map { Energy(kilowattHours: $0) }
    let policies = try #require(rules.policies(on: period.lastDay))
    let rated = RatedBill(
      rating: RatingInput(
        period: period,
        segments: [RatingSegment(days: period, tariff: tariff, usage: usage)],
        taxes: rules.taxes(of: jurisdictions, on: period.lastDay),
        rounding: policies.rounding, proration: policies.proration))
    return rated.lines.map { $0.amount.description } + [rated.total.description]
  }

  @Test func `give the bill of 121 dollars for 97 dollars of energy`() throws {
    let found = try bill("R2", "2026-01-15", "2026-02-15", kWh: [200, 450], ["US-TX8"])
    #expect(found == ["52.00", "45.00", "15.00", "8.96", "120.96"])
  }

  @Test func `give the tiered bill with franchise fee and two taxes`() throws {
    let taxes = ["US-ST", "US-ST-CITY"]
    let found = try bill("R1", "2026-01-15", "2026-02-15", kWh: [1137], taxes)
    #expect(
      found == ["49.25", "61.70", "22.91", "15.00", "4.57", "3.50", "7.85", "2.35", "167.13"])
  }

  @Test func `give the prorated bill of a move-in`() throws {
    let taxes = ["US-ST", "US-ST-CITY"]
    let found = try bill("R1", "2026-01-03", "2026-01-15", kWh: [310], taxes)
    #expect(found == ["19.70", "13.57", "6.00", "1.40", "1.22", "2.09", "0.63", "44.61"])
  }

  @Test func `change R1's prices on 1 March 2028 and nothing else`() throws {
    #expect(rules.tariff("R1", on: day("2028-02-29"))?.version.version == 1)
    #expect(rules.tariff("R1", on: day("2028-03-01"))?.version.version == 2)
    let versions = rules.versions(of: "R1").map { Rule.tariff($0.version) }
    #expect(
      Rule.differences(old: versions[0], new: versions[1]).map(\.description) == [
        "version: 1 -> 2", "from: 2010-01-01 -> 2028-03-01",
        "components.energy.tiers[0].price: 0.0985 -> 0.1015",
        "components.energy.tiers[1].price: 0.1234 -> 0.1271",
      ])
  }

  @Test func `charge 5.00 for paying late, less where a state caps it`() throws {
    let policies = try #require(rules.policies(on: day("2026-03-17")))
    let usual = policies.lateFee(for: .residential, jurisdictions: ["US-ST", "US-ST-CITY"])
    #expect(usual.fee(onOpen: Money(cents: 10476)) == Money(cents: 500))
    #expect(usual.afterDays == 15 && usual.graceSeconds == 86_400)
    let capped = policies.lateFee(for: .residential, jurisdictions: ["US-TX8"])
    #expect(capped.fee(onOpen: Money(cents: 10476)) == Money(cents: 157))
    #expect(policies.lateFee(for: .publicAuthority, jurisdictions: ["US-ST"]).isForbidden)
    #expect(policies.promotion("welcome")?.waives == "service")
    #expect(policies.estimation == nil)
  }

  @Test func `rest where the standard says`() throws {
    let files = try RuleFiles(paths: [demo])
    let found = files.rules.compactMap { loaded -> Classification? in
      if case .classification(let it) = loaded.rule { it } else { nil }
    }
    let own = try #require(found.first)
    #expect(found.count == 1)
    #expect(own.control == .standard)
    for (type, revenue) in zip(LineType.allCases, RevenueClass.allCases) {
      for customer in CustomerClass.allCases {
        func account(_ it: Classification) -> String {
          it.account(code: "x", lineType: type, revenueClass: revenue, customerClass: customer)
        }
        #expect(account(own) == account(.standard))
      }
    }
  }

  @Test func `are read back from their own YAML`() throws {
    let files = try RuleFiles(paths: [demo])
    #expect(files.rules.count == 12)
    for loaded in files.rules {
      let again = RuleFiles(
        texts: [("again", loaded.rule.yaml)], published: files.rules.map(\.rule))
      #expect(again.problems == [])
      #expect(again.rules.map(\.rule) == [loaded.rule])
    }
    let texts = files.rules.map(\.rule.yaml)
    #expect(texts.contains { $0.contains("- class: public-authority\n      forbidden: true\n") })
  }
}
