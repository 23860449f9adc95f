public import CivilTime

/// The meter began to serve an account.
public struct MeterAssigned: Hashable, Sendable {
  /// The account.
  public var account: String
  /// When.
  public var at: Instant

  /// Serves `account` from `at` on.
  public init(account: String, at: Instant) {
    self.account = account
    self.at = at
  }
}

/// The meter ceased to serve an account, and is free for another.
public struct MeterReleased: Hashable, Sendable {
  /// The account it served.
  public var account: String
  /// When.
  public var at: Instant

  /// Serves `account` no more from `at` on.
  public init(account: String, at: Instant) {
    self.account = account
    self.at = at
  }
}
