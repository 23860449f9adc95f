import EventSourcing
import ProjectionStore
import Testing

@Suite("Rows that parts of a book say") struct RowRunTests {
  /// A change of one of a few rows.
  private enum Change {
    case put(UInt8, UInt8)
    case remove(UInt8)
    case add(UInt8, Int64)

    func apply(to rows: inout RowChanges) {
      switch self {
      case .put(let key, let value): rows.put(Self.key(key), [value])
      case .remove(let key): rows.remove(Self.key(key))
      case .add(let key, let number):
        rows.add([UInt8(ascii: "s")] + Self.key(key), [number, -number])
      }
    }

    /// Keys of different lengths, alike in their first sixteen bytes.
    static func key(_ number: UInt8) -> [UInt8] {
      Array("a-row-of-a-projection".utf8.prefix(15 + Int(number % 3))) + [number]
    }
  }

  private static func random(_ generator: inout SplitMix) -> Change {
    let key = UInt8(generator.next() % 40)
    return switch generator.next() % 4 {
    case 0: .remove(key)
    case 1, 2: .put(key, UInt8(generator.next() % 256))
    default: .add(key, Int64(generator.next() % 1000) - 500)
    }
  }

  private static func rows(_ run: RowRun) -> [[UInt8]: [UInt8]] {
    var rows: [[UInt8]: [UInt8]] = [:]
    var last: [UInt8] = []
    run.forEach { record, bytes in
      let key = Array(bytes.text(in: record.key).utf8)
      #expect(last.lexicographicallyPrecedes(key))
      last = key
      var value: [UInt8] = []
      bytes.copy(record.value, to: &value)
      if record.kind != .remove { rows[key] = value }
    }
    return rows
  }

  /// What dictionaries make of the changes.
  private static func naive(_ changes: [Change]) -> [[UInt8]: [UInt8]] {
    var rows: [[UInt8]: [UInt8]] = [:]
    var sums: [UInt8: Int64] = [:]
    for change in changes {
      switch change {
      case .put(let key, let value): rows[Change.key(key)] = [value]
      case .remove(let key): rows[Change.key(key)] = nil
      case .add(let key, let number): sums[key, default: 0] += number
      }
    }
    for (key, sum) in sums {
      rows[[UInt8(ascii: "s")] + Change.key(key)] = RowSums.adding([sum, -sum], to: nil)
    }
    return rows
  }

  @Test(arguments: 0..<40) func `are the same however the changes are cut into parts`(
    _ seed: UInt64
  ) {
    var generator = SplitMix(seed)
    let changes = (0..<300).map { _ in Self.random(&generator) }
    var runs: [RowRun] = []
    var part = RowChanges()
    for change in changes {
      change.apply(to: &part)
      if generator.next() % 20 == 0 {
        runs.append(part.run())
        part = RowChanges()
      }
    }
    runs.append(part.run())
    let expected = Self.naive(changes)
    #expect(Self.rows(RowRun.merging(runs)) == expected)
    let half = runs.count / 2
    let halves = [RowRun.merging(Array(runs[..<half])), RowRun.merging(Array(runs[half...]))]
    #expect(Self.rows(RowRun.merging(halves)) == expected)
    #expect(RowRun.merging(halves).digest() == RowRun.merging(runs).digest())
  }

  @Test func `go on from rows that were read from a file: sums are added to those put there`() {
    let key = Array("a row".utf8)
    var (file, since) = (RowChanges(), RowChanges())
    file.put(key, RowSums.adding([5, -7], to: nil))
    since.add(key, [1, 2])
    let joined = RowRun.merging([file.run(), since.run(), since.run()])
    #expect(Self.rows(joined) == [key: RowSums.adding([7, -3], to: nil)])
  }

  @Test func `have another digest when a key, a value or their border differs`() {
    func digest(_ rows: [([UInt8], [UInt8])]) -> [UInt8] {
      var changes = RowChanges()
      for (key, value) in rows { changes.put(key, value) }
      return changes.run().digest()
    }
    let all = [
      digest([]), digest([([1], [2])]), digest([([1, 2], [])]), digest([([1], [3])]),
      digest([([1], []), ([2], [])]),
    ]
    #expect(Set(all).count == all.count)
    #expect(digest([([1], [2]), ([3], [4])]) == digest([([3], [4]), ([1], [2])]))
  }

  @Test func `name a version as it is written, and nothing else`() {
    #expect(ProjectionIdentity("revenue@3") == ProjectionIdentity("revenue", 3))
    for text in [
      "revenue", "revenue@", "@3", "revenue@0", "revenue@03", "revenue@3@4", "revenue@-1",
    ] {
      #expect(ProjectionIdentity(text) == nil)
    }
  }
}

/// A small generator of numbers that a seed replays.
struct SplitMix {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
