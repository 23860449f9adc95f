import LMDB
import Testing

@Suite struct TransactionTests {
  let folder: TemporaryFolder
  let environment: Environment
  let database: Database

  init() throws {
    folder = try TemporaryFolder()
    environment = try folder.environment()
    database = try environment.create([DatabaseName("scratch")])[0]
  }

  private func put(_ keys: some Sequence<UInt64>) throws {
    try environment.write { transaction in
      for key in keys { try transaction.put(key * 10, forKey: key, in: database) }
    }
  }

  @Test func `what is put is got, replaced and deleted`() throws {
    try environment.write { transaction in
      try transaction.put([1, 2] as [UInt8], forKey: [7] as [UInt8], in: database)
      try transaction.put([3] as [UInt8], forKey: [7] as [UInt8], in: database)
    }
    #expect(try environment.read { try $0.value(forKey: [7] as [UInt8], in: database) } == [3])
    #expect(try environment.write { try $0.delete([7] as [UInt8], in: database) })
    #expect(try environment.read { try $0.value(forKey: [7] as [UInt8], in: database) } == nil)
    #expect(try environment.write { try $0.delete([7] as [UInt8], in: database) } == false)
  }

  @Test func `a write that throws leaves nothing behind`() throws {
    struct Refused: Error {}
    #expect(throws: Refused.self) {
      try environment.write { transaction in
        try transaction.put(1 as UInt64, forKey: 1 as UInt64, in: database)
        throw Refused()
      }
    }
    #expect(try environment.read { try $0.count(of: database) } == 0)
  }

  @Test func `inserting over something is refused, and so is appending out of order`() throws {
    try put([5])
    #expect(throws: LMDBError.keyExists) {
      try environment.write { try $0.insert(1 as UInt64, forKey: 5 as UInt64, in: database) }
    }
    #expect(throws: LMDBError.keyExists) {
      try environment.write { transaction in
        try transaction.append(byteCount: 8, forKey: 4 as UInt64, in: database) {
          $0.store(1 as UInt64)
        }
      }
    }
    #expect(throws: LMDBError.keyExists) {
      try environment.write { try $0.append(1 as UInt64, forKey: 5 as UInt64, in: database) }
    }
  }

  @Test func `what is reserved and not filled is zero`() throws {
    try environment.write { transaction in
      try transaction.append(byteCount: 6, forKey: 1 as UInt64, in: database) {
        $0.store(0x0102_0304 as UInt32)
      }
    }
    #expect(
      try environment.read { try $0.value(forKey: 1 as UInt64, in: database) }
        == [1, 2, 3, 4, 0, 0])
  }

  @Test func `a write cursor inserts in any order and appends in one`() throws {
    try environment.write { transaction in
      try transaction.withWriteCursor(in: database) { cursor in
        for key in [3, 1, 2] as [UInt64] { try cursor.insert(key, forKey: key) }
        let bytes: [UInt8] = [9, 8]
        try bytes.withBytes { try cursor.append(0x0A0B_0C0D, $0, forKey: 4 as UInt64) }
        #expect(throws: LMDBError.keyExists) { try cursor.insert(0 as UInt64, forKey: 1 as UInt64) }
      }
    }
    try environment.read { transaction in
      let keys = try transaction.keys(of: database)
      let last = try transaction.value(forKey: 4 as UInt64, in: database)
      #expect(keys == [1, 2, 3, 4])
      #expect(last == [10, 11, 12, 13, 9, 8])
    }
  }

  @Test func `a walk goes both ways from a bound that need not be there`() throws {
    try put(stride(from: 10, through: 50, by: 10))
    try environment.read { transaction in
      var forwards: [UInt64] = []
      try transaction.forEach(in: database, from: 25 as UInt64) { key, value in
        forwards.append(key.load(at: 0))
        return value.load(at: 0, as: UInt64.self) == 400 ? .stop : .proceed
      }
      #expect(forwards == [30, 40])
      for (bound, expected) in [(25, [20, 10]), (30, [30, 20, 10]), (99, [50, 40, 30, 20, 10])] {
        var backwards: [Int] = []
        try transaction.forEachBackwards(in: database, from: UInt64(bound)) { key, _ in
          backwards.append(Int(key.load(at: 0, as: UInt64.self)))
          return .proceed
        }
        #expect(backwards == expected)
      }
      try transaction.forEachBackwards(in: database, from: 5 as UInt64) { _, _ in
        Issue.record("there is nothing below 10")
        return .stop
      }
    }
  }

  @Test func `the first and the last are found, and nothing in an empty database`() throws {
    try environment.read { transaction in
      let first = try transaction.withFirst(in: database) { key, _ in key.byteCount }
      #expect(first == nil)
    }
    try put([4, 2, 9])
    try environment.read { transaction in
      let first: UInt64? = try transaction.withFirst(in: database) { key, _ in key.load(at: 0) }
      let last: UInt64? = try transaction.withLast(in: database) { key, _ in key.load(at: 0) }
      #expect(first == 2)
      #expect(last == 9)
    }
  }

  @Test func `integer keys sort as numbers`() throws {
    let numbers = try environment.create([DatabaseName("numbers", integerKeys: true)])[0]
    let keys: [UInt64] = [0, 1, 255, 256, 65_536, .max]
    try environment.write { transaction in
      for key in keys { try transaction.append(key, forKey: IntegerKey(key), in: numbers) }
    }
    try environment.read { transaction in
      var found: [UInt64] = []
      try transaction.forEach(in: numbers, from: IntegerKey(0)) { key, _ in
        found.append(key.loadIntegerKey())
        return .proceed
      }
      #expect(found == keys)
    }
  }

  @Test func `a reader keeps its view while a writer commits`() throws {
    try environment.read { view in
      try put([1])
      #expect(try view.count(of: database) == 0)
    }
    #expect(try environment.read { try $0.count(of: database) } == 1)
  }

  @Test func `a renewed reader sees what was committed since, and pins nothing in between`() throws
  {
    let reader = try Reader(environment)
    #expect(try reader.read { try $0.count(of: database) } == 0)
    try put([1, 2])
    #expect(try reader.read { try $0.count(of: database) } == 2)
    try reader.read { view in
      try put([3])
      #expect(try view.count(of: database) == 2)
    }
    #expect(try reader.read { try $0.count(of: database) } == 3)
  }

  @Test func `several databases are merged in key order, between bounds`() throws {
    let other = try TemporaryFolder()
    let second = try other.environment()
    let more = try second.create([DatabaseName("scratch")])[0]
    try put([1, 4, 7, 10])
    try second.write { transaction in
      for key in [2, 4, 8] as [UInt64] { try transaction.put(key, forKey: key, in: more) }
    }
    try Environment.read([environment, second]) { group in
      var found: [String] = []
      let sources = [TransactionGroup.Source(0, database), .init(1, more)]
      let end = (10 as UInt64).withBytes { bytes in
        (0..<8).map { bytes.load(at: $0, as: UInt8.self) }
      }
      try group.merge(sources, from: 2 as UInt64, upTo: end) { source, key, _ in
        found.append("\(key.load(at: 0, as: UInt64.self))/\(source)")
        return .proceed
      }
      #expect(found == ["2/1", "4/0", "4/1", "7/0", "8/1"])
    }
  }

  @Test func `figures tell entries, pages and readers`() throws {
    try put(0..<1_000)
    try environment.read { transaction in
      let figures = try transaction.statistics(of: database)
      #expect(figures.entries == 1_000)
      #expect(figures.bytes > 16_000)
      #expect(figures.depth == 2)
      #expect(try environment.statistics().readers >= 1)
    }
    let figures = try environment.statistics()
    #expect(figures.mapSize == 64 << 20)
    #expect(figures.bytesUsed >= 16_000)
    #expect(try environment.clearDeadReaders() == 0)
  }

  @Test func `a load past the end traps`() async {
    await #expect(processExitsWith: .failure) {
      UInt64(1).withBytes { _ = $0.load(at: 1, as: UInt64.self) }
    }
  }
}
