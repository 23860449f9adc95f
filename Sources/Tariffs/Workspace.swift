import Metering
import Money

/// The lines' amounts so far by revenue class, taxes left out.
struct ClassSums: Sendable {
  /// By the class's number.
  private var all = InlineArray<10, Int64>(repeating: 0)
  /// The same without shares of other lines.
  private var plain = InlineArray<10, Int64>(repeating: 0)
  private(set) var total = Money.zero

  @inline(__always)
  mutating func add(_ line: RatedLine) {
    let number = Int(line.revenueClass.rawValue)
    all[number] += line.amount.cents
    total += line.amount
    if case .share = line.basis { return }
    plain[number] += line.amount.cents
  }

  /// The sum of some classes.
  @inline(__always)
  func all(_ classes: ClassMask) -> Money { Self.sum(all, classes) }

  /// The sum of some classes, without shares of other lines.
  @inline(__always)
  func plain(_ classes: ClassMask) -> Money { Self.sum(plain, classes) }

  @inline(__always)
  private static func sum(_ sums: InlineArray<10, Int64>, _ classes: ClassMask) -> Money {
    var sum: Int64 = 0
    for number in 1..<10 where classes.contains(number: number) { sum += sums[number] }
    return Money(cents: sum)
  }
}

/// What rating works in.
struct Workspace: Sendable {
  var sums = ClassSums()
  /// The greatest order of a line so far.
  var lastOrder: UInt64 = 0
  /// What of each period is billed, after the bank; by period of the segment being rated.
  var billed: [Energy] = []
  /// Energy by the places of prices, for tiers filled interval by interval.
  var fills: [Int64] = []
  var rest: [Int64] = []
  var shares: [Int64] = []
  var bounds: [Int64] = []

  /// Begins a bill.
  mutating func begin() {
    sums = ClassSums()
    lastOrder = 0
  }

  /// Splits `total` in proportion to `rest` into `shares`.
  mutating func share(_ total: Int64) {
    var parts: [Int64] = []
    swap(&parts, &shares)
    Allocation.split(total, weights: rest.span, into: &parts)
    swap(&parts, &shares)
  }
}
