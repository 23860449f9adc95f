import ArgumentParser
import EventLog
import LMDB

/// Prints the bytes in use of every database of every volume.
struct Sizes: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints a line a volume: name, bytes in use, and those of each database.")

  @Argument(help: "The book.") var book: String

  func run() throws {
    for volume in try Book(opening: book, readOnly: true).statistics() {
      let parts = volume.databases.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      print("\(volume.name) \(volume.bytes) \(parts.joined(separator: " "))")
    }
  }
}
