/// Splits a whole into whole parts that sum to it, by the largest remainder.
///
/// Each part is first `total x weight / sum of weights` towards zero; what is left goes, one unit
/// each, to the largest remainders, ties to the earliest part. The same input gives the same parts.
public enum Allocation {
  /// `total` in proportion to `weights`, which are not negative and not all zero.
  public static func split(_ total: Int64, weights: [Int64]) -> [Int64] {
    var parts: [Int64] = []
    parts.reserveCapacity(weights.count)
    var sum: Int128 = 0
    for weight in weights {
      precondition(weight >= 0, "a weight is never negative")
      sum += Int128(weight)
    }
    precondition(sum > 0, "some weight is above zero")
    let magnitude = Int128(total.magnitude)
    var remainders: [Int128] = []
    remainders.reserveCapacity(weights.count)
    var left = magnitude
    for weight in weights {
      let (part, remainder) = (magnitude * Int128(weight)).quotientAndRemainder(dividingBy: sum)
      parts.append(Int64(truncatingIfNeeded: part))
      remainders.append(remainder)
      left -= part
    }
    while left > 0 {
      var largest = 0
      for index in remainders.indices.dropFirst() where remainders[index] > remainders[largest] {
        largest = index
      }
      remainders[largest] = -1
      parts[largest] += 1
      left -= 1
    }
    guard total < 0 else { return parts }
    return parts.map { -$0 }
  }

  /// `total`, not negative, in proportion to at most 64 `weights`, which are not negative and not all
  /// zero: into `parts` from `first` on. The same parts as `split` gives; allocates nothing.
  public static func split(
    _ total: Int64, weights: Span<Int64>, into parts: inout MutableSpan<Int64>, at first: Int = 0
  ) {
    precondition(total >= 0 && weights.count <= 64, "a total of at most 64 parts")
    var sum: UInt128 = 0
    for index in weights.indices { sum += UInt128(weights[index]) }
    precondition(sum > 0, "some weight is above zero")
    if let narrow = UInt64(exactly: sum),
      !total.magnitude.multipliedReportingOverflow(by: narrow).overflow
    {
      split(total.magnitude, weights, narrow, into: &parts, at: first)
    } else {
      split(UInt128(total.magnitude), weights, sum, into: &parts, at: first)
    }
  }

  /// `total` in two parts, the same as `split` gives: the first is the nearest, a half up, since of two
  /// remainders the larger is at least a half. Nothing is negative, and not both weights are zero.
  @inlinable
  @inline(__always)
  public static func split(_ total: Int64, _ weight: Int64, _ other: Int64) -> (Int64, Int64) {
    let (sum, isLarge) = weight.addingReportingOverflow(other)
    let (product, overflow) = total.multipliedReportingOverflow(by: weight)
    guard !isLarge, !overflow, sum > 0, (total | weight | other) >= 0 else {
      return splitWide(total, weight, other)
    }
    let whole = UInt64(bitPattern: sum)
    let part = Int64(bitPattern: (UInt64(bitPattern: product) &+ whole &>> 1) / whole)
    return (part, total &- part)
  }

  /// The same in 128 bits.
  @usableFromInline
  static func splitWide(_ total: Int64, _ weight: Int64, _ other: Int64) -> (Int64, Int64) {
    let sum = UInt128(weight) + UInt128(other)
    precondition(sum > 0, "some weight is above zero")
    let part = Int64((UInt128(total) * UInt128(weight) + sum / 2) / sum)
    return (part, total - part)
  }

  /// The split where the product of `total` and `sum`, that of the weights, fits.
  @inline(__always)
  private static func split<Whole: FixedWidthInteger & UnsignedInteger>(
    _ total: Whole, _ weights: Span<Int64>, _ sum: Whole, into parts: inout MutableSpan<Int64>,
    at first: Int
  ) {
    // The parts towards zero; together with what is missing they are the total, so that the last
    // one needs no division: what all remainders come to, in whole sums, is what is missing.
    let last = weights.count - 1
    var (left, missing, remainders): (Whole, Int, Whole) = (total, 0, 0)
    for index in 0..<last {
      let product = total &* Whole(truncatingIfNeeded: weights[index])
      let part = product / sum
      parts[first + index] = Int64(truncatingIfNeeded: part)
      left &-= part
      remainders &+= product &- part &* sum
      if remainders >= sum {
        remainders &-= sum
        missing += 1
      }
    }
    if remainders > 0 { missing += 1 }
    parts[first + last] = Int64(truncatingIfNeeded: left) - Int64(missing)
    var given: UInt64 = 0
    for _ in 0..<missing {
      var (largest, most): (Int, Whole) = (0, 0)
      for index in weights.indices where given & (1 << UInt64(index)) == 0 {
        let remainder =
          total &* Whole(truncatingIfNeeded: weights[index])
          &- Whole(truncatingIfNeeded: parts[first + index]) &* sum
        if remainder > most { (largest, most) = (index, remainder) }
      }
      given |= 1 << UInt64(largest)
      parts[first + largest] += 1
    }
  }

  /// `total` in proportion to `weights`, which are not negative and not all zero.
  public static func split(_ total: Money, weights: [Int64]) -> [Money] {
    split(total.cents, weights: weights).map { Money(cents: $0) }
  }
}
