import Billing
import EventLog
import EventSourcing

/// The fold of a stream.
protocol StreamState {
  /// The state of a stream without entries.
  init()
  /// Folds the stream's next entry.
  mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws(WireError)
}

extension StreamState {
  /// Folds `stream` up to `version`, or all of it; of a stream that is not there, the state is empty.
  init(
    of stream: StreamID, through version: UInt64 = .max, in snapshot: borrowing Snapshot
  ) throws {
    var state = Self()
    // The head is found in the newest volume; the entries are looked for in every one.
    if try snapshot.streamHead(stream) != nil {
      try snapshot.forEach(stream: stream) { _, bytes in
        let entry = try EntryView(bytes)
        guard entry.header.version <= version else { return .stop }
        try state.apply(entry, bytes)
        return .proceed
      }
    }
    self = state
  }
}

extension AccountState: StreamState {
  /// Folds the stream of `account`.
  init(of account: String, in snapshot: borrowing Snapshot) throws {
    try self.init(of: StreamID(.account, account), in: snapshot)
  }
}

extension MeterState: StreamState {}
extension ReviewState: StreamState {}
extension RulebookState: StreamState {}
