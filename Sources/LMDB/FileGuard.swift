import Glibc

/// An exclusive lock on a file beside another, and what replaces that other safely: one process at a
/// time.
public enum FileGuard {
  /// Runs `body` while no other process holds the lock on the file at `path`.
  ///
  /// - Throws: `.notPermitted` if this user may not make the file; what `body` throws.
  public static func holding<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw LMDBError(rawValue: errno) }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX) == 0 else { throw LMDBError(rawValue: errno) }
    return try body()
  }

  /// Runs `body` while no other process holds the lock on the file at `path`, of which this one may
  /// write nothing. Where there is no such file, nobody holds it.
  public static func respecting<Result>(
    _ path: String, _ body: () throws -> Result
  ) throws -> Result {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return try body() }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH) == 0 else { throw LMDBError(rawValue: errno) }
    return try body()
  }

  /// Removes the LMDB file at `path` and its lock file, which belongs to whoever still has the file
  /// open: they keep both.
  ///
  /// - Returns: Whether there was a file.
  @discardableResult
  public static func remove(_ path: String) -> Bool {
    unsafe _ = unlink(path + "-lock")
    return unsafe unlink(path) == 0
  }

  /// Whether there is a file at `path`.
  public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
