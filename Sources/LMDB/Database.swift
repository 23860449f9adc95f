import CLMDB

/// A named, ordered map from bytes to bytes inside an environment.
public struct Database: Hashable, Sendable {
  let handle: MDB_dbi
}

/// The name of a database, and how it sorts its keys.
public struct DatabaseName: Hashable, Sendable {
  /// The name, as stored in the file.
  public let name: String
  /// Whether keys are `IntegerKey`s rather than byte strings. Fixed when the database is created.
  public let hasIntegerKeys: Bool

  /// A database that sorts its keys as byte strings, or as numbers.
  public init(_ name: String, integerKeys: Bool = false) {
    self.name = name
    hasIntegerKeys = integerKeys
  }
}

/// Figures about one database.
public struct DatabaseStatistics: Hashable, Sendable {
  /// Entries in it.
  public let entries: Int
  /// Levels of its tree.
  public let depth: Int
  /// Pages of every sort that it occupies.
  public let pages: Int
  /// Bytes of a page.
  public let pageSize: Int

  init(_ statistics: MDB_stat) {
    entries = statistics.ms_entries
    depth = Int(statistics.ms_depth)
    pages =
      statistics.ms_branch_pages + statistics.ms_leaf_pages + statistics.ms_overflow_pages
    pageSize = Int(statistics.ms_psize)
  }

  /// Bytes on disk that it occupies.
  public var bytes: Int { pages * pageSize }
}

extension Environment {
  /// Opens databases that exist; the handles stay good as long as the environment.
  ///
  /// - Throws: `LMDBError.notFound` if one is absent.
  public func open(_ names: [DatabaseName]) throws(LMDBError) -> [Database] {
    try open(names, flags: isReadOnly ? UInt32(MDB_RDONLY) : 0, creating: false)
  }

  /// Opens databases, creating those that are absent; the handles stay good as long as the
  /// environment.
  public func create(_ names: [DatabaseName]) throws(LMDBError) -> [Database] {
    try open(names, flags: 0, creating: true)
  }

  private func open(
    _ names: [DatabaseName], flags: UInt32, creating: Bool
  ) throws(LMDBError) -> [Database] {
    let transaction = unsafe try begin(flags: flags)
    var databases: [Database] = []
    do throws(LMDBError) {
      for name in names {
        var database: MDB_dbi = 0
        var flags: CInt = creating ? MDB_CREATE : 0
        if name.hasIntegerKeys { flags |= MDB_INTEGERKEY }
        unsafe try check(mdb_dbi_open(transaction, name.name, UInt32(flags), &database))
        databases.append(Database(handle: database))
      }
    } catch {
      unsafe mdb_txn_abort(transaction)
      throw error
    }
    // Handles opened in a transaction that is aborted are closed again, so commit even to read.
    unsafe try check(mdb_txn_commit(transaction))
    return databases
  }
}
