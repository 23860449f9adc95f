import Foundation
import LMDB

/// A folder of its own for each test, removed with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory
      .appending(path: "meterbook-lmdb-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var file: String { path + "/data.mdb" }

  func environment(
    mapSize: Int = 64 << 20, options: Environment.Options = []
  ) throws(LMDBError) -> Environment {
    try Environment(path: file, mapSize: mapSize, maxDatabases: 4, options: options)
  }
}

extension Transaction {
  /// The keys of a database in order, as numbers.
  borrowing func keys(of database: Database) throws -> [UInt64] {
    var keys: [UInt64] = []
    try forEach(in: database, from: 0 as UInt64) { key, _ in
      keys.append(key.load(at: 0))
      return .proceed
    }
    return keys
  }
}
