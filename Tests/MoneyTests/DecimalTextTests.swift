import Money
import Testing

@Suite struct DecimalTextTests {
  @Test(arguments: [
    (".09850", 98_500_000_000), ("0.0985", 98_500_000_000), ("15.00", 15_000_000_000_000),
    ("-0.25", -250_000_000_000), ("+1", 1_000_000_000_000), ("5e-05", 50_000_000),
    ("1.5E+1", 15_000_000_000_000), ("0.000000000001", 1), ("0.0000000000010", 1), ("0e99", 0),
    ("9223372.036854775807", Int64.max), ("-9223372.036854775808", Int64.min),
  ])
  func `a price is read exactly`(_ text: String, _ value: Int64) throws {
    #expect(try Price(decimal: text).rawValue == value)
  }

  @Test(arguments: [
    ("", DecimalError.empty), ("-", .noDigits), (".", .noDigits), ("1e", .noDigits),
    ("1,000", .unexpectedCharacter(",", offset: 1)), (" 1", .unexpectedCharacter(" ", offset: 0)),
    ("1.2.3", .unexpectedCharacter(".", offset: 3)), ("1-2", .unexpectedCharacter("-", offset: 1)),
    ("0x10", .unexpectedCharacter("x", offset: 1)), ("٣", .unexpectedCharacter("٣", offset: 0)),
    ("0.0000000000001", .tooManyDecimals(allowed: 12)), ("1e-13", .tooManyDecimals(allowed: 12)),
    ("9223372.036854775808", .outOfRange), ("1e38", .outOfRange), ("1e99999", .outOfRange),
    ("99999999999999999999999999999999999999999", .outOfRange),
  ])
  func `what does not fit a price is refused with the reason`(_ text: String, _ error: DecimalError)
  {
    #expect(throws: error) { try Price(decimal: text) }
    #expect(!error.description.isEmpty)
  }

  @Test(arguments: [
    ("120.96", 12_096), ("-10.26", -1_026), ("0.05", 5), ("-0.05", -5), ("0.00", 0), ("7.00", 700),
  ])
  func `money is written as it is read`(_ text: String, _ cents: Int64) throws {
    #expect(try Money(decimal: text) == Money(cents: cents))
    #expect(Money(cents: cents).description == text)
  }

  @Test func `prices and rates are written without needless zeros`() throws {
    #expect(try Price(decimal: ".09850").description == "0.0985")
    #expect(try Price(decimal: "15").description == "15.00")
    #expect(try Rate(percent: "1.5").percentage == "1.5 %")
    #expect(try Rate(percent: "3") == Rate(decimal: "0.03"))
    #expect(try Rate(percent: "3").description == "0.03")
  }

  @Test func `random numbers survive the round trip`() throws {
    var random = SeededRandom(seed: 20_260_302)
    for _ in 0..<2_000 {
      let value = Int64(truncatingIfNeeded: random.next()) >> Int64(random.next() % 60)
      let price = Price(rawValue: value)
      #expect(try Price(decimal: price.description) == price, "seed \(random.seed)")
      let money = Money(cents: value)
      #expect(try Money(decimal: money.description) == money, "seed \(random.seed)")
    }
  }
}

/// SplitMix64: the same numbers for the same seed, on any machine.
struct SeededRandom: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
