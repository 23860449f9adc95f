// error: overlapping accesses to 'transaction', but modification requires exclusive access
import LMDB
func misuse(_ environment: Environment, _ database: Database) throws {
  try environment.write { transaction in
    try transaction.withWriteCursor(in: database) { cursor in
      try transaction.put(1 as UInt64, forKey: 1 as UInt64, in: database)
    }
  }
}
