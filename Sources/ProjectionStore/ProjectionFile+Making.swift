public import EventLog
public import EventSourcing
import Glibc
import LMDB

extension ProjectionFile {
  typealias Opened = (environment: Environment, rows: Database, meta: Database)

  /// Where the file of a projection is.
  public static func path(of identity: ProjectionIdentity, in folder: String) -> String {
    "\(folder)/\(identity).mdb"
  }

  /// The file, if it is there and can be believed: whole, synced or written under this boot, and a
  /// prefix of the book.
  public static func opening(
    _ identity: ProjectionIdentity, of book: Book, in folder: String
  ) throws -> ProjectionFile? {
    let path = path(of: identity, in: folder)
    guard unsafe access(path, F_OK) == 0 else { return nil }
    // One process at a time replaces and opens, so that nobody opens a file that is being replaced.
    let opened = try FileGuard.holding(path + "-guard") { try openUsable(path, of: book) }
    return opened.map { ProjectionFile(identity, of: book, $0) }
  }

  /// Makes the file from the first `size` entries of the book, beside its place, and puts it there
  /// when it is whole: whoever reads the one that is there keeps it.
  ///
  /// Killed, it leaves what the next one discards.
  ///
  /// - Parameters:
  ///   - memory: How much it holds in memory at once.
  ///   - progress: Hears how many entries have been applied, of how many.
  public static func rebuilding(
    _ projection: some Projection, of book: Book, in folder: String, through size: UInt64,
    memory: RebuildMemory = RebuildMemory(), progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> ProjectionFile {
    let path = path(of: projection.identity, in: folder)
    return try FileGuard.holding(path + "-making-guard") {
      try make(projection, of: book, through: size, at: path + "-making", memory, progress)
      let opened = try FileGuard.holding(path + "-guard") {
        // The old lock file belongs to whoever still reads the old data file.
        for stale in [path + "-lock", path + "-making-lock"] { unsafe _ = unlink(stale) }
        guard unsafe rename(path + "-making", path) == 0 else { throw LMDBError(rawValue: errno) }
        return try openUsable(path, of: book)
      }
      guard let opened else { throw ProjectionFault.unusable(path: path) }
      return ProjectionFile(projection.identity, of: book, opened)
    }
  }

  /// Deletes a projection's file. Whoever reads it keeps it; nothing of the book is lost.
  ///
  /// - Returns: Whether there was one.
  public static func drop(_ identity: ProjectionIdentity, in folder: String) throws -> Bool {
    let path = path(of: identity, in: folder)
    guard unsafe access(path, F_OK) == 0 else { return false }
    return try FileGuard.holding(path + "-guard") {
      let found = unsafe unlink(path) == 0
      unsafe _ = unlink(path + "-lock")
      return found
    }
  }

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

  private static func make(
    _ projection: some Projection, of book: Book, through size: UInt64, at path: String,
    _ memory: RebuildMemory, _ progress: (Int, Int) -> Void
  ) throws {
    for stale in [path, path + "-lock"] { unsafe _ = unlink(stale) }
    let environment = try Environment(
      path: path, mapSize: Limits.mapSize, maxDatabases: 2, options: .noSync)
    let databases = try environment.create([TableName.rows, TableName.meta])
    let sorter = RowSorter(at: path + "-spill", memory: memory)
    defer { sorter.discard() }
    try projection.foldingAll(
      0..<size, of: book, part: memory.partEntries, progress: progress
    ) { try sorter.take($0) }
    try sorter.append(to: environment, databases[0])
    let checkpoint = try book.read { try Checkpoint(of: size, in: $0, of: book) }
    try environment.write { transaction in
      try checkpoint.put(in: &transaction, databases[1])
      try transaction.put(MetaKey.clean, forKey: MetaKey.state, in: databases[1])
    }
    try environment.sync()
  }
}

/// Why a projection cannot be used. It stops; it never skips.
public enum ProjectionFault: Error, CustomStringConvertible {
  /// An entry holds something that the projection does not know.
  case stopped(ProjectionIdentity, at: Position, underlying: any Error)
  /// A file that was just made cannot be opened.
  case unusable(path: String)
  /// A file could not be copied, for it was being written each time.
  case busy(path: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .stopped(let identity, let position, let underlying):
      "The projection \(identity.name) stopped at entry \(position): \(underlying). "
        + "Use a program that knows this entry, or run `meterbook verify`."
    case .unusable(let path):
      "The projection file \(path) cannot be opened although it was just made. "
        + "Look at the disk, then run the command again."
    case .busy(let path):
      "The projection file \(path) is another user's, and was being written each time it was copied. "
        + "Run the command again when no batch is running."
    }
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
  /// Entries applied in one transaction while following: bounds its memory.
  static let sliceEntries: UInt64 = 65_536
  /// Bytes of changes that are joined in memory.
  static let joinBytes = 4 << 20
  /// How often a file is copied that is being written meanwhile.
  static let copyAttempts = 8
  /// How many times changes may be set down on the disk: terabytes.
  static let maximumSpills = 4096
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
