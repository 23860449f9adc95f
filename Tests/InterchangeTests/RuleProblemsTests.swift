import Testing

@testable import Interchange

@Suite struct `Rule problems` {
  @Test(arguments: [
    ("kind: tarif", "x.yaml:1:7: kind: \"tarif\" is not one of: tariff, tax, calendar, policy"),
    ("plan: R1", "x.yaml:1:1: \"kind\" is missing; it is required"),
    ("just text", "x.yaml:1:1: must hold fields, as `name: value`"),
    ("kind: [a", "x.yaml:2:1: the file is not YAML: did not find expected ',' or ']'; check"),
    ("kind: tax\nkind: tax", "x.yaml:1:1: given twice: kind; give each field once"),
    ("kind: \u{1}", "x.yaml:1:1: the file is not YAML: control characters are not allowed; remove"),
    ("kind: tax\n? [a]\n: b", "x.yaml:2:3: a field's name must be a word"),
    (
      "kind: &k tax", "kind: anchors and aliases are not accepted; write the value where it is used"
    ),
  ])
  func `of the form`(text: String, expected: String) {
    #expect(problem(text).contains(expected), "\(problem(text))")
  }

  @Test(arguments: [
    (
      "up_to: 500", "up_to: -1", "x.yaml:10:18: components[0].tiers[0].up_to: must be above zero"
    ),
    (
      "{ price: .16725 }", "{ up_to: 400, price: .16725 }",
      "components[0].tiers[1].up_to: must be open in the last"
    ),
    (
      "{ price: .16725 }", "{ up_to: 400, price: 1 }\n      - { price: 1 }",
      "components[0].tiers[1].up_to: must be above the one before"
    ),
    ("up_to: 500, ", "", "components[0].tiers[0].up_to: is missing; only the last tier is open"),
    (
      "up_to: 500", "up_to: 0.0000001",
      "\"0.0000001\" has more than 6 decimals, and numbers are never rounded on the way in; write an energy in kWh"
    ),
    (
      ".09850", ".0985000000000000001",
      "\".0985000000000000001\" has more than 18 decimals, and numbers are"
    ),
    (
      ".09850", "9999999999999999999",
      "\"9999999999999999999\" is too large; write a price, as .09850"
    ),
    (
      ".09850", "a",
      "components[0].tiers[0].price: \"a\" is not a decimal number: 'a' at character 1;"
    ),
    (
      ".09850", "[1]",
      "components[0].tiers[0].price: must be a price, as .09850, not a list or fields"
    ),
    ("3 %", "101 %", "components[2].rate: \"101 %\" is not from 0 to 100 %; write 3 % or 0.03"),
    ("3 %", "3.12345678 %", "\"3.12345678\" has more than 7 decimals"),
    (
      "rate: 3 %", "rate: 3 %, base: [ENERGY]",
      "components[2].base[0]: \"ENERGY\" is not one of: VARIABLE_ENERGY, VARIABLE_DEMAND"
    ),
    (
      "rate: 3 %", "rate: 3 %, base: [FIXED, FIXED]",
      "components[2].base[1]: \"FIXED\" is given twice"
    ),
    (
      "rate: 3 %", "rate: 3 %, base_components: [tax]",
      "components[2].base: 'tax' is no component of this tariff"
    ),
    (
      "rate: 3 %", "rate: 3 %, base_components: [franchise]",
      "'franchise' is a percentage too and must come earlier: no circles"
    ),
    ("code: service", "code: energy", "components[1].code: 'energy' is used twice"),
    (
      "type: fixed, price", "type: flat, price",
      "components[1].type: \"flat\" is not one of: energy, demand, fixed, rider, "
    ),
    (
      "type: fixed, price", "type: fixed, cost",
      "components[1].cost: \"cost\" is not known here; the fields are: code, title, line_type,"
    ),
    (
      "price: 15.00", "price: 15.00, line_type: TAX",
      "components[1].line_type: \"TAX\" is not one of: ENERGY_CHARGE"
    ),
    (
      "      - { up_to: 500, price: .09850 }\n      - { price: .16725 }\n", "      []\n",
      "components[0].tiers: has no tier; give at least one, the last without up_to"
    ),
    (
      "    type: energy\n", "    type: energy\n    price: 1\n",
      "components[0].tiers: a component has either tiers or one price"
    ),
    (
      "{ price: .16725 }", "{ prices: { x: 1 } }",
      "components[0].tiers[1].prices: needs the tariff's periods; give periods, or one price"
    ),
    ("{ price: .16725 }", "{}", "components[0].tiers[1]: has neither price nor prices; give one"),
    (
      "title: Tiered", "title: \"\\u0007\"",
      "title: \"\\u{7}\" is not a text of up to 200 characters on one line"
    ),
    (
      "from: 2020-01-01", "from: 2020-02-30",
      "from: \"2020-02-30\" is not a date; write an existing day as 2026-03-01"
    ),
    (
      "title: Tiered", "calendar: moon",
      "calendar: 'moon' is not published with effect on 2020-01-01"
    ),
  ])
  func `of a tariff`(old: String, new: String, expected: String) {
    let found = problem(tariffSample.replacing(old, with: new, maxReplacements: 1))
    #expect(found.contains(expected), "\(found)")
  }

  @Test(arguments: [
    ("days: [working-day], ", "", ""),
    (
      "- name: off-peak",
      "- { name: off-peak, windows: [{ hours: \"21:00-24:00\" }] }\n  - name: night",
      "periods[1].windows[0]: overlaps periods[0].windows[0] of period on-peak; give each hour to"
    ),
    (
      "- name: off-peak", "- { name: off-peak, windows: [{ hours: \"00:00-17:00\" }] }",
      "periods: need exactly one period without windows, for all other times"
    ),
    (
      "- name: off-peak", "- name: off-peak\n  - name: night",
      "periods: need exactly one period without windows"
    ),
    ("- name: off-peak", "- name: on-peak", "periods[1].name: 'on-peak' is used twice"),
    (
      "17:00-22:00", "22:00-06:00",
      "\"22:00-06:00\" is not a span of hours as 17:00-22:00, within one day; cut one"
    ),
    ("17:00-22:00", "17:00-24:30", "\"17:00-24:30\" is not a span of hours"),
    ("17:00-22:00", "17-22", "\"17-22\" is not a span of hours"),
    (
      "working-day", "workday",
      "days[0]: \"workday\" is not one of: every-day, working-day, rest-day, holiday, monday"
    ),
    ("days: [working-day]", "days: working-day", "days: must be a list of words, as [a, b]"),
    (
      "hours: \"17", "season: summer, hours: \"17",
      "season: 'summer' is no season of calendar 'demo' version 1"
    ),
    (
      "calendar: demo\n", "",
      "calendar: is missing: periods[0].windows[0] needs its days or seasons"
    ),
    (", off-peak: .10", "", "components[0].prices: \"off-peak\" is missing; it is required"),
    (
      "off-peak: .10", "off-peak: .10, night: .05",
      "components[0].prices.night: \"night\" is not known here; the fields are: on-peak,"
    ),
    (
      "prices: {", "price: 1\n    prices: {",
      "components[0].prices: is given beside price; give one of them"
    ),
    (
      "from: 2020-01-01", "from: 2019-12-31",
      "calendar: 'demo' is not published with effect on 2019-12-31"
    ),
  ])
  func `of time of use`(old: String, new: String, expected: String) {
    let found = problem(
      calendarSample, timeOfUseSample.replacing(old, with: new, maxReplacements: 1))
    #expect(expected.isEmpty ? found.isEmpty : found.contains(expected), "\(found)")
  }

  @Test func `of overlaps only where some day has both`() {
    func windows(_ one: String, _ other: String) -> String {
      problem(
        calendarSample
          + "\nseasons: [{ name: summer, from: 06-01 }, { name: winter, from: 10-01 }]",
        timeOfUseSample.replacing(
          "days: [working-day], hours", with: one + ", hours", maxReplacements: 1
        ).replacing(
          "- name: off-peak",
          with:
            "- { name: mid, windows: [{ \(other), hours: \"20:00-23:00\" }] }\n  - name: off-peak"
        ).replacing("off-peak: .10", with: "mid: .2, off-peak: .10"))
    }
    #expect(windows("days: [working-day]", "days: [rest-day]") == "")
    #expect(windows("days: [working-day]", "days: [saturday, sunday]") == "")
    #expect(windows("days: [working-day]", "days: [saturday, friday]").contains("overlaps"))
    #expect(windows("days: [monday]", "days: [holiday]").contains("overlaps"))
    #expect(windows("season: summer", "season: winter") == "")
    #expect(windows("season: summer", "season: summer").contains("overlaps"))
    #expect(windows("season: summer", "days: [monday]").contains("overlaps"))
  }

  @Test(arguments: [
    ("level: state", "level: town", "level: \"town\" is not one of: state, county, city"),
    ("rate: 5 %", "rate: 5", "rate: \"5\" is not from 0 to 100 %; write 3 % or 0.03"),
    ("rate: 5 %", "rate: 5 %\nbase: [TAXES]", "base[0]: \"TAXES\" is not one of: VARIABLE_ENERGY"),
    ("rate: 5 %", "rate: 5 %\nbase: []", "base: is empty: nothing is taxed"),
    ("rate: 5 %", "rate: -1 %", "rate: \"-1 %\" is not from 0 to 100 %"),
  ])
  func `of a tax`(old: String, new: String, expected: String) {
    let found = problem(taxSample.replacing(old, with: new))
    #expect(found.contains(expected), "\(found)")
  }

  @Test(arguments: [
    ("weekend: [sunday, funday]", "weekend[1]: \"funday\" is not one of: monday, tuesday"),
    ("weekend: []\nholidays: [2026-01-01, 2026-01-01]", "holidays[1]: 2026-01-01 is there twice"),
    ("weekend: []\nholidays: [{ name: x }]", "holidays[0]: \"date\" is missing; it is required"),
    (
      "weekend: []\nseasons: [{ name: s, from: 06-31 }]",
      "seasons[0].from: \"06-31\" is not a day of the"
    ),
    (
      "weekend: []\nseasons: [{ name: s, from: 06-01 }, { name: w, from: 06-01 }]",
      "seasons[1]: begins on the same day as another"
    ),
  ])
  func `of a calendar`(fields: String, expected: String) {
    let found = problem(calendarSample.replacing("weekend: [saturday, sunday]", with: fields))
    #expect(found.contains(expected), "\(found)")
  }

  @Test func `of rules given twice`() {
    #expect(
      problem(taxSample, taxSample)
        == "x.yaml:8:1: tax US-ST/sales from 2020-01-01 is already given at x.yaml:1; give it once")
    // What was published wrongly is put right by a higher version from the same day.
    #expect(problem(tariffSample, tariffSample.replacing("version: 1", with: "version: 2")) == "")
    #expect(
      problem(taxSample, taxSample.replacing("state", with: "city").replacing("sales", with: "use"))
        == "x.yaml:10:8: level: US-ST is a city here and a state in another tax; a jurisdiction has "
        + "one level")
  }

  @Test func `beyond the limit are counted`() {
    let many = Array(repeating: taxSample, count: InterchangeLimits.ruleProblems + 3)
      .joined(separator: "\n---\n")
    let files = RuleFiles(texts: [("x.yaml", many)])
    #expect(files.problems.count == InterchangeLimits.ruleProblems + 1)
    #expect(files.problems.last?.message == "there are 2 more problems; correct these first")
  }
}
