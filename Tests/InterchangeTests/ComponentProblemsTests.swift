import Testing

@testable import Interchange

/// What is wrong in a component's YAML, with its place and what to write.
@Suite struct ComponentProblemsTests {
  static let sample = """
    kind: tariff
    plan: C1
    version: 1
    from: 2020-01-01
    source: { format: urdb, label: x, sha256: HASH }
    periods:
      - name: on
        windows:
          - { hours: "17:00-20:00", months: [6, 7] }
      - name: off
    demand_periods:
      - name: day
        windows:
          - { hours: "08:00-20:00" }
      - name: night
    components:
      - code: energy
        type: energy
        ladders:
          on: [{ up_to: 5, basis: day, price: .1 }, { price: .2 }]
          off: [{ price: .3 }]
      - { code: kw, type: demand, price: 4.5, ratchet: { rate: 80 %, bills: 11 } }
      - code: peaks
        type: demand
        by_period: { day: 3, night: [{ up_to: 9, price: 1 }, { price: 2 }] }
      - { code: meter, type: fixed, price: 0.4, per: day }
      - { code: fuel, type: rider, price: -.01, months: [1] }
      - { code: bank, type: net-metering, carry_hours: [0, 17], year_end: 12, settlement: .03 }
    """.replacing("HASH", with: String(repeating: "0a", count: 32))

  @Test func `the sample itself is right`() {
    #expect(load(Self.sample).problems.map(\.description) == [])
  }

  @Test(arguments: [
    ("months: [6, 7]", "months: [6, 6]", "windows[0].months[1]: 6 is given twice"),
    ("months: [6, 7]", "months: []", "months: has no month; leave it out for the whole year"),
    ("months: [6, 7]", "months: [13]", "months[0]: \"13\" is not a whole number from 1 to 12"),
    ("0a0a", "0a0g", "source.sha256: "),
    ("off: [{ price: .3 }]", "of: [{ price: .3 }]", "components[0].ladders: \"off\" is missing"),
    (
      "    ladders:", "    price: .1\n    ladders:",
      "components[0].ladders: is given beside tiers or a price; a component has one of them"
    ),
    ("basis: day", "basis: hour", "\"hour\" is not one of: month, day, kw"),
    ("up_to: 5,", "up_to: -5,", "tiers[0].up_to: must be above zero"),
    (
      "price: 4.5, ratchet", "tiers: [{ price: 1 }], price: 4.5, ratchet",
      "components[1]: needs one of price, tiers and by_period"
    ),
    ("bills: 11", "bills: 37", "ratchet.bills: \"37\" is not a whole number from 1 to 36"),
    ("rate: 80 %", "rate: 0 %", "ratchet.rate: must be above 0 and at most 100 %"),
    ("night: [{", "nacht: [{", "by_period: \"night\" is missing; it is required"),
    ("up_to: 9", "up_to: x", "by_period.night[0].up_to: \"x\" is not a decimal number"),
    ("up_to: 9", "up_to: 0", "must be above zero"),
    ("per: day", "per: week", "components[3].per: \"week\" is not one of: month, day, year"),
    ("carry_hours: [0, 17]", "carry_hours: [24]", "carry_hours[0]: \"24\" is not a whole number"),
    ("year_end: 12, ", "", "settlement: needs year_end, the month that it is paid in"),
    ("type: rider", "type: net-billing", "is the second for exported energy; a tariff has one"),
    (
      "code: fuel, type: rider", "code: fuel, season: summer, type: rider",
      "is missing: components[4] needs its days or seasons"
    ),
  ])
  func `what is wrong says where and what to write`(_ old: String, _ new: String, _ text: String) {
    let yaml = Self.sample.replacing(old, with: new, maxReplacements: 1)
    #expect(yaml != Self.sample)
    let found = load(yaml).problems.map(\.description)
    #expect(found.contains { $0.contains(text) }, "\(found)")
  }

  @Test func `periods of demand that overlap are refused like those of energy`() {
    let yaml = Self.sample.replacing(
      "  - name: night",
      with: "  - name: noon\n    windows:\n      - { hours: \"12:00-13:00\" }\n  - name: night")
    let found = load(yaml).problems.map(\.description)
    #expect(
      found.contains {
        $0.contains("demand_periods[1].windows[0]: overlaps demand_periods[0].windows[0]")
      }, "\(found)")
    // Of different months they do not overlap.
    let months = yaml.replacing("\"12:00-13:00\"", with: "\"12:00-13:00\", months: [1]")
      .replacing("\"08:00-20:00\"", with: "\"08:00-20:00\", months: [2]")
    #expect(!load(months).problems.contains { $0.message.contains("overlaps") })
  }

  @Test(arguments: [
    ("every: 02-30", "\"02-30\" is not a day of the year"),
    ("every: thursday, month: 11", "\"nth\" is missing"),
    ("every: thursday, month: 11, nth: 6", "\"6\" is not one of: 1, 2, 3, 4, last"),
    ("every: 07-04, observed: never", "\"never\" is not one of: same-day, nearest-weekday"),
    ("every: 07-04, nth: 1", "\"nth\" is not known here"),
  ])
  func `a holiday that returns is written right or refused`(_ holiday: String, _ text: String) {
    let yaml = calendarSample + "\nholidays:\n  - { \(holiday) }"
    let found = load(yaml).problems.map(\.description)
    #expect(found.contains { $0.contains(text) }, "\(found)")
    let good = calendarSample + "\nholidays:\n  - { every: thursday, month: 11, nth: last }"
    #expect(load(good).problems == [])
  }
}
