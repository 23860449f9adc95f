import EventLog
import EventSourcing
import LMDB
import Synchronization
import Testing

@Suite struct ConcurrencyTests {
  let folder: TemporaryFolder
  let book: Book

  init() throws {
    folder = try TemporaryFolder()
    book = try Book.test(folder)
  }

  @Test func `appends that wait share a transaction, and each is answered with its own place`()
    throws
  {
    let before = try transactions()
    let threads = 16
    let each = 25
    let places = Mutex<Set<UInt64>>([])
    onThreads(threads) { [book] thread in
      for version in 1...each {
        var batch = Batch()
        batch.add("\(thread)", UInt64(version), [1])
        guard
          case .appended(let first, 1, _)? = try? book.append(batch, at: .october)
        else { return }
        places.withLock { _ = $0.insert(first.rawValue) }
      }
    }
    #expect(places.withLock { $0 } == Set(1...UInt64(threads * each)))
    #expect(try book.verifyTest().isSound)
    let used = try transactions() - before
    #expect(used < threads * each)
    print("\(threads * each) appends in \(used) transactions")
  }

  @Test func `of many who write the same version one wins, and the others see it durable`() throws {
    let wins = Atomic(0)
    let conflicts = Atomic(0)
    onThreads(32) { [book] thread in
      var batch = Batch()
      batch.add("same", 1, [UInt8(thread + 1)])
      switch try? book.append(batch, at: .october) {
      case .appended: wins.add(1, ordering: .relaxed)
      case .conflict(_, 0, 1):
        // What the conflict was seen against can be read at once.
        let version = try? book.read { try $0.streamHead(StreamID(.account, "same"))?.version }
        if version == 1 { conflicts.add(1, ordering: .relaxed) }
      default: break
      }
    }
    #expect(wins.load(ordering: .relaxed) == 1)
    #expect(conflicts.load(ordering: .relaxed) == 31)
  }

  @Test func `threads appending over month ends leave no gap`() throws {
    let clock = Mutex(Timestamp.october)
    let appended = Atomic(0)
    onThreads(8) { [book] thread in
      for version in 1...20 {
        let now = clock.withLock { clock in
          clock = clock.plus(days: 1)
          return clock
        }
        var batch = Batch()
        batch.add("\(thread)", UInt64(version), [1])
        if case .appended? = try? book.append(batch, at: now) {
          appended.add(1, ordering: .relaxed)
        }
      }
    }
    #expect(appended.load(ordering: .relaxed) == 160)
    let report = try book.verifyTest()
    #expect(report.damage == nil)
    #expect(report.volumes.count >= 6)
    #expect(report.entries == 160 + UInt64(report.volumes.count))
  }

  @Test func `one that cannot be appended does not take its companions with it`() throws {
    let real = try Book.create(
      at: folder.path + "/real", name: "Real", simulated: false, at: .october)
    let refused = Atomic(0)
    let appended = Atomic(0)
    onThreads(40) { thread in
      var batch = Batch()
      batch.add("\(thread)", 1, [1])
      do {
        _ = try real.append(batch, at: .october.plus(days: thread % 2 == 0 ? 1 : 100))
        appended.add(1, ordering: .relaxed)
      } catch BookError.clockJump {
        refused.add(1, ordering: .relaxed)
      } catch {}
    }
    #expect(appended.load(ordering: .relaxed) == 20)
    #expect(refused.load(ordering: .relaxed) == 20)
  }

  /// The transactions committed to the newest volume.
  private func transactions() throws -> Int {
    try book.statistics().last!.transactions
  }
}
