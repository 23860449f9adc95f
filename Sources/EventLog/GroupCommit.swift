import Dispatch
import EventSourcing
import LMDB
import Synchronization

/// One caller's batch on its way into the book.
final class AppendRequest: Sendable {
  let batch: Batch
  let now: Timestamp
  let isClockConfirmed: Bool
  /// Whether it shares a transaction with nobody, because one it shared failed.
  let isAlone: Mutex<Bool> = Mutex(false)
  private let result = Mutex<Result<AppendOutcome, any Error>?>(nil)
  private let awakened = DispatchSemaphore(value: 0)

  init(_ batch: Batch, at now: Timestamp, isClockConfirmed: Bool) {
    self.batch = batch
    self.now = now
    self.isClockConfirmed = isClockConfirmed
  }

  /// What became of it, once that is known.
  var outcome: Result<AppendOutcome, any Error>? { result.withLock { $0 } }

  func finish(_ outcome: Result<AppendOutcome, any Error>) {
    result.withLock { $0 = outcome }
  }

  /// Lets the caller go on: with its outcome, or to lead if it has none.
  func awaken() { awakened.signal() }

  func wait() { awakened.wait() }
}

/// The appends that wait.
struct AppendQueue {
  fileprivate var waiting: [AppendRequest] = []
  /// Whether some caller's thread is committing on behalf of all.
  fileprivate var hasLeader = false
}

// The first caller to come leads: it takes the write lock, and with it all who came meanwhile, and
// answers them once their transaction is durable. Then the first still waiting leads.
extension BookStore {
  func append(_ request: AppendRequest) throws -> AppendOutcome {
    let leads = queue.withLock { queue in
      queue.waiting.append(request)
      defer { queue.hasLeader = true }
      return !queue.hasLeader
    }
    if !leads { request.wait() }
    if request.outcome == nil {
      while request.outcome == nil { commitGroup(led: request) }
      passOn()
    }
    return try request.outcome!.get()
  }

  /// Lets the first caller still waiting lead.
  private func passOn() {
    let successor = queue.withLock { queue in
      queue.hasLeader = !queue.waiting.isEmpty
      return queue.waiting.first
    }
    successor?.awaken()
  }

  /// The waiting appends to commit together, removed from the queue.
  private func takeGroup() -> [AppendRequest] {
    queue.withLock { queue in
      var count = 0
      var entries = 0
      for request in queue.waiting {
        let isAlone = request.isAlone.withLock { $0 }
        if count > 0, isAlone || entries + request.batch.count > Limits.groupEntries { break }
        count += 1
        entries += request.batch.count
        if isAlone { break }
      }
      defer { queue.waiting.removeFirst(count) }
      return Array(queue.waiting.prefix(count))
    }
  }

  private func putBack(_ requests: some Collection<AppendRequest>) {
    queue.withLock { $0.waiting.insert(contentsOf: requests, at: 0) }
  }

  private func answer(
    _ request: AppendRequest, _ outcome: Result<AppendOutcome, any Error>, led leader: AppendRequest
  ) {
    request.finish(outcome)
    if request !== leader { request.awaken() }
  }
}

extension BookStore {
  /// What one transaction did.
  private struct Round {
    /// The answers to the first of the group, good once the transaction is durable.
    var outcomes: [Result<AppendOutcome, any Error>] = []
    /// The volume's seal, if it has one now.
    var seal: VolumeSeal?
  }

  /// Commits one group, or one seal, and answers those whose outcome is thereby known.
  private func commitGroup(led leader: AppendRequest) {
    var group: [AppendRequest] = []
    do {
      let volume = volumes.last!
      let round = try commit(to: volume, &group)
      for (request, outcome) in zip(group, round.outcomes) {
        answer(request, outcome, led: leader)
      }
      group.removeFirst(round.outcomes.count)
      putBack(group)
      group = []
      if let seal = round.seal { try succeed(volume, seal) }
    } catch {
      fail(group, with: error, led: leader)
    }
  }

  /// Nothing of the group was written: those who shared the transaction are tried one by one.
  private func fail(
    _ group: [AppendRequest], with error: any Error, led leader: AppendRequest
  ) {
    if group.count > 1 {
      for request in group { request.isAlone.withLock { $0 = true } }
      putBack(group)
      return
    }
    let failed = group.first ?? leader
    queue.withLock { $0.waiting.removeAll { $0 === failed } }
    if failed.outcome == nil { answer(failed, .failure(error), led: leader) }
  }

  private func commit(to volume: Volume, _ group: inout [AppendRequest]) throws -> Round {
    guard let next else { throw BookError.readOnly(path: layout.path) }
    next.lock()
    var isWaiting = true
    defer { if isWaiting { next.unlock() } }
    let begun = {
      next.unlock()
      isWaiting = false
    }
    return try onFile(volume.path) {
      try volume.environment.write(begun: begun) { transaction in
        // Read first, always: a sealed volume is never written again.
        if let seal = try volume.seal(transaction) { return Round(seal: seal) }
        var appender = Appender(volume, try volume.head(transaction))
        group = takeGroup()
        return try append(group, &appender, &transaction)
      }
    }
  }

  private func append(
    _ group: [AppendRequest], _ appender: inout Appender,
    _ transaction: inout Transaction<ReadWrite>
  ) throws -> Round {
    var round = Round()
    let before = appender.head
    for request in group {
      let last = appender.head.lastRecordedAt
      let recordedAt = max(request.now, last)
      if !request.isClockConfirmed, recordedAt.isJump(from: last) {
        round.outcomes.append(.failure(BookError.clockJump(now: request.now, last: last)))
        continue
      }
      if let conflict = try appender.conflict(request.batch, transaction) {
        round.outcomes.append(.success(conflict))
        continue
      }
      guard recordedAt.month == appender.volume.name else {
        // A new month. What came before it in the group is committed first.
        guard appender.head == before else { break }
        let seal = VolumeSeal(
          next: before.next, recordedAt: recordedAt, successor: recordedAt.month)
        try transaction.put(seal.encoded(), forKey: MetaName.sealed, in: appender.volume.meta)
        round.seal = seal
        return round
      }
      let outcome = try appender.append(
        request.batch, recordedAt: recordedAt, &transaction)
      round.outcomes.append(.success(outcome))
    }
    if appender.head != before { try appender.writeHead(&transaction) }
    return round
  }
}

extension Timestamp {
  fileprivate func isJump(from last: Timestamp) -> Bool {
    rawValue - last.rawValue > Limits.clockJumpDays * Self.dayMicroseconds
  }
}
