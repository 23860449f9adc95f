import CivilTime
import Metering
import Money
import Tariffs
import Testing

@Suite struct RuleSetTests {
  typealias X = Example

  @Test func `the version in force is the latest that has begun`() {
    var rules = RuleSet()
    rules.publish(X.r1From2028())
    rules.publish(X.r1())
    #expect(rules.tariff("R1", on: X.day("2019-12-31")) == nil)
    #expect(rules.tariff("R1", on: X.day("2020-01-01"))?.version.version == 1)
    #expect(rules.tariff("R1", on: X.day("2028-02-29"))?.version.version == 1)
    #expect(rules.tariff("R1", on: X.day("2028-03-01"))?.version.version == 2)
    #expect(rules.tariff("R1", version: 2)?.version == X.r1From2028())
    #expect(rules.tariff("R9", on: X.day("2028-03-01")) == nil)
    #expect(rules.plans == ["R1"])
  }

  @Test func `taxes come by level, the latest rule of each, and rate zero ends one`() {
    var rules = RuleSet()
    var county = X.tax("county", .county, "1")
    for tax in [X.tax("city", .city, "1.5"), county, X.tax("state", .state, "5")] {
      rules.publish(tax)
    }
    county.effectiveFrom = X.day("2026-01-01")
    county.rate = Rate(rawValue: 0)
    rules.publish(county)
    var state = X.tax("state", .state, "6")
    state.effectiveFrom = X.day("2026-01-01")
    rules.publish(state)
    let all = ["US-city", "US-county", "US-state"]
    let before = rules.taxes(of: all, on: X.day("2025-12-31"))
    #expect(before.map(\.code) == ["state", "county", "city"])
    #expect(before.map(\.rate) == [X.rate("5"), X.rate("1"), X.rate("1.5")])
    let after = rules.taxes(of: all, on: X.day("2026-01-01"))
    #expect(after.map(\.code) == ["state", "city"])
    #expect(after.first?.rate == X.rate("6"))
    #expect(rules.taxes(of: ["US-city"], on: X.day("2026-01-01")).map(\.code) == ["city"])
    #expect(rules.taxes(of: all, on: X.day("2019-01-01")).isEmpty)
  }

  @Test func `a calendar published after its tariff reaches it`() {
    var rules = RuleSet()
    rules.publish(X.r2(calendar: "israel"))
    let sunday = X.day("2025-10-26")
    rules.publish(X.israeli)
    let before = rules.tariff("R2", on: sunday)
    #expect(before?.period(on: sunday, minute: 18 * 60) == 0)
    var american = X.american
    american.name = "israel"
    american.version = 2
    american.effectiveFrom = X.day("2025-01-01")
    rules.publish(american)
    #expect(rules.tariff("R2", on: sunday)?.period(on: sunday, minute: 18 * 60) == 1)
    #expect(rules.calendar("israel", on: sunday)?.version == 2)
    #expect(rules.calendar("israel", on: X.day("2024-01-01"))?.version == 1)
  }

  @Test func `policies come by day`() {
    var rules = RuleSet()
    rules.publish(Policies(version: 1, effectiveFrom: X.day("2020-01-01")))
    rules.publish(Policies(version: 2, effectiveFrom: X.day("2026-01-01"), rounding: .halfEven))
    #expect(rules.policies(on: X.day("2019-12-31")) == nil)
    #expect(rules.policies(on: X.day("2025-12-31"))?.rounding == .halfAwayFromZero)
    #expect(rules.policies(on: X.day("2026-01-01"))?.rounding == .halfEven)
  }

  @Test func `26 to 35 days are a month, other periods days over 30`() {
    let proration = Proration()
    #expect(proration.factor(days: 25) == Fraction(25, 30))
    #expect(proration.factor(days: 26) == .one)
    #expect(proration.factor(days: 35) == .one)
    #expect(proration.factor(days: 36) == Fraction(36, 30))
  }

  @Test func `a class without a limit of its own has the common one`() {
    let plausibility = Plausibility(
      byClass: [.init(customerClass: .industrial, dailyMaximum: X.kWh(90_000))])
    #expect(plausibility.dailyMaximum(for: .industrial) == X.kWh(90_000))
    #expect(plausibility.dailyMaximum(for: .residential) == X.kWh(500))
  }
}

@Suite struct RuleProblemsTests {
  typealias X = Example

  static func problems(_ change: (inout TariffVersion) -> Void) -> [String] {
    var tariff = X.r2([X.service, X.franchise])
    change(&tariff)
    return tariff.problems(calendars: [X.american]).map(\.field)
  }

  static func energy(_ tiers: [EnergyTier]) -> Component {
    Component(code: "energy", kind: .energy(EnergyComponent(tiers: tiers)))
  }

  @Test func `the tariffs of the examples have no problems`() {
    #expect(X.r1().problems(calendars: []) == [])
    #expect(X.r2().problems(calendars: [X.american]) == [])
    #expect(ClockTests.tariff.problems(calendars: [ClockTests.calendar]) == [])
  }

  @Test func `what cannot work is named by its field`() {
    let both = [X.price("1"), X.price("2")]
    #expect(Self.problems { $0.plan = "" } == ["plan"])
    #expect(Self.problems { $0.version = 0 } == ["version"])
    #expect(Self.problems { $0.components = [] } == ["components"])
    #expect(
      Self.problems { $0.components = .init(repeating: X.service, count: 65) }.contains(
        "components"))
    #expect(Self.problems { $0.components[1].code = "energy" } == ["components[1].code"])
    #expect(Self.problems { $0.components[1].code = "" } == ["components[1].code"])
    #expect(Self.problems { $0.components[1].lineType = .tax } == ["components[1].type"])
    #expect(Self.problems { $0.calendar = nil } == ["calendar"])
    #expect(Self.problems { $0.effectiveFrom = X.day("2019-01-01") } == ["calendar"])
    #expect(Self.problems { $0.periods[1].windows = $0.periods[0].windows } == ["periods"])
    #expect(Self.problems { $0.periods[1].name = "on-peak" } == ["periods[1].name"])
    #expect(
      Self.problems { $0.periods[0].windows[0].endMinute = 60 } == ["periods[0].windows[0]"])
    #expect(Self.problems { $0.periods[0].windows[0].days = [] } == ["periods[0].windows[0].days"])
    #expect(
      Self.problems { $0.periods[0].windows[0].season = "summer" }
        == ["periods[0].windows[0].season"])
    #expect(Self.problems { $0.components[0] = Self.energy([]) } == ["components[0].tiers"])
    #expect(
      Self.problems { $0.components[0] = Self.energy([.init(limit: X.kWh(1), prices: both)]) }
        == ["components[0].tiers[0].limit"])
    #expect(
      Self.problems {
        $0.components[0] = Self.energy([
          .init(limit: X.kWh(5), prices: both), .init(limit: X.kWh(5), prices: both),
          .init(prices: both),
        ])
      } == ["components[0].tiers[1].limit"])
    #expect(
      Self.problems {
        $0.components[0] = Self.energy([.init(prices: both), .init(prices: both)])
      } == ["components[0].tiers[0].limit"])
    #expect(
      Self.problems { $0.components[0] = Self.energy([.init(prices: both + both)]) }
        == ["components[0].tiers[0].prices"])
    #expect(
      Self.problems {
        $0.components[0] = Self.energy([
          .init(limit: X.kWh(5), prices: both), .init(prices: [X.price("1")]),
        ])
      } == ["components[0].tiers[1].prices"])
  }

  @Test func `a percentage has a base, and never counts itself in a circle`() {
    func fee(_ code: String, _ base: [String]) -> Component {
      Component(
        code: code,
        kind: .percentage(
          PercentageComponent(rate: X.rate("1"), baseClasses: [], baseComponents: base)))
    }
    func problems(_ components: Component...) -> [String] {
      X.r1(components).problems(calendars: []).map(\.field)
    }
    #expect(problems(fee("a", ["energy"]), fee("b", ["a"])) == [])
    #expect(problems(fee("a", [])) == ["components[1].base"])
    #expect(problems(fee("a", ["nothing"])) == ["components[1].base"])
    #expect(problems(fee("a", ["a"])) == ["components[1].base"])
    #expect(problems(fee("a", ["b"]), fee("b", ["a"])) == ["components[1].base"])
  }

  @Test func `calendars, taxes and policies are judged too`() {
    var calendar = ClockTests.calendar
    #expect(calendar.problems == [])
    calendar.holidays.append(calendar.holidays[0])
    calendar.seasons += [
      Season(name: "summer", month: 6, day: 1), Season(name: "never", month: 2, day: 30),
    ]
    #expect(calendar.problems.map(\.field) == ["holidays[1]", "seasons[2]", "seasons[3]"])

    var tax = X.tax("state", .state, "5")
    #expect(tax.problems == [])
    tax.rate = Rate(rawValue: -1)
    tax.baseClasses = []
    tax.jurisdiction = ""
    #expect(tax.problems.map(\.field) == ["jurisdiction", "rate", "base"])

    var policies = Policies(effectiveFrom: X.day("2020-01-01"))
    #expect(policies.problems == [])
    policies.proration = Proration(fullMonthMinimum: 30, fullMonthMaximum: 20, monthDays: 0)
    policies.plausibility.dailyMaximum = .zero
    #expect(policies.problems.map(\.field) == ["proration", "proration", "plausibility"])
    #expect(policies.problems.allSatisfy { $0.description.hasPrefix($0.field + ": ") })
  }

  @Test func `names in files are read as they are written`() {
    for type in LineType.allCases { #expect(LineType(name: type.name) == type) }
    for each in RevenueClass.allCases { #expect(RevenueClass(name: each.name) == each) }
    for each in CustomerClass.allCases { #expect(CustomerClass(name: each.name) == each) }
    for each in DayClass.allCases { #expect(DayClass(name: each.name) == each) }
    for each in JurisdictionLevel.allCases { #expect(JurisdictionLevel(name: each.name) == each) }
    for each in AllocationOrder.allCases { #expect(AllocationOrder(name: each.name) == each) }
    for basis in EnergyTier.LimitBasis.allCases {
      #expect(EnergyTier.LimitBasis(name: basis.name) == basis)
    }
  }
}
