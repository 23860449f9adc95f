public import EventSourcing
public import LMDB

/// Why a book could not be opened, read or written. Each description says what, where, and what to
/// do next.
public enum BookError: Error, Hashable, Sendable {
  /// There is no book at the path.
  case notABook(path: String)
  /// There is something at the path already.
  case alreadyExists(path: String)
  /// The book was written by a later program.
  case newerFormat(path: String, format: UInt32, known: UInt32)
  /// The book was written by an earlier program, in a format that was never released.
  case olderFormat(path: String, format: UInt32, known: UInt32)
  /// It was opened for reading only, or may not be written by this user.
  case readOnly(path: String)
  /// A file of the book could not be used; the error says why.
  case file(path: String, LMDBError)
  /// Something in the book is not what it must be.
  case damaged(path: String, what: String)
  /// A file belongs to another book.
  case foreign(path: String)
  /// The clock is far ahead of the book's last entry.
  case clockJump(now: Timestamp, last: Timestamp)
  /// The clock shows a year that the book cannot hold.
  case clockOutOfRange(Timestamp)
  /// An entry or a batch or a name is greater than its limit.
  case tooLarge(what: String, size: Int, limit: Int)
  /// A position that the book does not hold.
  case noSuchPosition(Position, size: UInt64)
}

extension BookError: CustomStringConvertible {
  /// What is wrong, where, and what to do next.
  public var description: String {
    switch self {
    case .notABook(let path):
      "\(path): there is no book here; check the path, or make one with init"
    case .alreadyExists(let path):
      "\(path): there is something here already; choose another path, or open the book that is here"
    case .newerFormat(let path, let format, let known):
      "\(path): the book has format \(format) and this program knows formats up to \(known); "
        + "open it with a newer program"
    case .olderFormat(let path, let format, let known):
      "\(path): the book has format \(format), which only an unreleased program wrote, and this one "
        + "reads format \(known); make the book again from its input"
    case .readOnly(let path):
      "\(path): the book is open for reading only; open it for writing, "
        + "as a user who may write its files"
    case .file(let path, let error):
      "\(path): \(error)"
    case .damaged(let path, let what):
      "\(path): damaged: \(what); verify the book, and put back this file from a backup"
    case .foreign(let path):
      "\(path): this file belongs to another book; put it back where it came from"
    case .clockJump(let now, let last):
      "the clock says \(now.text), more than \(Limits.clockJumpDays) days after the last entry "
        + "(\(last.text)); check the clock, and confirm it if it is right"
    case .clockOutOfRange(let now):
      "the clock is \(now.rawValue) microseconds from 1970, outside the years 1970 to 9999; set it"
    case .tooLarge(let what, let size, let limit):
      "\(what) is \(size), over the limit of \(limit); split it"
    case .noSuchPosition(let position, let size):
      "there is no entry \(position): the book has \(size), numbered from 0"
    }
  }
}

/// Runs `body`, putting the path of the file in front of what LMDB says.
func onFile<Result: ~Copyable>(
  _ path: String, _ body: () throws -> Result
) throws -> Result {
  do {
    return try body()
  } catch let error as LMDBError {
    throw BookError.file(path: path, error)
  }
}
