/// Some months of the year, as the summer of a schedule.
public struct MonthSet: RawRepresentable, Hashable, Sendable {
  /// One bit a month, January the lowest.
  public var rawValue: UInt16

  /// The months whose bits are set.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Some months, by number from 1; numbers that no month has are left out.
  public init(_ months: some Sequence<Int>) {
    rawValue = 0
    for month in months where (1...12).contains(month) { rawValue |= 1 << UInt16(month - 1) }
  }

  /// The whole year.
  public static var all: MonthSet { MonthSet(rawValue: 0xFFF) }

  /// Whether `month` (from 1) is among them.
  public func contains(_ month: Int) -> Bool {
    (1...12).contains(month) && rawValue & (1 << UInt16(month - 1)) != 0
  }

  /// The months, from 1, ascending.
  public var months: [Int] { (1...12).filter(contains) }

  /// Whether both have a month in common.
  public func meets(_ other: MonthSet) -> Bool { rawValue & other.rawValue != 0 }
}
