import Money
import Testing

@testable import Interchange

private let onePeriod = URDBSample.schedule { _, _ in 0 }

@Suite struct `Dirt in a URDB record` {
  @Test func `a key with a stray quote is listed and not guessed at`() throws {
    let sample = URDBSample().with("minmonthlycharge'", "50")
    #expect(try sample.rate.minimums == [])
    #expect(
      try sample.warnings == ["minmonthlycharge': the field is not known and is not used"])
  }

  @Test(arguments: ["1e38", "9.9999996802856925e+37", "100000000000000"])
  func `a huge limit of the last tier is none`(limit: String) throws {
    let sample = URDBSample().with(
      "energyratestructure",
      "[[{\"max\": 500, \"rate\": 0.1, \"unit\": \"kWh\"}, {\"max\": \(limit), \"rate\": 0.2}]]")
    #expect(try sample.rate.energy.periods[0].tiers.map(\.limit) == [500_000_000, nil])
  }

  @Test func `a limit of the last tier is taken to be open, with a warning`() throws {
    let sample = URDBSample().with(
      "energyratestructure",
      "[[{\"max\": 500, \"rate\": 0.1, \"unit\": \"kWh\"}, {\"max\": 900, \"rate\": 0.2, \"unit\": \"kWh\"}]]"
    )
    #expect(try sample.rate.energy.periods[0].tiers.map(\.limit) == [500_000_000, nil])
    #expect(
      try sample.warnings == [
        "energyratestructure[0][1].max: the last tier ends at 900 kWh; it is taken to go on"
      ])
  }

  @Test func `tiers after one without end are not used, with a warning`() throws {
    let sample = URDBSample().with(
      "energyratestructure",
      "[[{\"max\": 1e38, \"rate\": 0.1, \"unit\": \"kWh\"}, {\"rate\": 0.2}]]")
    #expect(try sample.rate.energy.periods[0].tiers.count == 1)
    #expect(
      try sample.warnings == [
        "energyratestructure[0]: tier 0 has no end; the tiers after it are not used"
      ])
  }

  @Test func `a tier that ends at zero is not used, with a warning`() throws {
    let sample = URDBSample().with(
      "energyratestructure", "[[{\"max\": 0, \"rate\": 9, \"unit\": \"kWh\"}, {\"rate\": 0.2}]]")
    #expect(try sample.rate.energy.periods[0].tiers.map(\.price) == [Price(decimal: "0.2")])
    #expect(
      try sample.warnings == [
        "energyratestructure[0][0]: the tier ends where it begins, at 0, and is not used"
      ])
  }

  @Test func `a limit without unit counts kWh a month, with a warning`() throws {
    let sample = URDBSample().with(
      "energyratestructure", "[[{\"max\": 500, \"rate\": 0.1}, {\"rate\": 0.2}]]")
    #expect(try sample.rate.energy.periods[0].tiers[0].unit == .kilowattHours)
    #expect(
      try sample.warnings == [
        "energyratestructure[0][0]: has no unit; its max is taken for kWh a month"
      ])
  }

  @Test func `an adj alone is the price, with a warning`() throws {
    let sample = URDBSample().with("energyratestructure", "[[{\"adj\": 0.07, \"unit\": \"kWh\"}]]")
    #expect(try sample.rate.energy.periods[0].tiers[0].price == Price(decimal: "0.07"))
    #expect(
      try sample.warnings == ["energyratestructure[0][0]: has no rate; its adj alone is the price"])
  }

  @Test func `schedules left out are those of the only period, with warnings`() throws {
    let sample = URDBSample().with("energyweekdayschedule", nil).with("energyweekendschedule", nil)
    #expect(try sample.rate.energy.weekday[11][23] == 0)
    #expect(
      try sample.warnings == [
        "energyweekdayschedule: is missing; the one period is taken for all hours",
        "energyweekendschedule: is missing; the one period is taken for all hours",
      ])
  }

  @Test func `numbers with a fraction of zero number periods, and quoted numbers are numbers`()
    throws
  {
    let sample = URDBSample().with("energyweekdayschedule", onePeriod.replacing("0", with: "0.0"))
      .with("energyratestructure", "[[{\"rate\": \"0.25\"}]]")
    #expect(try sample.rate.energy.periods[0].tiers[0].price == Price(decimal: "0.25"))
  }

  @Test(arguments: [
    (
      "fixedchargeeaaddl", "3.5",
      "one meter is billed; the charge for each further meter is not used"
    ),
    (
      "energyattrs", "[{\"Climate credit\": \"$-0.00669/kWh\"}]",
      "free text about energy is not used; look whether it names further charges"
    ),
    (
      "demandwindow", "15",
      "demand is measured over the load's own intervals, whatever the window"
    ),
    (
      "dgrules", "\"Barter\"", "the text \"Barter\" is not a known rule for exports and is not used"
    ),
    ("startdate", "\"soon\"", "the text \"soon\" is not a date and is not used"),
    ("surcharge", "0.5", "the field is not known and is not used"),
  ])
  func `what may be money and is not used is a warning`(
    name: String, value: String, warning: String
  ) throws {
    #expect(try URDBSample().with(name, value).warnings == ["\(name): \(warning)"])
  }

  @Test func `what says nothing about prices is listed apart`() throws {
    let sample = URDBSample().with("description", "\"For homes\"").with("eiaid", "6452")
      .with("demandratchetpercentage", "[0,0,0,0,0,0,0,0,0,0,0,0]").with("energyattrs", "[]")
      .with("fixedchargeeaaddl", "0").with("lookbackpercent", "0.0").with("mincharge", "0")
    #expect(try sample.rate.ignored == ["description", "eiaid"])
    #expect(try sample.warnings == [])
  }
}

@Suite struct `A URDB record that cannot be represented` {
  private static let yearly =
    "a fixed charge of 9.00 a year is less than 1 a month, which looks like a monthly charge with "
    + "the wrong unit; correct fixedchargeunits to \"$/month\", or give the charge of a year"

  @Test(arguments: [
    (
      "demandratchetpercentage", "[0.35, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]",
      "a ratchet counts the peaks of months before the load begins, and the field does not say of "
        + "how many; such a rate cannot be computed here"
    ),
    (
      "lookbackPercent", "0.5",
      "a look-back counts the peaks of months before the load begins, which are not known; such a "
        + "rate cannot be computed here"
    ),
    (
      "demandreactivepowercharge", "0.25",
      "reactive power is charged, and a load has none measured; such a rate cannot be computed here"
    ),
    (
      "coincidentratestructure", "[[{\"rate\": 4.2, \"unit\": \"kW\"}]]",
      "demand at the hour of the system's peak is charged, and that hour is not known; such a rate "
        + "cannot be computed here"
    ),
    (
      "fueladjustmentsmonthly", "[0.01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]",
      "an adjustment that differs by month is not part of the prices; such a rate cannot be computed "
        + "here"
    ),
  ])
  func `for want of data says which`(name: String, value: String, problem: String) throws {
    #expect(try URDBSample().with(name, value).problems == ["\(name): \(problem)"])
  }

  @Test(arguments: [
    (
      "[[{\"rate\": 0.1, \"unit\": \"None\"}]]",
      "[0][0].unit: the text \"None\" is none of the units kWh, kWh daily, kWh/kW, kWh/kW daily"
    ),
    (
      "[[{\"rate\": 0.1, \"unit\": \"kWh/hp\"}]]",
      "[0][0].unit: the text \"kWh/hp\" is none of the units kWh, kWh daily, kWh/kW, kWh/kW daily"
    ),
    ("[[{\"unit\": \"kWh\"}]]", "[0][0]: has no rate; write \"rate\": 0 if it is free"),
    (
      "[[{\"rate\": \"free\"}]]", "[0][0].rate: the text \"free\" is not a number; write it as 12.5"
    ),
    (
      "[[{\"rate\": 0.1}, {\"rate\": 0.2}]]",
      "[0][0]: a tier before the last has no max, so that the next never begins; give it"
    ),
    (
      "[[{\"rate\": 0.1, \"max\": -5, \"unit\": \"kWh\"}, {\"rate\": 0.2}]]",
      "[0][0].max: -5 is negative; a limit is cumulative and above zero"
    ),
    (
      "[[{\"rate\": 1, \"max\": 500, \"unit\": \"kWh\"}, {\"rate\": 1, \"max\": 500, \"unit\": \"kWh\"}, {\"rate\": 2}]]",
      "[0][1].max: 500 is not above the tier before, 500; limits are cumulative"
    ),
    (
      "[[{\"rate\": 1, \"max\": 0.00000005, \"unit\": \"kWh\"}, {\"rate\": 2}]]",
      "[0][0].max: 0.00000005 has more than 6 decimals, and numbers are never rounded on the way in"
    ),
    (
      "[[{\"rate\": 0.1234567890123456789}]]",
      "[0][0].rate: 0.1234567890123456789 has more than 18 decimals, and numbers are never rounded on "
        + "the way in"
    ),
    (
      "[[{\"rate\": 0.070768997073173523, \"adj\": 10}]]",
      "[0][0]: rate + adj has more digits than a price holds; write fewer decimals"
    ),
    ("[[]]", "[0]: has no tier, and hours are in this period; give it a price"),
    ("[7]", "[0]: has no tier, and hours are in this period; give it a price"),
    ("[[7]]", "[0][0]: the number 7 is not a tier; write { \"rate\": 0.1 }"),
    ("[]", ": has no period; without prices no energy is rated"),
    ("7", ": the number 7 is not a list of periods, each a list of tiers"),
  ])
  func `for its prices says where and why`(structure: String, problem: String) throws {
    let sample = URDBSample().with("energyratestructure", structure)
    #expect(try sample.problems == ["energyratestructure" + problem])
  }

  @Test(arguments: [
    (
      onePeriod.replacing("0", with: "3"),
      "[0][0]: names period 3, and energyratestructure has 1, numbered from 0; add the period or "
        + "correct the schedule"
    ),
    (
      onePeriod.replacing("0", with: "-1"),
      "[0][0]: names period -1, and energyratestructure has 1, numbered from 0; add the period or "
        + "correct the schedule"
    ),
    (
      onePeriod.replacing("0", with: "0.5"),
      "[0][0]: 0.5 is not the number of a period, a whole number"
    ),
    (
      "[[0, 0], [0]]",
      ": is a list of 2 where a schedule has 12 months of 24 hours, each the number of a period"
    ),
    (
      "[[0],[0],[0],[0],[0],[0],[0],[0],[0],[0],[0],[0]]",
      "[0]: is a list of 1 where there should be 12 months of 24 hours, each the number of a period"
    ),
    (
      "\"flat\"",
      ": is the text \"flat\" where a schedule has 12 months of 24 hours, each the number of a period"
    ),
  ])
  func `for its schedule says where and why`(schedule: String, problem: String) throws {
    let sample = URDBSample().with("energyweekdayschedule", schedule)
    #expect(try sample.problems == ["energyweekdayschedule" + problem])
  }

  @Test func `for want of schedules names both`() throws {
    let sample = URDBSample().with("energyratestructure", "[[{\"rate\": 1}], [{\"rate\": 2}]]")
      .with("energyweekdayschedule", nil).with("energyweekendschedule", nil)
    let message =
      "is missing; energyratestructure has 2 periods, and nothing says which hours they are"
    #expect(
      try sample.problems == [
        "energyweekdayschedule: \(message)", "energyweekendschedule: \(message)",
      ])
  }

  @Test(arguments: [
    ("fixedchargefirstmeter", "9", "fixedchargeunits", "\"$/year\"", "fixedchargeunits: \(yearly)"),
    (
      "fixedchargefirstmeter", "9", "fixedchargeunits", nil as String?,
      "fixedchargefirstmeter: is given without fixedchargeunits, so nobody knows for how long it is; "
        + "add it"
    ),
    (
      "fixedchargefirstmeter", "9", "fixedchargeunits", "\"None\"",
      "fixedchargeunits: the text \"None\" is none of $/day, $/month, $/year"
    ),
    (
      "fixedchargefirstmeter", "-9", "fixedchargeunits", "\"$/month\"",
      "fixedchargefirstmeter: -9.00 is negative; a fixed or minimum charge is not"
    ),
    (
      "mincharge", "\"ten\"", "minchargeunits", "\"$/month\"",
      "mincharge: the text \"ten\" is not a number; write it as 12.5"
    ),
  ])
  func `for its charges says which and why`(
    name: String, amount: String, unitName: String, unit: String?, problem: String
  ) throws {
    #expect(try URDBSample().with(name, amount).with(unitName, unit).problems == [problem])
  }

  @Test func `that says a charge twice and differently says both`() throws {
    let sample = URDBSample().with("fixedchargefirstmeter", "9")
      .with("fixedchargeunits", "\"$/month\"").with("fixedmonthlycharge", "8")
    #expect(
      try sample.problems == [
        "fixedmonthlycharge: is 8.00, and fixedchargefirstmeter is 9.00; give one of them"
      ])
    #expect(try sample.with("fixedmonthlycharge", "9.0").rate.fixed.count == 1)
  }

  @Test func `that says a field in two spellings says so`() throws {
    let sample = URDBSample().with("utilityName", "\"Other\"")
    #expect(try sample.problems == ["utilityName: says the same as utility; give one of them"])
  }

  @Test func `that charges demand in other units than kW says which`() throws {
    let sample = URDBSample().with("flatdemandstructure", "[[{\"rate\": 4}]]")
      .with("flatdemandmonths", "[0,0,0,0,0,0,0,0,0,0,0,0]").with("flatdemandunit", "\"kVA\"")
    #expect(
      try sample.problems == [
        "flatdemandunit: demand counted in \"kVA\" cannot be computed from kWh; use kW"
      ])
  }

  @Test func `without prices of energy says so`() throws {
    #expect(
      try URDBSample().with("energyratestructure", nil).problems == [
        "energyratestructure: there are no prices of energy; without them none is rated"
      ])
  }

  @Test func `says file, line and column`() throws {
    let sample = URDBSample().with("fixedchargefirstmeter", "9")
    #expect(
      try sample.record.problems.map(\.description) == [
        "rate.json:31:1: fixedchargefirstmeter: is given without fixedchargeunits, so nobody knows "
          + "for how long it is; add it"
      ])
    let listed = try URDBFile(Array("[\(sample.text)]".utf8), name: "many.json").records[0]
    #expect(listed.problems.map(\.field) == ["[0].fixedchargefirstmeter"])
  }
}
