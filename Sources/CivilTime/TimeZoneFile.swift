/// Why bytes are not a time zone file that `ZoneRules` can hold.
public enum TimeZoneFileError: Error, Hashable, Sendable {
  /// They do not begin with `TZif`.
  case notATimeZoneFile
  /// Version 1, whose times end in 2038.
  case tooOld
  /// The bytes end inside a table.
  case truncated
  /// A table refers to an entry that is not there, or times do not ascend.
  case inconsistent
  /// The rule for the years after the last transition, as it stands in the file.
  case footer(String)
}

extension TimeZoneFileError: CustomStringConvertible {
  /// The reason in words.
  public var description: String {
    switch self {
    case .notATimeZoneFile: "it does not begin with TZif"
    case .tooOld: "it is of version 1, whose times end in 2038; install a current tzdata"
    case .truncated: "it ends inside a table"
    case .inconsistent: "its tables contradict each other"
    case .footer(let text): "its rule for future years, '\(text)', cannot be read"
    }
  }
}

extension ZoneRules {
  /// The first year whose transitions are kept.
  public static let firstYear = 1970
  /// The last year that the file's rule for the future is expanded to.
  public static let lastYear = 2100

  /// The rules of the zone `name` in the bytes of its compiled tzdata file (RFC 9636, version 2 or
  /// later), its footer expanded to the end of `lastYear`.
  ///
  /// Transitions before `firstYear`, and those that leave the offset as it is, are left out.
  public init(timeZoneFile bytes: [UInt8], name: String) throws(TimeZoneFileError) {
    var reader = TimeZoneFileReader(bytes: bytes)
    let table = try reader.read()
    var changes = table.changes
    if !table.footer.isEmpty {
      guard let rule = FutureRule(table.footer) else { throw .footer(table.footer) }
      changes += rule.changes(after: changes.last, until: Self.lastYear)
    }
    let begin = LocalTime(day: Day(year: Self.firstYear, month: 1, day: 1)!, secondOfDay: 0).seconds
    var offset = table.firstOffset
    var kept: [Transition] = []
    var initial = offset
    for change in changes {
      guard change.offset != offset else { continue }
      offset = change.offset
      if change.instant.rawValue <= begin { initial = offset } else { kept.append(change) }
    }
    self.init(name: name, initialOffset: initial, transitions: kept)
  }
}

/// Reads the tables of a TZif file.
private struct TimeZoneFileReader {
  struct Table {
    var firstOffset: Int32
    var changes: [ZoneRules.Transition]
    var footer: String
  }

  let bytes: [UInt8]
  var offset = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func read() throws(TimeZoneFileError) -> Table {
    guard bytes.starts(with: [0x54, 0x5A, 0x69, 0x66]) else { throw .notATimeZoneFile }
    guard bytes.count >= 44 else { throw .truncated }
    guard bytes[4] >= 0x32 else { throw .tooOld }
    // The first block repeats the data in 32 bits; its header says how much to pass over.
    let old = try header()
    offset += old.times * 5 + old.types * 6 + old.characters + old.leaps * 8 + old.flags
    guard offset <= bytes.count, bytes[offset...].starts(with: [0x54, 0x5A, 0x69, 0x66]) else {
      throw .truncated
    }
    let counts = try header()
    var times: [Int64] = []
    for _ in 0..<counts.times { times.append(try integer(8)) }
    var types: [Int] = []
    for _ in 0..<counts.times { types.append(Int(try integer(1)) & 0xFF) }
    var offsets: [Int32] = []
    for _ in 0..<counts.types {
      offsets.append(Int32(truncatingIfNeeded: try integer(4)))
      offset += 2
    }
    offset += counts.characters + counts.leaps * 12 + counts.flags
    guard let first = offsets.first else { throw .inconsistent }
    var changes: [ZoneRules.Transition] = []
    for (time, type) in zip(times, types) {
      guard type < offsets.count, changes.last.map({ $0.instant.rawValue < time }) ?? true else {
        throw .inconsistent
      }
      changes.append(.init(instant: Instant(rawValue: time), offset: offsets[type]))
    }
    return Table(firstOffset: first, changes: changes, footer: try footer())
  }

  private struct Counts {
    var flags: Int, leaps: Int, times: Int, types: Int, characters: Int
  }

  private mutating func header() throws(TimeZoneFileError) -> Counts {
    offset += 20
    var counts: [Int] = []
    for _ in 0..<6 { counts.append(Int(try integer(4) & 0xFFFF_FFFF)) }
    return Counts(
      flags: counts[0] + counts[1], leaps: counts[2], times: counts[3], types: counts[4],
      characters: counts[5])
  }

  private mutating func integer(_ count: Int) throws(TimeZoneFileError) -> Int64 {
    guard offset + count <= bytes.count else { throw .truncated }
    var value: Int64 = count == 8 || bytes[offset] < 0x80 ? 0 : -1
    for byte in bytes[offset..<(offset + count)] { value = value << 8 | Int64(byte) }
    offset += count
    return value
  }

  private func footer() throws(TimeZoneFileError) -> String {
    guard offset < bytes.count, bytes[offset] == 0x0A,
      let end = bytes[(offset + 1)...].firstIndex(of: 0x0A)
    else { throw .truncated }
    return String(decoding: bytes[(offset + 1)..<end], as: UTF8.self)
  }
}
