import CivilTime
import Money
import Testing

@testable import Interchange

private func price(_ text: String) throws -> Price { try Price(decimal: text) }

@Suite struct `A URDB record` {
  @Test func `names itself, and its prices are rate plus adj`() throws {
    let rate = try URDBSample().rate
    #expect(rate.label == "0123456789abcdef01234567")
    #expect(rate.title == "Example Light / RS Residential")
    #expect(rate.start == Day(iso: "2015-06-01"))
    #expect(rate.end == nil)
    let tier = try URDBRate.Tier(unit: .kilowattHours, price: price("0.12"))
    #expect(rate.energy.periods == [URDBRate.Period(number: 0, tiers: [tier])])
    #expect(rate.warnings == [])
    #expect(rate.fixed == [])
    #expect(rate.demand == nil && rate.flatDemand == nil && rate.metering == nil)
  }

  @Test func `has no longer title than a rule may have`() throws {
    let name = String(repeating: "é", count: 300)
    #expect(try URDBSample().with("name", "\"\(name)\"").rate.title.count == 200)
    #expect(try URDBSample().with("name", "\" RS\\r\\n 1 \"").rate.title == "Example Light / RS 1")
  }

  @Test func `may stand alone, in a list or among items`() throws {
    let text = URDBSample().text
    for (file, paths) in [
      (text, [""]), ("[\(text), \(text)]", ["[0]", "[1]"]),
      ("{\"items\": [\(text)], \"errors\": []}", ["items[0]"]),
    ] {
      let records = try URDBFile(Array(file.utf8), name: "x").records
      #expect(records.map(\.path) == paths)
      #expect(records.allSatisfy { $0.rate != nil && $0.title == "Example Light / RS Residential" })
    }
  }

  @Test(arguments: ["[]", "{}", "17", "{\"items\": []}", "{\"items\": [1]}", "[{\"a\": 1}]"])
  func `is not found in other JSON`(text: String) throws {
    let refusal = #expect(throws: FileRefusal.self) {
      _ = try URDBFile(Array(text.utf8), name: "x")
    }
    #expect(refusal?.description.contains("holds no rate; a URDB file is a record with") == true)
  }

  @Test func `keeps periods by their numbers and drops those of no hour`() throws {
    let sample = URDBSample()
      .with("energyratestructure", "[[{\"rate\": 9}], [{\"rate\": 0.1}], [{\"rate\": 0.3}]]")
      .with("energyweekdayschedule", URDBSample.schedule { $1 >= 17 && $1 < 22 ? 2 : 1 })
      .with("energyweekendschedule", URDBSample.schedule { _, _ in 1 })
    let rate = try sample.rate
    #expect(rate.energy.periods.map(\.number) == [1, 2])
    #expect(rate.energy.weekday[6][16...22] == [1, 2, 2, 2, 2, 2, 1])
    #expect(rate.ignored == ["energyratestructure[0] (no hour is in it)"])
  }

  @Test func `has tiers by kWh, kWh daily, kWh per kW, and both`() throws {
    let sample = URDBSample().with(
      "energyratestructure",
      """
      [[{"max": 350, "rate": 0.1, "unit": "kWh"}, {"max": 12.5, "rate": 0.2, "unit": "kWh daily"},
        {"max": 200, "rate": 0.3, "unit": "kWh/kW"}, {"max": 9, "rate": 1, "unit": "kWh/kW daily"},
        {"rate": 0.4, "unit": "kWh"}]]
      """)
    let tiers = try sample.rate.energy.periods[0].tiers
    #expect(tiers.map(\.limit) == [350_000_000, 12_500_000, 200_000_000, 9_000_000, nil])
    #expect(
      tiers.map(\.unit) == [
        .kilowattHours, .kilowattHoursDaily, .kilowattHoursPerKilowatt,
        .kilowattHoursPerKilowattDaily, .kilowattHours,
      ])
  }

  @Test func `has demand by period and by month`() throws {
    let sample = URDBSample()
      .with("demandratestructure", "[[{\"rate\": 0}], [{\"rate\": 8, \"adj\": 0.4}]]")
      .with("demandweekdayschedule", URDBSample.schedule { $1 == 15 ? 1 : 0 })
      .with("demandweekendschedule", URDBSample.schedule { _, _ in 0 })
      .with(
        "flatdemandstructure", "[[{\"max\": 100, \"rate\": 2}, {\"rate\": 3}], [{\"rate\": 5}]]"
      )
      .with("flatdemandmonths", "[0,0,0,0,0,1,1,1,1,0,0,0]")
      .with("demandrateunit", "\"kW\"")
    let rate = try sample.rate
    let demand = try #require(rate.demand)
    #expect(try demand.periods.map(\.tiers[0].price) == [price("0"), price("8.4")])
    let flat = try #require(rate.flatDemand)
    #expect(flat.periods.map(\.tiers.count) == [2, 1])
    #expect(flat.periods[0].tiers[0].limit == 100_000_000)
    #expect(flat.weekday.map { $0[0] } == [0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0])
  }

  @Test func `that charges nothing for demand has none`() throws {
    let sample = URDBSample().with("flatdemandstructure", "[[{\"rate\": 0}]]")
      .with("flatdemandmonths", "[0,0,0,0,0,0,0,0,0,0,0,0]").with("flatdemandunit", "\"kVA\"")
    #expect(try sample.rate.flatDemand == nil)
  }

  @Test(arguments: [
    ("fixedmonthlycharge", "7.57", nil as String?, URDBRate.Span.month),
    ("fixedchargefirstmeter", "7.57", "$/month", .month),
    ("fixedchargefirstmeter", "7.57", "$/day", .day),
    ("fixedchargefirstmeter", "75.70", "$/year", .year),
  ])
  func `has a fixed charge, in old and new fields`(
    name: String, amount: String, unit: String?, span: URDBRate.Span
  ) throws {
    let sample = URDBSample().with(name, amount).with("fixedchargeunits", unit.map { "\"\($0)\"" })
    #expect(try sample.rate.fixed == [URDBRate.Amount(price: price(amount), span: span)])
  }

  @Test func `has minimums of a month and of a year, in old and new fields`() throws {
    let old = URDBSample().with("minmonthlycharge", "5").with("annualmincharge", "200")
    let new = URDBSample().with("mincharge", "0.392").with("minchargeunits", "\"$/day\"")
    #expect(
      try old.rate.minimums == [
        URDBRate.Amount(price: price("5"), span: .month),
        URDBRate.Amount(price: price("200"), span: .year),
      ])
    #expect(try new.rate.minimums == [URDBRate.Amount(price: price("0.392"), span: .day)])
  }

  @Test(arguments: [
    ("dgrules", "\"Net Metering\"", URDBRate.Metering.net),
    ("dgrules", "\"Net Billing Instantaneous\"", .netBilling),
    ("dgrules", "\"Net Billing Hourly\"", .netBillingHourly),
    ("dgrules", "\"Buy All Sell All\"", .buyAllSellAll), ("usenetmetering", "true", .net),
  ])
  func `says how exports are paid`(name: String, value: String, expected: URDBRate.Metering) throws
  {
    #expect(try URDBSample().with(name, value).rate.metering == expected)
  }

  @Test(arguments: [
    ("1735718400", "2025-01-01"), ("1735718400000", "2025-01-01"),
    ("\"2017-01-01 00:00:00\"", "2017-01-01"), ("{\"$date\": 1433116800000}", "2015-06-01"),
    ("{\"$date\": \"2024-10-01T00:00:00Z\"}", "2024-10-01"), ("-2208988800", "1900-01-01"),
  ])
  func `has its dates in any of their spellings`(value: String, expected: String) throws {
    #expect(try URDBSample().with("startdate", value).rate.start == Day(iso: expected))
  }

  @Test func `of the bulk download means the same`() throws {
    let hours = URDBSample.schedule { $1 > 11 ? 1 : 0 }
    let api = URDBSample().with("name", "\"X\"")
      .with("energyratestructure", "[[{\"rate\": 0.1}], [{\"rate\": 0.2, \"adj\": 0.01}]]")
      .with("energyweekdayschedule", hours).with("energyweekendschedule", hours)
    let bulk = URDBSample().with("name", nil).with("label", nil).with("utility", nil)
      .with("_id", "{\"$oid\": \"0123456789abcdef01234567\"}")
      .with("utilityName", "\"Example Light\"").with("rateName", "\"X\"")
      .with("startdate", nil).with("effectiveDate", "{\"$date\": \"2015-06-01T00:00:00Z\"}")
      .with("energyratestructure", nil).with("energyweekdayschedule", nil)
      .with("energyweekendschedule", nil)
      .with(
        "energyRateStrux",
        """
        [{"energyRateTiers": [{"rate": 0.1}]}, {"energyRateTiers": [{"rate": 0.2, "adj": 0.01}]}]
        """
      )
      .with("energyWeekdaySched", hours).with("energyWeekendSched", hours)
    #expect(try bulk.rate == api.rate)
  }
}
