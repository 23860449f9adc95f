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
  /// zero: into `parts`, in place of what it held. The same parts as `split` gives; allocates nothing
  /// where `parts` has the room.
  public static func split(_ total: Int64, weights: Span<Int64>, into parts: inout [Int64]) {
    precondition(total >= 0 && weights.count <= 64, "a total of at most 64 parts")
    parts.removeAll(keepingCapacity: true)
    var sum: Int128 = 0
    for index in weights.indices { sum += Int128(weights[index]) }
    precondition(sum > 0, "some weight is above zero")
    var left = total
    for index in weights.indices {
      let part = share(total, weights[index], sum).quotient
      parts.append(part)
      left -= part
    }
    var given: UInt64 = 0
    while left > 0 {
      var largest = 0
      var remainder: Int128 = -1
      for index in weights.indices where given & (1 << UInt64(index)) == 0 {
        let own = share(total, weights[index], sum).remainder
        if own > remainder { (largest, remainder) = (index, own) }
      }
      given |= 1 << UInt64(largest)
      parts[largest] += 1
      left -= 1
    }
  }

  /// `total` x `weight` / `sum`, none of them negative, `weight` at most `sum`; in 64 bits where
  /// they are enough.
  private static func share(_ total: Int64, _ weight: Int64, _ sum: Int128)
    -> (quotient: Int64, remainder: Int128)
  {
    let (product, overflow) = total.multipliedReportingOverflow(by: weight)
    if !overflow, let divisor = Int64(exactly: sum) {
      let (quotient, remainder) = product.quotientAndRemainder(dividingBy: divisor)
      return (quotient, Int128(remainder))
    }
    let (quotient, remainder) = (Int128(total) * Int128(weight)).quotientAndRemainder(
      dividingBy: sum)
    return (Int64(truncatingIfNeeded: quotient), remainder)
  }

  /// `total` in proportion to `weights`, which are not negative and not all zero.
  public static func split(_ total: Money, weights: [Int64]) -> [Money] {
    split(total.cents, weights: weights).map { Money(cents: $0) }
  }
}
