import Metering
import Money

/// What rating works in.
struct Workspace: Sendable {
  /// Whether amounts are in cents, rounded to the nearest.
  var isUsual = false
  /// How many lines there are so far.
  var count = 0
  /// The sum of the lines so far.
  var total = Money.zero
  /// The classes that lines before taxes may be of: what counts them all, counts the total.
  var classes = ClassMask()
  /// The sum of the lines so far that are shares of others, before waivers.
  var shared = Money.zero
  /// What a minimum counts; zero where there is none.
  var counted = Money.zero
  /// The greatest place of a line so far.
  var lastPlace: UInt64 = 0
  /// The least amount before waiver of the lines that go by amount.
  var leastFixed = Money(cents: .max)
  /// What of each period is billed, after the bank; by period of the segment being rated.
  var billed: [Energy] = []
  /// Energy by tier and period; room that grows and never shrinks, as the two after it.
  var fills: [Int64] = []
  /// What energy is left of each period, or falls into each tier.
  var rest: [Int64] = []
  /// Where tiers end that are filled interval by interval.
  var bounds: [Int64] = []

  /// Begins a bill on tariffs whose lines are of `classes`.
  mutating func begin(_ input: RatingInput, _ classes: ClassMask) {
    isUsual = input.precision == .invoice && input.rounding == .halfAwayFromZero
    self.classes = classes
    (total, counted, shared) = (.zero, .zero, .zero)
    (count, lastPlace, leastFixed) = (0, 0, Money(cents: .max))
  }
}
