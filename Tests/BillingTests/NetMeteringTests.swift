import Billing
import CivilTime
import Metering
import Money
import Tariffs
import Testing

/// Bills of tariffs that depend on the bills before: banked energy, ratchets, a year's minimum.
@Suite struct NetMeteringTests {
  typealias X = Fixture

  static func tariff(_ more: [Component], energy: String = ".10") -> RulebookState {
    let energy = Component(
      code: "energy", title: "Energy",
      kind: .energy(EnergyComponent(tiers: [.init(prices: [price(energy)])])))
    let version = TariffVersion(
      plan: "N", version: 1, effectiveFrom: day("2020-01-01"), components: [energy] + more)
    #expect(version.problems(calendars: []) == [])
    return X.rulebook(
      .tariffVersionPublished(TariffVersionPublished(version, contentHash: X.hash(20))))
  }

  static let bank = Component(
    code: "bank", kind: .netMetering(NetMeteringComponent(yearEnd: 12)))

  /// An account with a dial each way.
  static func account(from start: String = "2026-10-15") throws -> Given<Account> {
    try X.account(
      plan: "N", from: start,
      registers: [
        RegisterSpec(name: "in"), RegisterSpec(name: "out", direction: .export),
      ], startReadings: [0, 0], jurisdictions: [])
  }

  static func read(_ date: String, _ taken: Int64, _ delivered: Int64) -> AccountCommand {
    X.readings(
      X.reading(date, taken, register: "in"), X.reading(date, delivered, register: "out"))
  }

  @Test func `a surplus is banked, used on the bill after, and expires at the year's end`() throws {
    let rules = Self.tariff([Self.bank])
    var given = try Self.account().after(Self.read("2026-11-15", 100, 150))
    var events = try given.when(X.bill(through: "2026-11-15", rules: rules)).outcome.get()
    #expect(events.amounts == [])
    #expect(events.invoice?.total == .zero)
    #expect(
      events.first == .kwhBanked(KwhBanked([BankedEnergy(slot: .period(""), energy: kWh(50))])))
    given = try given.after(X.bill(through: "2026-11-15", rules: rules))
    #expect(given.state.bank == [BankedEnergy(slot: .period(""), energy: kWh(50))])
    // The month's 40 kWh net come from the bank.
    given = try given.after(Self.read("2026-12-15", 300, 310))
    events = try given.when(X.bill(through: "2026-12-15", rules: rules)).outcome.get()
    #expect(events.amounts == [])
    #expect(events.contains(.kwhApplied(KwhApplied(segment: 0, period: 0, energy: kWh(40)))))
    given = try given.after(X.bill(through: "2026-12-15", rules: rules))
    #expect(given.state.bank.map(\.energy) == [kWh(10)])
    given = try given.after(Self.read("2027-01-15", 400, 480))
    events = try given.when(X.bill(through: "2027-01-15", rules: rules)).outcome.get()
    #expect(events.amounts == [])
    // The middle of the period is 30 December: it is December's bill.
    #expect(events.first == .kwhExpired(KwhExpired(energy: kWh(80), isPaid: false)))
    given = try given.after(X.bill(through: "2027-01-15", rules: rules))
    #expect(given.state.bank == [])
  }

  @Test func `what is delivered is paid for where the tariff has a price for it`() throws {
    let rules = Self.tariff([
      Component(
        code: "export", title: "Delivered",
        kind: .netBilling(NetBillingComponent(price: price(".06"))))
    ])
    let given = try Self.account().after(Self.read("2026-11-15", 100, 150))
    let events = try given.when(X.bill(through: "2026-11-15", rules: rules)).outcome.get()
    #expect(events.amounts == ["10.00", "-9.00"])
    #expect(events.charges.map(\.quantity) == [100_000, -150_000])
    #expect(events.invoice?.readings.count == 4)
  }

  @Test func `a dial for what is delivered does not count where the tariff has no use for it`()
    throws
  {
    let given = try Self.account().after(Self.read("2026-11-15", 100, 150))
    let events = try given.when(X.bill(through: "2026-11-15", rules: Self.tariff([])))
      .outcome.get()
    #expect(events.amounts == ["10.00"])
    #expect(events.invoice?.readings.count == 2)
  }

  @Test func `without the closing reading of what was delivered there is no bill`() throws {
    let rules = Self.tariff([Self.bank])
    let given = try Self.account().after(
      X.readings(X.reading("2026-11-15", 100, register: "in")))
    let early = try given.after(X.readings(X.reading("2026-11-10", 9, register: "out")))
    for account in [given, early] {
      account.when(X.bill(through: "2026-11-15", rules: rules)).thenRefused(
        .cannotBill(
          BillingObstacle(
            .missingReading(register: "out", meter: "M-1", near: day("2026-11-15"), window: 0),
            period("2026-10-15", "2026-11-15"))))
    }
  }

  @Test func `what cannot be billed says why, by name, and what to do`() {
    let days = period("2026-02-15", "2026-03-15")
    let reasons: [(UsageProblem, String)] = [
      (.noDemand(plan: "C1"), "no-demand"), (.belowEstimate(kWh(-77), days), "below-estimate"),
      (.beyondRange, "beyond-range"),
    ]
    for (problem, code) in reasons {
      let obstacle = BillingObstacle(.usage(problem), days)
      #expect(obstacle.code == code)
      #expect(obstacle.description == problem.description)
      let advice = code == "below-estimate" ? "cancel the bill" : "assign a plan"
      #expect(obstacle.advice.contains(advice))
    }
  }

  @Test func `a reading below an estimate is taken, and cannot be billed after it`() throws {
    let rules = X.rulebook()
    let estimate = NewReading(
      meter: "M-1", at: at("2026-03-15"), units: 268, quality: .estimated)
    let given = try X.account(startReadings: [99_412], jurisdictions: [])
      .after(X.readings(estimate))
      .after(X.bill(through: "2026-03-15", rules: rules))
      .after(X.readings(X.reading("2026-04-15", 191)))
    given.when(X.bill(through: "2026-04-15", rules: rules)).thenRefused(
      .cannotBill(
        BillingObstacle(
          .usage(.belowEstimate(kWh(-77), period("2026-03-15", "2026-04-15"))),
          period("2026-03-15", "2026-04-15"))))
    // One above it settles it by what is left: 900 kWh in all, 856 of them billed.
    let settled = try X.account(startReadings: [99_412], jurisdictions: [])
      .after(X.readings(estimate))
      .after(X.bill(through: "2026-03-15", rules: rules))
      .after(X.readings(X.reading("2026-04-15", 312)))
    let events = try settled.when(X.bill(through: "2026-04-15", rules: rules)).outcome.get()
    #expect(events.charges.map(\.quantity).reduce(0, +) == 44_000)
  }

  @Test func `a minimum by year tops December's bill up, over the year's bills`() throws {
    let rules = Self.tariff([
      Component(
        code: "least", kind: .minimum(MinimumComponent(price: price("100"), per: .year)))
    ])
    var given = try Self.account().after(Self.read("2026-11-15", 300, 0))
      .after(X.bill(through: "2026-11-15", rules: rules))
    #expect(given.state.invoices.last?.counted == money("30.00"))
    given = try given.after(Self.read("2026-12-15", 500, 0))
      .after(X.bill(through: "2026-12-15", rules: rules))
    given = try given.after(Self.read("2027-01-15", 700, 0))
    let december = try given.when(X.bill(through: "2027-01-15", rules: rules)).outcome.get()
    #expect(december.amounts == ["20.00", "30.00"])
    given = try given.after(X.bill(through: "2027-01-15", rules: rules))
      .after(Self.read("2027-02-15", 900, 0))
    let january = try given.when(X.bill(through: "2027-02-15", rules: rules)).outcome.get()
    #expect(january.amounts == ["20.00"])
  }
}
