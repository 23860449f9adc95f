import Money
import Testing

@Suite struct RoundingTests {
  @Test(arguments: [
    // quotient in tenths: half away, half even, down, up
    (25, [3, 2, 2, 3]), (35, [4, 4, 3, 4]), (24, [2, 2, 2, 3]), (26, [3, 3, 2, 3]),
    (-25, [-3, -2, -2, -3]), (-35, [-4, -4, -3, -4]), (-24, [-2, -2, -2, -3]), (20, [2, 2, 2, 2]),
    (5, [1, 0, 0, 1]), (-5, [-1, 0, 0, -1]), (0, [0, 0, 0, 0]),
  ])
  func `every policy rounds tenths as its name says`(_ tenths: Int, _ expected: [Int64]) {
    #expect(Rounding.allCases.map { $0.quotient(Int128(tenths), by: 10) } == expected)
    // The same beyond 64 bits: both scaled by 10^20.
    let scale: Int128 = 100_000_000_000_000_000_000
    #expect(
      Rounding.allCases.map { $0.quotient(Int128(tenths) * scale, by: 10 * scale) } == expected)
  }

  @Test func `a quotient by a power of ten is that by the same number`() {
    var random = SeededRandom(seed: 20_261_125)
    for exponent in 0...18 {
      let power = PowersOfTen.of(exponent)
      var numerators: [Int64] = [0, 1, power - 1, power, .max - 1, .max, .min, .min + 1]
      for _ in 0..<60 {
        let whole = Int64.random(in: .min...(.max), using: &random) / power * power
        for near in [0, 1, power / 2, power / 2 + 1, power - 1] {
          numerators += [whole, whole &+ near, whole &- near, near, -near]
        }
      }
      for rounding in Rounding.allCases {
        let wrong = numerators.filter {
          rounding.quotient($0, byPowerOfTen: exponent) != exact(rounding, $0, power)
        }
        #expect(wrong == [], "\(rounding) 10^\(exponent)")
      }
      guard exponent > 0 else { continue }
      let ready = PowerOfTen(exponent: exponent)
      let other = numerators.filter {
        $0 >= 0 && ready.nearest(UInt64($0)) != exact(.halfAwayFromZero, $0, power)
      }
      #expect(other == [], "10^\(exponent), made ready")
    }
  }

  /// By definition, in 128 bits.
  private func exact(_ rounding: Rounding, _ numerator: Int64, _ denominator: Int64) -> Int64 {
    let (wide, whole) = (Int128(numerator), Int128(denominator))
    let down = (wide - (wide % whole + whole) % whole) / whole
    let twice = 2 * (wide - down * whole)
    guard twice > 0 else { return Int64(down) }
    let isUp =
      switch rounding {
      case .halfAwayFromZero: twice > whole || twice == whole && numerator > 0
      case .halfEven: twice > whole || twice == whole && down % 2 != 0
      case .down: numerator < 0
      case .up: numerator > 0
      }
    return Int64(isUp ? down + 1 : down)
  }

  @Test func `a product is exact and is rounded once`() throws {
    let product = Product(try Price(decimal: ".16725"), times: 137_000, scale: 3)
    #expect(product.description == "22.91325")
    #expect(product.rounded(.halfAwayFromZero) == Money(cents: 2291))
    let half = Product(try Price(decimal: "0.005"), times: 1, scale: 0)
    #expect(half.rounded(.halfAwayFromZero) == Money(cents: 1))
    #expect(half.rounded(.halfEven) == .zero)
  }

  @Test func `a prorated price prints as a decimal where one is finite, else as a fraction`() throws
  {
    let price = try Price(decimal: "15.00")
    #expect(Product(price, times: Fraction(12, 30)).description == "6")
    #expect(Product(price, times: Fraction(1, 8)).description == "1.875")
    #expect(Product(price, times: Fraction(15, 29)).description == "225/29")
    #expect(Product(price, times: Fraction(-1, 3)).description == "-5")
    #expect(Product(price, times: Fraction(15, 29)).rounded(.halfAwayFromZero).cents == 776)
  }

  @Test func `products of extremes do not overflow`() {
    let product = Product(Price(digits: .max, decimals: 12), times: .max, scale: 3)
    #expect(product.numerator == Int128(Int64.max) * Int128(Int64.max))
    #expect(Product(Rate(rawValue: .min), of: Money(cents: .min)).numerator > 0)
  }

  @Test func `the name of a policy is read as it is written`() {
    for rounding in Rounding.allCases { #expect(Rounding(name: rounding.name) == rounding) }
    #expect(Rounding(name: "nearest") == nil)
  }
}
