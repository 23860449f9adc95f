import CivilTime
import Metering
import Money

/// The bank of net metering while the segments of a bill are rated, one after the other.
struct Bank {
  var entries: [BankedEnergy]
  var statement = BankStatement()
}

extension Workspace {
  /// Nets a segment against the bank: what of each period is billed goes into `billed`.
  mutating func net(_ bank: inout Bank, _ input: RatingInput, _ segment: Int) {
    let given = input.segments[segment]
    let tariff = given.tariff
    billed = given.usage
    let carry = tariff.carry
    var opening = [Energy](repeating: .zero, count: given.usage.count)
    let sample = tariff.sampleDay(from: given.days.start)
    for entry in bank.entries {
      guard let period = tariff.period(of: entry.slot, carry, sample, input.period.middle) else {
        bank.statement.expired += entry.energy
        continue
      }
      opening[period] += entry.energy
    }
    bank.entries = []
    for period in given.usage.indices {
      let net = given.usage[period]
      let left = opening[period] - net
      billed[period] = max(.zero, -left)
      let closing = max(.zero, left)
      if opening[period] != .zero || net < .zero {
        bank.statement.periods.append(
          .init(
            segment: UInt8(segment), period: UInt8(period), opening: opening[period], net: net,
            closing: closing))
      }
      guard closing > .zero else { continue }
      if let slot = tariff.slot(of: period, carry, sample, input.period.middle) {
        bank.entries.append(BankedEnergy(slot: slot, energy: closing))
      } else {
        bank.statement.expired += closing
      }
    }
  }

  /// Closes the bank after the last segment; at the year's end it is emptied, paid for or not.
  mutating func close(
    _ bank: inout Bank, _ input: RatingInput, _ lines: inout MutableSpan<RatedLine>
  ) {
    guard let segment = input.segments.indices.last else { return }
    let tariff = input.segments[segment].tariff
    bank.statement.closing = bank.entries
    guard let step = tariff.steps.first(where: { $0.kind == .netMetering }),
      case .netMetering(let rule) = tariff.version.components[Int(step.line.component)].kind
    else {
      for entry in bank.entries { bank.statement.expired += entry.energy }
      bank.statement.closing = []
      return
    }
    guard Int(rule.yearEnd ?? 0) == input.period.middle.parts.month else { return }
    var sum = Energy.zero
    for entry in bank.entries { sum += entry.energy }
    bank.statement.closing = []
    guard let price = rule.settlement else {
      bank.statement.expired += sum
      return
    }
    bank.statement.settled = sum
    guard sum > .zero else { return }
    append(
      RatedLine(
        step.line, segment: segment, quantity: -sum.milliwattHours,
        amount: Product(price, times: -sum.milliwattHours, scale: Energy.scale).rounded(
          input.rounding, minorScale: input.precision.minorScale)), to: &lines)
  }
}

extension CompiledTariff {
  /// How surpluses are carried; `nil` where there is no net metering.
  fileprivate var carry: NetMeteringComponent.Carry? {
    for component in version.components {
      if case .netMetering(let rule) = component.kind { return rule.carry }
    }
    return nil
  }

  /// The first working weekday from `day` on.
  fileprivate func sampleDay(from day: Day) -> Day {
    for later in 0..<28 where days.isWorkingWeekday(day + later) { return day + later }
    return day
  }

  /// The period that a slot of the bank means on this bill; `nil` where it means none.
  fileprivate func period(
    of slot: BankedEnergy.Slot, _ carry: NetMeteringComponent.Carry?, _ sample: Day,
    _ middle: Day
  ) -> Int? {
    switch (slot, carry) {
    case (.hour(let hour), .hours): period(on: sample, minute: Int(hour) * 60, middle: middle)
    case (.period(let name), .samePeriod):
      version.periods.isEmpty ? (name.isEmpty ? 0 : nil) : periodIndex(name)
    default: nil
    }
  }

  /// The slot that a period's surplus is kept in; `nil` where it is lost.
  fileprivate func slot(
    of period: Int, _ carry: NetMeteringComponent.Carry?, _ sample: Day, _ middle: Day
  ) -> BankedEnergy.Slot? {
    switch carry {
    case .samePeriod: .period(version.periods.isEmpty ? "" : version.periods[period].name)
    case .hours(let hours):
      hours.first { self.period(on: sample, minute: Int($0) * 60, middle: middle) == period }
        .map { .hour($0) }
    case nil: nil
    }
  }
}
