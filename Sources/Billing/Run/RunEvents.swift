/// A named text.
public struct Parameter: Hashable, Sendable {
  /// The name.
  public var key: String
  /// The text.
  public var value: String

  /// A named text.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// A named number: how many, or cents.
public struct Count: Hashable, Sendable {
  /// The name.
  public var key: String
  /// The number.
  public var value: Int64

  /// A named number.
  public init(_ key: String, _ value: Int64) {
    self.key = key
    self.value = value
  }
}

/// A batch began. Its entry's header says who and why for every entry of the run.
public struct RunStarted: Hashable, Sendable {
  /// What kind, as `bill`.
  public var kind: String
  /// What it was asked to do.
  public var parameters: [Parameter]

  /// A batch of `kind`.
  public init(kind: String, parameters: [Parameter]) {
    self.kind = kind
    self.parameters = parameters
  }
}

/// A batch ended.
public struct RunFinished: Hashable, Sendable {
  /// What it did.
  public var counts: [Count]

  /// What it did.
  public init(counts: [Count]) { self.counts = counts }
}
