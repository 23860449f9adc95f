/// How far a long piece of work has come.
public struct WorkProgress: Sendable {
  /// What is being done, as `billing`.
  public var activity: String
  /// What has been done, in `unit`s.
  public var done: Int
  /// All there is to do; `nil` while unknown.
  public var total: Int?
  /// What is counted, as `accounts`.
  public var unit: String

  /// A stage of the work.
  public init(_ activity: String, done: Int, of total: Int?, unit: String) {
    self.activity = activity
    self.done = done
    self.total = total
    self.unit = unit
  }
}

/// Hears of progress; called often, from any thread, one call at a time.
public typealias ProgressHandler = @Sendable (WorkProgress) -> Void
