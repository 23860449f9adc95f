import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// An account's own decisions: opening, serving, plans, meters.
@Suite struct AccountTests {
  typealias X = Fixture

  static func opened() throws -> Given<Account> {
    try Given(Account.self).after(.open(X.details()))
  }

  @Test func `an account opens, once`() throws {
    Given(Account.self).when(.open(X.details())).then(.accountOpened(X.details()))
    try Self.opened().when(.open(X.details())).thenNothing()
  }

  @Test func `opening again with other particulars is refused, naming the field`() throws {
    let changes: [(field: String, change: (inout AccountOpened) -> Void)] = [
      ("class", { $0.customerClass = .industrial }), ("sector", { $0.sector = "another" }),
      ("zone", { $0.zone = "Asia/Tokyo" }), ("jurisdictions", { $0.jurisdictions = ["ST"] }),
      ("cycle_day", { $0.cycleDay = 20 }), ("days_until_due", { $0.daysUntilDue = 99 }),
      ("service_point", { $0.servicePoint = "elsewhere" }),
    ]
    for (field, change) in changes {
      var other = X.details()
      change(&other)
      let refusal = #expect(throws: AccountRejection.self) {
        try Account.decide(.open(other), Self.opened().state)
      }
      #expect(refusal?.field == field)
      #expect(refusal?.code == "conflict")
    }
    var other = X.details()
    other.jurisdictions = ["ST"]
    try Self.opened().when(.open(other)).thenRefused(
      .openedDifferently(field: "jurisdictions", recorded: "ST;CI", given: "ST"))
  }

  @Test func `a cycle day that some month lacks is refused`() {
    Given(Account.self).when(.open(X.details(cycleDay: 29))).thenRefused(
      .invalid(field: "cycle_day", reason: "is 29; it must be 1 to 28"))
    Given(Account.self).when(.open(X.details(cycleDay: 0))).thenRefused(
      .invalid(field: "cycle_day", reason: "is 0; it must be 1 to 28"))
  }

  @Test func `an account that was never opened refuses everything`() {
    Given(Account.self).when(.startService(day("2026-01-01"))).thenRefused(.notOpened)
    Given(Account.self).when(.close(day("2026-01-01"), reason: "")).thenRefused(.notOpened)
  }

  @Test func `service starts once, and stops once, in that order`() throws {
    let opened = try Self.opened()
    opened.when(.stopService(day("2026-03-01"))).thenRefused(.serviceNotStarted)
    let served = try opened.after(.startService(day("2026-02-01")))
    served.when(.startService(day("2026-02-02"))).thenRefused(
      .serviceStarted(day("2026-02-01")))
    served.when(.stopService(day("2026-02-01"))).thenRefused(
      .stopsBeforeStart(day("2026-02-01")))
    let stopped = try served.after(.stopService(day("2026-03-01")))
    stopped.when(.stopService(day("2026-03-02"))).thenRefused(
      .serviceStopped(day("2026-03-01")))
  }

  @Test func `a plan is assigned from a day on, and only one from each day`() throws {
    let assigned = try Self.opened().after(
      .assignPlan(PlanAssignment(plan: "R1", from: day("2026-02-01"))))
    assigned.when(.assignPlan(PlanAssignment(plan: "R2", from: day("2026-02-01")))).thenRefused(
      .planAssigned("R1", from: day("2026-02-01")))
    let changed = try assigned.after(
      .assignPlan(PlanAssignment(plan: "R2", from: day("2026-01-01"))))
    #expect(changed.state.plan(on: day("2026-01-31")) == "R2")
    #expect(changed.state.plan(on: day("2026-02-01")) == "R1")
    #expect(changed.state.plan(on: day("2025-12-31")) == nil)
  }

  @Test func `a plan cannot change on days that are billed`() throws {
    let billed = try X.account().after(X.readings(X.reading("2026-03-15", 100)))
      .after(X.bill(through: "2026-03-15"))
    billed.when(.assignPlan(PlanAssignment(plan: "R2", from: day("2026-03-14")))).thenRefused(
      .alreadyBilled(through: day("2026-03-15")))
    billed.when(.assignPlan(PlanAssignment(plan: "R2", from: day("2026-03-15")))).then(
      .ratePlanAssigned(RatePlanAssigned(plan: "R2", from: day("2026-03-15"))))
  }

  @Test func `service stops no earlier than it is billed, and may stop that very day`() throws {
    let billed = try X.account().after(X.readings(X.reading("2026-03-15", 100)))
      .after(X.bill(through: "2026-03-15"))
    billed.when(.stopService(day("2026-03-14"))).thenRefused(
      .alreadyBilled(through: day("2026-03-15")))
    let stopped = try billed.after(.stopService(day("2026-03-15")))
    stopped.when(X.bill(through: "2026-12-31")).thenNothing()
    stopped.when(.close(day("2026-03-15"), reason: "moved")).then(
      .accountClosed(AccountClosed(day: day("2026-03-15"), reason: "moved")))
  }

  @Test func `an account closes after its last bill, and refuses everything from then on`() throws {
    let served = try X.account().after(X.readings(X.reading("2026-03-15", 100)))
    served.when(.close(day("2026-03-20"), reason: "moved")).thenRefused(.stillServed)
    let stopped = try served.after(.stopService(day("2026-03-15")))
    stopped.when(.close(day("2026-03-20"), reason: "moved")).thenRefused(.notFinallyBilled)
    let billed = try stopped.after(X.bill(through: "2026-03-15"))
    let closed = try billed.after(.close(day("2026-03-20"), reason: "moved"))
    closed.when(.close(day("2026-03-21"), reason: "moved")).thenRefused(
      .accountClosed(day("2026-03-20")))
    closed.when(X.readings(X.reading("2026-03-19", 101))).thenRefused(
      .accountClosed(day("2026-03-20")))
    closed.when(X.bill(through: "2027-01-01")).thenRefused(.accountClosed(day("2026-03-20")))
  }
}

/// A meter on an account.
@Suite struct MeterOnAccountTests {
  typealias X = Fixture

  static func meter(_ id: String = "M-1", _ start: Int64 = 0) -> InstallMeter {
    InstallMeter(
      meter: id, at: at("2026-02-15"), registers: [RegisterSpec(name: "1")],
      startReadings: [start])
  }

  @Test func `a meter is installed with the readings it starts with`() throws {
    try AccountTests.opened().when(.installMeter(Self.meter("M-1", 99_412))).then(
      .meterInstalled(
        MeterInstalled(
          meter: "M-1", at: at("2026-02-15"), registers: [RegisterSpec(name: "1")])),
      .readingRecorded(ReadingRecorded(at: at("2026-02-15"), value: 99_412)))
  }

  @Test func `the same meter otherwise than installed is refused with the difference`() throws {
    let given = try AccountTests.opened().after(.installMeter(Self.meter()))
    given.when(.installMeter(Self.meter("M-1", 7))).thenRefused(
      .meterInstalled("M-1", difference: "register '1' at 0"))
    var later = Self.meter()
    later.at = at("2026-02-16")
    given.when(.installMeter(later)).thenRefused(
      .meterInstalled("M-1", difference: "installed_at 2026-02-15T05:00:00Z"))
  }

  @Test func `a register without its start reading, or beyond its digits, is refused`() throws {
    let given = try AccountTests.opened()
    var command = Self.meter()
    command.startReadings = [nil]
    given.when(.installMeter(command)).thenRefused(.missingReading(register: "1", meter: "M-1"))
    given.when(.installMeter(Self.meter("M-1", 100_000))).thenRefused(
      .offTheDial("100000", dials: 5))
    given.when(.installMeter(Self.meter("M-1", -1))).thenRefused(.negative("-1"))
  }

  @Test func `a channel has no start reading, and no digits are asked of it`() throws {
    let given = try AccountTests.opened()
    let channel = RegisterSpec(name: "1", dials: 0, intervalMinutes: 15)
    var command = Self.meter()
    command.registers = [channel]
    given.when(.installMeter(command)).thenRefused(.wrongUnit(register: "1", isChannel: true))
    command.startReadings = [nil]
    given.when(.installMeter(command)).then(
      .meterInstalled(
        MeterInstalled(meter: "M-1", at: at("2026-02-15"), registers: [channel])))
  }

  @Test func `a meter is removed with its final readings`() throws {
    let given = try X.account().after(X.readings(X.reading("2026-03-15", 400)))
    func remove(_ time: String, _ value: Int64?) -> AccountCommand {
      .removeMeter(
        RemoveMeter(
          meter: "M-1", at: at(time), finalReadings: [value], dailyMaximum: kWh(500)))
    }
    given.when(remove("2026-03-20", 450)).then(
      .readingRecorded(ReadingRecorded(at: at("2026-03-20"), value: 450)),
      .meterRemoved(MeterRemoved(meter: 0, at: at("2026-03-20"))))
    given.when(remove("2026-03-20", nil)).thenRefused(
      .missingReading(register: "1", meter: "M-1"))
    given.when(remove("2026-03-10", 300)).thenRefused(.outOfOrder(last: at("2026-03-15")))
    let removed = try given.after(remove("2026-03-20", 450))
    removed.when(remove("2026-03-21", 450)).thenRefused(
      .meterRemoved("M-1", at("2026-03-20")))
    removed.when(X.readings(X.reading("2026-03-21", 460))).thenRefused(
      .afterRemoval(at("2026-03-20")))
  }
}
