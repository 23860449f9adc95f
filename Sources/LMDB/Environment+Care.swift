import CLMDB
import Glibc

/// Figures about one LMDB file.
public struct EnvironmentStatistics: Hashable, Sendable {
  /// Bytes of a page.
  public let pageSize: Int
  /// Bytes up to the last page in use.
  public let bytesUsed: Int
  /// The ceiling on the size of the file, in bytes.
  public let mapSize: Int
  /// The number of the last transaction committed.
  public let lastTransaction: Int
  /// Reader slots in use.
  public let readers: Int
}

extension Environment {
  /// Figures about the file.
  public func statistics() throws(LMDBError) -> EnvironmentStatistics {
    var information = unsafe MDB_envinfo()
    var statistics = MDB_stat()
    unsafe try check(mdb_env_info(handle, &information))
    unsafe try check(mdb_env_stat(handle, &statistics))
    return unsafe EnvironmentStatistics(
      pageSize: Int(statistics.ms_psize),
      bytesUsed: (information.me_last_pgno + 1) * Int(statistics.ms_psize),
      mapSize: information.me_mapsize,
      lastTransaction: information.me_last_txnid,
      readers: Int(information.me_numreaders))
  }

  /// Waits until everything committed is on the disk. Needed only with `.noSync`.
  public func sync() throws(LMDBError) {
    unsafe try check(mdb_env_sync(handle, 1))
  }

  /// Frees the reader slots of processes that died; returns how many.
  @discardableResult
  public func clearDeadReaders() throws(LMDBError) -> Int {
    var dead: CInt = 0
    unsafe try check(mdb_reader_check(handle, &dead))
    return Int(dead)
  }

  /// Copies the file to `path`, which must not exist, while others read and write it.
  ///
  /// The copy leaves out free pages and is one consistent snapshot. It is a reader for as long as it
  /// takes. The copy is on the disk when this returns.
  public func copy(to path: String) throws(LMDBError) {
    unsafe try check(mdb_env_copy2(handle, path, UInt32(MDB_CP_COMPACT)))
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LMDBError(rawValue: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw LMDBError(rawValue: errno) }
  }
}
