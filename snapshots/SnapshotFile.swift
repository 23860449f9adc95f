public import EventSourcing
public import LMDB
import Synchronization

/// The file of a book's saved folds, which can be thrown away at any time.
///
/// ```
/// BOOK/snapshots.mdb
///   folds   stream's kind (1) | id   ->  SavedFold
///   meta    "book"                   ->  the book's id (16)
///           "format"                 ->  1
/// ```
///
/// A file that is damaged, of another book or of another format is made again by whoever writes next.
/// Nothing here is ever the truth: a reader holds what it finds against the book, and folds the
/// stream where they differ.
public final class SnapshotFile: Sendable {
  /// The ceiling on the file's size: address space, not disk.
  static let mapSize = 1 << 40

  private let environment: Environment
  private let folds: Database

  private init(_ environment: Environment, _ folds: Database) {
    self.environment = environment
    self.folds = folds
  }

  /// The file at `path`, if there is one that can be used and is of the book with this id.
  ///
  /// - Throws: `LMDBError` for a file that cannot be opened, `Unusable` for one of no use.
  public static func opening(_ path: String, book: [UInt8]) throws -> SnapshotFile? {
    try shared.withLock { shared in
      if let file = shared[path]?.file, file.environment.isInPlace { return file }
      guard FileGuard.exists(path) else { return nil }
      let environment = try Environment(
        path: path, mapSize: mapSize, maxDatabases: 2, options: .existing)
      return try share(environment, book, &shared)
    }
  }

  /// The file at `path`, made if there is none or none of use.
  public static func making(_ path: String, book: [UInt8]) throws -> SnapshotFile {
    do {
      if let file = try opening(path, book: book) { return file }
    } catch let error as LMDBError where error == .notPermitted || error == .inUse {
      throw error
    } catch {
      FileGuard.remove(path)
    }
    return try FileGuard.holding(path + "-guard") {
      if let file = try opening(path, book: book) { return file }
      // A lock file without its data file is of readers of a file that was deleted.
      FileGuard.remove(path)
      let environment = try Environment(path: path, mapSize: mapSize, maxDatabases: 2)
      let databases = try environment.create([TableName.folds, TableName.meta])
      try environment.write { transaction in
        try transaction.put(book, forKey: MetaKey.book, in: databases[1])
        try transaction.put(MetaKey.currentFormat, forKey: MetaKey.format, in: databases[1])
      }
      return try shared.withLock { try share(environment, book, &$0) }
    }
  }

  private static func share(
    _ environment: Environment, _ book: [UInt8], _ shared: inout [String: Shared]
  ) throws -> SnapshotFile {
    let databases: [Database]
    do {
      databases = try environment.open([TableName.folds, TableName.meta])
    } catch {
      throw Unusable(what: "it holds no saved folds")
    }
    try environment.read { transaction in
      guard
        try transaction.value(forKey: MetaKey.format, in: databases[1]) == MetaKey.currentFormat
      else { throw Unusable(what: "it is of another format") }
      guard try transaction.value(forKey: MetaKey.book, in: databases[1]) == book else {
        throw Unusable(what: "it is of another book")
      }
    }
    let file = SnapshotFile(environment, databases[0])
    shared = shared.filter { $0.value.file != nil }
    shared[environment.path] = Shared(file: file)
    return file
  }

  private struct Shared: Sendable {
    weak var file: SnapshotFile?
  }

  /// The files that this process has open: LMDB must not open one twice.
  private static let shared = Mutex<[String: Shared]>([:])

  /// Why a file is of no use.
  public struct Unusable: Error, CustomStringConvertible {
    let what: String
    /// What is wrong; the remedy is to delete the file.
    public var description: String { what }
  }
}

extension SnapshotFile {
  /// Whether the file is still at its path: not if it was deleted or replaced.
  public var isInPlace: Bool { environment.isInPlace }

  /// Lends `body` what is saved of `stream`, and the value in which it lies; `nil` where nothing is,
  /// or nothing whole.
  public func withFold<Result>(
    of stream: StreamID, _ body: (SavedFoldView, RawSpan) throws -> Result?
  ) throws -> Result? {
    let key = Self.key(stream)
    return try environment.read { transaction in
      try transaction.withValue(forKey: key, in: folds) { value in
        // `unsafe`: only because a span of any element type may lend its bytes; these are bytes.
        try SavedFoldView(value, key: unsafe key.span.bytes).flatMap { try body($0, value) }
      } ?? nil
    }
  }

  /// Saves folds, all or none, in place of what is saved of their streams; on the disk when this
  /// returns.
  public func save(_ saved: [(stream: StreamID, fold: SavedFold)]) throws {
    try environment.write { transaction in
      for (stream, fold) in saved {
        let key = Self.key(stream)
        try transaction.put(SavedLayout.bytes(fold, key: key), forKey: key, in: folds)
      }
    }
  }

  /// Lends `body` every stream of which something is saved, in order; the fold is `nil` where its bytes
  /// are not whole.
  public func forEach(
    _ body: (StreamID, SavedFoldView?, RawSpan) throws -> Step
  ) throws {
    try environment.read { transaction in
      try transaction.forEach(in: folds, from: [UInt8(0)]) { key, value in
        try body(Self.stream(key), SavedFoldView(value, key: key), value)
      }
    }
  }

  /// How many streams have something saved.
  public func count() throws -> Int { try environment.read { try $0.count(of: folds) } }

  /// What the file takes on the disk, in bytes.
  public func byteCount() throws -> Int { try environment.statistics().bytesUsed }

  private static func key(_ stream: StreamID) -> [UInt8] {
    [stream.kind.rawValue] + Array(stream.id.utf8)
  }

  private static func stream(_ key: RawSpan) -> StreamID {
    StreamID(StreamKind(rawValue: key.byte(at: 0)), key.text(in: 1..<key.byteCount))
  }
}

/// The databases of the file.
private enum TableName {
  static let folds = DatabaseName("folds")
  static let meta = DatabaseName("meta")
}

/// The keys of `meta`.
private enum MetaKey {
  static let book = Array("book".utf8)
  static let format = Array("format".utf8)
  static let currentFormat: [UInt8] = [1]
}
