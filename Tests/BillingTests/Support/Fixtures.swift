import Billing
import CivilTime
import Metering
import Money
import Tariffs
import Testing

func day(_ text: String) -> Day { Day(iso: text)! }
func kWh(_ amount: Int64) -> Energy { Energy(kilowattHours: amount) }
func money(_ text: String) -> Money { try! Money(decimal: text) }
func price(_ text: String) -> Price { try! Price(decimal: text) }
func rate(_ percent: String) -> Rate { try! Rate(percent: percent) }
func period(_ start: String, _ end: String) -> BillingPeriod {
  BillingPeriod(start: day(start), end: day(end))
}

/// Midnight of a date, or a time of a date, in the zone of the tests.
func at(_ text: String) -> Instant {
  if let day = Day(iso: text) { return Fixture.zone.midnight(of: day) }
  return Fixture.zone.instant(of: LocalTime(iso: text)!)
}

/// The rules of the worked examples, and an account under them.
enum Fixture {
  /// Five hours behind UTC all year.
  static let zone = ZoneRules(fixedOffset: -5 * 3600, name: "Test/Five")

  /// What Jerusalem's clocks did around the end of summer time in 2025.
  static let jerusalem = ZoneRules(
    name: "Asia/Jerusalem", initialOffset: 7200,
    transitions: [
      .init(instant: Instant(iso: "2025-03-28T00:00Z")!, offset: 10_800),
      .init(instant: Instant(iso: "2025-10-25T23:00Z")!, offset: 7200),
    ])

  static let service = Component(
    code: "service", title: "Service charge", kind: .fixed(FixedComponent(price: price("15.00"))))
  static let infrastructure = Component(
    code: "infrastructure", title: "Infrastructure",
    kind: .fixed(FixedComponent(price: price("3.50"))))
  static let franchise = Component(
    code: "franchise", title: "Franchise fee",
    kind: .percentage(PercentageComponent(rate: rate("3"))))

  static func tiers(_ first: String, _ second: String, _ third: String) -> Component {
    Component(
      code: "energy", title: "Energy",
      kind: .energy(
        EnergyComponent(tiers: [
          .init(limit: kWh(500), prices: [price(first)]),
          .init(limit: kWh(1000), prices: [price(second)]), .init(prices: [price(third)]),
        ])))
  }

  static func r1(
    version: UInt32 = 1, from: String = "2020-01-01", plan: String = "R1",
    _ others: [Component] = [service, infrastructure, franchise]
  ) -> TariffVersion {
    let energy =
      version == 1 ? tiers(".09850", ".12340", ".16725") : tiers(".10150", ".12710", ".16725")
    return TariffVersion(
      plan: plan, version: version, effectiveFrom: day(from), components: [energy] + others)
  }

  static func r2(calendar: String = "demo", _ others: [Component] = [service]) -> TariffVersion {
    TariffVersion(
      plan: "R2", version: 1, effectiveFrom: day("2020-01-01"), title: "Time of use",
      calendar: calendar,
      periods: [
        TouPeriod(
          name: "on-peak",
          windows: [TimeWindow(days: [.workingDay], startMinute: 1020, endMinute: 1320)]),
        TouPeriod(name: "off-peak"),
      ],
      components: [
        Component(
          code: "energy", title: "Energy",
          kind: .energy(EnergyComponent(tiers: [.init(prices: [price(".26"), price(".10")])])))
      ] + others)
  }

  static func tax(
    _ jurisdiction: String, _ level: JurisdictionLevel, _ percent: String
  ) -> TaxRule {
    TaxRule(
      jurisdiction: jurisdiction, level: level, code: "sales", title: "\(level.name) tax",
      rate: rate(percent), effectiveFrom: day("2020-01-01"))
  }

  static let calendar = Calendar(
    name: "demo", effectiveFrom: day("2020-01-01"), weekendDays: [.saturday, .sunday])
  static let friday = Calendar(
    name: "israel", effectiveFrom: day("2020-01-01"), weekendDays: [.friday, .saturday])

  /// What the demo's rulebook publishes.
  static let rules: [Event] = [
    .calendarPublished(CalendarPublished(calendar, contentHash: hash(1))),
    .tariffVersionPublished(TariffVersionPublished(r1(), contentHash: hash(2))),
    .tariffVersionPublished(TariffVersionPublished(r2(), contentHash: hash(3))),
    .taxRulePublished(TaxRulePublished(tax("ST", .state, "5"), contentHash: hash(4))),
    .taxRulePublished(TaxRulePublished(tax("CI", .city, "1.5"), contentHash: hash(5))),
    .taxRulePublished(TaxRulePublished(tax("T8", .state, "8"), contentHash: hash(6))),
    .policyPublished(
      PolicyPublished(Policies(effectiveFrom: day("2020-01-01")), contentHash: hash(7))),
  ]

  static func hash(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 32) }

  static func rulebook(_ more: Event...) -> RulebookState {
    var state = RulebookState()
    state.append(rules)
    if !more.isEmpty { state.append(more) }
    return state
  }

  static func details(
    jurisdictions: [String] = ["ST", "CI"], cycleDay: UInt8 = 15, zone: String = "Test/Five"
  ) -> AccountOpened {
    AccountOpened(
      customerClass: .residential, zone: zone, jurisdictions: jurisdictions, cycleDay: cycleDay,
      daysUntilDue: 21, servicePoint: "SP-1", day: day("2026-01-01"))
  }

  /// An account on `plan`, served from a day on by a meter with one dial.
  static func account(
    plan: String = "R1", from start: String = "2026-02-15", registers: [RegisterSpec]? = nil,
    startReadings: [Int64?] = [0], jurisdictions: [String] = ["ST", "CI"], cycleDay: UInt8 = 15,
    zone: ZoneRules = zone
  ) throws -> Given<Account> {
    let installed = zone.midnight(of: day(start))
    let specs = registers ?? [RegisterSpec(name: "1")]
    return try Given(Account.self)
      .after(
        .open(details(jurisdictions: jurisdictions, cycleDay: cycleDay, zone: zone.name))
      )
      .after(.startService(day(start)))
      .after(.assignPlan(PlanAssignment(plan: plan, from: day(start))))
      .after(
        .installMeter(
          InstallMeter(
            meter: "M-1", at: installed, registers: specs, startReadings: startReadings)))
  }

  static func readings(_ readings: NewReading..., now: String = "2030-01-01") -> AccountCommand {
    .recordReadings(
      RecordReadings(readings, now: at(now), dailyMaximum: kWh(500)))
  }

  static func reading(
    _ time: String, _ value: Int64, register: String? = nil, meter: String = "M-1"
  ) -> NewReading {
    NewReading(meter: meter, register: register, at: at(time), units: value)
  }

  static func bill(
    through: String, issued: String? = nil, rules: RulebookState = rulebook(),
    zone: ZoneRules = zone
  ) -> AccountCommand {
    .bill(
      BillAccount(
        through: day(through), issued: day(issued ?? through), rules: rules.rules,
        rulesVersion: rules.version, zone: zone))
  }
}

extension [Event] {
  /// The amounts of the charges, in order.
  var amounts: [String] {
    compactMap { if case .chargeRecorded(let charge) = $0 { "\(charge.amount)" } else { nil } }
  }

  /// The invoice.
  var invoice: InvoiceIssued? {
    for case .invoiceIssued(let invoice) in self { return invoice }
    return nil
  }

  /// The charges.
  var charges: [ChargeRecorded] {
    compactMap { if case .chargeRecorded(let charge) = $0 { charge } else { nil } }
  }
}
