public import CivilTime

extension TouPeriod {
  /// Why a grid of hours is none.
  public enum GridProblem: Error, Hashable, Sendable {
    /// Not twelve rows.
    case months(Int)
    /// Not twenty-four columns in this month, from 1.
    case hours(Int, month: Int)
    /// A number below zero or above what fits, in this month and hour.
    case number(Int, month: Int, hour: Int)
  }

  /// The periods of a schedule given as numbers by month and hour, one grid for weekdays and one for
  /// weekends: `weekday[month][hour]`, both from 0.
  ///
  /// - Parameters:
  ///   - weekendDays: on which the second grid counts.
  ///   - name: what the period of a number is called.
  /// - Returns: the periods, by number, and `numbers`: the number of each. A number that no hour has
  ///   is left out. The one with the most hours has no windows and takes the rest. Where there is
  ///   but one number there are no periods.
  public static func periods(
    weekday: [[Int]], weekend: [[Int]], weekendDays: [Weekday] = [.saturday, .sunday],
    name: (Int) -> String
  ) throws(GridProblem) -> (periods: [TouPeriod], numbers: [Int]) {
    var hours: [Int: Int] = [:]
    for grid in [weekday, weekend] {
      guard grid.count == 12 else { throw .months(grid.count) }
      for (month, row) in grid.enumerated() {
        guard row.count == 24 else { throw .hours(row.count, month: month + 1) }
        for (hour, number) in row.enumerated() {
          guard number >= 0, number < 1000 else {
            throw .number(number, month: month + 1, hour: hour)
          }
          hours[number, default: 0] += 1
        }
      }
    }
    let numbers = hours.keys.sorted()
    let most = numbers.max { (hours[$0] ?? 0, $1) < (hours[$1] ?? 0, $0) }
    guard numbers.count > 1, let most else { return ([], numbers) }
    let weekdays = Weekday.allCases.filter { !weekendDays.contains($0) }
    let periods = numbers.map { number in
      TouPeriod(
        name: name(number),
        windows: number == most
          ? [] : windows(number, weekday, weekdays, weekend, weekendDays))
    }
    return (periods, numbers)
  }

  private struct Hours: Hashable {
    var start: Int
    var end: Int
  }

  private static func windows(
    _ number: Int, _ weekday: [[Int]], _ weekdays: [Weekday], _ weekend: [[Int]],
    _ weekendDays: [Weekday]
  ) -> [TimeWindow] {
    let onWeekdays = spans(number, weekday)
    let onWeekends = spans(number, weekend)
    var windows: [TimeWindow] = []
    func add(_ months: [Int], _ days: [DayClass], _ hours: Hours) {
      guard !months.isEmpty, !days.isEmpty else { return }
      windows.append(
        TimeWindow(
          months: MonthSet(months), days: days, startMinute: Int16(hours.start * 60),
          endMinute: Int16(hours.end * 60)))
    }
    let all = Set(onWeekdays.keys).union(onWeekends.keys)
    for hours in all.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      let (first, second) = (onWeekdays[hours] ?? [], onWeekends[hours] ?? [])
      add(first.filter(second.contains), [.everyDay], hours)
      add(first.filter { !second.contains($0) }, weekdays.map(DayClass.init), hours)
      add(second.filter { !first.contains($0) }, weekendDays.map(DayClass.init), hours)
    }
    return windows
  }

  /// Where a number stands: runs of hours, and the months that have them.
  private static func spans(_ number: Int, _ grid: [[Int]]) -> [Hours: [Int]] {
    var found: [Hours: [Int]] = [:]
    for (month, row) in grid.enumerated() {
      var start: Int?
      for hour in 0...24 {
        let isIn = hour < 24 && row[hour] == number
        if isIn, start == nil { start = hour }
        if !isIn, let begin = start {
          found[Hours(start: begin, end: hour), default: []].append(month + 1)
          start = nil
        }
      }
    }
    return found
  }
}

extension DayClass {
  /// The class of every `weekday`.
  public init(_ weekday: Weekday) {
    switch weekday {
    case .monday: self = .monday
    case .tuesday: self = .tuesday
    case .wednesday: self = .wednesday
    case .thursday: self = .thursday
    case .friday: self = .friday
    case .saturday: self = .saturday
    case .sunday: self = .sunday
    }
  }
}
