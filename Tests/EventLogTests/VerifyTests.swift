import EventLog
import EventSourcing
import LMDB
import Synchronization
import Testing

/// Damage of every sort, made behind the book's back, and what verification says of it.
@Suite struct VerifyTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var path: String { folder.path + "/book" }

  /// A book over three months, of seven entries an account, its last 256 leaves not complete.
  private func make(accounts: Int = 100) throws {
    let book = try Book.test(folder)
    var version: UInt64 = 0
    for month in 0..<3 as Range<Int64> {
      for _ in 0..<(month == 1 ? 3 : 2) {
        version += 1
        var batch = Batch()
        for account in 100..<(100 + accounts) {
          batch.add("\(account)", version, [UInt8(account % 100 + 1), 7])
        }
        _ = try book.append(batch, at: .october.plus(days: 31 * month))
      }
    }
    _ = try book.head()
  }

  private func report() throws -> VerifyReport {
    try Book(opening: path, readOnly: true).verifyTest()
  }

  /// Changes a volume without the book's knowledge.
  private func tamper(
    _ month: String, _ table: String, integerKeys: Bool = false,
    _ body: (inout Transaction<ReadWrite>, Database) throws -> Void
  ) throws {
    let environment = try Environment(
      path: "\(path)/volumes/\(month).mdb", mapSize: 1 << 30, maxDatabases: 8,
      options: [.noLock, .existing])
    let database = try environment.open([DatabaseName(table, integerKeys: integerKeys)])[0]
    try environment.write { try body(&$0, database) }
  }

  private func change(
    _ month: String, _ table: String, _ key: [UInt8], _ body: (inout [UInt8]) -> Void
  ) throws {
    try tamper(month, table) { transaction, database in
      var value = try #require(try transaction.value(forKey: key, in: database))
      body(&value)
      try transaction.put(value, forKey: key, in: database)
    }
  }

  private func key(_ account: String, _ version: UInt8? = nil) -> [UInt8] {
    [4] + Array(account.utf8) + [0] + (version.map { [0, 0, 0, $0] } ?? [])
  }

  @Test func `a sound book says what was covered`() throws {
    try make()
    let report = try report()
    #expect(report.isSound)
    #expect(report.volumes == ["2025-10", "2025-11", "2025-12"])
    #expect(report.entries == 703)
    #expect(report.events == 703)
    #expect(report.streams == 101)
    #expect(report.treeNodes == 3)
    #expect(report.first == Position(0))
    #expect(report.size == 703)
    #expect(report.bytes > 703 * 20)
    #expect(try report.root == Book(opening: path).head().root)
  }

  @Test func `every byte of an entry matters, and its entry is named`() throws {
    try make(accounts: 10)
    // One in the first volume, the first of a volume, and the last.
    for (month, position) in [("2025-10", 5), ("2025-11", 21), ("2025-12", 72)] {
      let key = IntegerKey(UInt64(position))
      var original: [UInt8] = []
      try tamper(month, "entries", integerKeys: true) {
        original = try #require(try $0.value(forKey: key, in: $1))
      }
      for index in original.indices {
        var changed = original
        changed[index] ^= 0x10
        try tamper(month, "entries", integerKeys: true) {
          try $0.put(changed, forKey: key, in: $1)
        }
        let damage = try report().damage
        #expect(damage?.position == Position(UInt64(position)), "byte \(index)")
      }
      try tamper(month, "entries", integerKeys: true) {
        try $0.put(original, forKey: key, in: $1)
      }
    }
    #expect(try report().isSound)
  }

  @Test func `an entry changed together with its leaf hash is found in the tree`() throws {
    try make()
    for (month, position, expected) in [
      ("2025-10", 5, Damage.Address.volume("2025-10")),
      ("2025-11", 230, .node(level: 8, index: 0)),
      ("2025-12", 700, .volume("2025-12")),
    ] {
      let key = IntegerKey(UInt64(position))
      var original: [UInt8] = []
      try tamper(month, "entries", integerKeys: true) {
        original = try #require(try $0.value(forKey: key, in: $1))
        // The event's last byte, which only the hash holds.
        var entry = Array(original.dropFirst(4))
        entry[entry.count - 1] ^= 1
        let hash = entry.withBytes { Merkle.leafHash($0) }.bytes
        try $0.put(hash.prefix(4) + entry, forKey: key, in: $1)
      }
      #expect(try report().damage?.address == expected)
      try tamper(month, "entries", integerKeys: true) {
        try $0.put(original, forKey: key, in: $1)
      }
    }
  }

  @Test func `an entry taken out is missing`() throws {
    try make()
    try tamper("2025-11", "entries", integerKeys: true) {
      _ = try $0.delete(IntegerKey(300), in: $1)
    }
    let damage = try report().damage
    #expect(damage?.address == .entry(Position(300)))
    #expect(damage?.description == "entry 300: it is missing")
  }

  @Test func `an index that lies is found from the entry`() throws {
    try make()
    try change("2025-10", "streams", key("150", 1)) { $0[3] ^= 1 }
    #expect(try report().damage?.address == .entry(Position(51)))
  }

  @Test func `an index row for no entry is found from the index`() throws {
    try make()
    try tamper("2025-12", "streams") {
      try $0.put([0, 0, 0, 1] as [UInt8], forKey: key("150", 8), in: $1)
    }
    #expect(try report().damage?.address == .volume("2025-12"))
    try tamper("2025-12", "streams") {
      _ = try $0.delete(key("150", 8), in: $1)
      try $0.put([0, 0, 0, 1] as [UInt8], forKey: key("150", 9), in: $1)
    }
    #expect(
      try report().damage?.address == .stream(StreamID(.account, "150"), version: 9))
  }

  @Test func `an index row taken out is found from its entry`() throws {
    try make()
    try tamper("2025-10", "streams") { _ = try $0.delete(key("150", 2), in: $1) }
    #expect(try report().damage?.address == .entry(Position(151)))
  }

  @Test func `every byte of the heads brought forward matters`() throws {
    try make(accounts: 20)
    let row: [UInt8] = [1] + Array("book".utf8) + [0]
    var count = 0
    try change("2025-11", "heads", row) { count = $0.count }
    #expect(count > 20 * 4)
    for index in 0..<count {
      try change("2025-11", "heads", row) { $0[index] ^= 1 }
      #expect(try report().damage != nil, "byte \(index)")
      try change("2025-11", "heads", row) { $0[index] ^= 1 }
    }
    #expect(try report().isSound)
  }

  @Test func `a head brought forward wrongly, or not, or from nowhere is found`() throws {
    try make()
    let row: [UInt8] = [1] + Array("book".utf8) + [0]
    var whole: [UInt8] = []
    // The last account's position, which ends the block.
    try change("2025-11", "heads", row) {
      whole = $0
      $0[$0.count - 1] ^= 2
    }
    #expect(
      try report().damage?.address == .stream(StreamID(.account, "199"), version: 2))
    // The last account (four fields of a byte, and its digit) is not brought forward.
    try change("2025-11", "heads", row) { $0 = Array(whole.dropLast(5)) }
    #expect(
      try report().damage?.address == .stream(StreamID(.account, "199"), version: 3))
    try change("2025-11", "heads", row) { $0 = whole }
    #expect(try report().isSound)
    // An account of which the volume before knows nothing.
    try tamper("2025-12", "heads") { try $0.put([5, 1] as [UInt8], forKey: key("999"), in: $1) }
    #expect(try report().damage?.address == .volume("2025-12"))
  }

  @Test func `a tree node that is wrong or missing is named`() throws {
    try make()
    let node: [UInt8] = [8, 0, 0, 0, 0, 0, 0, 0, 1]
    try change("2025-12", "tree", node) { $0[31] ^= 1 }
    #expect(try report().damage?.address == .node(level: 8, index: 1))
    try tamper("2025-12", "tree") { _ = try $0.delete(node, in: $1) }
    #expect(try report().damage?.address == .node(level: 8, index: 1))
  }

  @Test func `a head or a seal that disagrees with the entries is found`() throws {
    try make()
    for (month, name, offset) in [
      ("2025-10", "head", 40), ("2025-12", "head", 40), ("2025-10", "sealed", 12),
      ("2025-11", "volume", 40),
    ] {
      try change(month, "meta", Array(name.utf8)) { $0[offset] ^= 1 }
      #expect(try report().damage != nil, "\(month) \(name)")
      try change(month, "meta", Array(name.utf8)) { $0[offset] ^= 1 }
    }
    #expect(try report().isSound)
  }

  @Test func `an event that cannot be decoded is named by its address`() throws {
    let book = try Book.test(folder)
    var batch = Batch()
    batch.add(EntryHeader(stream: StreamID(.account, "1"), version: 1)) { writer in
      writer.message(15) { $0.data(1, [1]) }
      writer.message(15) { $0.data(2, [1]) }
    }
    _ = try book.append(batch, at: .october)
    #expect(
      try book.verifyTest().damage?.address == .event(EventAddress(Position(1), 1)))
  }

  @Test func `bytes that are not canonical are found`() throws {
    let book = try Book.test(folder)
    var batch = Batch()
    batch.add(EntryHeader(stream: StreamID(.account, "1"), version: 1)) { writer in
      writer.message(15) { $0.data(1, [1]) }
      // A field of the header, after the events.
      writer.unsigned(7, 3)
    }
    _ = try book.append(batch, at: .october)
    #expect(try book.verifyTest().damage?.position == Position(1))
  }

  @Test func `progress grows to all there is`() throws {
    try make()
    let seen = Mutex<[VerifyProgress]>([])
    _ = try Book(opening: path).verify(
      progress: { progress in seen.withLock { $0.append(progress) } }
    ) { _, _, _ in }
    let entries = seen.withLock { $0.map(\.entries) }
    #expect(entries == entries.sorted())
    #expect(entries.last == 703)
    #expect(seen.withLock { $0.allSatisfy { $0.total == 703 } })
  }
}
