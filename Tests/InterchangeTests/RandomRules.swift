import CivilTime
import Metering
import Money
import Tariffs

@testable import Interchange

/// A valid set of rules made at random: a calendar, a tariff that uses it, a tax, policies and a
/// classification.
struct RandomRules {
  let rules: [Rule]

  init(_ random: inout SeededRandom) {
    let from = Day(rawValue: Int32.random(in: 0...20_000, using: &random))
    let calendar = Calendar(
      name: Self.name(&random), version: UInt32.random(in: 1...9, using: &random),
      effectiveFrom: from,
      weekendDays: Weekday.allCases.filter { _ in Bool.random(using: &random) },
      holidays: (0..<Int.random(in: 0...3, using: &random)).map {
        Holiday(day: from + $0, name: Self.title(&random))
      },
      seasons: (0..<Int.random(in: 0...3, using: &random)).map {
        Season(
          name: Self.name(&random), month: UInt8($0 * 4 + 1),
          day: UInt8.random(in: 1...28, using: &random))
      })
    let tax = TaxRule(
      jurisdiction: Self.name(&random),
      level: JurisdictionLevel.allCases.randomElement(using: &random)!,
      code: Self.name(&random), title: Self.title(&random),
      rate: Rate(rawValue: Int64.random(in: 0...1_000_000_000, using: &random)),
      effectiveFrom: from, baseClasses: [RevenueClass.allCases.randomElement(using: &random)!])
    let policies = Policies(
      version: 1, effectiveFrom: from, rounding: Rounding.allCases.randomElement(using: &random)!,
      proration: Proration(fullMonthMinimum: 20, fullMonthMaximum: 40, monthDays: 31),
      cycleWindowDays: UInt8.random(in: 0...14, using: &random),
      plausibility: Plausibility(
        dailyMaximum: Energy(wattHours: Int64.random(in: 1...1_000_000, using: &random)),
        byClass: [.init(customerClass: .industrial, dailyMaximum: Energy(wattHours: 5))]))
    let tariff = Self.tariff(calendar, &random)
    rules = [
      .calendar(calendar), .tariff(tariff), .tax(tax),
      .policies(Self.policies(policies, tariff, &random)),
      .classification(Self.classification(tariff, tax, &random)),
    ]
  }

  private static func tariff(_ calendar: Calendar, _ random: inout SeededRandom) -> TariffVersion {
    let count = Int.random(in: 0...3, using: &random)
    var periods: [TouPeriod] = []
    for index in 0..<count {
      var windows: [TimeWindow] = []
      if index > 0 {
        let days = DayClass.allCases.randomElement(using: &random).map { [$0] } ?? []
        windows.append(
          TimeWindow(
            season: calendar.seasons.randomElement(using: &random)?.name, days: days,
            startMinute: Int16(index * 300), endMinute: Int16(index * 300 + 299)))
      }
      periods.append(TouPeriod(name: "p\(index)-" + name(&random, 20), windows: windows))
    }
    var limit: Int64 = 0
    let tierCount = Int.random(in: 1...3, using: &random)
    let width = Bool.random(using: &random) || periods.isEmpty ? 1 : periods.count
    var prices: [[Price]] = []
    for _ in 0..<tierCount {
      var row: [Price] = []
      for _ in 0..<width {
        row.append(
          Price(
            digits: Int64.random(in: -5...1_000_000_000_000_000, using: &random),
            decimals: Int.random(in: 0...18, using: &random)))
      }
      prices.append(row)
    }
    let tiers = (0..<tierCount).map { index in
      limit += Int64.random(in: 1...900_000, using: &random)
      return EnergyTier(
        limit: index == tierCount - 1 ? nil : Energy(wattHours: limit),
        prices: prices[index])
    }
    let basis: EnergyTier.LimitBasis = Bool.random(using: &random) ? .day : .month
    let codes = ["a-", "b-", "c-"].map { $0 + name(&random, 9) }
    let lineType = LineType.allCases.filter { $0 != .tax }.randomElement(using: &random)
    let rate = Rate(rawValue: Int64.random(in: 0...1_000_000_000, using: &random))
    let percentage = PercentageComponent(
      rate: rate, baseClasses: [.fixed],
      baseComponents: Bool.random(using: &random) ? [] : [codes[1]])
    let components = [
      Component(
        code: codes[0], title: title(&random),
        kind: .energy(EnergyComponent(basis: basis, tiers: tiers)), lineType: lineType),
      Component(
        code: codes[1], title: title(&random),
        kind: .fixed(FixedComponent(price: Price(digits: 1, decimals: 12))),
        revenueClass: RevenueClass.allCases.randomElement(using: &random)),
      Component(code: codes[2], kind: .percentage(percentage)),
    ]
    return TariffVersion(
      plan: name(&random), version: 3, effectiveFrom: calendar.effectiveFrom + 5,
      title: title(&random), calendar: calendar.name, periods: periods, components: components)
  }

  /// `policies` with the rest of an account's life, some of it left out.
  private static func policies(
    _ policies: Policies, _ tariff: TariffVersion, _ random: inout SeededRandom
  ) -> Policies {
    var policies = policies
    if Bool.random(using: &random) { policies.lateFee = lateFee(&random) }
    policies.allocation = AllocationOrder.allCases.randomElement(using: &random)!
    if Bool.random(using: &random) {
      let method = EstimationPolicy.Method.allCases.randomElement(using: &random)!
      policies.estimation = EstimationPolicy(
        method: method, billsInARow: UInt8.random(in: 1...36, using: &random))
    }
    if Bool.random(using: &random) {
      policies.backBilling.days = UInt32.random(in: 0...36_525, using: &random)
    }
    policies.backBilling.exceptions = scopes(&random).map {
      .init($0, days: UInt32.random(in: 0...36_525, using: &random))
    }
    policies.promotions = tariff.components.prefix(Int.random(in: 0...3, using: &random)).map {
      PromotionOffer(
        code: "p-" + $0.code.prefix(60), title: title(&random), waives: $0.code,
        bills: UInt8.random(in: 1...120, using: &random))
    }
    return policies
  }

  private static func classification(
    _ tariff: TariffVersion, _ tax: TaxRule, _ random: inout SeededRandom
  ) -> Classification {
    func ledger() -> String { name(&random, 20) }
    var control = ControlAccounts.standard
    if Bool.random(using: &random) { control.cash = ledger() }
    var lines = CustomerClass.allCases.map {
      Classification.Line(customerClass: $0, ledger: ledger())
    }
    for component in tariff.components where Bool.random(using: &random) {
      let revenueClass = Bool.random(using: &random) ? component.revenueClass : nil
      lines.append(.init(code: component.code, revenueClass: revenueClass, ledger: ledger()))
    }
    lines.append(.init(code: "\(tax.jurisdiction)/\(tax.code)", ledger: ledger()))
    lines.append(.init(revenueClass: .lateFee, customerClass: .industrial, ledger: ledger()))
    lines.append(.init(code: LineType.allCases.randomElement(using: &random)!.name, ledger: "1"))
    return Classification(
      name: name(&random), version: 2, effectiveFrom: tariff.effectiveFrom, control: control,
      lines: lines.shuffled(using: &random))
  }

  private static func lateFee(_ random: inout SeededRandom) -> LateFeePolicy {
    func amount() -> Money { Money(cents: Int64.random(in: 0...10_000_000, using: &random)) }
    func cap() -> Rate { Rate(rawValue: Int64.random(in: 0...1_000_000_000, using: &random)) }
    return LateFeePolicy(
      amount: amount(), afterDays: UInt32.random(in: 1...365, using: &random),
      graceHours: UInt32.random(in: 0...8760, using: &random),
      cap: Bool.random(using: &random) ? cap() : nil,
      exceptions: scopes(&random).map { scope in
        switch Int.random(in: 0...3, using: &random) {
        case 0: .init(scope, isForbidden: true)
        case 1: .init(scope, amount: amount())
        case 2: .init(scope, cap: cap())
        default: .init(scope, amount: amount(), cap: cap())
        }
      })
  }

  /// Up to three scopes, no two alike.
  private static func scopes(_ random: inout SeededRandom) -> [PolicyScope] {
    let all = [
      PolicyScope(customerClass: CustomerClass.allCases.randomElement(using: &random)),
      PolicyScope(jurisdiction: name(&random)),
      PolicyScope(customerClass: .publicAuthority, jurisdiction: name(&random)),
    ]
    return Array(all.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)))
  }

  private static func name(_ random: inout SeededRandom, _ longest: Int = 64) -> String {
    String(
      decoding: (0..<Int.random(in: 1...longest, using: &random)).map { _ in
        UInt8.random(in: 0x21...0x7E, using: &random)
      }, as: UTF8.self)
  }

  private static func title(_ random: inout SeededRandom) -> String {
    let alphabet = ["a", " ", "é", "\"", "\\", "#", ": ", "%", "-", "𝄞", "'", "null", "~", "1"]
    return (0..<Int.random(in: 0...5, using: &random)).map { _ in
      alphabet.randomElement(using: &random)!
    }.joined()
  }
}
