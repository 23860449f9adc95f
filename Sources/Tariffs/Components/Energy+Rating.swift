import CivilTime
import Metering
import Money

/// What the lines of a component of energy are made from.
struct EnergyCharging {
  /// The place of the component's step.
  var step: Int
  var segment: Int
  /// What part of a month the bill's period is.
  var factor: Fraction
  /// Whether plain limits count as they stand.
  var isWhole: Bool
  /// 1 for what is taken, -1 for what is delivered and paid for.
  var sign: Int64 = 1
}

extension Workspace {
  /// The lines of energy by tier and period.
  mutating func addEnergy(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ usage: Span<Energy>,
    _ input: RatingInput, _ lines: inout MutableSpan<RatedLine>
  ) {
    let step = tariff.steps[charging.step]
    if step.isByInterval, let series = input.segments[charging.segment].series {
      fill(charging, tariff, series, usage, input)
      return addFilled(charging, tariff, input, &lines)
    }
    let ladder = tariff.ladders[step.firstLadder]
    if step.filling == .separate {
      let isNamed = tariff.usageCount > 1
      for period in usage.indices {
        let own = step.ladderCount > 1 ? tariff.ladders[step.firstLadder + period] : ladder
        climb(
          charging, tariff, own, isNamed ? period + 1 : 0, usage[period].milliwattHours, usage,
          input, &lines)
      }
    } else if step.ladderCount > 1 {
      addPooledLadders(charging, tariff, usage, input, &lines)
    } else if ladder.rungsPerTier == 1 {
      var total: Int64 = 0
      for period in usage.indices { total += usage[period].milliwattHours }
      climb(charging, tariff, ladder, 0, total, usage, input, &lines)
    } else if ladder.tierCount == 1 {
      for period in usage.indices {
        append(
          usage[period].milliwattHours, charging, tariff.rungs[ladder.firstRung + period],
          period + 1, input, &lines)
      }
    } else {
      addPooled(charging, tariff, ladder, usage, input, &lines)
    }
  }

  /// One amount of energy, of a period by its number or of all hours (0), up one ladder.
  @inline(__always)
  private mutating func climb(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ ladder: Step.Ladder, _ period: Int,
    _ energy: Int64, _ usage: Span<Energy>, _ input: RatingInput,
    _ lines: inout MutableSpan<RatedLine>
  ) {
    var left = energy
    var from: Int64 = 0
    for tier in 0..<ladder.tierCount where left != 0 {
      let place = ladder.rung(tier: tier, period: max(0, period - 1))
      let until = charging.limit(tariff.rungs[place].limit, from, usage, input)
      let quantity = until == .max ? left : min(left, until - from)
      append(quantity, charging, tariff.rungs[place], period, input, &lines)
      left -= quantity
      from = until
    }
  }

  /// Lines from `fills`, which are by rung.
  private mutating func addFilled(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ input: RatingInput,
    _ lines: inout MutableSpan<RatedLine>
  ) {
    let step = tariff.steps[charging.step]
    for number in 0..<step.ladderCount {
      let ladder = tariff.ladders[step.firstLadder + number]
      for tier in 0..<ladder.tierCount {
        for period in 0..<ladder.rungsPerTier {
          let named = step.ladderCount > 1 ? number + 1 : ladder.rungsPerTier > 1 ? period + 1 : 0
          let rung = ladder.rung(tier: tier, period: period)
          append(fills[rung], charging, tariff.rungs[rung], named, input, &lines)
        }
      }
    }
  }

  /// A line of energy on a rung in a period, by its number, or in all hours (0); none of no energy.
  @inline(__always)
  mutating func append(
    _ energy: Int64, _ charging: EnergyCharging, _ rung: Step.Rung, _ period: Int,
    _ input: RatingInput, _ lines: inout MutableSpan<RatedLine>
  ) {
    if energy != 0 { append(line(energy, charging, rung, period, input), to: &lines) }
  }

  /// A line of energy on a rung in a period, by its number, or in all hours (0).
  @inline(__always)
  func line(
    _ energy: Int64, _ charging: EnergyCharging, _ rung: Step.Rung, _ period: Int,
    _ input: RatingInput
  ) -> RatedLine {
    let energy = energy * charging.sign
    return RatedLine(
      rung.line, segment: charging.segment, period: period, quantity: energy,
      amount: amount(rung.price, rung.line, energy, scale: Energy.scale, input))
  }

  /// Makes room for `count` numbers.
  static func reserve(_ numbers: inout [Int64], _ count: Int) {
    if numbers.count < count { numbers = Array(repeating: 0, count: count) }
  }
}

extension EnergyCharging {
  /// Where a tier ends on this bill: never before `from`, where it begins; the last is open.
  @inline(__always)
  func limit(
    _ limit: Limit, _ from: Int64, _ usage: Span<Energy>, _ input: RatingInput
  ) -> Int64 {
    if limit.amount == .max || limit.isPlain && isWhole { return max(from, limit.amount) }
    return max(from, input.limit(limit, segment, factor, input.grain(segment, usage)))
  }
}

extension Workspace {
  /// Fills `fills` interval by interval, in the order of time: the running total decides the
  /// tier, the moment the period.
  private mutating func fill(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ series: IntervalSeries,
    _ usage: Span<Energy>, _ input: RatingInput
  ) {
    let step = tariff.steps[charging.step]
    Self.reserve(&fills, tariff.rungs.count)
    Self.reserve(&bounds, tariff.rungs.count)
    for rung in tariff.rungs.indices { fills[rung] = 0 }
    for number in 0..<step.ladderCount {
      let ladder = tariff.ladders[step.firstLadder + number]
      var from: Int64 = 0
      for tier in 0..<ladder.tierCount {
        let first = ladder.rung(tier: tier, period: 0)
        from = charging.limit(tariff.rungs[first].limit, from, usage, input)
        for period in 0..<ladder.rungsPerTier { bounds[first + period] = from }
      }
    }
    var total: Int64 = 0
    for block in series.blocks {
      let range = block.range(series.span)
      guard !range.isEmpty else { continue }
      let unit = block.unit * charging.sign
      var walk = PeriodWalk(tariff.clock, block, range, series.span.middle)
      while let piece = walk.next(series.zone) {
        let period = piece.period
        let ladder = tariff.ladders[step.firstLadder + (step.ladderCount > 1 ? period : 0)]
        for index in piece.range {
          var left = max(0, block.values[index] * unit)
          var tier = 0
          while left > 0 {
            let rung = ladder.rung(tier: tier, period: period)
            let part = min(left, bounds[rung] - total)
            if part > 0 {
              fills[rung] += part
              total += part
              left -= part
            }
            tier += 1
          }
        }
      }
    }
  }
}
