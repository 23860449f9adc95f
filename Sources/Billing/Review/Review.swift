public import EventSourcing

/// An item of the review queue.
public struct ReviewState: Hashable, Sendable {
  /// The version of the stream that was folded.
  public internal(set) var version: UInt64 = 0
  /// What was refused; `nil` where nothing was.
  public internal(set) var rejected: InputRejected?
  /// How it was settled; `nil` while it waits.
  public internal(set) var resolved: InputResolved?

  /// No item.
  public init() {}

  /// Folds an entry of the item's stream.
  public mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws(WireError) {
    version = entry.header.version
    for event in try entry.decodedEvents(bytes) { Review.evolve(&self, event) }
  }
}

/// A request about an item of the review queue.
public enum ReviewCommand: Sendable {
  /// Let it wait for a person.
  case reject(InputRejected)
  /// Settle it.
  case resolve(InputResolved)
}

/// Why a request about an item is refused.
public enum ReviewRejection: Error, Hashable, Sendable {
  /// There is no such item.
  case unknownItem
  /// It was settled otherwise.
  case resolved(InputResolved)
  /// It must be said why.
  case noReason
}

extension ReviewRejection: CustomStringConvertible {
  /// The reason's name, for good.
  public var code: String {
    switch self {
    case .unknownItem: "unknown-item"
    case .resolved: "resolved"
    case .noReason: "no-reason"
    }
  }

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .unknownItem: "there is no such item"
    case .resolved(let it): "the item was \(it.how), because: \(it.reason)"
    case .noReason: "no reason is given"
    }
  }

  /// What to do next.
  public var advice: String {
    switch self {
    case .unknownItem: "list the items that wait"
    case .resolved: "nothing; a settled item stays settled"
    case .noReason: "say why"
    }
  }
}

/// The decisions of the review queue: refused input is never lost, and settled once.
public enum Review: Decider {
  /// The fold of an item's stream.
  public typealias State = ReviewState
  /// A request.
  public typealias Command = ReviewCommand
  /// A fact.
  public typealias Event = Billing.Event
  /// Why a request is refused.
  public typealias Rejection = ReviewRejection

  /// No item.
  public static var initial: ReviewState { ReviewState() }

  /// The events that follow from `command`; none if it was obeyed before.
  public static func decide(
    _ command: ReviewCommand, _ state: ReviewState
  ) throws(ReviewRejection) -> [Event] {
    switch command {
    case .reject(let input):
      guard let rejected = state.rejected else { return [.inputRejected(input)] }
      if let resolved = state.resolved {
        // What a person settled stays settled; what events settled may come again.
        return resolved.how == .superseded ? [.inputRejected(input)] : []
      }
      // The place is where it came from this time.
      var same = input
      same.commitment = rejected.commitment
      same.source = rejected.source
      same.line = rejected.line
      return same == rejected ? [] : [.inputRejected(input)]
    case .resolve(let resolution):
      guard state.rejected != nil else { throw .unknownItem }
      guard !resolution.reason.isEmpty, resolution.how != .unspecified else { throw .noReason }
      guard let resolved = state.resolved else { return [.inputResolved(resolution)] }
      guard resolved == resolution else { throw .resolved(resolved) }
      return []
    }
  }

  /// Applies a fact. Never fails.
  public static func evolve(_ state: inout ReviewState, _ event: Event) {
    switch event {
    case .inputRejected(let it):
      state.rejected = it
      state.resolved = nil
    case .inputResolved(let it): state.resolved = it
    default: break
    }
  }
}
