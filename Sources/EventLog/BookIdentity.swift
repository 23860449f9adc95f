/// What a book is, fixed when it is created.
public struct BookIdentity: Hashable, Sendable {
  /// The format that this program writes; any other is refused. Format 1, with heads in a row each,
  /// was never released.
  public static let currentFormat: UInt32 = 2
  /// The number of bytes of an id.
  public static let idBytes = 16

  /// 16 bytes that no other book has.
  public let id: [UInt8]
  /// Whether its clock is given rather than real, for ever.
  public let isSimulated: Bool
  /// What people call it.
  public let name: String
  /// The number of its layout.
  public let format: UInt32
}
