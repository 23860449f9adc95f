import Money
import Testing

@Suite struct DecimalTextTests {
  @Test(arguments: [
    (".09850", 985, 4), ("0.0985", 985, 4), ("15.00", 15, 0), ("-0.25", -25, 2), ("+1", 1, 0),
    ("5e-05", 5, 5), ("1.5E+1", 15, 0), ("0.000000000000000001", 1, 18), ("1e-18", 1, 18),
    ("0.0000000000000000010", 1, 18), ("0e99", 0, 0),
    ("0.1195179675994109", 1_195_179_675_994_109, 16),
    ("1110.81", 111_081, 2), ("999999999999999999", 999_999_999_999_999_999, 0),
    ("-999.999999999999999", -999_999_999_999_999_999, 15),
  ])
  func `a price is read exactly`(_ text: String, _ digits: Int64, _ decimals: Int) throws {
    let price = try Price(decimal: text)
    #expect(price.digits == digits)
    #expect(price.decimals == decimals)
    #expect(price == Price(digits: digits, decimals: decimals))
  }

  @Test func `a price is the same however many zeros it is written with`() throws {
    #expect(Price(digits: 2_600, decimals: 4) == Price(digits: 26, decimals: 2))
    #expect(try Price(decimal: "0.30") < Price(decimal: "0.305"))
    #expect(
      try Price.sum(Price(decimal: "0.06821"), Price(decimal: "-1.75"))
        == Price(decimal: "-1.68179"))
    #expect(try Price.sum(Price(decimal: "99999999999999999"), Price(decimal: "1e-18")) == nil)
  }

  @Test(arguments: [
    ("", DecimalError.empty), ("-", .noDigits), (".", .noDigits), ("1e", .noDigits),
    ("1,000", .unexpectedCharacter(",", offset: 1)), (" 1", .unexpectedCharacter(" ", offset: 0)),
    ("1.2.3", .unexpectedCharacter(".", offset: 3)), ("1-2", .unexpectedCharacter("-", offset: 1)),
    ("0x10", .unexpectedCharacter("x", offset: 1)), ("٣", .unexpectedCharacter("٣", offset: 0)),
    ("0.0000000000000000001", .tooManyDecimals(allowed: 18)),
    ("1e-19", .tooManyDecimals(allowed: 18)), ("1000000000000000000", .outOfRange),
    ("10.00000000000000001", .outOfRange), ("1e38", .outOfRange), ("1e99999", .outOfRange),
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
      let price = Price(
        digits: value % 1_000_000_000_000_000_000, decimals: Int(value.magnitude % 19))
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
