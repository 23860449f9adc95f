import CivilTime
import Foundation
import Testing

/// What Python's zoneinfo says of days on which clocks change (and some on which they do not).
struct ZoneFact: CustomTestStringConvertible {
  let zone: String
  let day: String
  let midnight: String
  let minutes: Int64

  init(_ zone: String, _ day: String, _ midnight: String, minutes: Int64) {
    self.zone = zone
    self.day = day
    self.midnight = midnight
    self.minutes = minutes
  }

  var testDescription: String { "\(zone) \(day)" }

  static let all: [ZoneFact] = [
    .init("America/Chicago", "2026-03-08", "2026-03-08T06:00:00Z", minutes: 1380),
    .init("America/Chicago", "2026-11-01", "2026-11-01T05:00:00Z", minutes: 1500),
    .init("America/Chicago", "2026-07-04", "2026-07-04T05:00:00Z", minutes: 1440),
    .init("Asia/Jerusalem", "2025-03-28", "2025-03-27T22:00:00Z", minutes: 1380),
    .init("Asia/Jerusalem", "2025-10-26", "2025-10-25T21:00:00Z", minutes: 1500),
    .init("Europe/London", "2012-03-25", "2012-03-25T00:00:00Z", minutes: 1380),
    .init("Europe/London", "2012-10-28", "2012-10-27T23:00:00Z", minutes: 1500),
    .init("America/New_York", "2011-03-13", "2011-03-13T05:00:00Z", minutes: 1380),
    .init("America/New_York", "2011-11-06", "2011-11-06T04:00:00Z", minutes: 1500),
    .init("America/New_York", "2006-04-02", "2006-04-02T05:00:00Z", minutes: 1380),
    // Half an hour of daylight saving.
    .init("Australia/Lord_Howe", "2025-04-06", "2025-04-05T13:00:00Z", minutes: 1470),
    .init("Australia/Lord_Howe", "2025-10-05", "2025-10-04T13:30:00Z", minutes: 1410),
    // Clocks that go forward at midnight: the day begins at 01:00. Back at midnight: 23:00 twice.
    .init("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", minutes: 1380),
    .init("America/Sao_Paulo", "2019-02-16", "2019-02-16T02:00:00Z", minutes: 1500),
    .init("Asia/Kolkata", "2025-01-01", "2024-12-31T18:30:00Z", minutes: 1440),
    // A day that was skipped.
    .init("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", minutes: 1440),
    .init("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", minutes: 0),
    .init("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", minutes: 1440),
    // Clocks that go back at 01:00: midnight occurs twice.
    .init("America/Havana", "2025-11-02", "2025-11-02T04:00:00Z", minutes: 1500),
    .init("Africa/Casablanca", "2025-02-23", "2025-02-22T23:00:00Z", minutes: 1500),
    .init("Africa/Casablanca", "2025-04-06", "2025-04-06T00:00:00Z", minutes: 1380),
    .init("Pacific/Kiritimati", "2024-02-29", "2024-02-28T10:00:00Z", minutes: 1440),
    // Beyond the file's table, by its rule for the future.
    .init("America/Los_Angeles", "2040-03-11", "2040-03-11T08:00:00Z", minutes: 1380),
    .init("America/Los_Angeles", "2099-11-01", "2099-11-01T07:00:00Z", minutes: 1500),
    .init("Asia/Jerusalem", "2050-03-25", "2050-03-24T22:00:00Z", minutes: 1380),
    .init("Asia/Jerusalem", "2050-10-30", "2050-10-29T21:00:00Z", minutes: 1500),
    .init("Europe/Dublin", "2060-03-28", "2060-03-28T00:00:00Z", minutes: 1380),
  ]
}

/// The system's zone files, where it has them.
enum SystemZones {
  static let folder = "/usr/share/zoneinfo/"
  static let arePresent = FileManager.default.isReadableFile(atPath: folder + "Asia/Jerusalem")

  static func rules(_ name: String) throws -> ZoneRules {
    let bytes = try #require(FileManager.default.contents(atPath: folder + name))
    return try ZoneRules(timeZoneFile: Array(bytes), name: name)
  }
}

@Suite struct ZoneRulesTests {
  @Test(.enabled(if: SystemZones.arePresent), arguments: ZoneFact.all)
  func `days begin and last as the tz database says`(_ fact: ZoneFact) throws {
    let rules = try SystemZones.rules(fact.zone)
    let day = try #require(Day(iso: fact.day))
    #expect(rules.midnight(of: day).description == fact.midnight)
    #expect(rules.length(of: day) == fact.minutes * 60)
    if fact.minutes > 0 { #expect(rules.day(of: rules.midnight(of: day)) == day) }
    #expect(rules.day(of: rules.midnight(of: day) + -1) < day)
  }

  @Test(.enabled(if: SystemZones.arePresent), arguments: Set(ZoneFact.all.map(\.zone)).sorted())
  func `days follow one another without gap, and local time leads back`(_ zone: String) throws {
    let rules = try SystemZones.rules(zone)
    #expect(rules.transitions == rules.transitions.sorted { $0.instant < $1.instant })
    var instant = rules.midnight(of: Day(iso: "1990-01-01")!)
    while instant < Instant(iso: "2100-06-01T00:00:00Z")! {
      let local = rules.local(instant)
      let back = rules.instant(of: local)
      // The first of two occurrences, or the moment itself.
      #expect(back <= instant && rules.local(back) == local)
      let day = rules.day(of: instant)
      #expect(rules.midnight(of: day) <= instant && instant < rules.midnight(of: day + 1))
      instant = instant + 86_400 * 3 + 1_800
    }
  }

  /// A zone of our own: +2 h, forward at 02:00 on 1970-01-02 UTC midnight, back a day later.
  static let small = ZoneRules(
    name: "Test/Small", initialOffset: 7200,
    transitions: [
      .init(instant: Instant(rawValue: 86_400), offset: 10_800),
      .init(instant: Instant(rawValue: 172_800), offset: 7200),
    ])

  @Test func `a time that does not occur moves on by the gap; one that occurs twice is the first`()
  {
    let gap = LocalTime(iso: "1970-01-02T02:30")!
    #expect(Self.small.instant(of: gap) == Instant(rawValue: 86_400 + 1800))
    #expect(Self.small.local(Self.small.instant(of: gap)).description == "1970-01-02T03:30:00")
    let twice = LocalTime(iso: "1970-01-03T02:30")!
    #expect(Self.small.instant(of: twice) == Instant(rawValue: 172_800 - 1800))
    #expect(Self.small.local(Instant(rawValue: 172_800 + 1800)) == twice)
    #expect(Self.small.run(at: Instant(rawValue: 100_000)).until == Instant(rawValue: 172_800))
    #expect(Self.small.run(at: Instant(rawValue: 172_800)).until == nil)
  }

  @Test func `an instant is read with its zone, and never without`() {
    #expect(Instant(iso: "1970-01-01T00:00:00Z")?.rawValue == 0)
    #expect(Instant(iso: "1970-01-01T02:00+02:00")?.rawValue == 0)
    #expect(Instant(iso: "1969-12-31 19:00:30-0500")?.rawValue == 30)
    #expect(Instant(iso: "2026-03-02T00:00:00Z")?.description == "2026-03-02T00:00:00Z")
    #expect(Instant(rawValue: -1).description == "1969-12-31T23:59:59Z")
    for text in [
      "1970-01-01T00:00:00", "1970-01-01", "1970-01-01T24:00Z", "1970-01-01T00:60Z", "",
      "1970-02-30T00:00Z", "1970-01-01T00:00+2", "1970-01-01T00:00+02:00Z", "1970-01-01t00:00Z",
    ] {
      #expect(Instant(iso: text) == nil, "\(text)")
    }
    #expect(LocalTime(iso: "2026-03-02T07:30")?.description == "2026-03-02T07:30:00")
    #expect(LocalTime(iso: "2026-03-02T07:30Z") == nil)
  }

  @Test func `clocks that remember say what the rules say, in any order of asking`() throws {
    for fact in ZoneFact.all {
      let rules = try SystemZones.rules(fact.zone)
      var clock = ZoneClock(rules)
      let day = try #require(Day(iso: fact.day))
      for distance in [0, 1, -1, 2, -2, 3, -3, 200, -200, 1, 10_000, -20_000, 0] {
        let asked = day + distance
        let midnight = rules.midnight(of: asked)
        #expect(clock.midnight(of: asked) == midnight, "\(asked) in \(fact.zone)")
        for second: Int64 in [-1, 0, 1, 3_599, 3_600, 82_800, 86_399, 90_000] {
          #expect(clock.day(of: midnight + second) == rules.day(of: midnight + second))
        }
      }
    }
  }

  @Test func `of a midnight that comes twice, clocks that know the second give the first`() {
    // At half past midnight of 1970-01-11 clocks go back by an hour.
    let rules = ZoneRules(
      name: "Test/Twice", initialOffset: 0,
      transitions: [.init(instant: Instant(rawValue: 10 * 86_400 + 1_800), offset: -3_600)])
    var clock = ZoneClock(rules)
    #expect(clock.midnight(of: Day(rawValue: 20)) == Instant(rawValue: 20 * 86_400 + 3_600))
    #expect(clock.midnight(of: Day(rawValue: 10)) == Instant(rawValue: 10 * 86_400))
  }
}
