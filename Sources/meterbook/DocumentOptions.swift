import Application
import ArgumentParser
import Documents

/// How a report is printed, and into which files it is written besides.
struct DocumentOptions: ParsableArguments {
  @Flag(help: "Print CSV.") var csv = false
  @Option(help: ArgumentHelp("Also write a workbook.", valueName: "file")) var xlsx: String?
  @Option(help: ArgumentHelp("Also write a page that prints well.", valueName: "file"))
  var html: String?
  @OptionGroup var book: BookOptions

  /// Opens the book to read it.
  func open() throws -> Ledger {
    guard !(csv && book.json) else {
      throw ValidationError("--csv and --json: choose one of the two.")
    }
    return try book.open()
  }

  /// Whether the report itself is asked for in some form.
  var namesForm: Bool { csv || xlsx != nil || html != nil }

  /// Writes the files that are named, and prints the report; exits with 1 where it is not satisfied.
  func show(_ report: some Report, _ document: ReportDocument) throws {
    try save(document)
    guard csv else { return try Console.show(report, json: book.json) }
    Console.clearProgress()
    Console.show(piece: document.csv)
    if !report.isSatisfied { throw ExitCode(1) }
  }

  /// Writes the files that are named.
  func save(_ document: ReportDocument) throws {
    if let xlsx { try Console.save(document.xlsx, at: xlsx) }
    if let html { try Console.save(Array(document.html.utf8), at: html) }
  }
}
