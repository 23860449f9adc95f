import Foundation
import LMDB
import Testing

/// Every error has a sentence of its own that says what to do next, and a way to provoke it.
@Suite struct ErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fill(_ environment: Environment) throws {
    let database = try environment.create([DatabaseName("scratch")])[0]
    let value = [UInt8](repeating: 7, count: 1_000)
    for start in stride(from: 0 as UInt64, to: 10_000, by: 100) {
      try environment.write { transaction in
        for key in start..<(start + 100) {
          try transaction.put(value, forKey: key, in: database)
        }
      }
    }
  }

  @Test func `a full map says so, and keeps what was committed`() throws {
    let environment = try folder.environment(mapSize: 1 << 20)
    let error = #expect(throws: LMDBError.mapFull) { try fill(environment) }
    #expect("\(error!)".contains("open it with a larger map size"))
    let database = try environment.open([DatabaseName("scratch")])[0]
    let kept = try environment.read { try $0.count(of: database) }
    #expect(kept > 0 && kept % 100 == 0)
  }

  @Test func `a full disk says so, and keeps what was committed`() async {
    // A limit on file size stands for the disk: the write fails in the same place.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let environment = try folder.environment()
      let database = try environment.create([DatabaseName("scratch")])[0]
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      precondition(unsafe setrlimit(__rlimit_resource_t(1), &limit) == 0)  // 1 is RLIMIT_FSIZE
      do {
        for key in 0..<10_000 as Range<UInt64> {
          try environment.write { transaction in
            try transaction.put(
              [UInt8](repeating: 7, count: 1_000), forKey: key, in: database)
          }
        }
        exit(1)
      } catch {
        precondition("\(error)".contains("the disk is full"), "\(error)")
      }
      let kept = try environment.read { try $0.count(of: database) }
      precondition(kept > 100)
      exit(0)
    }
  }

  @Test func `a file that may only be read says so when it is written`() throws {
    do { try fill(folder.environment()) }
    let environment = try folder.environment(options: .readOnly)
    let database = try environment.open([DatabaseName("scratch")])[0]
    #expect(try environment.read { try $0.count(of: database) } == 10_000)
    let error = #expect(throws: LMDBError.notPermitted) {
      try environment.write { try $0.put(1 as UInt64, forKey: 1 as UInt64, in: database) }
    }
    #expect("\(error!)".contains("change its permissions"))
  }

  @Test func `a file cut short is refused before it is read`() throws {
    do { try fill(folder.environment()) }
    let handle = try #require(FileHandle(forWritingAtPath: folder.file))
    try handle.truncate(atOffset: 1 << 20)
    let error = #expect(throws: LMDBError.corrupted) { try folder.environment() }
    #expect("\(error!)".contains("put back a copy from a backup"))
  }

  @Test func `a file with a damaged page says so`() throws {
    do { try fill(folder.environment()) }
    let handle = try #require(FileHandle(forUpdatingAtPath: folder.file))
    // Every page but the two that describe the file loses what says of which type it is.
    for page in stride(from: 2 * 4_096, to: Int(try handle.seekToEnd()), by: 4_096) {
      try handle.seek(toOffset: UInt64(page + 10))
      try handle.write(contentsOf: [0, 0])
    }
    let error = #expect(throws: LMDBError.corrupted) {
      _ = try folder.environment().open([DatabaseName("scratch")])
    }
    #expect("\(error!)".contains("the file is damaged"))
  }

  @Test func `a file that is not LMDB's says so`() throws {
    try Data(repeating: 1, count: 100_000).write(to: URL(filePath: folder.file))
    let error = #expect(throws: LMDBError.notLMDB) { try folder.environment() }
    #expect("\(error!)".contains("not an LMDB file"))
  }

  @Test func `a file that is open already is not opened twice`() throws {
    let first = try folder.environment()
    let error = #expect(throws: LMDBError.inUse) { try folder.environment() }
    #expect("\(error!)".contains("close it there and try again"))
    _ = try first.statistics()
  }

  @Test func `a file held exclusively is in use, and free again when closed`() throws {
    do {
      let first = try folder.environment(options: [.noLock, .exclusive])
      #expect(throws: LMDBError.inUse) { try folder.environment(options: .noLock) }
      _ = try first.statistics()
    }
    let shared = try folder.environment(options: .noLock)
    #expect(throws: LMDBError.inUse) { try folder.environment(options: [.noLock, .exclusive]) }
    _ = try shared.statistics()
  }

  @Test func `a file that is not there is not made where it should exist`() {
    for options in [.readOnly, .existing] as [Environment.Options] {
      let error = #expect(throws: LMDBError.noSuchFile) {
        try folder.environment(options: options)
      }
      #expect("\(error!)".contains("check the path"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file))
  }

  @Test func `too many readers are told to wait`() throws {
    let environment = try Environment(
      path: folder.file, mapSize: 1 << 20, maxDatabases: 1, maxReaders: 2)
    let readers = try (0..<2).map { _ in try Reader(environment) }
    let error = #expect(throws: LMDBError.readersFull) { try Reader(environment) }
    #expect("\(error!)".contains("wait for some to finish"))
    #expect(readers.count == 2)
  }

  @Test func `a hot copy is whole while a writer goes on, and never overwrites`() throws {
    let environment = try folder.environment()
    try fill(environment)
    let copy = folder.path + "/copy.mdb"
    try environment.copy(to: copy)
    try fill(environment)
    let opened = try Environment(
      path: copy, mapSize: 0, maxDatabases: 4, options: [.readOnly, .noLock])
    let database = try opened.open([DatabaseName("scratch")])[0]
    #expect(try opened.read { try $0.count(of: database) } == 10_000)
    #expect(throws: LMDBError.self) { try environment.copy(to: copy) }
  }
}
