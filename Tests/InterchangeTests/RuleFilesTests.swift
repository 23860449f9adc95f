import CivilTime
import Foundation
import Metering
import Money
import Tariffs
import Testing

@testable import Interchange

@Suite struct `Rule files` {
  @Test func `are read into the tariffs' types`() throws {
    let files = load(calendarSample, tariffSample, timeOfUseSample, taxSample, policySample)
    #expect(files.problems == [])
    #expect(
      files.rules.map(\.rule.identity) == [
        "calendar demo version 1", "tariff R1 version 1", "tariff R2 version 1",
        "tax US-ST/sales from 2020-01-01", "policy version 1",
      ])
    #expect(files.rules.map(\.line) == [1, 7, 21, 36, 43])
    guard case .tariff(let tiered) = files.rules[1].rule,
      case .tariff(let byTime) = files.rules[2].rule, case .tax(let tax) = files.rules[3].rule,
      case .policies(let policies) = files.rules[4].rule
    else {
      Issue.record("the kinds are wrong")
      return
    }
    #expect(
      tiered.components[0].kind
        == .energy(
          EnergyComponent(tiers: [
            .init(limit: Energy(kilowattHours: 500), prices: [Price(digits: 985, decimals: 4)]),
            .init(prices: [Price(digits: 16725, decimals: 5)]),
          ])))
    #expect(
      tiered.components[2].kind
        == .percentage(PercentageComponent(rate: Rate(rawValue: 30_000_000))))
    #expect(tiered.components[2].revenueClass == .passThrough)
    #expect(
      byTime.periods == [
        TouPeriod(
          name: "on-peak",
          windows: [TimeWindow(days: [.workingDay], startMinute: 1020, endMinute: 1320)]),
        TouPeriod(name: "off-peak"),
      ])
    #expect(tax.baseClasses == TaxRule.defaultBase)
    #expect(policies == Policies(effectiveFrom: Day(iso: "2020-01-01")!))
  }

  @Test func `read everything that policies can say`() throws {
    let text =
      policySample + """

        late_fee:
          amount: 7.00
          after_days: 20
          grace_hours: 0
          cap: 2 %
          exceptions:
            - { class: street-lighting, forbidden: true }
            - { class: residential, jurisdiction: US-ST, amount: 3, cap: 0.015 }
        allocation: newest-due-first
        estimation: { method: daily-average, days: 90, bills_in_a_row: 2 }
        back_billing: { days: 730, exceptions: [{ class: residential, days: 365 }] }
        promotions:
          - { code: welcome, title: Three bills, waives: service, bills: 3 }
        """
    let files = load(text, tariffSample)
    #expect(files.problems == [])
    guard case .policies(let policies) = files.rules[0].rule else {
      Issue.record("the kind is wrong")
      return
    }
    let percent = Rate(rawValue: 10_000_000)
    #expect(
      policies
        == Policies(
          effectiveFrom: Day(iso: "2020-01-01")!,
          lateFee: LateFeePolicy(
            amount: Money(cents: 700), afterDays: 20, graceHours: 0,
            cap: Rate(rawValue: 2 * percent.rawValue),
            exceptions: [
              .init(PolicyScope(customerClass: .streetLighting), isForbidden: true),
              .init(
                PolicyScope(customerClass: .residential, jurisdiction: "US-ST"),
                amount: Money(cents: 300), cap: Rate(rawValue: 15_000_000)),
            ]), allocation: .newestDueFirst,
          estimation: EstimationPolicy(method: .dailyAverage, days: 90, billsInARow: 2),
          backBilling: BackBilling(
            days: 730, exceptions: [.init(PolicyScope(customerClass: .residential), days: 365)]),
          promotions: [
            PromotionOffer(code: "welcome", title: "Three bills", waives: "service", bills: 3)
          ]))
    #expect(
      Rule.differences(
        old: files.rules[0].rule,
        new: load(text.replacing("amount: 3,", with: "amount: 4,"), tariffSample).rules[0].rule
      ).map(\.description) == [
        "late_fee.exceptions.residential of US-ST.amount: 3.00 -> 4.00"
      ])
  }

  @Test func `say every problem with file, line, column, field and advice`() {
    let found = load(
      """
      kind: tariff
      plan: R 1
      version: 0
      colour: red
      components:
        - code: energy
          type: energy
          price: 1e-2
      """, "kind: tax\nrate: 5 %")
    #expect(
      found.problems.map(\.description) == [
        "x.yaml:1:1: \"from\" is missing; it is required",
        "x.yaml:2:7: plan: \"R 1\" is not a name of 1 to 64 printable ASCII characters without space",
        "x.yaml:3:10: version: \"0\" is not a whole number from 1 to 1000000",
        "x.yaml:4:1: colour: \"colour\" is not known here; the fields are: kind, plan, version, from, "
          + "title, calendar, periods, demand_periods, season_basis, source, components",
        "x.yaml:8:12: components[0].price: \"1e-2\" is written with an exponent; write a price, as "
          + ".09850",
        "x.yaml:10:1: \"code\" is missing; it is required",
        "x.yaml:10:1: \"from\" is missing; it is required",
        "x.yaml:10:1: \"jurisdiction\" is missing; it is required",
        "x.yaml:10:1: \"level\" is missing; it is required",
      ])
    #expect(found.rules.isEmpty)
  }

  @Test func `of a folder are read in name order`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("meterbook-rules-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in [("b.yml", taxSample), ("a.yaml", policySample), ("c.txt", "not a rule")] {
      try text.write(
        to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
    try Data([0xFF]).write(to: folder.appendingPathComponent("d.yaml"))
    try Data(repeating: 0x23, count: InterchangeLimits.ruleFile + 1)
      .write(to: folder.appendingPathComponent("e.yaml"))
    let files = try RuleFiles(paths: [folder.path])
    #expect(files.rules.map(\.file) == [folder.path + "/a.yaml", folder.path + "/b.yml"])
    #expect(
      files.problems.map(\.description) == [
        "\(folder.path)/d.yaml:1:1: the file is not UTF-8; save it as UTF-8",
        "\(folder.path)/e.yaml:1:1: the file is larger than 4194304 bytes; split it",
      ])
    #expect(
      throws: FileRefusal.unreadable(
        path: "/nonexistent", reason: "there is no such file or folder")
    ) { _ = try RuleFiles(paths: ["/nonexistent"]) }
  }

  @Test func `may be empty between documents`() {
    #expect(load("", taxSample, "", "# only a comment").problems == [])
    #expect(load("").rules == [])
  }
}
