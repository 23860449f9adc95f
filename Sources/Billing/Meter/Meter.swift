public import CivilTime
public import EventSourcing

/// Which account a meter serves: one at a time.
public struct MeterState: Hashable, Sendable {
  /// The version of the stream that was folded.
  public internal(set) var version: UInt64 = 0
  /// The account it serves.
  public internal(set) var account: String?
  /// Since when it serves that account, or serves none.
  public internal(set) var since: Instant?

  /// A meter that never served.
  public init() {}

  /// Folds an entry of the meter's stream.
  public mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws(WireError) {
    version = entry.header.version
    for event in try entry.decodedEvents(bytes) { MeterAssignment.evolve(&self, event) }
  }
}

/// A request to a meter.
public enum MeterCommand: Sendable {
  /// Serve an account from a moment on.
  case assign(account: String, at: Instant)
  /// Serve it no more from a moment on.
  case release(account: String, at: Instant)
}

/// Why a meter refuses.
public enum MeterRejection: Error, Hashable, Sendable {
  /// It serves another account.
  case servesAnother(account: String, since: Instant)
  /// It served until later than that.
  case beforeRelease(Instant)
  /// It does not serve the account.
  case servesNot(account: String)
}

extension MeterRejection: CustomStringConvertible {
  /// The reason's name, for good.
  public var code: String {
    switch self {
    case .servesAnother: "serves-another"
    case .beforeRelease: "before-release"
    case .servesNot: "serves-not"
    }
  }

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .servesAnother(let account, let since):
      "the meter serves account \(account) since \(since)"
    case .beforeRelease(let at): "the meter served another account until \(at)"
    case .servesNot(let account): "the meter does not serve account \(account)"
    }
  }

  /// What to do next.
  public var advice: String {
    switch self {
    case .servesAnother: "remove the meter from that account first, or correct the identifier"
    case .beforeRelease: "correct the time"
    case .servesNot: "correct the account or the meter"
    }
  }
}

/// The decisions of a meter: it serves one account at a time.
public enum MeterAssignment: Decider {
  /// The fold of a meter's stream.
  public typealias State = MeterState
  /// A request.
  public typealias Command = MeterCommand
  /// A fact.
  public typealias Event = Billing.Event
  /// Why a request is refused.
  public typealias Rejection = MeterRejection

  /// A meter that never served.
  public static var initial: MeterState { MeterState() }

  /// The events that follow from `command`; none if it was obeyed before.
  public static func decide(
    _ command: MeterCommand, _ state: MeterState
  ) throws(MeterRejection) -> [Event] {
    switch command {
    case .assign(let account, let at):
      if let served = state.account, let since = state.since {
        guard served == account else { throw .servesAnother(account: served, since: since) }
        return []
      }
      if let since = state.since, at < since { throw .beforeRelease(since) }
      return [.meterAssigned(MeterAssigned(account: account, at: at))]
    case .release(let account, let at):
      guard let served = state.account, let since = state.since else {
        guard state.since == at else { throw .servesNot(account: account) }
        return []
      }
      guard served == account, at > since else { throw .servesNot(account: account) }
      return [.meterReleased(MeterReleased(account: account, at: at))]
    }
  }

  /// Applies a fact. Never fails.
  public static func evolve(_ state: inout MeterState, _ event: Event) {
    switch event {
    case .meterAssigned(let it):
      state.account = it.account
      state.since = it.at
    case .meterReleased(let it):
      state.account = nil
      state.since = it.at
    default: break
    }
  }
}
