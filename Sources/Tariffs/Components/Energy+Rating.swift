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
    _ input: RatingInput, _ lines: inout OutputSpan<RatedLine>
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
      charging.pool(tariff, ladder, usage, input, &rest, &fills)
      for period in usage.indices {
        for tier in 0..<ladder.tierCount {
          let place = tier * usage.count + period
          append(
            fills[place], charging, tariff.rungs[ladder.firstRung + place], period + 1, input,
            &lines)
        }
      }
    }
  }

  /// One amount of energy, of a period by its number or of all hours (0), up one ladder.
  @inline(__always)
  private mutating func climb(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ ladder: Step.Ladder, _ period: Int,
    _ energy: Int64, _ usage: Span<Energy>, _ input: RatingInput,
    _ lines: inout OutputSpan<RatedLine>
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

  /// The total up every period's own ladder; each period takes its share of its own.
  private mutating func addPooledLadders(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ usage: Span<Energy>,
    _ input: RatingInput, _ lines: inout OutputSpan<RatedLine>
  ) {
    var total: Int64 = 0
    for period in usage.indices { total += usage[period].milliwattHours }
    let grain = input.grain(charging.segment, usage)
    for period in usage.indices where usage[period] != .zero {
      let ladder = tariff.ladders[tariff.steps[charging.step].firstLadder + period]
      Self.reserve(&rest, ladder.tierCount)
      Self.reserve(&fills, ladder.tierCount)
      var left = total
      var from: Int64 = 0
      for tier in 0..<ladder.tierCount {
        let until = charging.limit(tariff.rungs[ladder.firstRung + tier].limit, from, usage, input)
        let quantity = until == .max ? left : min(left, until - from)
        rest[tier] = quantity
        left -= quantity
        from = until
      }
      Self.share(usage[period].milliwattHours / grain, rest, ladder.tierCount, &fills)
      for tier in 0..<ladder.tierCount {
        append(
          fills[tier] * grain, charging, tariff.rungs[ladder.firstRung + tier], period + 1, input,
          &lines)
      }
    }
  }

  /// Splits `total` in proportion to the first `count` of `weights` into the first of `fills`.
  private static func share(
    _ total: Int64, _ weights: [Int64], _ count: Int, _ fills: inout [Int64]
  ) {
    var parts = fills.mutableSpan
    Allocation.split(total, weights: weights.span.extracting(first: count), into: &parts)
  }

  /// Lines from `fills`, which are by rung.
  private mutating func addFilled(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ input: RatingInput,
    _ lines: inout OutputSpan<RatedLine>
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
  private mutating func append(
    _ energy: Int64, _ charging: EnergyCharging, _ rung: Step.Rung, _ period: Int,
    _ input: RatingInput, _ lines: inout OutputSpan<RatedLine>
  ) {
    guard energy != 0 else { return }
    let energy = energy * charging.sign
    append(
      RatedLine(
        rung.line, segment: charging.segment, period: period, quantity: energy,
        amount: input.amount(rung.price, energy)), to: &lines)
  }

  /// Makes room for `count` numbers.
  fileprivate static func reserve(_ numbers: inout [Int64], _ count: Int) {
    if numbers.count < count { numbers = Array(repeating: 0, count: count) }
  }
}

extension EnergyCharging {
  /// Puts the total up a ladder that all periods share into fills, by tier, then period: of each tier
  /// every period takes its share.
  fileprivate func pool(
    _ tariff: CompiledTariff, _ ladder: Step.Ladder, _ usage: Span<Energy>, _ input: RatingInput,
    _ restRoom: inout [Int64], _ fillRoom: inout [Int64]
  ) {
    Workspace.reserve(&restRoom, usage.count)
    Workspace.reserve(&fillRoom, usage.count * ladder.tierCount)
    var rest = restRoom.mutableSpan
    var fills = fillRoom.mutableSpan
    let grain = input.grain(segment, usage)
    var left: Int64 = 0
    for period in usage.indices {
      rest[period] = usage[period].milliwattHours
      left += rest[period]
    }
    var from: Int64 = 0
    for tier in 0..<ladder.tierCount {
      let row = tier * usage.count
      let until = limit(tariff.rungs[ladder.rung(tier: tier, period: 0)].limit, from, usage, input)
      let quantity = until == .max ? left : min(left, until - from)
      if quantity == left {
        for period in usage.indices {
          fills[row + period] = rest[period]
          rest[period] = 0
        }
      } else if quantity > 0 {
        Allocation.split(
          grain == 1 ? quantity : quantity / 1000,
          weights: rest.span.extracting(first: usage.count), into: &fills, at: row)
        for period in usage.indices {
          fills[row + period] *= grain
          rest[period] -= fills[row + period]
        }
      } else {
        for period in usage.indices { fills[row + period] = 0 }
      }
      left -= quantity
      from = until
    }
  }

  /// Where a tier ends on this bill: never before `from`, where it begins; the last is open.
  @inline(__always)
  fileprivate func limit(
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
