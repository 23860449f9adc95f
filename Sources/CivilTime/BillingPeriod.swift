/// The days a bill covers, in the account's local dates: `start` inclusive, `end` exclusive.
public struct BillingPeriod: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The first day.
  public var start: Day
  /// The day after the last.
  public var end: Day

  /// The days from `start` up to, not including, `end`.
  @inlinable
  public init(start: Day, end: Day) {
    self.start = start
    self.end = end
  }

  /// How many days; February 29th counts.
  @inlinable
  public var days: Int { end - start }

  /// The last day covered.
  public var lastDay: Day { end - 1 }

  /// Whether `day` is covered.
  public func contains(_ day: Day) -> Bool { start <= day && day < end }

  /// By start, then end.
  public static func < (left: Self, right: Self) -> Bool {
    (left.start, left.end) < (right.start, right.end)
  }

  /// `2028-02-15 to 2028-03-14`: the first and the last day covered.
  public var description: String { "\(start) to \(lastDay)" }
}
