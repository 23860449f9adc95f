import CivilTime

/// Puts a load together row by row, and finds where one is missing, repeated or out of order.
struct LoadBuilder {
  private let clock: LoadClock
  private var zone: ZoneRules?
  private var values: [ExactDecimal] = []
  private var firstLine = 0
  private var lastLine = 0
  /// The stamps of the first row, and of the second for the interval's length.
  private var first: LoadRow?
  private var start = Instant(rawValue: 0)
  private var step: Int64 = 0

  init(clock: LoadClock) { self.clock = clock }

  /// When the next interval is to begin.
  private var expected: Instant { start + step * Int64(values.count) }

  mutating func add(_ row: LoadRow, line: Int) throws(LoadRefusal) {
    defer { lastLine = line }
    guard values.count < InterchangeLimits.loadIntervals else { throw .tooLong(line: line) }
    guard let first else {
      self.first = row
      let zone = try zone(for: row, line: line)
      self.zone = zone
      firstLine = line
      start = row.start.resolved(in: zone)
      if case .local(let time) = row.start, zone.local(start) != time {
        throw .noSuchTime("\(time)", zone: zone.name, line: line)
      }
      values.append(row.kilowattHours)
      return
    }
    let zone = zone ?? ZoneRules(fixedOffset: 0, name: "")
    if (row.offset == nil) != (first.offset == nil) { throw .mixedStamps(line: line) }
    if case .zone = clock {} else if row.offset != first.offset { throw .offsetsDiffer(line: line) }
    if step == 0 {
      step = row.start.resolved(in: zone) - start
      if case .local(let time) = row.start, step != 3600, zone.local(start + 3600) == time {
        step = 3600
      }
      guard [5, 10, 15, 20, 30, 60].contains(step / 60), step % 60 == 0 else {
        throw .wrongStep(seconds: step, line: line)
      }
    }
    try check(row, zone, line)
    values.append(row.kilowattHours)
  }

  private func zone(for row: LoadRow, line: Int) throws(LoadRefusal) -> ZoneRules {
    switch clock {
    case .zone(let zone): return zone
    case .fixedOffset, .unsaid:
      let offset = row.offset ?? 0
      return ZoneRules(fixedOffset: Int32(offset), name: "local standard time")
    }
  }

  /// Whether the row begins when it should.
  private func check(_ row: LoadRow, _ zone: ZoneRules, _ line: Int) throws(LoadRefusal) {
    let wanted = zone.local(expected)
    switch row.start {
    case .local(let time):
      if time == wanted { return }
      if zone.local(zone.instant(of: time)) != time {
        throw .noSuchTime("\(time)", zone: zone.name, line: line)
      }
    case .instant(let instant):
      if instant == expected { return }
    }
    let found = row.start.resolved(in: zone)
    let shown = Self.shown(zone.local(found))
    if found > expected {
      throw .missing(from: Self.shown(wanted), found: shown, after: lastLine, line: line)
    }
    let (back, isWhole) = ((expected - found) / step, (expected - found) % step == 0)
    guard back <= values.count, isWhole else {
      throw .outOfOrder(shown, expected: Self.shown(wanted), line: line)
    }
    throw .repeated(shown, expected: Self.shown(wanted), line: line)
  }

  /// `2018-03-01T05:00`.
  private static func shown(_ time: LocalTime) -> String {
    let text = "\(time)"
    return text.hasSuffix(":00") ? String(text.dropLast(3)) : text
  }

  /// The load of all rows.
  func load(calendar: Int?, warnings: inout [String]) throws(LoadRefusal) -> Load {
    guard let zone, !values.isEmpty else { throw .empty }
    guard step > 0 else { throw .single }
    var load = Load(
      minutes: Int(step / 60), start: start, zone: zone, values: values, firstLine: firstLine)
    let begin = zone.local(start)
    guard begin.secondOfDay == 0, begin.day.parts.day == 1 else {
      throw .beginsInside(Self.shown(begin), line: firstLine)
    }
    let end = zone.local(expected)
    guard end.secondOfDay == 0, end.day.parts.day == 1 else {
      throw .endsInside(Self.shown(end), line: lastLine)
    }
    let (from, to) = (begin.day.parts, end.day.parts)
    guard (to.year - from.year) * 12 + to.month - from.month <= 12 else {
      throw .tooLong(line: lastLine)
    }
    if let calendar, calendar != from.year {
      try load.move(to: calendar, from: from, line: lastLine)
      warnings.append(
        "the load is of \(from.year) and is taken hour by hour as if it were of \(calendar), whose "
          + "weekdays differ")
    }
    return load
  }
}

extension Load {
  /// Puts the load into another year, hour by hour.
  fileprivate mutating func move(
    to year: Int, from begin: Day.Parts, line: Int
  ) throws(LoadRefusal) {
    guard let first = Day(year: year, month: begin.month, day: 1) else {
      throw .noSuchTime("the year \(year)", zone: zone.name, line: line)
    }
    let months = endDay.parts.month - begin.month + (endDay.parts.year - begin.year) * 12
    start = zone.midnight(of: first)
    guard endDay == first.adding(months: months, cycleDay: 1) else {
      throw .otherLength(days: values.count * minutes / 1440, calendar: year, line: line)
    }
  }
}
