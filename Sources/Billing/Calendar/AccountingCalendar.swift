public import CivilTime
public import EventSourcing

/// Which months of accounting are closed.
public struct CalendarState: Hashable, Sendable {
  /// The version of the stream that was folded.
  public internal(set) var version: UInt64 = 0
  /// The closings that stand, in the order of their months.
  public internal(set) var closed: [PeriodClosed] = []

  /// Every month is open.
  public init() {}

  /// The first day that takes postings; `nil` where every day does.
  public var firstOpenDay: Day? { closed.last?.month.end }

  /// Whether a month takes no more postings.
  public func isClosed(_ month: AccountingMonth) -> Bool {
    closed.last.map { month <= $0.month } ?? false
  }

  /// The day on which a posting of `day` is made: that day, or the first open one.
  public func accountingDay(of day: Day) -> Day { firstOpenDay.map { max(day, $0) } ?? day }

  /// Folds an entry of the calendar's stream.
  public mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws(WireError) {
    version = entry.header.version
    for event in try entry.decodedEvents(bytes) { AccountingCalendar.evolve(&self, event) }
  }
}

/// A request about the accounting calendar.
public enum CalendarCommand: Sendable {
  /// Close a month.
  case close(PeriodClosed)
  /// Open the month that was closed last again.
  case reopen(AccountingMonth)
}

/// Why a request about the accounting calendar is refused.
public enum CalendarRejection: Error, Hashable, Sendable {
  /// Months are closed one after the other.
  case notNext(AccountingMonth, next: AccountingMonth)
  /// Only the month that was closed last is opened again.
  case notLast(AccountingMonth, last: AccountingMonth)
}

extension CalendarRejection: CustomStringConvertible {
  /// The reason's name, for good.
  public var code: String {
    switch self {
    case .notNext: "not-next"
    case .notLast: "not-last"
    }
  }

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .notNext(let month, let next):
      "\(month) cannot be closed before \(next), which is open"
    case .notLast(let month, let last): "\(month) is followed by closed months, to \(last)"
    }
  }

  /// What to do next.
  public var advice: String {
    switch self {
    case .notNext(_, let next): "close \(next) first"
    case .notLast(_, let last): "open \(last) first"
    }
  }
}

/// The decisions of the accounting calendar: months are closed in their order, and only the last one
/// is opened again.
public enum AccountingCalendar: Decider {
  /// The fold of the calendar's stream.
  public typealias State = CalendarState
  /// A request.
  public typealias Command = CalendarCommand
  /// A fact.
  public typealias Event = Billing.Event
  /// Why a request is refused.
  public typealias Rejection = CalendarRejection

  /// Every month is open.
  public static var initial: CalendarState { CalendarState() }

  /// The events that follow from `command`; none if the month is closed, or open, already.
  public static func decide(
    _ command: CalendarCommand, _ state: CalendarState
  ) throws(CalendarRejection) -> [Event] {
    switch command {
    case .close(let it):
      guard !state.isClosed(it.month) else { return [] }
      if let last = state.closed.last?.month, it.month != last.next {
        throw .notNext(it.month, next: last.next)
      }
      return [.periodClosed(it)]
    case .reopen(let month):
      guard let last = state.closed.last?.month, month <= last else { return [] }
      guard month == last else { throw .notLast(month, last: last) }
      return [.periodOpened(PeriodOpened(month: month))]
    }
  }

  /// Applies a fact. Never fails.
  public static func evolve(_ state: inout CalendarState, _ event: Event) {
    switch event {
    case .periodClosed(let it): state.closed.append(it)
    case .periodOpened(let it): state.closed.removeAll { $0.month >= it.month }
    default: break
    }
  }
}
