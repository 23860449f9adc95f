public import EventSourcing

/// A batch.
public struct RunState: Hashable, Sendable {
  /// The version of the stream that was folded.
  public internal(set) var version: UInt64 = 0
  /// What it was asked to do; `nil` where it has not begun.
  public internal(set) var started: RunStarted?
  /// What it did; `nil` while it goes on, or was killed.
  public internal(set) var finished: RunFinished?

  /// No batch.
  public init() {}

  /// Folds an entry of the run's stream.
  public mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws(WireError) {
    version = entry.header.version
    for event in try entry.decodedEvents(bytes) { Run.evolve(&self, event) }
  }
}

/// A request about a batch.
public enum RunCommand: Sendable {
  /// Begin.
  case start(RunStarted)
  /// End.
  case finish(RunFinished)
}

/// Why a request about a batch is refused.
public enum RunRejection: Error, Hashable, Sendable {
  /// A run of this ordinal began otherwise.
  case startedDifferently(RunStarted)
  /// It has not begun.
  case notStarted
  /// It ended otherwise.
  case finishedDifferently(RunFinished)
}

extension RunRejection: CustomStringConvertible {
  /// The reason's name, for good.
  public var code: String {
    switch self {
    case .startedDifferently: "started-differently"
    case .notStarted: "not-started"
    case .finishedDifferently: "finished-differently"
    }
  }

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .startedDifferently(let run): "a run of this number began, of kind '\(run.kind)'"
    case .notStarted: "the run has not begun"
    case .finishedDifferently: "the run has ended, with other counts"
    }
  }

  /// What to do next.
  public var advice: String {
    switch self {
    case .startedDifferently: "take the next number"
    case .notStarted: "begin the run first"
    case .finishedDifferently: "nothing; what a run did stays as it was written"
    }
  }
}

/// The decisions of a batch: it begins once and ends once.
public enum Run: Decider {
  /// The fold of a run's stream.
  public typealias State = RunState
  /// A request.
  public typealias Command = RunCommand
  /// A fact.
  public typealias Event = Billing.Event
  /// Why a request is refused.
  public typealias Rejection = RunRejection

  /// No batch.
  public static var initial: RunState { RunState() }

  /// The events that follow from `command`; none if it was obeyed before.
  public static func decide(
    _ command: RunCommand, _ state: RunState
  ) throws(RunRejection) -> [Event] {
    switch command {
    case .start(let run):
      guard let started = state.started else { return [.runStarted(run)] }
      guard started == run else { throw .startedDifferently(started) }
      return []
    case .finish(let run):
      guard state.started != nil else { throw .notStarted }
      guard let finished = state.finished else { return [.runFinished(run)] }
      guard finished == run else { throw .finishedDifferently(finished) }
      return []
    }
  }

  /// Applies a fact. Never fails.
  public static func evolve(_ state: inout RunState, _ event: Event) {
    switch event {
    case .runStarted(let it): state.started = it
    case .runFinished(let it): state.finished = it
    default: break
    }
  }
}
