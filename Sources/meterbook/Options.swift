import Application
import ArgumentParser
import Foundation

/// Which book, and how to print.
struct BookOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The book's folder (or METERBOOK_BOOK).", valueName: "path"))
  var book: String?

  @Flag(help: "Print JSON; amounts are decimal strings.")
  var json = false

  /// The book's folder, from the option or the environment.
  func path() throws -> String {
    if let book { return book }
    if let book = ProcessInfo.processInfo.environment["METERBOOK_BOOK"], !book.isEmpty {
      return book
    }
    throw ValidationError("Which book? Name its folder with --book PATH or METERBOOK_BOOK.")
  }

  /// Opens the book to read it.
  func open() throws -> Ledger { try Ledger(opening: path(), access: .reading) }
}

/// Who writes, why, and (in a simulated book) when.
struct WritingOptions: ParsableArguments {
  @Option(help: "Who does this; goes into the book. Default: the login name.")
  var actor: String?

  @Option(help: "Why; goes into the book.")
  var reason: String?

  @Option(
    help: ArgumentHelp(
      "The simulated book's time, as 2026-02-01T06:00:00Z; never earlier than its last entry.",
      valueName: "time"))
  var clock: String?

  @Flag(help: "The machine's clock is right, though far ahead of the book's last entry.")
  var confirmClock = false

  /// Who and why, with the clock that applies.
  func authority() throws -> Authority {
    let actor = actor ?? NSUserName()
    let clock = try clock.map { text in
      guard let time = Authority.time(text) else {
        throw ValidationError("--clock \(text): expected a time such as 2026-02-01T06:00:00Z.")
      }
      return time
    }
    do {
      return try Authority(
        actor: actor, reason: reason ?? "", clock: clock, confirmsClock: confirmClock)
    } catch {
      throw ValidationError("\(error)")
    }
  }
}

/// Both, for commands that write.
struct WritingBookOptions: ParsableArguments {
  @OptionGroup var book: BookOptions
  @OptionGroup var writing: WritingOptions

  var json: Bool { book.json }

  /// Opens the book to write in it.
  func open() throws -> Ledger {
    try Ledger(opening: book.path(), access: .writing(writing.authority()))
  }
}
