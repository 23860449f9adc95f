import CivilTime
import Metering
import Money
import Tariffs
import Testing

/// What holds for every bill, tried on bills made at random; a failure prints its seed.
@Suite struct RatingPropertiesTests {
  typealias X = Example

  @Test(arguments: 1...100)
  func `lines sum to the total, energy to the usage, and the order is Finance's`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let input = random.input(segments: 1 + Int(seed % 3))
    let bill = X.bill(input)
    #expect(bill.lines.map(\.amount).sum() == bill.total)
    for (index, segment) in input.segments.enumerated() {
      for component in segment.tariff.version.components.indices {
        guard case .energy = segment.tariff.version.components[component].kind else { continue }
        let lines = bill.lines.filter {
          $0.type == .energyCharge && $0.segment == index && $0.component == component
        }
        let sum = lines.map(\.energy).reduce(Energy.zero, +)
        #expect(sum == segment.usage.reduce(.zero, +))
        for period in segment.usage.indices where lines.contains(where: { $0.touPeriod != nil }) {
          let ofPeriod = lines.filter { Int($0.touPeriod!) == period }.map(\.energy)
          #expect(ofPeriod.reduce(.zero, +) == segment.usage[period])
          #expect(ofPeriod.allSatisfy { $0 > .zero })
        }
      }
    }
    let fixed = bill.lines.filter { $0.type == .fixedCharge }.map(\.amount)
    #expect(fixed == fixed.sorted(by: >))
    let sections = bill.lines.map { line -> Int in
      switch line.type {
      case .energyCharge: 1
      case .fixedCharge: 2
      default: 3
      }
    }
    #expect(sections == sections.sorted())
    let energy = bill.lines.filter { $0.type == .energyCharge }.map {
      [Int($0.touPeriod.map { $0 + 1 } ?? 0), Int($0.tier), Int($0.segment)]
    }
    #expect(energy == energy.sorted { $0.lexicographicallyPrecedes($1) })
  }

  @Test(arguments: 1...100)
  func `every amount follows from what explain says`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed &+ 10_000)
    let input = random.input(segments: 1 + Int(seed % 3))
    let bill = X.bill(input)
    for index in bill.lines.indices {
      let line = bill.lines[index]
      let explanation = bill.explain(index, input)
      #expect(explanation.product.rounded(explanation.rounding) == line.amount)
      switch line.basis {
      case .share(let base, _):
        #expect(explanation.counted.map(\.amount).sum() == base)
      case .energy(let energy, _):
        let from = explanation.tierBegins?.energy ?? .zero
        if let end = explanation.tierEnds?.energy { #expect(energy <= end - from) }
        if explanation.tierBegins != nil { #expect(explanation.segmentUsage > from) }
      case .terms(let part, _, _):
        let factor = explanation.monthFactor
        let span = explanation.spanFactor
        #expect(
          part.numerator * factor.denominator * span.denominator
            == part.denominator * factor.numerator * span.numerator)
      case .demand, .topUp: Issue.record("no such component here")
      }
    }
  }

  @Test(arguments: 1...80)
  func `rating into a used bill gives the same as into a new one`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed &+ 20_000)
    var bill = X.bill(random.input(segments: 3))
    let input = random.input(segments: 1 + Int(seed % 3))
    bill.rate(input)
    #expect(bill == X.bill(input))
  }

  @Test(arguments: 1...100)
  func `splitting a period at equal prices changes energy by rounding only`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed &+ 30_000)
    let tariff = random.tariff(periods: 0)
    let period = random.period()
    let whole = CompiledTariff(tariff)
    let total = Energy(wattHours: Int64(random.next() % 3_000_000))
    let measured = [MeasuredUsage(days: period, energy: total)]
    func rated(_ spans: [TariffSpan]) throws -> (RatedBill, RatingInput) {
      let input = RatingInput(
        period: period, segments: try RatingSegment.segments(spans, measured: measured))
      return (X.bill(input), input)
    }
    let (one, _) = try rated([TariffSpan(days: period, tariff: whole)])
    let cut = period.start + (1 + Int(random.next() % UInt64(period.days - 1)))
    let (two, input) = try rated([
      TariffSpan(days: BillingPeriod(start: period.start, end: cut), tariff: whole),
      TariffSpan(days: BillingPeriod(start: cut, end: period.end), tariff: whole),
    ])
    #expect(input.segments.map { $0.usage[0] }.reduce(.zero, +) == total)
    // Each segment's tiers may shift by a watt-hour, each line by half a cent.
    let difference = one.sum(.energyCharge) - two.sum(.energyCharge)
    #expect(abs(difference.cents) <= Int64(two.lines.count))
    // What does not count energy is not split at all.
    #expect(one.fixedAmounts == two.fixedAmounts)
    #expect(two.lines.filter { $0.isFixedPrice }.allSatisfy { $0.segmentCount == 2 })
  }

  @Test(arguments: 1...100)
  func `limits of the segments sum to the limit of the whole`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed &+ 40_000)
    let input = random.input(segments: 3, isSteep: true)
    let bill = X.bill(input)
    var sums: [UInt8: Energy] = [:]
    var seen: [UInt8: Set<UInt8>] = [:]
    for index in bill.lines.indices where bill.lines[index].type == .energyCharge {
      let line = bill.lines[index]
      guard let limit = bill.explain(index, input).tierEnds, limit.basis == .month else { continue }
      if seen[line.tier, default: []].insert(line.segment).inserted {
        sums[line.tier, default: .zero] += limit.energy ?? .zero
      }
    }
    for (tier, sum) in sums where seen[tier]?.count == 3 {
      guard case .energy(let energy) = input.segments[0].tariff.version.components[0].kind,
        let limit = energy.ladders[0].tiers[Int(tier)].limit
      else { continue }
      let factor = input.proration.factor(days: input.period.days)
      let whole = Rounding.halfAwayFromZero.quotient(
        Int128(limit.wattHours) * Int128(factor.numerator), by: Int128(factor.denominator))
      #expect(sum.wattHours == whole)
    }
  }
}

extension LineExplanation.Limit {
  /// What the limit is on the bill, where it is of energy.
  var energy: Energy? {
    if case .energy(let energy) = applied { energy } else { nil }
  }
}

extension RatedLine {
  var energy: Energy {
    if case .energy(let energy, _) = basis { energy } else { .zero }
  }

  var isFixedPrice: Bool {
    if case .terms = basis { true } else { false }
  }
}

extension RatedBill {
  var fixedAmounts: [Money] { lines.filter(\.isFixedPrice).map(\.amount) }
}
