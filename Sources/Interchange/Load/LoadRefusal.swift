/// Why a load was refused: the first thing that is wrong, with its line.
public enum LoadRefusal: Error, Hashable, Sendable {
  /// The file cannot be read, or its header is wrong.
  case file(FileRefusal)
  /// A row is wrong by itself.
  case row(RowError)
  /// There is no row, or only one, which does not say how long an interval is.
  case empty
  case single
  /// The first two rows are no interval apart.
  case wrongStep(seconds: Int64, line: Int)
  /// An interval is missing before this line.
  case missing(from: String, found: String, after: Int, line: Int)
  /// An interval is given again.
  case repeated(String, expected: String, line: Int)
  /// An interval begins earlier than all before, or between two.
  case outOfOrder(String, expected: String, line: Int)
  /// Clocks never show this time.
  case noSuchTime(String, zone: String, line: Int)
  /// Some stamps carry an offset and some do not.
  case mixedStamps(line: Int)
  /// Stamps carry offsets that differ, and no zone is named.
  case offsetsDiffer(line: Int)
  /// It begins, or ends, inside a month.
  case beginsInside(String, line: Int)
  case endsInside(String, line: Int)
  /// It is longer than twelve months.
  case tooLong(line: Int)
  /// It does not have the days that its months have in the wanted year.
  case otherLength(days: Int, calendar: Int, line: Int)
}

extension LoadRefusal: CustomStringConvertible {
  /// What is wrong, where, and what to do next.
  public var description: String {
    switch self {
    case .file(let refusal): refusal.description
    case .row(let error): error.description
    case .empty:
      "the file has no row below its header; a load is `start_local,kwh`, a row an interval"
    case .single:
      "the file has one row, which does not say how long an interval is; give whole months"
    case .wrongStep(let seconds, let line):
      "line \(line): it begins \(seconds) seconds after the row before; intervals are of 5, 10, 15, "
        + "20, 30 or 60 minutes, in order of time"
    case .missing(let from, let found, let after, let line):
      "line \(line): an interval is missing: after line \(after) the one that begins at \(from) is "
        + "expected, and \(found) is found; add what is missing, it is never guessed"
    case .repeated(let time, let expected, let line):
      "line \(line): the interval that begins at \(time) was given before (\(expected) is "
        + "expected); remove one of the two"
    case .outOfOrder(let time, let expected, let line):
      "line \(line): \(time) is out of order, \(expected) is expected; sort the rows by time"
    case .noSuchTime(let time, let zone, let line):
      "line \(line): clocks never show \(time) in \(zone); give times of that zone, or use "
        + "--fixed-offset for a load in standard time"
    case .mixedStamps(let line):
      "line \(line): some times carry an offset from UTC and some do not; write all alike"
    case .offsetsDiffer(let line):
      "line \(line): the offset from UTC changes, as clocks do; name the zone, as --zone "
        + "America/Chicago"
    case .beginsInside(let time, let line):
      "line \(line): the load begins at \(time); bills are by calendar month, so let it begin at "
        + "00:00 of a month's first day"
    case .endsInside(let time, let line):
      "line \(line): the load ends at \(time), inside a month; complete the month, or leave it out"
    case .tooLong(let line):
      "line \(line): the load is longer than twelve months; give a year at a time"
    case .otherLength(let days, let calendar, let line):
      "line \(line): the load has \(days) days, and its months have another number in \(calendar); "
        + "leave --calendar out, or give a load of that length"
    }
  }
}
