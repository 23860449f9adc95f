import ArgumentParser

/// What `tools/bench/run` needs of a book: its entries' bytes, and a full scan with its time.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What tools/bench/run measures books with.",
    subcommands: [Dump.self, Scan.self, Sizes.self, Rating.self])
}

extension Bench {
  /// A measurement that cannot be made, in words.
  struct Refused: Error, CustomStringConvertible {
    let description: String
  }
}
