import Billing
import CivilTime
import EventLog
import EventSourcing

extension Ledger {
  /// Which months of accounting are closed.
  func calendar() throws -> CalendarState {
    try book.read { try CalendarState(of: .calendar, in: $0) }
  }

  /// Refuses what ends before `end` as long as it goes on, in any zone of the book.
  func requireOver(_ end: Day, _ name: String, to verb: String) throws {
    let now = try now().instant
    for zone in try rulebook().zones.values.sorted(by: { $0.name < $1.name }) {
      let today = zone.day(of: now)
      guard today >= end else {
        throw Failure(
          "\(name) is not over: it is \(today) in \(zone.name).",
          advice: "\(verb) it on or after \(end).")
      }
    }
  }

  /// Which months were closed after the first `size` entries of the book.
  func calendar(size: UInt64) throws -> CalendarState {
    try book.read { snapshot in
      var state = CalendarState()
      guard try snapshot.streamHead(.calendar) != nil else { return state }
      try snapshot.forEach(stream: .calendar) { position, bytes in
        guard position.rawValue < size else { return .stop }
        try state.apply(EntryView(bytes), bytes)
        return .proceed
      }
      return state
    }
  }
}

extension StreamID {
  /// The stream of the accounting calendar.
  static let calendar = StreamID(.calendar, "calendar")
}

extension CalendarState: StreamState {}

extension EntryHeader {
  /// Lets the entry count on `day`; what posts to the general ledger on the first open day, if the
  /// period of that day is closed, with its own day kept.
  mutating func count(on day: Day, posting events: [Event], _ calendar: CalendarState) {
    count(on: day, posts: events.contains { $0.kind.isPosted }, calendar)
  }

  /// The same, of an entry of which is known whether it posts.
  mutating func count(on day: Day, posts: Bool, _ calendar: CalendarState) {
    effectiveDay = day.rawValue
    let accounting = calendar.accountingDay(of: day)
    if posts, accounting != day { postpone(to: accounting.rawValue) }
  }
}
