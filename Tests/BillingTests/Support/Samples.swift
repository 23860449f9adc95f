import Billing
import CivilTime
import Metering
import Money
import Tariffs

/// One event of every kind with every field set, and one with none.
enum Samples {
  /// Every field is set; `nil` for a kind that was added without a sample, which a test refuses.
  static func full(_ kind: Event.Kind) -> Event? {
    switch kind {
    case .chargeRecorded: .chargeRecorded(charge)
    case .invoiceIssued: .invoiceIssued(invoice)
    case .readingRecorded:
      .readingRecorded(
        ReadingRecorded(
          register: RegisterNumber(meter: 2, register: 3), at: Instant(rawValue: 1_772_000_000),
          value: -12_345, quality: .corrected, method: .remote,
          estimate: ReadingEstimate(
            .sameMonthLastYear, from: .init(version: 4, index: 1),
            until: .init(version: 300, index: 0))))
    case .intervalsRecorded: .intervalsRecorded(intervals)
    case .intervalsCorrected:
      .intervalsCorrected(
        IntervalsCorrected(
          register: intervals.register, block: intervals.block, reason: "the clock was off"))
    case .accountOpened:
      .accountOpened(
        AccountOpened(
          customerClass: .publicAuthority, sector: "private", zone: "America/Chicago",
          jurisdictions: ["US-IL", "US-IL-CHI"], cycleDay: 15, daysUntilDue: 21,
          servicePoint: "SP-1", day: day("2026-01-01")))
    case .accountClosed: .accountClosed(AccountClosed(day: day("2027-05-01"), reason: "moved"))
    case .serviceStarted: .serviceStarted(ServiceStarted(day: day("2026-01-15")))
    case .serviceStopped: .serviceStopped(ServiceStopped(day: day("2026-11-15")))
    case .ratePlanAssigned:
      .ratePlanAssigned(RatePlanAssigned(plan: "R1", from: day("2026-01-15")))
    case .meterInstalled: .meterInstalled(installed)
    case .meterRemoved:
      .meterRemoved(MeterRemoved(meter: 1, at: Instant(rawValue: 1_780_000_000)))
    case .readingQuestioned:
      .readingQuestioned(
        ReadingQuestioned(
          register: RegisterNumber(meter: 1, register: 1), at: Instant(rawValue: 1_772_000_000),
          code: "implausible", detail: "more than 500 kWh a day"))
    case .readingAccepted:
      .readingAccepted(
        ReadingAccepted(
          register: RegisterNumber(meter: 1, register: 1), at: Instant(rawValue: 1_772_000_000),
          reason: "read twice"))
    case .kwhBanked:
      .kwhBanked(
        KwhBanked([
          BankedEnergy(slot: .hour(17), energy: kWh(35)),
          BankedEnergy(slot: .period("night"), energy: kWh(2)),
        ]))
    case .kwhApplied: .kwhApplied(KwhApplied(segment: 1, period: 2, energy: kWh(12)))
    case .kwhExpired: .kwhExpired(KwhExpired(energy: kWh(3), isPaid: true))
    case .meterAssigned:
      .meterAssigned(
        MeterAssigned(account: "1000000001", at: Instant(rawValue: 1_768_000_000)))
    case .meterReleased:
      .meterReleased(
        MeterReleased(account: "1000000001", at: Instant(rawValue: 1_769_000_000)))
    case .inputRejected: .inputRejected(rejected)
    case .inputResolved:
      .inputResolved(InputResolved(how: .corrected, reason: "a digit was swapped"))
    case .runStarted:
      .runStarted(RunStarted(kind: "bill", parameters: [Parameter("through", "2026-03-15")]))
    case .periodOpened: .periodOpened(PeriodOpened(month: AccountingMonth("2025-10")!))
    case .periodClosed:
      .periodClosed(
        PeriodClosed(
          month: AccountingMonth("2025-10")!, size: 1_000,
          totals: [
            LedgerTotal(ledger: "142", debits: money("12.34"), credits: .zero),
            LedgerTotal(ledger: "440", debits: .zero, credits: money("12.34")),
          ], netBilled: money("12.34"), projection: "revenue@2",
          digest: [UInt8](repeating: 7, count: 32)))
    case .filingProduced: .filingProduced(filing)
    case .filingRestated: .filingRestated(filing)
    case .runFinished: .runFinished(RunFinished(counts: [Count("invoices", 12), Count("x", -1)]))
    default: receivable(kind) ?? correction(kind) ?? rule(kind)
    }
  }

  private static func rule(_ kind: Event.Kind) -> Event? {
    switch kind {
    case .tariffVersionPublished:
      .tariffVersionPublished(TariffVersionPublished(tariff, contentHash: Fixture.hash(1)))
    case .taxRulePublished:
      .taxRulePublished(
        TaxRulePublished(
          TaxRule(
            jurisdiction: "US-IL-CHI", level: .city, code: "sales", title: "City tax",
            rate: rate("1.5"), effectiveFrom: day("2020-01-01")), contentHash: Fixture.hash(2)))
    case .calendarPublished:
      .calendarPublished(
        CalendarPublished(
          Calendar(
            name: "demo", version: 2, effectiveFrom: day("2020-01-01"),
            weekendDays: [.saturday, .sunday],
            holidays: [Holiday(day: day("2026-01-01"), name: "New Year")],
            yearlyHolidays: [
              YearlyHoliday(
                .date(month: 7, day: 4), observed: .nearestWeekday, name: "Independence Day"),
              YearlyHoliday(.weekday(month: 11, .thursday, nth: 4)),
            ],
            seasons: [Season(name: "summer", month: 6, day: 1)]), contentHash: Fixture.hash(3)))
    case .policyPublished: .policyPublished(policies)
    case .classificationPublished: .classificationPublished(classification)
    case .zoneRulesPinned:
      .zoneRulesPinned(
        ZoneRulesPinned(Fixture.jerusalem, source: "2025b", contentHash: Fixture.hash(5)))
    case .actorRegistered:
      .actorRegistered(
        ActorRegistered(
          actor: "dana", name: "Dana Example", role: "billing", publicKey: Fixture.hash(6)))
    default: nil
    }
  }

  /// No field is set: the event's bytes are its number and a length of zero.
  static func bare(_ kind: Event.Kind) throws -> Event {
    let tag = kind.rawValue << 3 | 2
    let bytes =
      tag < 0x80 ? [UInt8(tag), 0] : [UInt8(tag & 0x7F) | 0x80, UInt8(tag >> 7), 0]
    return try decoded(bytes)
  }
}

extension Samples {
  private static var charge: ChargeRecorded {
    ChargeRecorded(
      component: 1, tier: 2, touPeriod: 1, quantity: 137_000, amount: money("22.91"), tax: 1,
      segment: 1, furtherSegments: 1, type: .adjustment, waived: money("15.00"),
      waivedBy: "WELCOME", reference: "a swapped meter", thousandths: 500,
      revenueClass: .variableEnergy, about: 3)
  }

  static var invoice: InvoiceIssued {
    InvoiceIssued(
      ordinal: 7, period: period("2026-02-15", "2026-03-15"), due: day("2026-04-06"),
      total: money("167.13"), plan: "R2", customerClass: .commercial, sector: "retail",
      jurisdictions: ["US-IL", "US-IL-CHI"], rules: 12,
      readings: [.init(version: 4, index: 1), .init(version: 300, index: 0)],
      intervals: [.init(first: .init(version: 9, index: 2), count: 28)], earlierPlans: ["R1"],
      planDays: [14],
      replaces: 6, isFinal: true, peak: Power(watts: 45_600), counted: money("112.00"),
      isStatement: true)
  }

  private static var intervals: IntervalsRecorded {
    IntervalsRecorded(
      register: RegisterNumber(meter: 1, register: 2),
      block: IntervalBlock(
        start: Instant(rawValue: 1_772_000_000), minutes: 15, decimals: 1,
        values: [418, -17, 0, 100_000],
        qualities: [.actual, .estimated, .estimated, .substituted]))
  }

  private static var installed: MeterInstalled {
    MeterInstalled(
      meter: "M-77", at: Instant(rawValue: 1_768_000_000),
      registers: [
        RegisterSpec(
          name: "on", unit: .wattHours, dials: 6, decimals: 1, multiplier: 40, direction: .export,
          touPeriod: "on-peak", intervalMinutes: 30),
        RegisterSpec(name: "1"),
      ], servicePoint: "SP-9")
  }

  private static var rejected: InputRejected {
    InputRejected(
      kind: .reading, source: "readings.csv", line: 17, code: "conflict", field: "value",
      detail: "268 is recorded, and 269 is given", commitment: Fixture.hash(7),
      account: "1000000001", meter: "M-77", register: "1", at: Instant(rawValue: 1_772_000_000),
      start: day("2026-02-15"), end: day("2026-03-15"))
  }

  private static var tariff: TariffVersion {
    var tariff = Fixture.r2()
    tariff.periods[0].windows[0].season = "summer"
    tariff.periods[0].windows[0].months = MonthSet([6, 7])
    tariff.demandPeriods = tariff.periods
    tariff.seasonBasis = .bill
    tariff.source = TariffSource(format: "urdb", label: "5bd2", hash: Fixture.hash(9))
    let tiers = [EnergyTier(limit: kWh(10), basis: .day, prices: [price(".26"), price("-.1")])]
    tariff.components = [
      Component(
        code: "energy", title: "Energy",
        kind: .energy(
          EnergyComponent(ladders: [EnergyLadder(tiers: tiers)], filling: .separate)),
        months: MonthSet([1, 12]), season: "winter"),
      Component(
        code: "service", kind: .fixed(FixedComponent(price: price("0.49"), per: .day))),
      Component(
        code: "demand",
        kind: .demand(
          DemandComponent(
            flat: [.init(limit: Power(watts: 100_000), price: price("9.75"))],
            ratchet: .init(rate: rate("80"), bills: 11)))),
      Component(
        code: "peaks",
        kind: .demand(DemandComponent(byPeriod: [.init(tiers: [.init(price: price("1.5"))])]))),
      Component(code: "fuel", kind: .rider(RiderComponent(price: price("-.0175")))),
      Component(
        code: "least", kind: .minimum(MinimumComponent(price: price("99.5"), per: .year))),
      Component(
        code: "bank",
        kind: .netMetering(
          NetMeteringComponent(
            carry: .hours([5, 17]), yearEnd: 12, settlement: price("0.031")))),
      Component(
        code: "export",
        kind: .netBilling(NetBillingComponent(ladders: [EnergyLadder(tiers: tiers)]))),
      Component(
        code: "franchise", title: "Franchise fee",
        kind: .percentage(
          PercentageComponent(rate: rate("3"), baseComponents: ["service"])), lineType: .rider,
        revenueClass: .variableRider),
    ]
    return tariff
  }

  private static var filing: FilingSealed {
    FilingSealed(
      size: 1_000, root: [UInt8](repeating: 1, count: 32), projection: "revenue@2",
      digest: [UInt8](repeating: 2, count: 32), view: .restated, form: 1, byteCount: 12_345,
      hash: [UInt8](repeating: 3, count: 32),
      totals: [
        ClassTotal(revenueClass: .fixed, netBilled: money("12.34"), earned: money("12.00"))
      ])
  }
}
