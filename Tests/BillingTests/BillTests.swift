import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// When a bill is due, for which days, and from which readings.
@Suite struct BillTests {
  typealias X = Fixture

  /// Bills until nothing is due.
  static func billAll(
    _ given: Given<Account>, through: String, rules: RulebookState = X.rulebook()
  ) throws -> Given<Account> {
    var given = given
    while true {
      let next = try given.after(X.bill(through: through, rules: rules))
      if next.history.count == given.history.count { return given }
      given = next
    }
  }

  static func periods(_ given: Given<Account>) -> [String] {
    given.state.invoices.map { "\($0.period.start) \($0.period.end)" }
  }

  @Test func `nothing is due before the period ends`() throws {
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 400)))
    given.when(X.bill(through: "2026-03-14")).thenNothing()
    #expect(try given.when(X.bill(through: "2026-03-15")).outcome.get().invoice != nil)
  }

  @Test func `the same bill asked for twice is issued once`() throws {
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 400)))
      .after(X.bill(through: "2026-03-15"))
    given.when(X.bill(through: "2026-03-15")).thenNothing()
    given.when(X.bill(through: "2026-03-31")).thenNothing()
  }

  @Test func `a missing reading cannot be billed, and is once it arrives`() throws {
    let given = try X.account()
    given.when(X.bill(through: "2026-03-15")).thenRefused(
      .cannotBill(
        BillingObstacle(
          .missingReading(register: "1", meter: "M-1", near: day("2026-03-15"), window: 5),
          period("2026-02-15", "2026-03-15"))))
    let read = try given.after(X.readings(X.reading("2026-03-15", 400)))
    let events = try read.when(X.bill(through: "2026-03-15")).outcome.get()
    #expect(events.invoice?.period == period("2026-02-15", "2026-03-15"))
  }

  @Test func `the reading nearest the cycle date closes the period`() throws {
    let given = try X.account().after(
      X.readings(
        X.reading("2026-03-11", 380), X.reading("2026-03-16", 410),
        X.reading("2026-03-18", 420)))
    let billed = try Self.billAll(given, through: "2026-03-31")
    #expect(Self.periods(billed) == ["2026-02-15 2026-03-16"])
  }

  @Test func `a reading at the edge of the window closes the period, one beyond does not`() throws {
    for (date, closes) in [
      ("2026-03-10", true), ("2026-03-20", true), ("2026-03-09", false), ("2026-03-21", false),
    ] {
      let given = try X.account().after(X.readings(X.reading(date, 380)))
      switch given.when(X.bill(through: "2026-03-31")).outcome {
      case .success(let events): #expect(closes && events.invoice?.period.end == day(date))
      case .failure(let rejection): #expect(!closes && rejection.code == "missing-reading")
      }
    }
  }

  @Test func `periods follow one another whatever the closing days were`() throws {
    var given = try X.account()
    for (date, value) in [
      ("2026-03-17", 300), ("2026-04-12", 600), ("2026-05-15", 900), ("2026-06-20", 1200),
    ] as [(String, Int64)] {
      given = try given.after(X.readings(X.reading(date, value)))
    }
    let billed = try Self.billAll(given, through: "2026-06-30")
    #expect(
      Self.periods(billed) == [
        "2026-02-15 2026-03-17", "2026-03-17 2026-04-12", "2026-04-12 2026-05-15",
        "2026-05-15 2026-06-20",
      ])
    #expect(billed.state.invoices.map(\.ordinal) == [1, 2, 3, 4])
  }

  @Test func `a period just begun is not closed by the cycle date it began near`() throws {
    let given = try X.account(from: "2026-02-12").after(
      X.readings(X.reading("2026-02-15", 30), X.reading("2026-03-15", 400)))
    let billed = try Self.billAll(given, through: "2026-03-31")
    #expect(Self.periods(billed) == ["2026-02-12 2026-03-15"])
  }

  @Test func `readings in between are counted once, through the closing one`() throws {
    let given = try X.account().after(
      X.readings(X.reading("2026-02-25", 100), X.reading("2026-03-15", 400)))
    let events = try given.when(X.bill(through: "2026-03-15")).outcome.get()
    #expect(events.charges.map(\.quantity).reduce(0, +) == 400_000)
    #expect(events.invoice?.readings.count == 2)
  }

  @Test func `a rollover is billed through zero`() throws {
    let given = try X.account(startReadings: [99_412], jurisdictions: [])
      .after(X.readings(X.reading("2026-03-15", 268)))
    let events = try given.when(X.bill(through: "2026-03-15")).outcome.get()
    #expect(events.charges.map(\.quantity).reduce(0, +) == 856_000)
    #expect(events.amounts.prefix(2) == ["49.25", "43.93"])
  }

  @Test func `a meter exchanged inside the period counts with both its meters`() throws {
    let given = try X.account(startReadings: [99_900])
      .after(
        .removeMeter(
          RemoveMeter(
            meter: "M-1", at: at("2026-03-01"), finalReadings: [50], dailyMaximum: kWh(500)))
      )
      .after(
        .installMeter(
          InstallMeter(
            meter: "M-2", at: at("2026-03-01"),
            registers: [RegisterSpec(name: "1", dials: 6, multiplier: 40)], startReadings: [10]))
      )
      .after(X.readings(X.reading("2026-03-15", 20, meter: "M-2")))
    let events = try given.when(X.bill(through: "2026-03-15")).outcome.get()
    #expect(events.charges.map(\.quantity).reduce(0, +) == 150_000 + 400_000)
    #expect(events.invoice?.readings.count == 4)
    let next = try given.after(X.bill(through: "2026-03-15"))
      .after(X.readings(X.reading("2026-04-15", 30, meter: "M-2")))
    let second = try next.when(X.bill(through: "2026-04-15")).outcome.get()
    #expect(second.charges.map(\.quantity).reduce(0, +) == 400_000)
    #expect(second.invoice?.readings.count == 2)
  }

  @Test func `what a meter installed on the closing day counts belongs to the next period`() throws
  {
    let given = try X.account()
      .after(
        .removeMeter(
          RemoveMeter(
            meter: "M-1", at: at("2026-03-15"), finalReadings: [400], dailyMaximum: kWh(500)))
      )
      .after(
        .installMeter(
          InstallMeter(
            meter: "M-2", at: at("2026-03-15"), registers: [RegisterSpec(name: "1")],
            startReadings: [0]))
      )
      .after(X.readings(X.reading("2026-03-15T18:00", 9, meter: "M-2")))
    let events = try given.when(X.bill(through: "2026-03-15")).outcome.get()
    #expect(events.charges.map(\.quantity).reduce(0, +) == 400_000)
    let next = try given.after(X.bill(through: "2026-03-15"))
      .after(X.readings(X.reading("2026-04-15", 300, meter: "M-2")))
    let second = try next.when(X.bill(through: "2026-04-15")).outcome.get()
    #expect(second.charges.map(\.quantity).reduce(0, +) == 300_000)
  }

  @Test func `a plan change inside the period splits the energy by days`() throws {
    let rules = X.rulebook(
      .tariffVersionPublished(
        TariffVersionPublished(X.r1(plan: "R9", [X.service]), contentHash: X.hash(9))))
    let given = try X.account()
      .after(.assignPlan(PlanAssignment(plan: "R9", from: day("2026-03-01"))))
      .after(X.readings(X.reading("2026-03-15", 280)))
    let events = try given.when(X.bill(through: "2026-03-15", rules: rules)).outcome.get()
    let energy = events.charges.filter { $0.quantity > 0 }
    #expect(energy.map(\.segment) == [0, 1])
    #expect(energy.map(\.quantity) == [140_000, 140_000])
    let invoice = try #require(events.invoice)
    #expect(invoice.plan == "R9")
    #expect(invoice.earlierPlans == ["R1"])
  }

  @Test func `a reading on the day of the change measures what would be split`() throws {
    let rules = X.rulebook(
      .tariffVersionPublished(
        TariffVersionPublished(X.r1(plan: "R9", [X.service]), contentHash: X.hash(9))))
    let given = try X.account()
      .after(.assignPlan(PlanAssignment(plan: "R9", from: day("2026-03-01"))))
      .after(X.readings(X.reading("2026-03-01", 200), X.reading("2026-03-15", 280)))
    let events = try given.when(X.bill(through: "2026-03-15", rules: rules)).outcome.get()
    let energy = events.charges.filter { $0.quantity > 0 }
    #expect(energy.map(\.quantity) == [200_000, 80_000])
    #expect(events.invoice?.readings.count == 3)
  }

  @Test func `without a plan or a tariff the bill says which is missing`() throws {
    let given = try Given(Account.self).after(.open(X.details()))
      .after(.startService(day("2026-02-15")))
      .after(.installMeter(MeterOnAccountTests.meter()))
      .after(X.readings(X.reading("2026-03-15", 400)))
    let month = period("2026-02-15", "2026-03-15")
    given.when(X.bill(through: "2026-03-15")).thenRefused(
      .cannotBill(BillingObstacle(.usage(.noPlan(day("2026-02-15"))), month)))
    let planned = try given.after(
      .assignPlan(PlanAssignment(plan: "R7", from: day("2026-02-15"))))
    planned.when(X.bill(through: "2026-03-15")).thenRefused(
      .cannotBill(
        BillingObstacle(.usage(.noTariff(plan: "R7", day("2026-02-15"))), month)))
  }

  @Test func `a time-of-use plan on a single dial cannot be billed`() throws {
    let given = try X.account(plan: "R2").after(X.readings(X.reading("2026-03-15", 400)))
    given.when(X.bill(through: "2026-03-15")).thenRefused(
      .cannotBill(
        BillingObstacle(
          .usage(.noRegister(period: "on-peak", plan: "R2")),
          period("2026-02-15", "2026-03-15"))))
  }

  @Test func `a plain plan on a meter with a total and two periods counts the total once`() throws {
    let registers = [
      RegisterSpec(name: "total"), RegisterSpec(name: "on", touPeriod: "on-peak"),
      RegisterSpec(name: "off", touPeriod: "off-peak"),
    ]
    for plan in ["R1", "R2"] {
      let given = try X.account(plan: plan, registers: registers, startReadings: [0, 0, 0])
        .after(
          X.readings(
            X.reading("2026-03-15", 300, register: "total"),
            X.reading("2026-03-15", 100, register: "on"),
            X.reading("2026-03-15", 200, register: "off")))
      let events = try given.when(X.bill(through: "2026-03-15")).outcome.get()
      #expect(events.charges.map(\.quantity).reduce(0, +) == 300_000)
    }
  }

  @Test func `every dial must be read on the day that closes the period`() throws {
    let registers = [
      RegisterSpec(name: "on", touPeriod: "on-peak"),
      RegisterSpec(name: "off", touPeriod: "off-peak"),
    ]
    let given = try X.account(plan: "R2", registers: registers, startReadings: [0, 0])
      .after(
        X.readings(
          X.reading("2026-03-15", 100, register: "on"),
          X.reading("2026-03-17", 110, register: "on"),
          X.reading("2026-03-17", 200, register: "off")))
    let billed = try Self.billAll(given, through: "2026-03-31")
    #expect(Self.periods(billed) == ["2026-02-15 2026-03-17"])
    let half = try X.account(plan: "R2", registers: registers, startReadings: [0, 0])
      .after(X.readings(X.reading("2026-03-15", 100, register: "on")))
    half.when(X.bill(through: "2026-03-31")).thenRefused(
      .cannotBill(
        BillingObstacle(
          .missingReading(register: "off", meter: "M-1", near: day("2026-03-15"), window: 5),
          period("2026-02-15", "2026-03-15"))))
  }

  @Test func `after service stops one last bill is issued, and no other`() throws {
    let given = try X.account().after(
      X.readings(X.reading("2026-03-15", 400), X.reading("2026-03-25", 500))
    ).after(.stopService(day("2026-03-25")))
    let billed = try Self.billAll(given, through: "2026-12-31")
    #expect(Self.periods(billed) == ["2026-02-15 2026-03-15", "2026-03-15 2026-03-25"])
    #expect(billed.state.invoices.map(\.isFinal) == [false, true])
    #expect(billed.state.isFinallyBilled)
  }

  @Test func `an account without a meter says so once its cycle date has come`() throws {
    let given = try Given(Account.self).after(.open(X.details()))
      .after(.startService(day("2026-02-15")))
    given.when(X.bill(through: "2026-03-14")).thenNothing()
    given.when(X.bill(through: "2026-03-15")).thenRefused(
      .cannotBill(BillingObstacle(.noMeter, period("2026-02-15", "2026-03-15"))))
  }

  @Test func `a tax takes the rate of the period's last day`() throws {
    var tax = X.tax("ST", .state, "10")
    tax.effectiveFrom = day("2026-03-14")
    let changed = X.rulebook(
      .taxRulePublished(TaxRulePublished(tax, contentHash: X.hash(9))))
    tax.effectiveFrom = day("2026-03-15")
    let unchanged = X.rulebook(
      .taxRulePublished(TaxRulePublished(tax, contentHash: X.hash(9))))
    let given = try X.account(jurisdictions: ["ST"])
      .after(X.readings(X.reading("2026-03-15", 1137)))
    let new = try given.when(X.bill(through: "2026-03-15", rules: changed)).outcome.get()
    let old = try given.when(X.bill(through: "2026-03-15", rules: unchanged)).outcome.get()
    #expect(new.amounts.last == "15.69")
    #expect(old.amounts.last == "7.85")
  }
}
