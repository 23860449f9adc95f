import CivilTime
import Metering
import Testing

@Suite struct RegisterTests {
  @Test func `a register that passes its last digit goes on from zero`() {
    let register = RegisterSpec(name: "1", dials: 5)
    #expect(register.modulus == 100_000)
    #expect(register.usage(from: 99_412, to: 268).energy == Energy(kilowattHours: 856))
    #expect(register.usage(from: 99_412, to: 268).rolledOver)
    #expect(register.usage(from: 99_412, to: 191).energy == Energy(kilowattHours: 779))
    #expect(!register.usage(from: 100, to: 1237).rolledOver)
    #expect(register.usage(from: 7, to: 7).energy == .zero)
  }

  @Test func `decimals scale, and are part of the register's digits`() {
    let register = RegisterSpec(name: "1", dials: 4, decimals: 2, multiplier: 40)
    #expect(register.modulus == 1_000_000)
    // 9,999.99 to 0.01: 0.02 kWh x 40.
    #expect(register.usage(from: 999_999, to: 1).energy == Energy(wattHours: 800))
    #expect(register.usage(from: 100, to: 101).energy == Energy(wattHours: 400))
    let wattHours = RegisterSpec(name: "2", unit: .wattHours, dials: 9)
    #expect(wattHours.usage(from: 1000, to: 2500).energy == Energy(wattHours: 1500))
  }

  @Test func `usage over a day's readings sums to the way from first to last, rollovers included`()
  {
    var state: UInt64 = 77
    func random(_ below: Int64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 33) % below
    }
    for _ in 0..<500 {
      let register = RegisterSpec(
        name: "1", dials: UInt8(3 + random(4)), decimals: UInt8(random(4)),
        multiplier: Int32(1 + random(80)))
      var value = random(register.modulus)
      var total: Int64 = 0
      var sum = Energy.zero
      for _ in 0..<10 {
        let advance = random(register.modulus)
        let next = (value + advance) % register.modulus
        sum += register.usage(from: value, to: next).energy
        total += advance
        value = next
      }
      #expect(sum == register.energy(of: total), "seed 77")
    }
  }

  @Test(arguments: [
    (RegisterSpec(name: ""), RegisterProblem.unnamed),
    (RegisterSpec(name: "1", dials: 0), .digits(0)),
    (RegisterSpec(name: "1", dials: 14, decimals: 2), .digits(16)),
    (RegisterSpec(name: "1", decimals: 4), .decimals(4, allowed: 3)),
    (RegisterSpec(name: "1", unit: .wattHours, decimals: 1), .decimals(1, allowed: 0)),
    (RegisterSpec(name: "1", multiplier: 0), .multiplier(0)),
    (RegisterSpec(name: "1", intervalMinutes: 7), .intervalMinutes(7)),
  ])
  func `what no meter has is refused`(_ register: RegisterSpec, _ problem: RegisterProblem) {
    #expect(throws: problem) { try register.validate() }
  }

  @Test func `what meters have is accepted`() throws {
    for minutes: UInt8 in [5, 10, 15, 20, 30, 60] {
      try RegisterSpec(name: "1", intervalMinutes: minutes).validate()
    }
    try RegisterSpec(name: "1", dials: 6, decimals: 3, multiplier: 4_000).validate()
  }

  @Test func `an actual below an estimate settles it and is no rollover`() {
    let register = RegisterSpec(name: "1")
    func reading(_ value: Int64, _ quality: Quality) -> Reading {
      Reading(register: "1", instant: Instant(rawValue: 0), value: value, quality: quality)
    }
    let actual = reading(99_412, .actual)
    let estimate = reading(268, .estimated)
    let settled = register.energy(from: estimate, to: reading(191, .actual), since: actual)
    #expect(settled == Energy(kilowattHours: -77))
    let later = register.energy(from: estimate, to: reading(900, .actual), since: actual)
    #expect(later == Energy(kilowattHours: 632))
    // Between measured readings a decrease is a rollover.
    let rolled = register.energy(
      from: reading(268, .actual), to: reading(191, .actual), since: actual)
    #expect(rolled == Energy(kilowattHours: 99_923))
  }

  @Test func `power is the energy of an interval times the intervals in an hour`() {
    #expect(Power(Energy(wattHours: 11_400), inMinutes: 15) == Power(watts: 45_600))
    #expect(Power(watts: 45_600).description == "45.6 kW")
    #expect(Power(milliwatts: -1).kilowatts == "-0.000001")
  }

  @Test func `a block may count in tenths to thousandths of a watt-hour`() {
    for (decimals, total) in [(0, 4_184_000), (1, 418_400), (2, 41_840), (3, 4_184)] {
      let block = IntervalBlock(
        start: Instant(rawValue: 0), minutes: 60, decimals: UInt8(decimals), values: [4000, 184])
      #expect(block.total.milliwattHours == total)
      #expect(block.energy(at: 1).milliwattHours == 184 * block.unit)
    }
  }

  @Test func `energy is written in kWh, exactly`() {
    #expect(Energy(wattHours: 191_379).description == "191.379 kWh")
    #expect(Energy(wattHours: -50).kilowattHours == "-0.05")
    #expect(Energy(wattHours: 1_000).kilowattHours == "1")
    #expect(Energy(wattHours: 0).kilowattHours == "0")
  }

  @Test func `a block knows where each interval begins and how good it is`() {
    let start = Instant(rawValue: 1_000_000)
    var block = IntervalBlock(start: start, minutes: 15, values: [1, 2, 3])
    #expect(block.end - start == 2700)
    #expect(block.start(of: 2) - start == 1800)
    #expect(block.total == Energy(wattHours: 6))
    #expect(block.quality(at: 1) == .actual)
    block.qualities = [.actual, .estimated, .actual]
    #expect(block.quality(at: 1) == .estimated)
  }

  @Test func `names in files are read as they are written`() {
    for quality in Quality.allCases { #expect(Quality(name: quality.name) == quality) }
    for method in ReadingMethod.allCases { #expect(ReadingMethod(name: method.name) == method) }
    for unit in RegisterUnit.allCases { #expect(RegisterUnit(name: unit.name) == unit) }
    for flow in FlowDirection.allCases { #expect(FlowDirection(name: flow.name) == flow) }
    #expect(Quality(name: "guess") == nil)
  }
}
