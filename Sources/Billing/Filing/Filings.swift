public import EventSourcing

/// What was filed for a quarter.
public struct FilingState: Hashable, Sendable {
  /// The version of the stream that was folded.
  public internal(set) var version: UInt64 = 0
  /// The report that was filed first, then its restatements.
  public internal(set) var sealed: [FilingSealed] = []

  /// Nothing is filed.
  public init() {}

  /// Folds an entry of the quarter's stream.
  public mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws(WireError) {
    version = entry.header.version
    for event in try entry.decodedEvents(bytes) { Filings.evolve(&self, event) }
  }
}

/// A request about a quarter's filing.
public enum FilingCommand: Sendable {
  /// File the quarter for the first time.
  case produce(FilingSealed)
  /// File what is known now in place of what was filed.
  case restate(FilingSealed)
}

/// Why a request about a filing is refused.
public enum FilingRejection: Error, Hashable, Sendable {
  /// The quarter was filed, otherwise.
  case alreadyFiled(after: UInt64)
  /// The quarter was not filed.
  case notFiled
}

extension FilingRejection: CustomStringConvertible {
  /// The reason's name, for good.
  public var code: String {
    switch self {
    case .alreadyFiled: "already-filed"
    case .notFiled: "not-filed"
    }
  }

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .alreadyFiled(let size): "it was filed after \(size) entries, and a filing never changes"
    case .notFiled: "it was not filed"
    }
  }

  /// What to do next.
  public var advice: String {
    switch self {
    case .alreadyFiled: "see `file bridge` for what changed since, and `file restate` to file it"
    case .notFiled: "file it with `file produce`"
    }
  }
}

/// The decisions of a quarter's filing: it is filed once, and restated as often as something changed.
public enum Filings: Decider {
  /// The fold of a quarter's stream.
  public typealias State = FilingState
  /// A request.
  public typealias Command = FilingCommand
  /// A fact.
  public typealias Event = Billing.Event
  /// Why a request is refused.
  public typealias Rejection = FilingRejection

  /// Nothing is filed.
  public static var initial: FilingState { FilingState() }

  /// The events that follow from `command`; none if those bytes are what is filed.
  public static func decide(
    _ command: FilingCommand, _ state: FilingState
  ) throws(FilingRejection) -> [Event] {
    switch command {
    case .produce(let it):
      guard let first = state.sealed.first else { return [.filingProduced(it)] }
      guard first.hash == it.hash else { throw .alreadyFiled(after: first.size) }
      return []
    case .restate(let it):
      guard let last = state.sealed.last else { throw .notFiled }
      return last.hash == it.hash ? [] : [.filingRestated(it)]
    }
  }

  /// Applies a fact. Never fails.
  public static func evolve(_ state: inout FilingState, _ event: Event) {
    switch event {
    case .filingProduced(let it), .filingRestated(let it): state.sealed.append(it)
    default: break
    }
  }
}
