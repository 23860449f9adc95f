import Foundation

/// Random numbers that can be had again: the seed is printed, and taken from `METERBOOK_SEED` if set.
struct SeededRandom: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// A new seed, printed.
  static func fresh() -> SeededRandom {
    let given = ProcessInfo.processInfo.environment["METERBOOK_SEED"].flatMap { UInt64($0) }
    let random = SeededRandom(seed: given ?? UInt64.random(in: 1...UInt64(UInt32.max)))
    print("seed \(random.seed): repeat with METERBOOK_SEED=\(random.seed)")
    return random
  }

  /// For failure messages.
  var note: String { "METERBOOK_SEED=\(seed)" }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
