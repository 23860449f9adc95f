/// Everything in the billing tower that has a limit of its own.
public enum BillingLimits {
  /// The most registers and channels of a meter.
  public static let registers = 64
  /// The most meters an account has had.
  public static let meters = 10_000
  /// The longest certificate of an exemption from taxes, in bytes of UTF-8.
  public static let certificateBytes = 200
}
