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
  /// 1 for what is taken, -1 for what is delivered and paid for.
  var sign: Int64 = 1
  /// In how many mWh shares are given: 1000, or 1.
  var grain: Int64

  init(_ step: Int, segment: Int, factor: Fraction, sign: Int64 = 1, grain: Int64) {
    self.step = step
    self.segment = segment
    self.factor = factor
    self.sign = sign
    self.grain = grain
  }
}

extension RatedBill {
  /// The lines of energy by tier and period.
  mutating func addEnergy(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ usage: [Energy], _ input: RatingInput
  ) {
    let step = tariff.steps[charging.step]
    if step.isByInterval, let series = input.segments[charging.segment].series {
      fill(charging, tariff, series, input)
      return addFilled(charging, tariff, usage.count, input)
    }
    if step.filling == .separate {
      for period in usage.indices {
        climb(charging, tariff, period, usage[period].milliwattHours, isSeparate: true, input)
      }
      return
    }
    let ladder = tariff.ladders[step.firstLadder]
    if step.ladderCount == 1, ladder.pricesPerTier == 1 {
      var total: Int64 = 0
      for energy in usage { total += energy.milliwattHours }
      return climb(charging, tariff, 0, total, isSeparate: false, input)
    }
    if step.ladderCount > 1 { return addPooledLadders(charging, tariff, usage, input) }
    if ladder.tierCount == 1 {
      for period in usage.indices {
        addEnergyLine(charging, tariff, ladder, 0, period, usage[period].milliwattHours, input)
      }
      return
    }
    addPooled(charging, tariff, ladder, usage, input)
  }

  /// One amount of energy up one ladder.
  private mutating func climb(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ period: Int, _ energy: Int64,
    isSeparate: Bool,
    _ input: RatingInput
  ) {
    let step = tariff.steps[charging.step]
    let ladder =
      tariff.ladders[step.firstLadder + (step.ladderCount > 1 ? period : 0)]
    let named = isSeparate && tariff.version.periods.count > 1 ? period : nil
    if ladder.tierCount == 1 {
      return addEnergyLine(charging, tariff, ladder, 0, named, energy, input)
    }
    var left = energy
    var from: Int64 = 0
    for tier in 0..<ladder.tierCount {
      let until =
        tier == ladder.tierCount - 1 ? .max : limit(charging, tariff, ladder, tier, from, input)
      let quantity = until == .max ? left : min(left, until - from)
      addEnergyLine(charging, tariff, ladder, tier, named, quantity, input)
      left -= quantity
      from = until
      if left == 0 { break }
    }
  }

  /// The total up a ladder that all periods share; of each tier every period takes its share.
  private mutating func addPooled(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ ladder: Step.Ladder, _ usage: [Energy],
    _ input: RatingInput
  ) {
    var left: Int64 = 0
    work.rest.removeAll(keepingCapacity: true)
    for energy in usage {
      left += energy.milliwattHours
      work.rest.append(energy.milliwattHours)
    }
    var from: Int64 = 0
    for tier in 0..<ladder.tierCount {
      let until =
        tier == ladder.tierCount - 1 ? .max : limit(charging, tariff, ladder, tier, from, input)
      let quantity = until == .max ? left : min(left, until - from)
      if quantity == left {
        for period in work.rest.indices {
          addEnergyLine(charging, tariff, ladder, tier, period, work.rest[period], input)
        }
        break
      }
      if quantity > 0 {
        work.share(quantity / charging.grain)
        for period in work.rest.indices {
          let share = work.shares[period] * charging.grain
          work.rest[period] -= share
          addEnergyLine(charging, tariff, ladder, tier, period, share, input)
        }
      }
      left -= quantity
      from = until
    }
  }

  /// The total up every period's own ladder; each period takes its share of its own.
  private mutating func addPooledLadders(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ usage: [Energy], _ input: RatingInput
  ) {
    var total: Int64 = 0
    for energy in usage { total += energy.milliwattHours }
    for period in usage.indices where usage[period] != .zero {
      let ladder = tariff.ladders[tariff.steps[charging.step].firstLadder + period]
      var left = total
      var from: Int64 = 0
      work.rest.removeAll(keepingCapacity: true)
      for tier in 0..<ladder.tierCount {
        let until =
          tier == ladder.tierCount - 1 ? .max : limit(charging, tariff, ladder, tier, from, input)
        let quantity = until == .max ? left : min(left, until - from)
        work.rest.append(quantity)
        left -= quantity
        from = until
      }
      let grain = charging.grain
      work.share(usage[period].milliwattHours / grain)
      for tier in 0..<ladder.tierCount {
        addEnergyLine(charging, tariff, ladder, tier, period, work.shares[tier] * grain, input)
      }
    }
  }

  /// Lines from `work.fills`.
  private mutating func addFilled(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ periods: Int, _ input: RatingInput
  ) {
    for number in 0..<tariff.steps[charging.step].ladderCount {
      let ladder = tariff.ladders[tariff.steps[charging.step].firstLadder + number]
      let isOwn = tariff.steps[charging.step].ladderCount > 1
      for tier in 0..<ladder.tierCount {
        for period in 0..<ladder.pricesPerTier {
          let named = isOwn ? number : ladder.pricesPerTier > 1 ? period : nil
          let place = ladder.firstPrice + tier * ladder.pricesPerTier + period
          addEnergyLine(charging, tariff, ladder, tier, named, work.fills[place], input)
        }
      }
    }
  }

  mutating func addEnergyLine(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ ladder: Step.Ladder, _ tier: Int,
    _ period: Int?,
    _ energy: Int64, _ input: RatingInput
  ) {
    guard energy != 0 else { return }
    let price = tariff.prices[ladder.price(tier: tier, period: period ?? 0)]
    let energy = energy * charging.sign
    let step = tariff.steps[charging.step]
    append(
      RatedLine(
        step.line, segment: charging.segment, tier: tier, touPeriod: period,
        basis: .energy(Energy(milliwattHours: energy), price: price),
        amount: input.amount(price, energy, scale: Energy.scale)))
  }

  /// Where a tier ends on this bill: never before `from`, where it begins.
  private func limit(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ ladder: Step.Ladder, _ tier: Int,
    _ from: Int64,
    _ input: RatingInput
  ) -> Int64 {
    let limit = tariff.limits[ladder.firstTier + tier]
    return max(from, input.limit(limit, charging.segment, charging.factor, charging.grain))
  }
}

extension RatedBill {
  /// Fills `work.fills` interval by interval, in the order of time: the running total decides the
  /// tier, the moment the period.
  private mutating func fill(
    _ charging: EnergyCharging, _ tariff: CompiledTariff, _ series: IntervalSeries,
    _ input: RatingInput
  ) {
    let step = tariff.steps[charging.step]
    work.fills.removeAll(keepingCapacity: true)
    for _ in tariff.prices { work.fills.append(0) }
    work.bounds.removeAll(keepingCapacity: true)
    for number in 0..<step.ladderCount {
      let ladder = tariff.ladders[step.firstLadder + number]
      var from: Int64 = 0
      for tier in 0..<ladder.tierCount {
        from =
          tier == ladder.tierCount - 1 ? .max : limit(charging, tariff, ladder, tier, from, input)
        work.bounds.append(from)
      }
    }
    let firstBound = tariff.ladders[step.firstLadder].firstTier
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
            let bound = work.bounds[ladder.firstTier - firstBound + tier]
            let part = min(left, bound - total)
            if part > 0 {
              work.fills[ladder.price(tier: tier, period: period)] += part
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
