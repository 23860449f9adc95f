/// Every limit of the book, named in one place.
///
/// A limit that the layout implies says so; the others may be raised.
public enum Limits {
  /// The greatest size of a volume being written: address space, not memory or disk.
  public static let volumeMapSize = 1 << 38
  /// The map size of a file that does not grow: LMDB makes of it the file's own size.
  static let wholeFile = 4_096
  /// The greatest size of the private file.
  public static let privateMapSize = 1 << 38
  /// Databases in one file.
  static let databases = 8
  /// The longest entry, in bytes.
  public static let entryBytes = 4 << 20
  /// The most entries in one batch.
  public static let batchEntries = 1 << 20
  /// The greatest version of a stream: its key holds four bytes of it.
  public static let streamVersion = UInt64(UInt32.max)
  /// The longest name of a book, in UTF-8 bytes.
  public static let nameBytes = 200
  /// The most entries that one transaction takes from waiting appends, so that none waits long.
  static let groupEntries = 65_536
  /// Entries fewer than this are hashed on the calling thread.
  static let parallelHashing = 512
  /// How far a real book's clock may jump ahead of its last entry unless told that it is right.
  public static let clockJumpDays: Int64 = 35
  /// Entries written in one transaction where a file is made anew, so that its memory stays small.
  static let bulkEntries = 65_536
  /// A block of heads is ended once it has this many bytes: with the longest head that may come
  /// last, four blocks and their keys fit a page of LMDB.
  static let headBlockBytes = 840
  /// Entries that one core verifies at a time; a multiple of 256, so that subtrees stay whole.
  static let verifyChunk: UInt64 = 16_384
  /// The height of the smallest subtree that is stored: 256 leaves.
  static let storedLevel = 8
  /// The longest key of the private file.
  public static let privateKeyBytes = 255

  /// How many keys of `byteCount` bytes with four-byte values a page of LMDB holds: each has a
  /// header of eight bytes, is even, and is pointed at by two; the page's header is 16.
  static func keysOnPage(of byteCount: Int) -> Int {
    (4_096 - 16) / ((8 + byteCount + 4 + 1) / 2 * 2 + 2)
  }
}
