import ArgumentParser

/// Tries to break a book: kills its writers, flips its bytes.
@main
struct Crash: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tries to break a book, and fails if it breaks.",
    discussion: """
      crash rollover --rollovers 100      six writers over a hundred month ends, killed at random
      crash flip --book BOOK --count 1000 every flipped byte must be found, and its entry named
      """,
    subcommands: [Rollover.self, Writer.self, Flip.self])
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// What a run found wrong.
struct Broken: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
