import CivilTime
import Testing

@Suite struct TimeZoneFileTests {
  /// A version 2 file with `transitions` between two offsets and `footer`.
  static func file(
    offsets: [Int32] = [-18_000, -14_400], transitions: [(Int64, UInt8)] = [], footer: String = "",
    version: UInt8 = 0x32
  ) -> [UInt8] {
    var bytes = header(version: version, times: 0, types: 1)
    bytes += [0, 0, 0, 0, 0, 0, 0]
    bytes += header(version: version, times: transitions.count, types: offsets.count)
    for (time, _) in transitions { bytes += big(UInt64(bitPattern: time), 8) }
    bytes += transitions.map(\.1)
    for offset in offsets { bytes += big(UInt64(UInt32(bitPattern: offset)), 4) + [0, 0] }
    bytes += [0]
    return bytes + [0x0A] + Array(footer.utf8) + [0x0A]
  }

  private static func header(version: UInt8, times: Int, types: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x54, 0x5A, 0x69, 0x66, version]
    bytes += [UInt8](repeating: 0, count: 15)
    for count in [0, 0, 0, times, types, 1] { bytes += big(UInt64(count), 4) }
    return bytes
  }

  private static func big(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  @Test func `the rule for the future is expanded to the year 2100`() throws {
    let rules = try ZoneRules(
      timeZoneFile: Self.file(
        transitions: [(1_173_596_400, 1)], footer: "EST5EDT,M3.2.0,M11.1.0"), name: "Test/East")
    #expect(rules.initialOffset == -18_000)
    #expect(rules.transitions.last?.instant == Instant(iso: "2100-11-07T06:00:00Z"))
    #expect(rules.length(of: Day(iso: "2026-03-08")!) == 82_800)
    #expect(rules.length(of: Day(iso: "2026-11-01")!) == 90_000)
    #expect(rules.transitions.count == 2 * 94)
  }

  @Test(arguments: [
    // rule, first change of 2027, second change of 2027
    ("IST-2IDT,M3.4.4/26,M10.5.0", "2027-03-26T00:00:00Z", "2027-10-30T23:00:00Z"),
    ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2027-04-03T15:00:00Z", "2027-10-02T15:30:00Z"),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "2027-03-28T01:00:00Z", "2027-10-31T01:00:00Z"),
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2027-03-28T01:00:00Z", "2027-10-31T01:00:00Z"),
    ("AAA0BBB,J60/0,J300/0", "2027-03-01T00:00:00Z", "2027-10-26T23:00:00Z"),
    ("AAA0BBB,59/0,299/0", "2027-03-01T00:00:00Z", "2027-10-26T23:00:00Z"),
  ])
  func `every form of a rule is understood`(_ rule: String, _ first: String, _ second: String)
    throws
  {
    let rules = try ZoneRules(
      timeZoneFile: Self.file(offsets: [0], transitions: [(0, 0)], footer: rule), name: "Test/Rule")
    let year = rules.transitions.filter { $0.instant.description.hasPrefix("2027") }
    #expect(year.map(\.instant.description) == [first, second])
  }

  @Test func `a Julian day passes over February 29th, an ordinal day counts it`() throws {
    let julian = try ZoneRules(
      timeZoneFile: Self.file(
        offsets: [0], transitions: [(0, 0)], footer: "AAA0BBB,J60/0,J300/0"), name: "J")
    let ordinal = try ZoneRules(
      timeZoneFile: Self.file(offsets: [0], transitions: [(0, 0)], footer: "AAA0BBB,59/0,299/0"),
      name: "N")
    let first = { (rules: ZoneRules) in
      rules.transitions.first { $0.instant.description.hasPrefix("2028") }?.instant.description
    }
    #expect(first(julian) == "2028-03-01T00:00:00Z")
    #expect(first(ordinal) == "2028-02-29T00:00:00Z")
  }

  @Test func `changes that leave the offset alone, and those before 1970, are left out`() throws {
    let rules = try ZoneRules(
      timeZoneFile: Self.file(
        offsets: [0, 3600, 3600], transitions: [(-1000, 1), (1000, 2), (2000, 0)], footer: "AAA0"),
      name: "Test/Few")
    #expect(rules.initialOffset == 3600)
    #expect(rules.transitions == [.init(instant: Instant(rawValue: 2000), offset: 0)])
  }

  @Test func `a file that cannot be read is refused with the reason`() {
    func error(_ bytes: [UInt8]) -> TimeZoneFileError? {
      do {
        _ = try ZoneRules(timeZoneFile: bytes, name: "Test/Bad")
        return nil
      } catch { return error }
    }
    let good = Self.file(transitions: [(1, 1), (2, 0)], footer: "EST5")
    #expect(error(good) == nil)
    #expect(error([]) == .notATimeZoneFile)
    #expect(error(Array("PK zip".utf8)) == .notATimeZoneFile)
    #expect(error(Self.file(version: 0)) == .tooOld)
    #expect(error(Self.file(transitions: [(2, 1), (1, 0)])) == .inconsistent)
    #expect(error(Self.file(transitions: [(1, 7)])) == .inconsistent)
    #expect(error(Self.file(offsets: [])) == .inconsistent)
    #expect(error(Self.file(footer: "EST5EDT,M3.2.0")) == .footer("EST5EDT,M3.2.0"))
    #expect(error(Self.file(footer: "EST5EDT,M13.2.0,M1.1.1")) == .footer("EST5EDT,M13.2.0,M1.1.1"))
    for count in 5..<good.count {
      #expect(error(Array(good[..<count])) == .truncated, "\(count) bytes")
    }
    for reason in [
      TimeZoneFileError.notATimeZoneFile, .tooOld, .truncated, .inconsistent, .footer("x"),
    ] {
      #expect(!reason.description.isEmpty)
    }
  }
}
