import CivilTime
public import EventSourcing
import Synchronization
public import Tariffs

/// The rules as they were at each version of their stream.
///
/// Safe to share: a version that is asked for is folded once.
public final class RulesHistory: Sendable {
  /// An entry of the rules' stream.
  public struct Publication: Sendable {
    /// Where it is in the book.
    public var position: Position
    /// The version that it brought the stream to.
    public var version: UInt64
    /// What it publishes.
    public var events: [Event]

    /// An entry of the rules' stream.
    public init(at position: Position, version: UInt64, _ events: [Event]) {
      self.position = position
      self.version = version
      self.events = events
    }
  }

  /// Every classification, with the version that published it.
  let classifications: [(version: UInt64, classification: Classification)]
  private let publications: [Publication]
  private let folded = Mutex<[UInt64: RuleSet]>([:])

  /// The rules that `publications` published, in the order of the stream.
  public init(_ publications: [Publication]) {
    self.publications = publications
    classifications = publications.flatMap { publication in
      publication.events.compactMap { event in
        guard case .classificationPublished(let it) = event else { return nil }
        return (publication.version, it.classification)
      }
    }
  }

  /// How many classifications were published.
  public var classificationCount: Int { classifications.count }

  /// The version of the rules' stream that published the `number`th classification, from 1; 0 for
  /// none.
  public func version(ofClassification number: Int) -> UInt64 {
    number > 0 ? classifications[number - 1].version : 0
  }

  /// Where each classification was published, in order.
  public var classificationPositions: [Position] {
    publications.flatMap { publication in
      publication.events.compactMap { event in
        if case .classificationPublished = event { publication.position } else { nil }
      }
    }
  }

  /// The classification in a place of `classifications`; the standard one in none.
  func classification(at place: Int?) -> Classification {
    place.map { classifications[$0].classification } ?? .standard
  }

  /// Every classification that was published, in order; the standard one first.
  public var allClassifications: [Classification] {
    [.standard] + classifications.map(\.classification)
  }

  /// The version of the rules' stream when the book had come to `position`.
  func version(at position: Position) -> UInt64 {
    var (low, high) = (0, publications.count)
    while low < high {
      let middle = (low + high) / 2
      if publications[middle].position < position { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? 0 : publications[low - 1].version
  }

  /// The rules at a version.
  func rules(_ version: UInt64) -> RuleSet {
    folded.withLock { folded in
      if let found = folded[version] { return found }
      var state = RulebookState()
      for publication in publications.prefix(while: { $0.version <= version }) {
        state.append(publication.events)
      }
      folded[version] = state.rules
      return state.rules
    }
  }

  /// The place in `classifications` of the one in force on `day` as known at a version; `nil` for the
  /// standard one. The last to begin counts; of several the highest version.
  func classification(on day: Day, version: UInt64) -> Int? {
    var found: Int?
    for (index, each) in classifications.enumerated()
    where each.version <= version && each.classification.effectiveFrom <= day {
      if let found, classifications[found].classification.isAfter(each.classification) { continue }
      found = index
    }
    return found
  }
}

extension Classification {
  fileprivate func isAfter(_ other: Classification) -> Bool {
    (effectiveFrom, version) > (other.effectiveFrom, other.version)
  }
}
