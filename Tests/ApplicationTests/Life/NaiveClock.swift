import CivilTime

/// Local time in the accounts' zone, worked out by hand.
enum NaiveClock {
  /// The seconds since 1970 of the beginning of a day.
  static func midnight(_ day: Day) -> Int { instant(day, 0) }

  /// The moment at `seconds` after midnight by the clock on the wall.
  static func instant(_ day: Day, _ seconds: Int) -> Int {
    let naive = Int(day.rawValue) * 86_400 + seconds
    // Nothing here is asked within the hours in which the clock is put forward or back.
    return naive - offset(naive + 21_600)
  }

  /// The local date of a moment.
  static func day(_ moment: Int) -> Day {
    let local = moment + offset(moment)
    return Day(rawValue: Int32((local - (local % 86_400 + 86_400) % 86_400) / 86_400))
  }

  /// As ISO 8601 in UTC.
  static func iso(_ moment: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let seconds = moment % 86_400
    return "\(Day(rawValue: Int32(moment / 86_400)))T\(two(seconds / 3600)):"
      + "\(two(seconds / 60 % 60)):\(two(seconds % 60))Z"
  }

  /// Chicago: six hours behind UTC, five from the second Sunday of March, 2:00, to the first Sunday
  /// of November, 2:00.
  private static func offset(_ moment: Int) -> Int {
    let year = Day(rawValue: Int32(moment / 86_400)).parts.year
    guard let march = Day(year: year, month: 3, day: 8),
      let november = Day(year: year, month: 11, day: 1)
    else { return 0 }
    let begins = sunday(from: march) * 86_400 + 8 * 3_600
    let ends = sunday(from: november) * 86_400 + 7 * 3_600
    return moment >= begins && moment < ends ? -18_000 : -21_600
  }

  /// The first Sunday from a day on, in days since 1970; 4 January 1970 was one.
  private static func sunday(from day: Day) -> Int {
    var number = Int(day.rawValue)
    while (number - 3) % 7 != 0 { number += 1 }
    return number
  }
}
