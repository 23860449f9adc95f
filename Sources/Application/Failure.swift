/// Why a use case did not do what was asked: what, where, and what to do next.
public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was wrong, and where.
  public let problem: String
  /// What to do next; empty if the problem says it.
  public let advice: String

  /// A failure with a problem and an advice.
  public init(_ problem: String, advice: String = "") {
    self.problem = problem
    self.advice = advice
  }

  /// The problem and the advice, as two sentences.
  public var description: String { advice.isEmpty ? problem : "\(problem) \(advice)" }
}
