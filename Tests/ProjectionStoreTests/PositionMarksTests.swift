import EventSourcing
import Testing

@Suite("Marked positions") struct PositionMarksTests {
  /// The positions under a prefix in rows.
  private func positions(_ run: RowRun, _ prefix: UInt8) -> PositionSet {
    var found = PositionSet()
    run.forEach { record, bytes in
      guard bytes.byte(at: record.key.lowerBound) == prefix else { return }
      found.formUnion(key: bytes.extracting(record.key), value: bytes.extracting(record.value))
    }
    return found
  }

  @Test(arguments: 1...20)
  func `are those that were marked, however the book is cut`(_ seed: Int) {
    var random = SplitMix(UInt64(seed))
    var expected: [UInt8: Set<UInt64>] = [:]
    var runs: [RowRun] = []
    var position: UInt64 = 0
    for _ in 0..<(1 + random.next() % 5) {
      var rows = RowChanges()
      var marks = PositionMarks()
      for _ in 0..<(random.next() % 400) {
        position += 1 + random.next() % (seed % 2 == 0 ? 3 : 300)
        let prefix = UInt8(random.next() % 3)
        // Twice marked is once marked.
        for _ in 0..<2 { marks.mark(Position(position), under: [prefix], into: &rows) }
        expected[prefix, default: []].insert(position)
      }
      marks.flush(into: &rows)
      runs.append(rows.run())
    }
    let joined = RowRun.merging(runs)
    for (prefix, wanted) in expected {
      let found = positions(joined, prefix)
      #expect(found.count == wanted.count)
      #expect(found.sorted().map(\.rawValue) == wanted.sorted())
      #expect(found.sorted(descending: true).map(\.rawValue) == wanted.sorted(by: >))
    }
    var both = positions(joined, 0)
    var other = PositionSet()
    for each in (expected[1] ?? []).union((expected[0] ?? []).sorted().prefix(3)) {
      other.insert(Position(each))
    }
    both.formIntersection(other)
    let wanted = (expected[0] ?? []).intersection(other.sorted().map(\.rawValue))
    #expect(both.sorted().map(\.rawValue) == wanted.sorted())
  }
}
