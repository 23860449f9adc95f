import CivilTime
import Metering
import Tariffs
import Testing

@testable import Interchange

/// The items of a file as short texts: a row's own description, or the error's.
func items<Row: CSVRow>(_ type: Row.Type, _ text: String) throws -> [CSVReader<Row>.Item] {
  var reader = try CSVReader<Row>(ByteSource(Array(text.utf8)))
  var result: [CSVReader<Row>.Item] = []
  while let item = try reader.next() { result.append(item) }
  return result
}

private func rows<Row: CSVRow>(_ type: Row.Type, _ text: String) throws -> [Row] {
  try items(type, text).compactMap { item in
    switch item {
    case .row(let row, line: _): return row
    case .error(let error):
      Issue.record("\(error)")
      return nil
    }
  }
}

/// The message of the only row of a file with this header, which must be wrong.
private func message<Row: CSVRow>(_ type: Row.Type, _ header: String, _ row: String) throws
  -> String
{
  let found = try items(type, header + "\n" + row)
  guard found.count == 1, case .error(let error) = found[0] else {
    return "no error: \(found)"
  }
  #expect(error.text == row)
  #expect(error.line == 2)
  return error.description
}

private let accounts =
  "account,class,zone,jurisdictions,cycle_day,days_until_due,service_point,plan,service_start"

@Suite struct `CSV rows` {
  @Test func `an account is read with its defaults`() throws {
    let text =
      accounts
      + "\n1000000001,residential,America/Chicago,US-ST;US-ST-CITY,15,21,SP-1,R1,2026-01-15\n"
    let row = try #require(try rows(AccountRow.self, text).first)
    #expect(row.account == "1000000001")
    #expect(row.customerClass == .residential)
    #expect(row.zone == "America/Chicago")
    #expect(row.jurisdictions == ["US-ST", "US-ST-CITY"])
    #expect(row.cycleDay == 15)
    #expect(row.daysUntilDue == 21)
    #expect(row.servicePoint == "SP-1")
    #expect(row.plan == "R1")
    #expect(row.serviceStart == Day(year: 2026, month: 1, day: 15))
    #expect(row.planFrom == row.serviceStart)
    #expect(row.personal.name == nil)
    #expect(row.sector == nil)
  }

  @Test func `columns are found by name in any order and unknown ones are warned of`() throws {
    let text =
      "sector,name,plan_from,colour,plan,service_point,service_start,days_until_due,"
      + "cycle_day,jurisdictions,zone,class,account\n"
      + "private,\"Doe, \"\"J\"\"\",2026-02-01,red,R2,SP,2026-01-01,0,28,,UTC,street-lighting,A\n"
    var reader = try CSVReader<AccountRow>(ByteSource(Array(text.utf8)))
    #expect(reader.warnings.count == 1)
    #expect(reader.warnings[0].hasPrefix("the column \"colour\" is not known and is ignored;"))
    guard case .row(let row, line: 2) = try reader.next() else {
      Issue.record("the row is wrong")
      return
    }
    #expect(row.personal.name == "Doe, \"J\"")
    #expect(row.sector == "private")
    #expect(row.planFrom == Day(year: 2026, month: 2, day: 1))
    #expect(row.jurisdictions == [])
    #expect(row.customerClass == .streetLighting)
    #expect(reader.raw.starts(with: "private,\"Doe".utf8))
    #expect(try reader.next() == nil)
  }

  @Test func `readings keep their exact value and the time as given`() throws {
    let text = """
      meter,time,value,register,quality,method
      M-77,2026-02-15,00268,,,
      M-77,2026-02-15T07:30,268.500,1,customer,customer
      M-77,2026-02-15 07:30:15,-.5,1,estimated,computed
      M-77,2026-02-15T07:30:00-06:00,+1,1,substituted,manual
      M-77,2026-02-15T07:30Z,1.,1,actual,remote
      M-77,2026-02-15T07:30+0530,999999999999999999,1,actual,remote
      """
    let found = try rows(ReadingRow.self, text)
    #expect(
      found.map(\.value.description) == [
        "268", "268.500", "-0.5", "1", "1", "999999999999999999",
      ])
    #expect(
      found.map(\.time.description) == [
        "2026-02-15T00:00:00", "2026-02-15T07:30:00", "2026-02-15T07:30:15",
        "2026-02-15T13:30:00Z", "2026-02-15T07:30:00Z", "2026-02-15T02:00:00Z",
      ])
    #expect(
      found.map(\.quality) == [
        .actual, .customerRead, .estimated, .substituted, .actual, .actual,
      ])
    #expect(
      found.map(\.method) == [
        .unspecified, .customer, .computed, .manual, .remote, .remote,
      ])
    #expect(found.map(\.register) == [nil, "1", "1", "1", "1", "1"])
    #expect(found[1].value.scaled(to: 1) == 2685)
    #expect(found[1].value.scaled(to: 0) == nil)
    #expect(found[1].value.scaled(to: 6) == 268_500_000)
    #expect(found[5].value.scaled(to: 2) == nil)
  }

  @Test func `a local time becomes an instant by the account's zone`() throws {
    let zone = ZoneRules(fixedOffset: 7200, name: "X")
    let text = "meter,start,kwh\nM,2026-01-01,1\nM,2026-01-01T00:00Z,1\n"
    let found = try rows(IntervalRow.self, text)
    #expect(
      found.map { $0.start.resolved(in: zone).description } == [
        "2025-12-31T22:00:00Z", "2026-01-01T00:00:00Z",
      ])
  }

  @Test func `intervals are as fine as thousandths of a watt-hour, exports negative`() throws {
    let text =
      "meter,start,kwh,minutes,quality\nM,2026-01-01,.418001,15,\nM,2026-01-01,-2,,estimated\n"
    let found = try rows(IntervalRow.self, text)
    #expect(found.map(\.energy.milliwattHours) == [418_001, -2_000_000])
    #expect(found.map(\.minutes) == [15, nil])
    #expect(found.map(\.quality) == [.actual, .estimated])
  }

  @Test func `a header that cannot serve refuses the file and names the column`() throws {
    func refusal(_ text: String) -> FileRefusal? {
      do {
        _ = try CSVReader<ReadingRow>(ByteSource(Array(text.utf8)))
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal("") == .noHeader)
    #expect(refusal("\n\n") == .noHeader)
    #expect(refusal("meter,value\n") == .missingColumn("time", found: ["meter", "value"]))
    #expect(refusal("meter,time,value,time\n") == .duplicateColumn("time"))
    #expect(
      refusal("meter,\"time\n")
        == .badHeader(
          line: 1, reason: RowError.Reason.unclosedQuote.description))
    let many = Array(repeating: "x", count: 257).joined(separator: ",")
    #expect(refusal(many) == .tooManyColumns(257))
    #expect(
      FileRefusal.missingColumn("time", found: ["meter", "value"]).description
        == "the required column \"time\" is missing; the header has: meter, value; "
        + "add the column or correct its name")
    #expect(
      throws: FileRefusal.unreadable(
        path: "/nonexistent/x.csv", reason: "there is no such file")
    ) { _ = try ByteSource(path: "/nonexistent/x.csv") }
  }

  @Test func `a bad row says its line and column and does not stop the file`() throws {
    let text = "meter,time,value\nM,2026-01-01,1\nM,2026-02-30,1\nM,1\nM,2026-01-02,2\n"
    let found = try items(ReadingRow.self, text)
    #expect(found.count == 4)
    let errors = found.compactMap { item -> RowError? in
      if case .error(let error) = item { error } else { nil }
    }
    #expect(errors.map(\.line) == [3, 4])
    #expect(errors.map(\.column) == ["time", nil])
    #expect(errors.map(\.reason) == [.notTime("2026-02-30"), .ragged(expected: 3, found: 2)])
    #expect(errors.map(\.text) == ["M,2026-02-30,1", "M,1"])
  }
}

@Suite struct `CSV row errors` {
  @Test(arguments: [
    ("M 1,2026-01-01,1", "column meter: \"M 1\" is not an identifier; use 1 to 64 printable ASCII"),
    (",2026-01-01,1", "column meter: the value is missing; it is required"),
    ("M,2026-1-1,1", "column time: \"2026-1-1\" is not a time; write 2026-03-01, 2026-03-01T07:30"),
    ("M,2026-01-01T25:00,1", "column time: \"2026-01-01T25:00\" is not a time"),
    ("M,2026-01-01T07:30+6,1", "column time: \"2026-01-01T07:30+6\" is not a time"),
    ("M,2026-01-01T07:30ZZ,1", "column time: \"2026-01-01T07:30ZZ\" is not a time"),
    ("M,1899-12-31,1", "column time: \"1899-12-31\" is not a time"),
    ("M,2026-01-01,1e3", "column value: \"1e3\" is not a decimal; write digits"),
    ("M,2026-01-01,--1", "column value: \"--1\" is not a decimal"),
    ("M,2026-01-01,.", "column value: \".\" is not a decimal"),
    ("M,2026-01-01, 1", "column value: \" 1\" is not a decimal"),
    ("M,2026-01-01,1234567890123456789", "column value: \"1234567890123456789\" does not fit;"),
    ("M,2026-01-01,0.0000000000000000001", "column value: \"0.0000000000000000001\" does not fit;"),
    ("M,2026-01-01,1,2", "the row has 4 fields and the header 3; quote values that hold commas"),
    ("M,2026-01-01,\"1\"2", "a quote stands where none may; quote the whole value"),
    ("M,2026-01-01,\"1", "a quote is opened and never closed; close it"),
  ])
  func `of a reading`(row: String, expected: String) throws {
    let found = try message(ReadingRow.self, "meter,time,value", row)
    #expect(found.hasPrefix("line 2"))
    #expect(found.contains(expected), "\(found)")
  }

  @Test func `of words, bytes and lengths`() throws {
    let header = "meter,time,value,quality,method"
    #expect(
      try message(ReadingRow.self, header, "M,2026-01-01,1,guess,")
        == "line 2, column quality: \"guess\" is not known; use one of: "
        + "actual, customer, estimated, substituted")
    #expect(
      try message(ReadingRow.self, header, "M,2026-01-01,1,,thought")
        == "line 2, column method: \"thought\" is not known; use one of: "
        + "manual, remote, customer, computed")
    var reader = try CSVReader<ReadingRow>(
      ByteSource(Array("meter,time,value\nM".utf8) + [0xC3, 0x28] + Array(",2026-01-01,1".utf8)))
    guard case .error(let error) = try reader.next() else {
      Issue.record("no error")
      return
    }
    #expect(error.description == "line 2: the row is not UTF-8; save the file as UTF-8")
    #expect(RowError.Reason.tooLong.description.hasPrefix("the row is longer than 65536 bytes"))
  }

  @Test(arguments: [
    ("1440", "\"1440\" is not known; use one of: 5, 10, 15, 20, 30, 60"),
    ("015", "\"015\" is not known"),
  ])
  func `of an interval's length`(minutes: String, expected: String) throws {
    let found = try message(
      IntervalRow.self, "meter,start,minutes,kwh", "M,2026-01-01,\(minutes),1")
    #expect(found.contains("line 2, column minutes: " + expected), "\(found)")
  }

  @Test func `of an interval's energy`() throws {
    #expect(
      try message(IntervalRow.self, "meter,start,kwh", "M,2026-01-01,0.4184001")
        == "line 2, column kwh: \"0.4184001\" kWh is finer than a thousandth of a watt-hour; "
        + "give at most 6 places")
  }

  @Test(arguments: [
    (0, "A 1", "column account: \"A 1\" is not an identifier"),
    (1, "home", "column class: \"home\" is not known; use one of: residential, commercial"),
    (3, "A;A", "column jurisdictions: \"A\" is given twice; give it once"),
    (3, "A;", "column jurisdictions: \"\" is not an identifier"),
    (4, "29", "column cycle_day: \"29\" is not a whole number from 1 to 28"),
    (4, "1.5", "column cycle_day: \"1.5\" is not a whole number from 1 to 28"),
    (5, "366", "column days_until_due: \"366\" is not a whole number from 0 to 365"),
    (8, "2026-02-29", "column service_start: \"2026-02-29\" is not a date; write an existing day"),
    (9, "2025-12-31", "column plan_from: \"2025-12-31\" is before service_start; a plan begins"),
    (10, "a\tb", "column name: \"a\\u{9}b\" is longer than 256 bytes or holds control characters"),
  ])
  func `of an account`(column: Int, value: String, expected: String) throws {
    var fields = ["A", "residential", "UTC", "", "1", "21", "SP", "R1", "2026-01-01", "", ""]
    fields[column] = value
    let found = try message(
      AccountRow.self, accounts + ",plan_from,name", fields.joined(separator: ","))
    #expect(found.contains("line 2, " + expected), "\(found)")
  }
}
