import EventLog
import EventSourcing
import Testing

@Suite struct BatchTests {
  let folder: TemporaryFolder
  let book: Book

  init() throws {
    folder = try TemporaryFolder()
    book = try Book.test(folder)
  }

  @Test func `batches joined are appended as one, in their order`() throws {
    var whole = Batch()
    for part in 0..<3 as Range<UInt64> {
      var batch = Batch()
      // Streams in no order, and the same ones in every part.
      for account in ["7", "70", "1", "5"] { batch.add(account, part + 1, [UInt8(part + 1)]) }
      batch.require(StreamID(.rulebook, "rules"), at: 0)
      whole.append(batch)
    }
    #expect(whole.count == 12)
    #expect(
      try book.append(whole, at: .october)
        == .appended(
          first: Position(1), count: 12, recordedAt: .october))
    let found = try book.collect { try $0.forEach(from: Position(1), $1) }
    #expect(
      found.map(\.stream.id) == ["7", "70", "1", "5", "7", "70", "1", "5", "7", "70", "1", "5"])
    #expect(found.map(\.version) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    #expect(try book.verifyTest().isSound)
  }

  @Test func `a conflict anywhere in a batch leaves nothing of it`() throws {
    var first = Batch()
    first.add("5", 1, [1])
    _ = try book.append(first, at: .october)
    let before = try book.head()
    var batch = Batch()
    for account in ["9", "8", "5", "1"] { batch.add(account, 1, [1]) }
    #expect(
      try book.append(batch, at: .october)
        == .conflict(stream: StreamID(.account, "5"), expected: 0, actual: 1))
    #expect(try book.head() == before)
    #expect(try book.verifyTest().isSound)
  }

  @Test func `a batch without entries appends nothing, but its requirements are checked`() throws {
    let before = try book.head()
    #expect(
      try book.append(Batch(), at: .october)
        == .appended(first: Position(1), count: 0, recordedAt: .october))
    var requiring = Batch()
    requiring.require(ControlEvent.stream, at: 2)
    #expect(
      try book.append(requiring, at: .october)
        == .conflict(stream: ControlEvent.stream, expected: 2, actual: 1))
    #expect(try book.head() == before)
  }

  @Test func `a version that does not follow, a bad name and an entry without events trap`() async {
    await #expect(processExitsWith: .failure) {
      var batch = Batch()
      batch.add("1", 1, [1])
      batch.add("1", 3, [1])
    }
    await #expect(processExitsWith: .failure) {
      var batch = Batch()
      batch.add("not a name", 1, [1])
    }
    await #expect(processExitsWith: .failure) {
      var batch = Batch()
      batch.add(EntryHeader(stream: StreamID(.account, "1"), version: 1)) { _ in }
    }
  }

  @Test func `a batch over many blocks of 256 leaves hashes as its entries one by one do`() throws {
    var large = Batch()
    for account in 10_000..<13_000 { large.add("\(account)", 1, [UInt8(account % 250 + 1)]) }
    _ = try book.append(large, at: .october)
    var range = CompactRange()
    try book.read { snapshot in
      try snapshot.forEach { _, bytes in
        range.append(Merkle.leafHash(bytes))
        return .proceed
      }
      #expect(snapshot.head.root == range.root)
    }
    #expect(try book.verifyTest().treeNodes == 11 + 5 + 2 + 1)
  }

  @Test func `proofs about a book hold against its roots`() throws {
    var roots: [UInt64: MerkleHash] = [:]
    for month in 0..<3 as Range<UInt64> {
      var batch = Batch()
      for account in 100..<400 { batch.add("\(account)", month + 1, [1]) }
      _ = try book.append(batch, at: .october.plus(days: 31 * Int64(month)))
      let head = try book.head()
      roots[head.size] = head.root
    }
    try book.read { snapshot in
      for (size, root) in roots {
        let known = try snapshot.root(at: size)
        #expect(known == root)
        for position in [0, 1, 255, 256, size - 1] {
          let proof = try snapshot.inclusionProof(of: Position(position), size: size)
          let leaf = try snapshot.withEntry(at: Position(position)) { Merkle.leafHash($0) }
          #expect(Merkle.isIncluded(leaf, at: position, size: size, proof: proof, root: root))
        }
        let proof = try snapshot.consistencyProof(from: size)
        #expect(
          Merkle.isConsistent(
            root, size, with: snapshot.head.root, snapshot.head.size, proof: proof))
      }
    }
  }

  @Test func `a sealed volume is packed, mapped at its own size, and without lock file`() throws {
    var batch = Batch()
    for account in 10_000..<12_000 { batch.add("\(account)", 1, [1, 2, 3]) }
    _ = try book.append(batch, at: .october)
    var again = Batch()
    for account in 10_000..<12_000 { again.add("\(account)", 2, [1, 2, 3]) }
    _ = try book.append(again, at: .october)
    let before = try book.statistics()[0]
    var next = Batch()
    next.add("10000", 3, [1])
    _ = try book.append(next, at: .october.plus(days: 31))
    let after = try book.statistics()[0]
    #expect(after.bytes < before.bytes * 9 / 10)
    #expect(after.entries == before.entries)
    #expect(after.mapBytes == after.bytes)
    #expect(before.mapBytes > 1 << 30)
    #expect(
      try folder.contents("book/volumes")
        == ["2025-10.mdb", "2025-11.mdb", "2025-11.mdb-lock", "next.lock", "roll.lock"])
  }
}
