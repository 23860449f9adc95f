/// The pure heart of an aggregate: what may happen, and what it changes.
///
/// No clock, no randomness, no input or output: whatever a decision needs arrives in the command.
public protocol Decider {
  /// The fold of a stream.
  associatedtype State: Sendable
  /// A request, imperative.
  associatedtype Command: Sendable
  /// A fact, past tense.
  associatedtype Event: Sendable
  /// Why a request was refused.
  associatedtype Rejection: Error

  /// The state of a stream with no events.
  static var initial: State { get }
  /// The events that follow from `command` on `state`; none if the command was obeyed before.
  static func decide(_ command: Command, _ state: State) throws(Rejection) -> [Event]
  /// Applies a fact. Never fails.
  static func evolve(_ state: inout State, _ event: Event)
}
