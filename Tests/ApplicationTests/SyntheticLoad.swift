import Foundation

/// A load made at random, the same here and in `Tests/Support/synthetic_load.py`: a year from
/// 2018-01-01 in tenths of a watt-hour.
struct SyntheticLoad: Decodable, Sendable {
  /// Of the random numbers.
  var seed: UInt64
  /// How long an interval is.
  var minutes: Int
  /// Multiplies the use, in tenths.
  var size: Int
  /// Multiplies the sun.
  var solar: Int
  /// The month in which nothing is used or made; 0 for none.
  var quiet: Int

  private static let use = [
    3000, 2500, 2300, 2200, 2200, 2600, 4200, 6100, 5600, 4700, 4500, 4600,
    4800, 4600, 4500, 4900, 6300, 8900, 11000, 11800, 10900, 8700, 6200, 4100,
  ]
  private static let sun = [
    0, 0, 0, 0, 0, 0, 2, 9, 21, 36, 49, 58, 61, 58, 49, 36, 21, 9, 2, 0, 0, 0, 0, 0,
  ]
  private static let season = [11, 10, 8, 7, 8, 13, 17, 16, 12, 7, 9, 12]
  private static let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

  /// The rows `start_local,kwh`, in order.
  var rows: [String] {
    var state = seed
    func random(below bound: UInt64) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((mixed ^ (mixed >> 31)) % bound)
    }
    var rows: [String] = []
    for (month, days) in Self.days.enumerated() {
      for day in 1...days {
        for minute in stride(from: 0, to: 1440, by: minutes) {
          let hour = minute / 60
          let used = Self.use[hour] * Self.season[month] * size / 100 + random(below: 2000)
          let made = solar * Self.sun[hour] * random(below: 100)
          let value = month + 1 == quiet ? 0 : used * minutes / 60 - made * minutes / 60
          let start = "2018-\(two(month + 1))-\(two(day))T\(two(hour)):\(two(minute % 60))"
          rows.append("\(start),\(decimal(value))")
        }
      }
    }
    return rows
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// Ten-thousandths as a decimal.
  private func decimal(_ value: Int) -> String {
    let digits = String(value.magnitude)
    let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    return (value < 0 ? "-" : "") + padded.dropLast(4) + "." + padded.suffix(4)
  }

  /// Writes the load to a file in `folder`; its path.
  func write(in folder: String) throws -> String {
    let path = "\(folder)/load-\(seed)-\(minutes)-\(size)-\(solar)-\(quiet).csv"
    let text = (["start_local,kwh"] + rows).joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }
}
