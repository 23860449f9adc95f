// error: missing reinitialization of inout parameter 'cursor' after consume
import LMDB
func misuse(_ environment: Environment, _ database: Database) throws {
  try environment.read { transaction in
    let leaked: Cursor = try transaction.withCursor(in: database) { cursor in cursor }
    _ = consume leaked
  }
}
