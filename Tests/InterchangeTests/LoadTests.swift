import CivilTime
import Testing

@testable import Interchange

/// Rows of a load from `start` (local), an interval apart by clocks that never change.
private func rows(
  from start: String, minutes: Int = 60, count: Int, value: (Int) -> String = { _ in "0.5" }
) -> [String] {
  let begin = Instant(iso: start + "Z")!
  return (0..<count).map { index in
    let text = "\(begin + Int64(index * minutes * 60))"
    return "\(text.dropLast(4)),\(value(index))"
  }
}

private func load(
  _ rows: [String], header: String = "start_local,kwh", clock: LoadClock = .unsaid,
  calendar: Int? = nil
) throws -> (load: Load, warnings: [String]) {
  var warnings: [String] = []
  let text = ([header] + rows).joined(separator: "\n") + "\n"
  let load = try Load(
    ByteSource(Array(text.utf8)), clock: clock, calendar: calendar, warnings: &warnings)
  return (load, warnings)
}

private func refusal(
  _ rows: [String], header: String = "start_local,kwh", clock: LoadClock = .unsaid,
  calendar: Int? = nil
) -> String {
  do {
    return
      "accepted: \(try load(rows, header: header, clock: clock, calendar: calendar).load.values.count)"
  } catch {
    return "\(error)"
  }
}

/// Chicago in 2017: clocks went forward on 12 March and back on 5 November.
private let chicago = ZoneRules(
  name: "America/Chicago", initialOffset: -21_600,
  transitions: [
    .init(instant: Instant(iso: "2017-03-12T08:00:00Z")!, offset: -18_000),
    .init(instant: Instant(iso: "2017-11-05T07:00:00Z")!, offset: -21_600),
  ])

private let march = rows(from: "2017-03-01T00:00:00", count: 744)
private let november = rows(from: "2017-11-01T00:00:00", count: 720)
/// The hours that clocks on a wall in Chicago showed.
private let marchOnTheWall = march.filter { !$0.hasPrefix("2017-03-12T02") }
private let novemberOnTheWall =
  Array(november[...97]) + ["2017-11-05T01:00,9"] + Array(november[98...])

@Suite struct `A load` {
  @Test func `is read with every decimal that it has`() throws {
    let found = try load(march.dropLast() + ["2017-03-31T23:00,-0.418375"]).load
    #expect(found.values.count == 744)
    #expect(found.values.last == ExactDecimal(units: -418_375, places: 6))
    #expect(found.minutes == 60)
    #expect(found.firstDay == Day(iso: "2017-03-01"))
    #expect(found.endDay == Day(iso: "2017-04-01"))
  }

  @Test(arguments: [5, 10, 15, 20, 30, 60])
  func `has intervals of 5 to 60 minutes`(minutes: Int) throws {
    let count = 28 * 1440 / minutes
    let found = try load(rows(from: "2018-02-01T00:00:00", minutes: minutes, count: count)).load
    #expect(found.minutes == minutes)
    #expect(found.values.count == count)
  }

  @Test func `may be of any whole months, up to twelve`() throws {
    #expect(
      try load(rows(from: "2017-07-01T00:00:00", count: 8760)).load.endDay == Day(iso: "2018-07-01")
    )
    #expect(
      refusal(rows(from: "2017-07-01T00:00:00", count: 9504))
        == "line 9505: the load is longer than twelve months; give a year at a time")
  }

  @Test func `lacks an hour where clocks go forward and has one twice where they go back`() throws {
    let spring = try load(marchOnTheWall, clock: .zone(chicago)).load
    #expect(spring.values.count == 743)
    let autumn = try load(novemberOnTheWall, clock: .zone(chicago)).load
    #expect(autumn.values.count == 721)
    #expect(autumn.values[98].units == 9)
    #expect(autumn.endDay == Day(iso: "2017-12-01"))
  }

  @Test func `may give its times with offsets from UTC`() throws {
    let stamps = (0..<743).map { hour -> String in
      let local = chicago.local(Instant(iso: "2017-03-01T06:00:00Z")! + Int64(hour * 3600))
      let offset = hour < 266 ? "-06:00" : "-05:00"
      return "\(local)\(offset),1"
    }
    let found = try load(stamps, header: "start,kwh", clock: .zone(chicago)).load
    #expect(found.start == Instant(iso: "2017-03-01T06:00:00Z"))
    #expect(found.endDay == Day(iso: "2017-04-01"))
    #expect(
      refusal(stamps, header: "start,kwh")
        == "line 268: the offset from UTC changes, as clocks do; name the zone, as --zone "
        + "America/Chicago")
    let standard = march.map { $0.replacing(",", with: ":00-06:00,") }
    #expect(try load(standard, clock: .fixedOffset).load.endDay == Day(iso: "2017-04-01"))
  }

  @Test func `of another year is taken hour by hour in the calendar's, with a warning`() throws {
    let (found, warnings) = try load(march, calendar: 2018)
    #expect(found.firstDay == Day(iso: "2018-03-01"))
    #expect(
      warnings == [
        "the load is of 2017 and is taken hour by hour as if it were of 2018, whose weekdays differ"
      ])
    #expect(try load(march, calendar: 2017).warnings == [])
    let leap = rows(from: "2020-02-01T00:00:00", count: 696)
    #expect(
      refusal(leap, calendar: 2018)
        == "line 697: the load has 29 days, and its months have another number in 2018; leave "
        + "--calendar out, or give a load of that length")
  }

  @Test func `tells of columns that it does not use`() throws {
    let found = try load(march.map { $0 + ",x" }, header: "start_local,kwh,note")
    #expect(
      found.warnings == [
        "the column \"note\" is not known and is ignored; the known ones are: start_local, start, kwh"
      ])
  }
}

@Suite struct `A load that is wrong` {
  private func changed(_ change: (inout [String]) -> Void) -> [String] {
    var rows = march
    change(&rows)
    return rows
  }

  @Test func `for a missing interval is refused with its line and time`() {
    #expect(
      refusal(changed { $0.remove(at: 100) })
        == "line 102: an interval is missing: after line 101 the one that begins at "
        + "2017-03-05T04:00 is expected, and 2017-03-05T05:00 is found; add what is missing, it is "
        + "never guessed")
    #expect(
      refusal(march, clock: .zone(chicago)) == """
        line 268: clocks never show 2017-03-12T02:00:00 in America/Chicago; give times of that zone, or \
        use --fixed-offset for a load in standard time
        """)
    #expect(
      refusal(november, clock: .zone(chicago)).hasPrefix(
        "line 100: an interval is missing: after line 99 the one that begins at 2017-11-05T01:00"))
  }

  @Test func `for a repeated interval is refused with its line and time`() {
    #expect(
      refusal(changed { $0.insert($0[100], at: 101) })
        == "line 103: the interval that begins at 2017-03-05T04:00 was given before "
        + "(2017-03-05T05:00 is expected); remove one of the two")
  }

  @Test func `for rows out of order is refused with its line and time`() {
    #expect(
      refusal(changed { $0[100] = "2017-02-05T04:00,1" })
        == "line 102: 2017-02-05T04:00 is out of order, 2017-03-05T04:00 is expected; sort the rows "
        + "by time")
    #expect(
      refusal(changed { $0[100] = "2017-03-05T03:20,1" })
        == "line 102: 2017-03-05T03:20 is out of order, 2017-03-05T04:00 is expected; sort the rows "
        + "by time")
  }

  @Test func `for its beginning or end is refused with its line`() {
    #expect(
      refusal(Array(march[5...]))
        == "line 2: the load begins at 2017-03-01T05:00; bills are by calendar month, so let it begin "
        + "at 00:00 of a month's first day")
    #expect(
      refusal(Array(march[..<700]))
        == "line 701: the load ends at 2017-03-30T04:00, inside a month; complete the month, or leave "
        + "it out")
    #expect(refusal([]).hasPrefix("the file has no row below its header"))
    #expect(refusal([march[0]]).hasPrefix("the file has one row, which does not say"))
  }

  @Test func `for its values is refused with line and column`() {
    #expect(
      refusal(changed { $0[3] = "2017-03-01T03:00,1e3" })
        == "line 5, column kwh: \"1e3\" is not a decimal; write digits with an optional sign and "
        + "point, as -12.5")
    #expect(
      refusal(changed { $0[3] = "2017-03-01T03:00,0.1234567" })
        == "line 5, column kwh: \"0.1234567\" does not fit; give at most 18 digits, 6 of them after "
        + "the point")
    #expect(
      refusal(changed { $0[3] = "3 March,1" }).hasPrefix("line 5, column start_local: \"3 March\""))
    #expect(
      refusal(changed { $0[3] = ",1" }).hasPrefix(
        "line 5, column start_local: the value is missing"))
    #expect(
      refusal(changed { $0[3] = "2017-03-01T03:00," }).hasPrefix("line 5, column kwh: the value is")
    )
  }

  @Test func `for the length of its intervals is refused`() {
    #expect(
      refusal(["2017-03-01T00:00,1", "2017-03-01T00:07,1"])
        == "line 3: it begins 420 seconds after the row before; intervals are of 5, 10, 15, 20, 30 or "
        + "60 minutes, in order of time")
    #expect(
      refusal([march[0], march[0]]).hasPrefix("line 3: it begins 0 seconds after the row before"))
  }

  @Test func `for stamps of two kinds is refused`() {
    #expect(
      refusal(changed { $0[3] = "2017-03-01T03:00Z,1" })
        == "line 5: some times carry an offset from UTC and some do not; write all alike")
  }

  @Test func `for its header is refused as any file`() {
    #expect(
      refusal(march, header: "time,kwh")
        == "line 2, column start_local: the value is missing; it is required")
    #expect(
      refusal(march, header: "start_local,kw").hasPrefix("the required column \"kwh\" is missing"))
  }
}
