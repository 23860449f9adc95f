public import CivilTime
public import Metering
import Money

/// What a month of a load costs on a tariff.
public struct MonthRating: Sendable {
  /// The month.
  public var period: BillingPeriod
  /// The sum of the intervals above zero.
  public var imported: Energy
  /// The sum of the intervals below zero, as a number above zero.
  public var exported: Energy
  /// The greatest power; estimated and substituted intervals set none.
  public var peak: Peak
  /// Energy and riders; what is paid for exported energy is below zero in it.
  public var energy: Amount
  /// Fixed charges.
  public var fixed: Amount
  /// Demand by the peak of all hours.
  public var demandFlat: Amount
  /// Demand by demand periods.
  public var demandTou: Amount
  /// What tops the bill up to a minimum.
  public var minimumTopUp: Amount
  /// The sum of all lines.
  public var bill: Amount
  /// The lines. Their amounts are in cents only by the precision of an invoice.
  public var rated: RatedBill
  /// What the lines are computed from.
  public var input: RatingInput
}

/// An amount of currency as fine as it was computed.
public struct Amount: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// In units of 10^-`scale`.
  public var units: Int64
  /// The decimals: 2 for an invoice's amounts, 9 for exact ones.
  public var scale: Int

  /// `units` x 10^-`scale`.
  public init(units: Int64, scale: Int) {
    self.units = units
    self.scale = scale
  }

  /// The sum of two amounts of one scale.
  public static func + (left: Amount, right: Amount) -> Amount {
    precondition(left.scale == right.scale, "amounts of one scale")
    return Amount(units: left.units + right.units, scale: left.scale)
  }

  /// By amount, of one scale.
  public static func < (left: Amount, right: Amount) -> Bool {
    precondition(left.scale == right.scale, "amounts of one scale")
    return left.units < right.units
  }

  /// The amount with `decimals` decimals, rounded half away from zero.
  public func text(decimals: Int) -> String {
    guard decimals < scale else {
      return DecimalText.format(
        Int128(units) * PowersOfTen.wide(decimals - scale), scale: decimals,
        minimumDecimals: decimals)
    }
    let units = Rounding.halfAwayFromZero.quotient(units, by: PowersOfTen.of(scale - decimals))
    return DecimalText.format(Int128(units), scale: decimals, minimumDecimals: decimals)
  }

  /// The amount with two decimals, or six where it is finer.
  public var description: String { text(decimals: scale == Money.scale ? 2 : 6) }
}

extension CompiledTariff {
  /// What `load` costs in each of `months`, which follow one another: what one bill leaves to the
  /// next (banked energy, peaks for a ratchet, the year's minimum) is carried over.
  ///
  /// - Parameters:
  ///   - load: the intervals of one channel, or the net of several, by time, without overlap.
  ///   - zone: what the clocks show.
  ///   - conventions: as a bill (`.invoice`), or with nothing rounded (`.exact`).
  /// - Throws: `missingIntervals` where the load has a hole; `netExport` where more is delivered than
  ///   taken and the tariff has no price for that; `beyondRange` where amounts may not fit.
  public func rate(
    _ load: [IntervalBlock], months: [BillingPeriod], zone: ZoneRules,
    conventions: RatingConventions = .invoice
  ) throws(UsageProblem) -> [MonthRating] {
    try checkRange(load, conventions.precision)
    var result: [MonthRating] = []
    var carried = Carried()
    for month in months {
      var segment = RatingSegment(days: month, tariff: self)
      try segment.measure(load, of: month, zone: zone)
      let input = RatingInput(
        period: month, segments: [segment], rounding: conventions.rounding,
        proration: conventions.proration, precision: conventions.precision,
        dayCount: conventions.dayCount, carried: carried)
      let rated = RatedBill(rating: input)
      let span = MeasuringSpan(month, of: month, zone: zone)
      result.append(MonthRating(rated, input, totals: LoadTotals(load, span)))
      carried = input.carried(after: rated)
    }
    return result
  }

  /// Refuses a load whose amounts at these prices might not fit 64 bits.
  private func checkRange(
    _ load: [IntervalBlock], _ precision: RatingConventions.Precision
  ) throws(UsageProblem) {
    var energy: Int128 = 0
    var power: Int128 = 0
    for block in load {
      var most: UInt64 = 0
      for value in block.values {
        energy += Int128(value.magnitude) * Int128(block.unit)
        most = max(most, value.magnitude)
      }
      power = max(power, Int128(most) * Int128(block.unit) * Int128(60 / block.minutes))
    }
    guard energy < PowersOfTen.wide(17), power < PowersOfTen.wide(17) else { throw .beyondRange }
    // In millionths: what a year may charge by each component, and again by each percentage.
    var sum: Int128 = 0
    for step in steps {
      let quantity: Int128 =
        switch step.kind {
        case .energy, .rider, .netMetering, .netBilling: energy
        case .demand: power * 12
        case .fixed, .minimum: 366 * 1_000_000
        case .percentage: 0
        }
      sum += greatestPrice(of: step, times: quantity)
    }
    sum *= Int128(1 + steps.count { $0.kind == .percentage })
    let most = PowersOfTen.wide(18 + 6 - precision.minorScale)
    guard sum < most else { throw .beyondRange }
  }

  /// The greatest price of a component times `quantity`, whatever their signs.
  private func greatestPrice(of step: Step, times quantity: Int128) -> Int128 {
    var all = [step.line.price]
    for ladder in ladders[step.firstLadder..<(step.firstLadder + step.ladderCount)] {
      let count = ladder.tierCount * ladder.rungsPerTier
      all += rungs[ladder.firstRung..<(ladder.firstRung + count)].map(\.line.price)
    }
    return all.reduce(0) { most, price in
      max(
        most,
        Int128(price.digits.magnitude) * quantity / PowersOfTen.wide(Int(price.decimals)) + 1)
    }
  }
}

extension RatingInput {
  /// What a bill rated from this leaves to the next.
  public func carried(after bill: RatedBill) -> Carried {
    var next = carried
    next.bank = bill.bank?.closing ?? []
    if let peak {
      next.peaks.append(peak)
      if next.peaks.count > DemandComponent.Ratchet.maximumBills { next.peaks.removeFirst() }
    }
    let isYearEnd = period.middle.parts.month == 12
    next.counted = isYearEnd ? .zero : carried.counted + bill.counted
    return next
  }
}

/// What a load amounts to in some days, whatever the tariff.
struct LoadTotals {
  var imported = Energy.zero
  var exported = Energy.zero
  var peak = Peak()

  init(_ load: [IntervalBlock], _ span: MeasuringSpan) {
    for block in load {
      for index in block.range(span) {
        let energy = block.energy(at: index)
        if energy < .zero { exported -= energy } else { imported += energy }
        let power = Power(energy, inMinutes: block.minutes)
        if power > peak.power, block.quality(at: index).isMeasured {
          peak = Peak(power: power, at: block.start(of: index))
        }
      }
    }
  }
}

extension MonthRating {
  init(_ rated: RatedBill, _ input: RatingInput, totals: LoadTotals) {
    let scale = input.precision.minorScale
    var sums: (energy: Money, fixed: Money, flat: Money, tou: Money, minimum: Money) =
      (.zero, .zero, .zero, .zero, .zero)
    for line in rated.lines where line.type != .tax {
      let step = input.segments[Int(line.segment)].tariff.steps[Int(line.component)]
      switch step.kind {
      case .energy, .rider, .netBilling, .netMetering: sums.energy += line.amount
      case .fixed: sums.fixed += line.amount
      case .demand where step.isByPeriod: sums.tou += line.amount
      case .demand: sums.flat += line.amount
      case .minimum: sums.minimum += line.amount
      case .percentage: break
      }
    }
    func amount(_ money: Money) -> Amount { Amount(units: money.cents, scale: scale) }
    self.init(
      period: input.period, imported: totals.imported, exported: totals.exported,
      peak: totals.peak, energy: amount(sums.energy), fixed: amount(sums.fixed),
      demandFlat: amount(sums.flat), demandTou: amount(sums.tou),
      minimumTopUp: amount(sums.minimum), bill: amount(rated.total), rated: rated, input: input)
  }
}
