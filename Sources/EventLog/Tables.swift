import LMDB

/// Every database of the book's files and every name in `meta`.
///
/// ```
/// volumes/2025-10.mdb
///   entries   position (8, integer key)         -> leaf hash's first 4 bytes | entry
///   streams   kind (1) | id | 0 | version (4)   -> position - volume's first (4, or 8 if it must)
///   heads     kind (1) | id | 0 of the first    -> a block of heads, see HeadBlock.swift
///   tree      level (1) | index (8)             -> hash (32)
///   meta      name                              -> see MetaName
/// private.mdb
///   values    the caller's key                  -> the caller's value
///   meta      name                              -> see PrivateName
/// ```
///
/// Integers are big-endian but for the integer key, which is in the machine's order.
enum Table {
  static let entries = DatabaseName("entries", integerKeys: true)
  static let streams = DatabaseName("streams")
  static let heads = DatabaseName("heads")
  static let tree = DatabaseName("tree")
  static let meta = DatabaseName("meta")
  /// The databases of a volume, in the order `Volume` opens them.
  static let volume = [entries, streams, heads, tree, meta]

  static let values = DatabaseName("values")
  /// The databases of the private file, in the order `PrivateStore` opens them.
  static let privateFile = [values, meta]
}

/// The names in a volume's `meta`.
enum MetaName {
  /// Format number (4). Read first: a greater one than ours is refused.
  static let format = Array("format".utf8)
  /// The volume's identity; layout at `VolumeInformation`.
  static let volume = Array("volume".utf8)
  /// Where the book stands; layout at `VolumeHead`. Written anew by each commit.
  static let head = Array("head".utf8)
  /// Where the next volume begins; layout at `VolumeSeal`. Written once, and then nothing else is.
  static let sealed = Array("sealed".utf8)
  /// Present (empty) once the sealed volume has been rewritten with full pages.
  static let packed = Array("packed".utf8)
}

/// The names in the private file's `meta`.
enum PrivateName {
  /// The book's id (16), so that a file from another book is never believed.
  static let book = Array("book".utf8)
  /// The book's secret (32).
  static let secret = Array("secret".utf8)
}
