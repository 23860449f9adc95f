import EventLog
import EventSourcing
import Testing

/// Heads brought forward: packed into blocks, and found again one by one and all in order.
@Suite struct HeadTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Identifiers that begin one another, differ in any place, and are short and as long as may be.
  private func identifiers(_ random: inout SplitMix) -> [String] {
    var found: Set<String> = ["1", "10", "100", "!", "~", String(repeating: "~", count: 64)]
    for number in 0..<1_500 { found.insert("\(1_000_000_001 + number)") }
    let letters = Array("!05Az~")
    for _ in 0..<1_500 {
      let length = Int.random(in: 1...64, using: &random)
      found.insert(String((0..<length).map { _ in letters.randomElement(using: &random)! }))
    }
    return found.sorted { StreamID(.account, $0) < StreamID(.account, $1) }
  }

  @Test func `streams of any name stand where they stood, two volumes on`() throws {
    var random = SplitMix(seed: 20_251_001)
    let names = identifiers(&random)
    let book = try Book.test(folder)
    var heads: [String: [UInt64]] = [:]
    var size: UInt64 = 1
    for version in 1...2 as ClosedRange<UInt64> {
      var batch = Batch()
      for name in names where version == 1 || Bool.random(using: &random) {
        batch.add(name, version, [1])
        heads[name] = [version, size]
        size += 1
      }
      _ = try book.append(batch, at: .october.plus(days: 31 * Int64(version - 1)))
      if version == 1 { size += 1 }
    }
    var batch = Batch()
    batch.add("another", 1, [1])
    _ = try book.append(batch, at: .october.plus(days: 62))

    try book.read { snapshot in
      #expect(snapshot.head.volume == "2025-12")
      var walked: [String: UInt64] = [:]
      var order: [StreamID] = []
      try snapshot.forEachStream(kind: .account) { stream, version in
        walked[stream.id] = version
        order.append(stream)
        return .proceed
      }
      #expect(walked.count == names.count + 1)
      #expect(order == order.sorted())
      for name in names + names.shuffled(using: &random) {
        let head = try #require(try snapshot.streamHead(StreamID(.account, name)))
        #expect([head.version, head.last.rawValue] == heads[name], "\(name)")
        #expect(walked[name] == heads[name]?[0])
      }
      for absent in ["", "0", "1000000000", "1000000000!", "2", "zz"] where heads[absent] == nil {
        #expect(try snapshot.streamHead(StreamID(.account, absent)) == nil, "\(absent)")
      }
      // A range of names, from one between two streams.
      var inside: [String] = []
      try snapshot.forEachStream(kind: .account, from: "1000000100!", upTo: "1000000104") {
        stream, _ in
        inside.append(stream.id)
        return .proceed
      }
      #expect(inside == ["1000000101", "1000000102", "1000000103"])
    }
    #expect(try book.verifyTest().isSound)
  }

  @Test func `accounts billed in order take few bytes`() throws {
    let book = try Book.test(folder)
    var batch = Batch()
    for account in 0..<20_000 { batch.add("\(1_000_000_001 + account)", 1, [1]) }
    _ = try book.append(batch, at: .october)
    var next = Batch()
    next.add("1", 1, [1])
    _ = try book.append(next, at: .october.plus(days: 31))
    let volume = try #require(try book.statistics().last)
    let bytes = try #require(volume.databases["heads"])
    #expect(Double(bytes) / 20_000 < 8)
  }
}
