import CivilTime
import Metering
import Money
import Tariffs

/// The tariffs of the worked examples, and short words for building cases.
enum Example {
  static func price(_ text: String) -> Price { try! Price(decimal: text) }
  static func rate(_ percent: String) -> Rate { try! Rate(percent: percent) }
  static func day(_ text: String) -> Day { Day(iso: text)! }
  static func kWh(_ amount: Int64) -> Energy { Energy(kilowattHours: amount) }
  static func money(_ text: String) -> Money { try! Money(decimal: text) }

  static func period(_ start: String, _ end: String) -> BillingPeriod {
    BillingPeriod(start: day(start), end: day(end))
  }

  static let service = Component(
    code: "service", title: "Service charge", kind: .fixed(FixedComponent(price: price("15.00"))))
  static let infrastructure = Component(
    code: "infrastructure", title: "Infrastructure",
    kind: .fixed(FixedComponent(price: price("3.50"))))
  static let franchise = Component(
    code: "franchise", title: "Franchise fee",
    kind: .percentage(PercentageComponent(rate: rate("3"))))

  static func tiers(_ prices: String..., limits: [Int64] = [500, 1000]) -> Component {
    let tiers = prices.enumerated().map { index, text in
      EnergyTier(
        limit: index < limits.count ? kWh(limits[index]) : nil, prices: [price(text)])
    }
    return Component(code: "energy", title: "Energy", kind: .energy(EnergyComponent(tiers: tiers)))
  }

  /// R1 until February 2028.
  static func r1(_ others: [Component] = [service, infrastructure, franchise]) -> TariffVersion {
    TariffVersion(
      plan: "R1", version: 1, effectiveFrom: day("2020-01-01"),
      components: [tiers(".09850", ".12340", ".16725")] + others)
  }

  /// R1 from March 2028.
  static func r1From2028(
    _ others: [Component] = [service, infrastructure, franchise]
  ) -> TariffVersion {
    TariffVersion(
      plan: "R1", version: 2, effectiveFrom: day("2028-03-01"),
      components: [tiers(".10150", ".12710", ".16725")] + others)
  }

  static func r2(_ others: [Component] = [service], calendar: String = "demo") -> TariffVersion {
    TariffVersion(
      plan: "R2", version: 1, effectiveFrom: day("2020-01-01"), calendar: calendar,
      periods: [
        TouPeriod(
          name: "on-peak",
          windows: [TimeWindow(days: [.workingDay], startMinute: 17 * 60, endMinute: 22 * 60)]),
        TouPeriod(name: "off-peak"),
      ],
      components: [
        Component(
          code: "energy",
          kind: .energy(
            EnergyComponent(tiers: [.init(prices: [price(".26000"), price(".10000")])])))
      ] + others)
  }

  static func tax(
    _ code: String, _ level: JurisdictionLevel, _ percent: String
  ) -> TaxRule {
    TaxRule(
      jurisdiction: "US-\(code)", level: level, code: code, rate: rate(percent),
      effectiveFrom: day("2020-01-01"))
  }

  static let stateAndCity = [tax("state", .state, "5"), tax("city", .city, "1.5")]
  static let eightPercent = [tax("sales", .state, "8")]

  static let american = Calendar(
    name: "demo", effectiveFrom: day("2020-01-01"), weekendDays: [.saturday, .sunday])
  static let israeli = Calendar(
    name: "israel", effectiveFrom: day("2020-01-01"), weekendDays: [.friday, .saturday])

  /// Israel's clock in 2025, in Swift so that the example stands on its own.
  static let jerusalem = ZoneRules(
    name: "Asia/Jerusalem", initialOffset: 7200,
    transitions: [
      .init(instant: Instant(iso: "2025-03-28T00:00:00Z")!, offset: 10800),
      .init(instant: Instant(iso: "2025-10-25T23:00:00Z")!, offset: 7200),
    ])

  static func input(
    _ period: BillingPeriod, _ tariff: TariffVersion, _ usage: [Energy], _ taxes: [TaxRule],
    calendars: [Calendar] = [american]
  ) -> RatingInput {
    RatingInput(
      period: period,
      segments: [
        RatingSegment(
          days: period, tariff: CompiledTariff(tariff, calendars: calendars), usage: usage)
      ], taxes: taxes)
  }

  static func bill(_ input: RatingInput) -> RatedBill { RatedBill(rating: input) }
}

extension RatedBill {
  /// The amounts of the lines of a type, in the order of the invoice.
  func amounts(_ type: LineType) -> [String] {
    lines.filter { $0.type == type }.map(\.amount.description)
  }

  /// The sum of the lines of a type.
  func sum(_ type: LineType) -> Money { lines.filter { $0.type == type }.map(\.amount).sum() }
}
