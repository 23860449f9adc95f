import Billing
import EventLog
import EventSourcing

/// One batch being written: an import or a bill run.
///
/// The run opens with the first slice that has something to say, in the same append, so a run with
/// nothing to do leaves nothing. A run that was stopped is found by its kind, parameters, actor and
/// reason, and goes on under its ordinal.
final class RunWriter {
  private let ledger: Ledger
  private let started: RunStarted
  private let authority: Authority
  private let now: Timestamp
  /// The run's ordinal, which its entries carry.
  private(set) var ordinal: UInt64
  /// Where its first entry is, once it is in the book.
  private(set) var opening: Position?
  /// The stream that the last append in vain conflicted on.
  private(set) var conflict: StreamID?

  /// A run of `kind`, going on with an unfinished one of the same parameters, actor and reason.
  init(of ledger: Ledger, kind: String, parameters: [Parameter]) throws {
    self.ledger = ledger
    started = RunStarted(kind: kind, parameters: parameters)
    authority = try ledger.authority()
    now = try ledger.now()
    (ordinal, opening) = (0, nil)
    try find()
  }

  /// Whether the run is in the book already.
  var isOpen: Bool { opening != nil }

  /// Appends what `decide` makes of the run's ordinal, opening the run with it if need be.
  ///
  /// - Returns: whether it was appended. After a conflict the ordinal may be another one, and the
  ///   caller decides again.
  func append(_ decide: (_ ordinal: UInt64) throws -> Batch) throws -> Bool {
    let slice = try decide(ordinal)
    guard !slice.isEmpty else { return true }
    guard !isOpen else {
      if case .conflict(let stream, _, _) = try ledger.append(slice, at: now) {
        conflict = stream
        return false
      }
      return true
    }
    var batch = Batch()
    let opened = try Run.decide(.start(started), RunState())
    batch.add(header(version: 1)) { writer in
      for event in opened { event.encodeField(into: &writer) }
    }
    batch.append(slice)
    switch try ledger.append(batch, at: now) {
    case .appended(let first, _, _):
      opening = first
      return true
    case .conflict(let stream, _, _):
      conflict = stream
      if stream == self.stream { try find() }
      return false
    }
  }

  /// Closes the run, if it was opened, with its counts.
  func finish(_ counts: [Count]) throws {
    guard isOpen else { return }
    var batch = Batch()
    var state = RunState()
    Run.evolve(&state, .runStarted(started))
    let closed = try Run.decide(.finish(RunFinished(counts: counts)), state)
    batch.add(header(version: 2)) { writer in
      for event in closed { event.encodeField(into: &writer) }
    }
    // A conflict means that another process carried this run to its end.
    _ = try ledger.append(batch, at: now)
  }

  /// A header for an entry of the run: neither actor nor reason, which the run's opening says.
  static func header(_ stream: StreamID, version: UInt64, run: UInt64) -> EntryHeader {
    var header = EntryHeader(stream: stream, version: version)
    header.run = run
    return header
  }

  private var stream: StreamID { .run(ordinal) }

  private func header(version: UInt64) -> EntryHeader {
    var header = EntryHeader(stream: stream, version: version)
    header.actor = authority.actor
    header.reason = authority.reason
    return header
  }

  /// Finds the unfinished run to go on with, or the next free ordinal.
  private func find() throws {
    opening = nil
    (ordinal, opening) = try ledger.book.read { snapshot in
      var last: UInt64 = 0
      var unfinished: [StreamID] = []
      try snapshot.forEachStream(kind: .run) { stream, version in
        last = UInt64(stream.id) ?? last
        if version == 1 { unfinished.append(stream) }
        return .proceed
      }
      for stream in unfinished {
        var opening: Position?
        try snapshot.forEach(stream: stream) { position, bytes in
          let entry = try EntryView(bytes)
          guard entry.header.actor == authority.actor, entry.header.reason == authority.reason
          else { return .stop }
          try entry.forEachEvent(in: bytes) { _, range in
            if case .runStarted(started) = try Event.decode(bytes, range) {
              opening = position
            }
          }
          return .stop
        }
        if let opening { return (UInt64(stream.id) ?? 0, opening) }
      }
      return (last + 1, nil)
    }
  }
}

extension StreamID {
  /// The stream of the run with this ordinal, as `run/000000123`.
  static func run(_ ordinal: UInt64) -> StreamID {
    let digits = String(ordinal)
    let zeros = String(repeating: "0", count: max(0, 9 - digits.utf8.count))
    return StreamID(.run, zeros + digits)
  }

  /// The stream of all published rules.
  static let rules = StreamID(.rulebook, "rules")
}
