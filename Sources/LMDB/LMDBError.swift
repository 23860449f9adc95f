import CLMDB
import Glibc

/// A return code from LMDB, or an `errno` that LMDB passed through.
///
/// The description is a sentence for people: what is wrong and what to do next. It does not name
/// the file, which the code does not know; whoever opened the file puts its path in front.
public struct LMDBError: Error, RawRepresentable, Hashable, Sendable {
  /// The code, as LMDB returned it.
  public let rawValue: CInt

  /// Wraps a code.
  public init(rawValue: CInt) { self.rawValue = rawValue }

  /// The key is already present, or an appended key does not sort last. (`MDB_KEYEXIST`)
  public static let keyExists = Self(rawValue: MDB_KEYEXIST)
  /// The key is absent, or the cursor ran off the end. (`MDB_NOTFOUND`)
  public static let notFound = Self(rawValue: MDB_NOTFOUND)
  /// The map reached its configured size. (`MDB_MAP_FULL`)
  public static let mapFull = Self(rawValue: MDB_MAP_FULL)
  /// The key, or the value of a database with sorted duplicates, is too long. (`MDB_BAD_VALSIZE`)
  public static let badSize = Self(rawValue: MDB_BAD_VALSIZE)
  /// A page has the wrong type: the file is damaged. (`MDB_CORRUPTED`)
  public static let corrupted = Self(rawValue: MDB_CORRUPTED)
  /// The file is not LMDB's. (`MDB_INVALID`)
  public static let notLMDB = Self(rawValue: MDB_INVALID)
  /// The file was written by another version of LMDB. (`MDB_VERSION_MISMATCH`)
  public static let otherVersion = Self(rawValue: MDB_VERSION_MISMATCH)
  /// Every reader slot is taken. (`MDB_READERS_FULL`)
  public static let readersFull = Self(rawValue: MDB_READERS_FULL)
  /// There is no room on the disk. (`ENOSPC`)
  public static let diskFull = Self(rawValue: ENOSPC)
  /// The disk reported an error. (`EIO`)
  public static let deviceError = Self(rawValue: EIO)
  /// The file may not be written. (`EACCES`)
  public static let notPermitted = Self(rawValue: EACCES)
  /// The file is on a read-only file system. (`EROFS`)
  public static let readOnlyFileSystem = Self(rawValue: EROFS)
  /// There is no such file. (`ENOENT`)
  public static let noSuchFile = Self(rawValue: ENOENT)
  /// The file is open elsewhere in a way that excludes this. (`EBUSY`)
  public static let inUse = Self(rawValue: EBUSY)
}

extension LMDBError: CustomStringConvertible {
  /// What is wrong and what to do next.
  public var description: String {
    switch rawValue {
    case ENOSPC, EDQUOT, EFBIG:
      "the disk is full, or a quota or file-size limit is reached; nothing was written; "
        + "make room and try again"
    case MDB_MAP_FULL:
      "the file has reached the greatest size it was opened for; nothing was written; "
        + "open it with a larger map size"
    case EACCES, EROFS, EPERM:
      "the file or its folder is read-only for this user; open it for reading only, "
        + "or change its permissions"
    case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PANIC:
      "the file is damaged; keep it aside and put back a copy from a backup"
    case MDB_INVALID:
      "the file is not an LMDB file, or its beginning is damaged; check the path, "
        + "or put back a copy from a backup"
    case MDB_VERSION_MISMATCH:
      "the file was written by another version of LMDB; open it with the program that wrote it"
    case EBUSY, EAGAIN:
      "the file is in use by another process, or open already in this one; "
        + "close it there and try again"
    case MDB_READERS_FULL:
      "too many processes or threads are reading the file at once; wait for some to finish"
    case ENOENT:
      "there is no such file; check the path"
    case EIO:
      "the disk reported an error; check the disk before anything else"
    default:
      unsafe String(cString: mdb_strerror(rawValue))
    }
  }
}

/// Turns LMDB's return code into a thrown `LMDBError`.
@inline(__always)
func check(_ code: CInt) throws(LMDBError) {
  guard code == MDB_SUCCESS else { throw LMDBError(rawValue: code) }
}
