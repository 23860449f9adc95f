import EventLog
public import EventSourcing
import Glibc
import LMDB

/// Why a projection cannot be used. It stops; it never skips.
public enum ProjectionFault: Error, CustomStringConvertible {
  /// An entry holds something that the projection does not know.
  case stopped(name: String, at: Position, underlying: any Error)
  /// A file that was just made cannot be opened.
  case unusable(path: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .stopped(let name, let position, let underlying):
      "The projection \(name) stopped at entry \(position): \(underlying). "
        + "Use a program that knows this entry, or run `meterbook verify`."
    case .unusable(let path):
      "The projection file \(path) cannot be opened although it was just made. "
        + "Look at the disk, then run the command again."
    }
  }
}

extension ProjectionFile {
  typealias Opened = (environment: Environment, rows: Database, meta: Database)

  /// The file if it can be believed: whole, synced or written under this boot, and a prefix of the
  /// book. `nil` means: make it again.
  static func openUsable(_ path: String, of book: Book) throws -> Opened? {
    do {
      let environment = try Environment(
        path: path, mapSize: Limits.mapSize, maxDatabases: 2, options: [.noSync, .existing])
      let databases = try environment.open([TableName.rows, TableName.meta])
      let opened = (environment, databases[0], databases[1])
      return try isUsable(opened, of: book) ? opened : nil
    } catch let error as LMDBError where error != .notPermitted && error != .inUse {
      return nil
    }
  }

  private static func isUsable(_ opened: Opened, of book: Book) throws -> Bool {
    try opened.environment.read { transaction in
      let state = try transaction.value(forKey: MetaKey.state, in: opened.meta)
      guard state == MetaKey.clean || state == BootID.current else { return false }
      guard let checkpoint = try? Checkpoint(in: transaction, opened.meta) else { return false }
      return try checkpoint.isPrefix(of: book)
    }
  }

  /// Makes the file from the whole book, beside its place, and puts it there when it is whole.
  static func replace(_ path: String, by book: Book) throws {
    let making = path + "-making"
    for stale in [making, making + "-lock"] { unsafe _ = unlink(stale) }
    do {
      let environment = try Environment(
        path: making, mapSize: Limits.mapSize, maxDatabases: 2, options: .noSync)
      let databases = try environment.create([TableName.rows, TableName.meta])
      let checkpoint = Checkpoint(book: book.identity.id, size: 0, leaf: Checkpoint.noLeaf)
      try environment.write { transaction in
        try checkpoint.put(in: &transaction, databases[1])
        try transaction.put(MetaKey.clean, forKey: MetaKey.state, in: databases[1])
      }
      try environment.sync()
    }
    // The old lock file belongs to whoever still reads the old data file.
    for stale in [path + "-lock", making + "-lock"] { unsafe _ = unlink(stale) }
    guard unsafe rename(making, path) == 0 else { throw LMDBError(rawValue: errno) }
  }
}

/// The databases of a projection's file.
enum TableName {
  static let rows = DatabaseName("rows")
  static let meta = DatabaseName("meta")
}

/// The keys of `meta`, and the value that says everything is on the disk.
enum MetaKey {
  static let checkpoint = Array("checkpoint".utf8)
  static let state = Array("state".utf8)
  static let clean = Array("clean".utf8)
}

/// What a projection's file may hold, and how much is applied at once.
enum Limits {
  /// The ceiling on a projection's file: address space, not disk.
  static let mapSize = 1 << 40
  /// Entries applied in one transaction: bounds the memory a rebuild takes.
  static let sliceEntries: UInt64 = 65_536
}

/// The identity of the machine's present boot: what was written without sync survives a killed
/// process, but not a machine that stopped.
enum BootID {
  static let current: [UInt8] = {
    guard let file = unsafe fopen("/proc/sys/kernel/random/boot_id", "r") else { return [] }
    defer { unsafe fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 36)
    let count = unsafe fread(&buffer, 1, 36, file)
    return Array(buffer.prefix(count))
  }()
}

/// An exclusive lock on a file: one process at a time.
enum FileGuard {
  /// Runs `body` while no other process holds the lock on the file at `path`.
  static func holding<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw LMDBError(rawValue: errno) }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX) == 0 else { throw LMDBError(rawValue: errno) }
    return try body()
  }
}
