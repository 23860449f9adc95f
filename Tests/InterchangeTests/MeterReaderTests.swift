import Metering
import Testing

@testable import Interchange

private let header =
  "meter,account,service_point,register,unit,dials,decimals,multiplier,direction,period,"
  + "interval_minutes,installed_at,start_reading\n"

private func read(_ text: String) throws -> [String] {
  var reader = try MeterReader(ByteSource(Array((header + text).utf8)))
  var result: [String] = []
  while let item = try reader.next() {
    switch item {
    case .meter(let meter):
      result.append(
        meter.first.meter + ": "
          + meter.parts.map { "\($0.row.register.name)@\($0.line)" }.joined(separator: " "))
    case .error(let error): result.append(error.description)
    }
  }
  return result
}

@Suite struct `A meters file` {
  @Test func `groups the rows of a meter`() throws {
    let found = try read(
      """
      M1,A,,on,kWh,5,1,40,import,on-peak,,2026-01-01,12.5
      M1,A,,off,kWh,5,,,,,,2026-01-01,0
      M2,A,SP,e,Wh,,,,export,,15,2026-01-01T09:00Z,

      """)
    #expect(found == ["M1: on@2 off@3", "M2: e@4"])
  }

  @Test func `reads registers and channels`() throws {
    var reader = try MeterReader(
      ByteSource(
        Array(
          (header
            + "M1,A,,on,kWh,5,1,40,import,on-peak,,2026-01-01,12.5\nM2,A,SP,e,Wh,,,,export,,15,2026-01-01,\n")
            .utf8)))
    guard case .meter(let dial) = try reader.next(), case .meter(let channel) = try reader.next()
    else {
      Issue.record("both meters are right")
      return
    }
    #expect(
      dial.first.register
        == RegisterSpec(
          name: "on", unit: .kilowattHours, dials: 5, decimals: 1, multiplier: 40,
          direction: .import, touPeriod: "on-peak"))
    #expect(dial.first.startReading == 125)
    #expect(dial.parts[0].raw.starts(with: "M1,A,,on".utf8))
    #expect(channel.first.register.intervalMinutes == 15)
    #expect(channel.first.register.direction == .export)
    #expect(channel.first.startReading == nil)
    #expect(channel.first.servicePoint == "SP")
  }

  @Test func `takes a meter whole or not at all`() throws {
    let found = try read(
      """
      M1,A,,1,kWh,5,,,,,,2026-01-01,0
      M1,A,,2,kWh,five,,,,,,2026-01-01,0
      M1,A,,3,kWh,5,,,,,,2026-01-01,0
      M2,A,,1,kWh,5,,,,,,2026-01-01,0
      """)
    #expect(
      found == [
        "line 2: line 3, another row of this meter, is wrong, and a meter is taken whole or not at "
          + "all; correct that line",
        "line 3, column dials: \"five\" is not a whole number from 1 to 12",
        "line 4: line 3, another row of this meter, is wrong, and a meter is taken whole or not at "
          + "all; correct that line",
        "M2: 1@5",
      ])
  }

  @Test(arguments: [
    (
      "M,A,,2,kWh,5,,,,,,2026-01-02,0",
      "column installed_at: \"2026-01-02T00:00:00\" is not what line 2"
    ),
    (
      "M,B,,2,kWh,5,,,,,,2026-01-01,0",
      "column account: \"B\" is not what line 2 says of this meter"
    ),
    ("M,A,S,2,kWh,5,,,,,,2026-01-01,0", "column service_point: \"S\" is not what line 2 says"),
    (
      "M,A,,1,kWh,5,,,,,,2026-01-01,0",
      "column register: the register \"1\" of this meter is already"
    ),
    (
      "M,A,,2,kWh,,,,,,,2026-01-01,0", "column dials: a register needs this value; give it, or give"
    ),
    ("M,A,,2,kWh,5,,,,,,2026-01-01,", "column start_reading: a register needs this value"),
    (
      "M,A,,2,kWh,5,,,,,,2026-01-01,100000", "column start_reading: \"100000\" cannot be shown by 5"
    ),
    ("M,A,,2,kWh,5,,,,,,2026-01-01,-1", "column start_reading: \"-1\" cannot be shown by 5 dials"),
    (
      "M,A,,2,kWh,5,,,,,,2026-01-01,0.5", "column start_reading: \"0.5\" does not fit; give at most"
    ),
    ("M,A,,2,kWh,5,4,,,,,2026-01-01,0", "column decimals: \"4\" is not a whole number from 0 to 3"),
    ("M,A,,2,Wh,5,1,,,,,2026-01-01,0", "column decimals: \"1\" is not a whole number from 0 to 0"),
    ("M,A,,2,kWh,5,,0,,,,2026-01-01,0", "column multiplier: \"0\" is not a whole number from 1 to"),
    ("M,A,,2,kWh,,,,,,15,2026-01-01,0", "column start_reading: an interval channel has no such"),
    ("M,A,,2,MWh,5,,,,,,2026-01-01,0", "column unit: \"MWh\" is not known; use one of: kWh, Wh"),
    ("M,A,,2,kWh,5,,,both,,,2026-01-01,0", "column direction: \"both\" is not known; use one of:"),
    ("M,A,,2,kWh,,,,,,45,2026-01-01,", "column interval_minutes: \"45\" is not known; use one of:"),
  ])
  func `says what is wrong with a row`(row: String, expected: String) throws {
    let found = try read("M,A,,1,kWh,5,,,,,,2026-01-01,0\n" + row + "\n")
    try #require(found.count == 2)
    #expect(found[1].contains("line 3, " + expected), "\(found[1])")
  }
}
