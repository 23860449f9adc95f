import Glibc
import LMDB

/// What the book asks of the file system beyond LMDB. Errors are `LMDBError`s, which carry `errno`.
enum Files {
  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(LMDBError) {
    guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else { throw failure() }
  }

  static func remove(_ path: String) throws(LMDBError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure() }
  }

  /// Gives the file at `path` the name `name` too; false if something has that name already.
  static func link(_ path: String, as name: String) throws(LMDBError) -> Bool {
    if unsafe Glibc.link(path, name) == 0 { return true }
    guard errno == EEXIST else { throw failure() }
    return false
  }

  static func rename(_ path: String, to name: String) throws(LMDBError) {
    guard unsafe Glibc.rename(path, name) == 0 else { throw failure() }
  }

  /// Waits until the names in a directory are on the disk.
  static func syncDirectory(_ path: String) throws(LMDBError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure() }
  }

  /// The names in a directory, in byte order.
  static func names(in path: String) throws(LMDBError) -> [String] {
    guard let directory = unsafe opendir(path) else { throw failure() }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// `count` bytes that nobody can guess.
  static func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  private static func failure() -> LMDBError { LMDBError(rawValue: errno) }
}

/// A directory held open, so that no other can have its identity meanwhile.
final class HeldDirectory: Sendable {
  private let descriptor: CInt

  /// The device and inode.
  let identity: [UInt64]

  init(_ path: String) throws(LMDBError) {
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LMDBError(rawValue: errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw LMDBError(rawValue: code)
    }
    identity = [UInt64(status.st_dev), UInt64(status.st_ino)]
  }

  deinit { close(descriptor) }
}

/// A file that processes lock to take turns. The lock dies with its process.
final class LockFile: Sendable {
  private let descriptor: CInt

  /// Opens the file at `path`, creating it if absent.
  init(_ path: String) throws(LMDBError) {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw LMDBError(rawValue: errno) }
  }

  deinit { close(descriptor) }

  /// Waits for the turn.
  func lock() {
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
  }

  /// Takes the turn if nobody has it; whether it did.
  func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Gives the turn up.
  func unlock() { _ = flock(descriptor, LOCK_UN) }
}
