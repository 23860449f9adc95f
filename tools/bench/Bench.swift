import ArgumentParser

/// What the benchmarks need of a book: its entries' bytes, its lines, a full scan with its time.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What tools/bench/run measures books with.",
    subcommands: [Dump.self, Lines.self, Scan.self, Sizes.self, Rating.self])
}

extension Bench {
  /// A measurement that cannot be made, in words.
  struct Refused: Error, CustomStringConvertible {
    let description: String
  }
}
