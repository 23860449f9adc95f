import CLMDB
import Glibc
import Synchronization

/// One memory-mapped LMDB file.
///
/// The environment hands out transactions only inside a closure, and a closure cannot keep one:
/// transactions are noncopyable and lent, never given. The closures are synchronous, so a
/// transaction never changes thread in its lifetime, which LMDB requires of writers.
@safe
public final class Environment: @unchecked Sendable {
  // LMDB documents `MDB_env` as safe to share between threads; hence `@unchecked Sendable`.
  let handle: OpaquePointer
  private let identity: FileIdentity?

  /// Where the file was when it was opened.
  public let path: String
  /// Whether it was opened for reading only.
  public let isReadOnly: Bool
  /// Whether the file at `path` is still the one that was opened: not if it was deleted or replaced
  /// since, or was opened without locks.
  public var isInPlace: Bool { identity.map { $0 == FileIdentity.of(path) } ?? false }

  /// How to open a file.
  public struct Options: OptionSet, Sendable {
    /// The set as bits.
    public let rawValue: Int
    /// The set with these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Read only; the file must exist.
    public static let readOnly = Self(rawValue: 1)
    /// Without LMDB's lock file: only for a file that nobody writes, or that one thread writes and
    /// nobody reads.
    public static let noLock = Self(rawValue: 2)
    /// Without waiting for the disk at commit: only for files that can be made again. A crash of
    /// the machine may leave such a file damaged.
    public static let noSync = Self(rawValue: 4)
    /// Refused if anyone else has the file open, and until this is closed nobody else may open it.
    public static let exclusive = Self(rawValue: 8)
    /// Refused if the file does not exist.
    public static let existing = Self(rawValue: 16)
  }

  /// Opens the file at `path`, creating it unless told otherwise, and clears the reader slots of
  /// processes that died.
  ///
  /// - Parameters:
  ///   - mapSize: The ceiling on the size of the file, in bytes. Address space, not memory. A
  ///     smaller number than the file's size means the file's size.
  ///   - maxDatabases: The number of named databases the file may hold.
  ///   - maxReaders: The number of readers at once over all processes; the first to open decides.
  /// - Throws: `.inUse` if this process has it open already with locks (LMDB cannot bear that), or
  ///   if another holds it exclusively; `.notPermitted`, `.noSuchFile`, `.notLMDB`, `.corrupted`.
  public init(
    path: String, mapSize: Int, maxDatabases: Int, maxReaders: Int = 1_022, options: Options = []
  ) throws(LMDBError) {
    let readOnly = options.contains(.readOnly)
    if readOnly || options.contains(.existing) {
      guard unsafe access(path, F_OK) == 0 else { throw LMDBError(rawValue: errno) }
    }
    var registered: FileIdentity?
    if !options.contains(.noLock) {
      // The file must have an identity before LMDB sees it, so that a second opening is refused.
      if !readOnly {
        let created = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard created >= 0 else { throw LMDBError(rawValue: errno) }
        close(created)
      }
      registered = try FileIdentity.register(path)
    }
    var environment: OpaquePointer?
    do throws(LMDBError) {
      unsafe try check(mdb_env_create(&environment))
      unsafe try check(mdb_env_set_mapsize(environment, mapSize))
      unsafe try check(mdb_env_set_maxdbs(environment, MDB_dbi(maxDatabases)))
      unsafe try check(mdb_env_set_maxreaders(environment, UInt32(maxReaders)))
      // MDB_NOTLS ties a reader's slot to its transaction rather than to its thread.
      var flags = MDB_NOSUBDIR | MDB_NOTLS
      if readOnly { flags |= MDB_RDONLY }
      if options.contains(.noLock) { flags |= MDB_NOLOCK }
      if options.contains(.noSync) { flags |= MDB_NOSYNC }
      unsafe try check(mdb_env_open(environment, path, UInt32(flags), 0o644))
      unsafe try Self.checkIsWhole(environment!)
      unsafe try Self.share(environment!, options)
      if !options.contains(.noLock) {
        unsafe try check(mdb_reader_check(environment, nil))
      }
    } catch {
      FileIdentity.unregister(registered) { unsafe mdb_env_close(environment) }
      throw error
    }
    unsafe handle = environment!
    identity = registered
    self.path = path
    isReadOnly = readOnly
  }

  deinit {
    let handle = unsafe self.handle
    FileIdentity.unregister(identity) { unsafe mdb_env_close(handle) }
  }

  /// Refuses a file that ends before its last page: reading past the end would kill the process.
  private static func checkIsWhole(_ handle: OpaquePointer) throws(LMDBError) {
    var information = unsafe MDB_envinfo()
    var statistics = MDB_stat()
    var descriptor: CInt = -1
    unsafe try check(mdb_env_info(handle, &information))
    unsafe try check(mdb_env_stat(handle, &statistics))
    unsafe try check(mdb_env_get_fd(handle, &descriptor))
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw LMDBError(rawValue: errno) }
    let needed = unsafe (information.me_last_pgno + 1) * Int(statistics.ms_psize)
    guard status.st_size >= needed else { throw .corrupted }
  }

  /// Tells other openers, by a lock on the data file, whether this one shares it.
  private static func share(_ handle: OpaquePointer, _ options: Options) throws(LMDBError) {
    var descriptor: CInt = -1
    unsafe try check(mdb_env_get_fd(handle, &descriptor))
    let operation = options.contains(.exclusive) ? LOCK_EX : LOCK_SH
    guard flock(descriptor, operation | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK ? .inUse : LMDBError(rawValue: errno)
    }
  }
}

extension Environment {
  /// Runs `body` against one consistent snapshot of the file.
  public func read<Result: ~Copyable>(
    _ body: (borrowing Transaction<ReadOnly>) throws -> Result
  ) throws -> Result {
    let transaction = try unsafe Transaction<ReadOnly>(begin(flags: UInt32(MDB_RDONLY)))
    return try body(transaction)
  }

  /// Runs `body` in the one write transaction, and commits when it returns.
  ///
  /// If `body` throws, nothing it wrote remains. The transaction is durable when this returns,
  /// unless the environment was opened with `.noSync`.
  ///
  /// - Parameter begun: Called once the write lock is held, before `body`.
  public func write<Result: ~Copyable>(
    begun: () -> Void = {}, _ body: (inout Transaction<ReadWrite>) throws -> Result
  ) throws -> Result {
    var transaction = try unsafe Transaction<ReadWrite>(begin(flags: 0))
    begun()
    let result = try body(&transaction)
    do throws(LMDBError) {
      try transaction.commit()
    } catch {
      throw error == .deviceError && isOutOfRoom ? .diskFull : error
    }
    return result
  }

  /// Whether the disk, or the limit on a file's size, leaves no room to grow. LMDB calls a write
  /// that was cut short for want of room a device error.
  private var isOutOfRoom: Bool {
    var descriptor: CInt = -1
    var disk = statvfs()
    var status = stat()
    var limit = rlimit()
    guard unsafe mdb_env_get_fd(handle, &descriptor) == MDB_SUCCESS,
      unsafe fstatvfs(descriptor, &disk) == 0, unsafe fstat(descriptor, &status) == 0,
      unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0
    else { return false }
    let margin: UInt64 = 1 << 20
    return UInt64(disk.f_bavail) * UInt64(disk.f_frsize) < margin
      || limit.rlim_cur < UInt64(status.st_size) + margin
  }

  func begin(flags: UInt32) throws(LMDBError) -> OpaquePointer {
    var transaction: OpaquePointer?
    unsafe try check(mdb_txn_begin(handle, nil, flags, &transaction))
    return unsafe transaction!
  }
}

/// A file's device and inode, kept while this process has it open with locks.
///
/// POSIX drops all of a process's locks on a file when it closes any descriptor of it, so LMDB must
/// not open one file twice in a process.
private struct FileIdentity: Hashable, Sendable {
  let device: UInt64
  let inode: UInt64

  private static let open = Mutex<Set<FileIdentity>>([])

  /// That of the file at `path`, if there is one.
  static func of(_ path: String) -> FileIdentity? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }

  static func register(_ path: String) throws(LMDBError) -> FileIdentity {
    guard let identity = of(path) else { throw LMDBError(rawValue: errno) }
    guard open.withLock({ $0.insert(identity).inserted }) else { throw .inUse }
    return identity
  }

  /// Closes the file and forgets it, as one act: once closed its inode may be another file's.
  static func unregister(_ identity: FileIdentity?, closing close: () -> Void) {
    open.withLock { open in
      close()
      if let identity { open.remove(identity) }
    }
  }
}
