import EventLog
public import EventSourcing
import Foundation

/// An open book with everything around it: what every use case starts from.
public final class Ledger: Sendable {
  /// What the book is opened for.
  public enum Access: Sendable {
    /// To read; disposable projections are still kept up.
    case reading
    /// To write, on someone's authority.
    case writing(Authority)
  }

  /// The book's folder.
  public let path: String
  /// The book.
  let book: Book
  private let access: Access
  /// Saved folds of its accounts.
  let snapshots: AccountSnapshots
  /// The rules as far as they were read.
  let knownRules: KnownRules

  /// Opens the book at `path`.
  ///
  /// - Throws: `Failure` for a clock that the book does not accept; `BookError` for a folder that
  ///   is no book, or one that cannot be used.
  public convenience init(opening path: String, access: Access) throws {
    try self.init(opening: path, access: access, tail: AccountSnapshots.tail)
  }

  /// - Parameter tail: Entries of an account that may be folded past what is saved of it.
  init(opening path: String, access: Access, tail: Int) throws {
    self.path = path
    self.access = access
    switch access {
    case .reading: book = try Book(opening: path, readOnly: true)
    case .writing: book = try Book(opening: path, readOnly: false)
    }
    snapshots = AccountSnapshots(of: book, isWritable: !book.isReadOnly, tail: tail)
    knownRules = KnownRules()
    if case .writing(let authority) = access { _ = try Self.moment(authority, in: book) }
  }

  private init(_ ledger: Ledger, access: Access) {
    path = ledger.path
    book = ledger.book
    snapshots = ledger.snapshots
    knownRules = ledger.knownRules
    self.access = access
  }

  /// Where a simulated book's time begins when nobody says.
  public static let simulatedBeginning = Authority.time("2000-01-01")!

  /// Makes a new, empty book.
  ///
  /// A simulated book's id follows from its name and beginning, so that the same commands make the
  /// same bytes.
  public static func create(
    at path: String, name: String, simulated: Bool, authority: Authority
  ) throws -> BookCreatedReport {
    guard simulated || authority.clock == nil else { throw Self.realClockOnly }
    guard StreamID.isValid(name.replacing(" ", with: "-")) else {
      throw Failure(
        "--name '\(name)' cannot name a book.",
        advice: "Use 1 to \(StreamID.maximumLength) printable ASCII characters.")
    }
    let now = simulated ? authority.clock ?? simulatedBeginning : .fromTheClock
    let id = simulated ? Identifiers.simulatedBook(name: name, beginning: now) : nil
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    guard type == nil || type == .typeDirectory else {
      throw Failure(
        "\(path) is a file, and a book is a folder.", advice: "Choose a path where nothing is yet.")
    }
    let folder = URL(filePath: path).deletingLastPathComponent().path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let book = try Book.create(
      at: path, id: id, name: name, simulated: simulated, actor: authority.actor,
      reason: authority.reason, at: now)
    let head = try book.head()
    return BookCreatedReport(
      book: path, name: name, id: book.identity.id.hex, simulated: simulated, size: head.size,
      root: head.root.bytes.hex)
  }

  static let realClockOnly = Failure(
    "--clock is refused: this is a real book, and a real book has only the real clock.",
    advice: "Leave --clock out, or make a book with `meterbook init --simulated`.")

  /// On whose authority this book is being written.
  ///
  /// - Throws: `Failure` if it was opened to read.
  func authority() throws -> Authority {
    guard case .writing(let authority) = access else {
      throw Failure("The book was opened to read.", advice: "Open it to write.")
    }
    return authority
  }

  /// Appends a batch on the book's authority, at `now`.
  func append(_ batch: Batch, at now: Timestamp) throws -> AppendOutcome {
    do {
      return try book.append(batch, at: now, confirmingClock: authority().confirmsClock)
    } catch let error as BookError {
      guard case .clockJump = error else { throw error }
      throw Failure("\(error).", advice: "If the clock is right, say so with --confirm-clock.")
    }
  }

  /// The header of an entry that someone answers for.
  func header(_ stream: StreamID, _ version: UInt64, _ authority: Authority) -> EntryHeader {
    var header = EntryHeader(stream: stream, version: version)
    header.actor = authority.actor
    header.reason = authority.reason
    return header
  }

  /// The time now: the machine's clock, or in a simulated book the time given, which otherwise
  /// stands still at the last entry.
  func now() throws -> Timestamp { try Self.moment(authority(), in: book) }

  /// The time now, for a question: as `now`, and of a book opened to read the clock that applies.
  func present() throws -> Timestamp {
    if case .writing = access { return try now() }
    return book.identity.isSimulated ? try book.head().lastRecordedAt : .fromTheClock
  }

  /// The same book at another moment, which `option` of the command gave.
  ///
  /// - Throws: `Failure` for a moment that is not this book's: a simulated book's clock does not go
  ///   back.
  func moved(to moment: Timestamp, by option: String = "--clock") throws -> Ledger {
    let authority = try authority()
    return try acting(
      on: Authority(
        actor: authority.actor, reason: authority.reason, clock: moment,
        confirmsClock: authority.confirmsClock), by: option)
  }

  /// The same book, to be written on another authority: what is known of it is known there too.
  ///
  /// - Parameter option: Which option the clock was given by.
  /// - Throws: `Failure` for a clock that is not this book's, or if it was opened to read.
  func acting(on authority: Authority, by option: String = "--clock") throws -> Ledger {
    _ = try self.authority()
    _ = try Self.moment(authority, in: book, by: option)
    return Ledger(self, access: .writing(authority))
  }

  private static func moment(
    _ authority: Authority, in book: Book, by option: String = "--clock"
  ) throws -> Timestamp {
    guard book.identity.isSimulated else {
      guard authority.clock == nil else { throw realClockOnly }
      return .fromTheClock
    }
    let last = try book.head().lastRecordedAt
    guard let clock = authority.clock else { return last }
    guard clock >= last else {
      throw Failure(
        "\(option) \(clock.iso) is before the book's last entry, recorded at \(last.iso).",
        advice: "A book's time never goes back: use \(last.iso) or later.")
    }
    return clock
  }
}

/// What `init` made.
public struct BookCreatedReport: Report {
  let book: String
  let name: String
  let id: String
  let simulated: Bool
  let size: UInt64
  let root: String

  /// Two lines.
  public var text: String {
    let kind = simulated ? "A new simulated book" : "A new book"
    return
      "\(kind), \(name), at \(book)\nRoot \(root) over \(size) \(size == 1 ? "entry" : "entries")"
  }
}
