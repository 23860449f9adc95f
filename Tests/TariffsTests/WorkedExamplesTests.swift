import CivilTime
import Metering
import Money
import Tariffs
import Testing

/// The examples that Finance worked by hand, to the cent, and the wrong answers they guard against.
@Suite struct WorkedExamplesTests {
  typealias X = Example
  static let month = X.period("2026-03-01", "2026-04-01")

  @Test func `example 1: a time-of-use month of 650 kWh is 120.96`() {
    let input = X.input(Self.month, X.r2(), [X.kWh(200), X.kWh(450)], X.eightPercent)
    let bill = X.bill(input)
    #expect(bill.amounts(.energyCharge) == ["52.00", "45.00"])
    #expect(bill.amounts(.fixedCharge) == ["15.00"])
    #expect(bill.amounts(.tax) == ["8.96"])
    #expect(bill.total == X.money("120.96"))
    let tax = bill.explain(bill.lines.count - 1, input)
    #expect(tax.counted.map(\.amount).sum() == X.money("112.00"))
    #expect(tax.product.description == "8.96")
  }

  @Test func `example 2: 1,137 kWh in three tiers with franchise, state and city is 167.13`() {
    let input = X.input(Self.month, X.r1(), [X.kWh(1137)], X.stateAndCity)
    let bill = X.bill(input)
    #expect(bill.amounts(.energyCharge) == ["49.25", "61.70", "22.91"])
    #expect(bill.explain(2, input).product.description == "22.91325")
    #expect(bill.amounts(.fixedCharge) == ["15.00", "4.57", "3.50"])
    #expect(bill.explain(4, input).product.description == "4.5708")
    #expect(bill.amounts(.tax) == ["7.85", "2.35"])
    #expect(bill.explain(6, input).product.description == "7.8465")
    #expect(bill.explain(7, input).product.description == "2.35395")
    #expect(bill.explain(7, input).counted.map(\.amount).sum() == X.money("156.93"))
    #expect(bill.total == X.money("167.13"))
  }

  @Test func `example 2, the trap: tax summed line by line would be 7.86`() {
    let bill = X.bill(X.input(Self.month, X.r1(), [X.kWh(1137)], X.stateAndCity))
    let perLine = bill.lines.filter { $0.type != .tax }
      .map { Product(X.rate("5"), of: $0.amount).rounded(.halfAwayFromZero) }.sum()
    #expect(perLine == X.money("7.86"))
    #expect(bill.amounts(.tax).first != "7.86")
  }

  @Test func `example 3: twelve days after moving in, 310 kWh, is 44.61`() {
    let input = X.input(
      X.period("2026-03-20", "2026-04-01"), X.r1(), [X.kWh(310)], X.stateAndCity)
    let bill = X.bill(input)
    #expect(bill.amounts(.energyCharge) == ["19.70", "13.57"])
    #expect(bill.explain(0, input).tierEnds?.applied == .energy(X.kWh(200)))
    #expect(bill.explain(1, input).product.description == "13.574")
    #expect(bill.amounts(.fixedCharge) == ["6.00", "1.40", "1.22"])
    #expect(bill.explain(4, input).product.description == "1.2201")
    #expect(bill.amounts(.tax) == ["2.09", "0.63"])
    #expect(bill.total == X.money("44.61"))
  }

  @Test func `example 4: a rate change inside the period, from two readings, is 96.29 of energy`()
    throws
  {
    var rules = RuleSet()
    rules.publish(X.r1())
    rules.publish(X.r1From2028())
    let period = X.period("2028-02-15", "2028-03-15")
    #expect(period.days == 29)
    let spans = try rules.spans(
      of: period, plans: [PlanAssignment(plan: "R1", from: X.day("2027-01-01"))])
    #expect(spans.map(\.days.days) == [15, 14])
    let segments = try RatingSegment.segments(
      spans, measured: [MeasuredUsage(days: period, energy: X.kWh(870))])
    #expect(segments.map(\.usage) == [[X.kWh(450)], [X.kWh(420)]])
    #expect(segments.map(\.isSplit) == [true, true])
    let input = RatingInput(period: period, segments: segments)
    let bill = X.bill(input)
    #expect(bill.amounts(.energyCharge) == ["25.47", "24.50", "23.62", "22.70"])
    #expect(bill.sum(.energyCharge) == X.money("96.29"))
    #expect(bill.explain(0, input).tierEnds?.applied == .energy(Energy(wattHours: 258_621)))
    #expect(bill.explain(1, input).tierEnds?.applied == .energy(Energy(wattHours: 241_379)))
    // A fixed price that did not change stays one line, and so does the franchise fee.
    #expect(bill.amounts(.fixedCharge) == ["15.00", "3.50", "3.44"])
    #expect(bill.lines.filter { $0.type == .fixedCharge }.allSatisfy { $0.segmentCount == 2 })
  }

  /// Sunday 26 October 2025 in Israel: on-peak hours at 3 kWh, all others at 1.
  static func sunday(_ zone: ZoneRules) -> IntervalBlock {
    let begin = X.jerusalem.midnight(of: X.day("2025-10-26"))
    let values = (0..<25).map { hour -> Int64 in
      let local = X.jerusalem.local(begin + Int64(hour) * 3600)
      return (17..<22).contains(local.secondOfDay / 3600) ? 3000 : 1000
    }
    return IntervalBlock(start: begin, minutes: 60, values: values)
  }

  static func energy(_ zone: ZoneRules, _ calendar: Calendar) throws -> Money {
    let period = X.period("2025-10-26", "2025-10-27")
    let tariff = CompiledTariff(X.r2([], calendar: calendar.name), calendars: [calendar])
    let segments = try RatingSegment.segments(
      [TariffSpan(days: period, tariff: tariff)], intervals: [sunday(zone)], zone: zone)
    return X.bill(RatingInput(period: period, segments: segments)).total
  }

  @Test func `example 5: a working Sunday of 25 hours in Jerusalem is 5.90`() throws {
    #expect(X.jerusalem.length(of: X.day("2025-10-26")) == 25 * 3600)
    let block = Self.sunday(X.jerusalem)
    #expect(block.total == X.kWh(35))
    #expect(try Self.energy(X.jerusalem, X.israeli) == X.money("5.90"))
  }

  @Test func `example 6: an estimate of 856 kWh and the actual 779 differ by 10.26`() {
    let tariff = X.r1([X.service, X.infrastructure])
    func bill(_ usage: Int64) -> RatedBill {
      X.bill(
        X.input(X.period("2026-08-15", "2026-09-15"), tariff, [X.kWh(usage)], X.eightPercent))
    }
    let register = RegisterSpec(name: "1")
    let estimate = bill(register.usage(from: 99_412, to: 268).energy.wattHours / 1000)
    let actual = bill(register.usage(from: 99_412, to: 191).energy.wattHours / 1000)
    #expect(estimate.amounts(.energyCharge) == ["49.25", "43.93"])
    #expect(estimate.amounts(.tax) == ["8.93"])
    #expect(estimate.total == X.money("120.61"))
    #expect(actual.amounts(.energyCharge) == ["49.25", "34.43"])
    #expect(actual.amounts(.tax) == ["8.17"])
    #expect(actual.total == X.money("110.35"))
    #expect(actual.total - estimate.total == X.money("-10.26"))
    #expect(actual.sum(.energyCharge) - estimate.sum(.energyCharge) == X.money("-9.50"))
  }

  @Test func `example 5, the trap: with a stored offset of +03:00 it would be 5.58`() throws {
    // Under that offset the day's first hour falls to Saturday, a rest day, and the last to Monday.
    let fixed = ZoneRules(fixedOffset: 10800, name: "+03:00")
    let tariff = CompiledTariff(X.r2([], calendar: "israel"), calendars: [X.israeli])
    let days = X.period("2025-10-25", "2025-10-28")
    var segment = RatingSegment(days: days, tariff: tariff)
    var tally = IntervalTally()
    segment.add(
      Self.sunday(fixed), MeasuringSpan(days, of: days, zone: fixed), zone: fixed, &tally)
    #expect(tally.count == 25)
    let bill = X.bill(RatingInput(period: days, segments: [segment]))
    #expect(bill.total == X.money("5.58"))
    #expect(bill.total != X.money("5.90"))
  }

  @Test func `example 5, the trap: with a weekend of Saturday and Sunday it would be 3.50`() throws
  {
    #expect(try Self.energy(X.jerusalem, X.american) == X.money("3.50"))
  }

  @Test func `example 5, the trap: a day of 24 slots would lose one kWh`() throws {
    var block = Self.sunday(X.jerusalem)
    block.values.removeLast()
    #expect(block.total == X.kWh(34))
    let tariff = CompiledTariff(X.r2([], calendar: "israel"), calendars: [X.israeli])
    let span = TariffSpan(days: X.period("2025-10-26", "2025-10-27"), tariff: tariff)
    #expect(throws: UsageProblem.missingIntervals(1, first: block.end)) {
      try RatingSegment.segments([span], intervals: [block], zone: X.jerusalem)
    }
  }
}
