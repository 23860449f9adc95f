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
}
