import Money
import Testing

@Suite struct AllocationTests {
  @Test func `what is left goes to the largest remainders, ties to the earliest`() {
    #expect(Allocation.split(500_000, weights: [15, 14]) == [258_621, 241_379])
    #expect(Allocation.split(100, weights: [1, 1, 1]) == [34, 33, 33])
    #expect(Allocation.split(-100, weights: [1, 1, 1]) == [-34, -33, -33])
    #expect(Allocation.split(2, weights: [1, 1, 1]) == [1, 1, 0])
    #expect(Allocation.split(7, weights: [0, 5, 0]) == [0, 7, 0])
    #expect(Allocation.split(0, weights: [3, 4]) == [0, 0])
    #expect(
      Allocation.split(Money(cents: 5), weights: [1, 1]) == [Money(cents: 3), Money(cents: 2)])
  }

  @Test func `parts sum to the whole and differ from the exact share by less than one`() {
    var random = SeededRandom(seed: 4_711)
    for _ in 0..<2_000 {
      let total = Int64(truncatingIfNeeded: random.next()) >> Int64(random.next() % 60)
      var weights = (0...Int(random.next() % 12)).map { _ in Int64(random.next() % 1_000_000) }
      weights[0] += 1
      let parts = Allocation.split(total, weights: weights)
      #expect(parts.reduce(0, +) == total, "seed \(random.seed)")
      let sum = weights.reduce(0) { $0 + Int128($1) }
      for (part, weight) in zip(parts, weights) {
        let error = Int128(part) * sum - Int128(total) * Int128(weight)
        #expect(error.magnitude < sum.magnitude, "seed \(random.seed)")
      }
      #expect(Allocation.split(total, weights: weights) == parts)
    }
  }

  @Test func `a split into room that is there gives the same parts`() {
    var random = SeededRandom(seed: 1_305)
    var parts = [Int64](repeating: -1, count: 70)
    for _ in 0..<2_000 {
      // From small numbers to products beyond 64 bits, and now and then a weight of zero.
      let total = Int64(random.next() >> (1 + random.next() % 60))
      let shift = 1 + random.next() % 60
      var weights = (0...Int(random.next() % 64)).map { _ in
        random.next() % 5 == 0 ? 0 : Int64(random.next() >> shift)
      }
      weights[Int(random.next() % UInt64(weights.count))] += 1
      let first = Int(random.next() % 6)
      var span = parts.mutableSpan
      Allocation.split(total, weights: weights.span, into: &span, at: first)
      let found = Array(parts[first..<(first + weights.count)])
      #expect(found == Allocation.split(total, weights: weights), "seed \(random.seed)")
    }
  }

  @Test func `a split in two parts gives the same`() {
    var random = SeededRandom(seed: 1_441)
    for _ in 0..<2_000 {
      // From small numbers, where halves are frequent, to products and sums beyond 64 bits.
      let total = Int64(random.next() >> (1 + random.next() % 62))
      let shift = 1 + random.next() % 62
      let first = Int64(random.next() >> shift)
      let second = Int64(random.next() >> shift) | (first == 0 ? 1 : 0)
      let (part, other) = Allocation.split(total, first, second)
      #expect(
        [part, other] == Allocation.split(total, weights: [first, second]),
        "\(total) by \(first) and \(second)")
    }
  }
}
