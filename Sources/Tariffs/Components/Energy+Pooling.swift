import CivilTime
import Metering
import Money

// Tiers that the energy of all periods fills together.

extension Workspace {
  /// The total up a ladder that all periods share: of each tier every period takes its share.
  mutating func addPooled(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ ladder: Step.Ladder,
    _ usage: Span<Energy>, _ input: RatingInput, _ lines: inout MutableSpan<RatedLine>
  ) {
    if usage.count == 2 { return addPair(charging, tariff, ladder, usage, input, &lines) }
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

  /// The same of two periods, the usual case: a tier's two lines at once, the second's behind the room
  /// of all first ones.
  private mutating func addPair(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ ladder: Step.Ladder,
    _ usage: Span<Energy>, _ input: RatingInput, _ lines: inout MutableSpan<RatedLine>
  ) {
    let isWhole = input.grain(charging.segment, usage) != 1
    var (first, second) = (usage[0].milliwattHours, usage[1].milliwattHours)
    let middle = count + ladder.tierCount
    var (firsts, seconds) = (count, middle)
    var sum = Money.zero
    var from: Int64 = 0
    var place = ladder.firstRung
    for _ in 0..<ladder.tierCount {
      let until = charging.limit(tariff.rungs[place].limit, from, usage, input)
      var (part, rest) = (first, second)
      if until != .max, until - from < first + second {
        let quantity = until - from
        if quantity == 0 {
          (part, rest) = (0, 0)
        } else if isWhole {
          part = Allocation.split(quantity / 1000, first, second).0 * 1000
          rest = quantity - part
        } else {
          (part, rest) = Allocation.split(quantity, first, second)
        }
      }
      if part != 0 {
        let line = line(part, charging, tariff.rungs[place], 1, input)
        sum += line.amount
        lines[firsts] = line
        firsts += 1
      }
      if rest != 0 {
        let line = line(rest, charging, tariff.rungs[place + 1], 2, input)
        sum += line.amount
        lines[seconds] = line
        seconds += 1
      }
      first -= part
      second -= rest
      from = until
      place += 2
    }
    if firsts == middle {
      firsts = seconds
    } else {
      for index in middle..<seconds {
        lines[firsts] = lines[index]
        firsts += 1
      }
    }
    take(upTo: firsts, sum, &lines)
  }

  /// The total up every period's own ladder; each period takes its share of its own.
  mutating func addPooledLadders(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ usage: Span<Energy>,
    _ input: RatingInput, _ lines: inout MutableSpan<RatedLine>
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
}
