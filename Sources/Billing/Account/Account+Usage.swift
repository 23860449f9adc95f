import CivilTime
public import Metering
import Tariffs

/// What a bill's energy was measured by.
public struct MeasuredEnergy: Sendable {
  /// A dial, and the readings used of it.
  public struct Dial: Hashable, Sendable {
    /// Which register.
    public var number: RegisterNumber
    /// The meter's identifier.
    public var meter: String
    /// What the register is.
    public var spec: RegisterSpec
    /// The opening reading, those on days on which the tariff or plan changes, and the closing one.
    public var readings: [AccountState.Reading]
  }

  /// A channel, and its intervals in the period.
  public struct Channel: Hashable, Sendable {
    /// Which channel.
    public var number: RegisterNumber
    /// The meter's identifier.
    public var meter: String
    /// What the channel is.
    public var spec: RegisterSpec
    /// The blocks, by time.
    public var blocks: [AccountState.Block]
  }

  /// The dials, by meter and register.
  public var dials: [Dial] = []
  /// The channels, by meter and register.
  public var channels: [Channel] = []
  /// What the dials come to.
  var pieces: [MeasuredUsage] = []

  /// Nothing measured, in the room of what was.
  mutating func clear() {
    dials.removeAll(keepingCapacity: true)
    channels.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
  }

  /// The places of the readings used.
  var readings: [EventReference] {
    var places: [EventReference] = []
    copyReadings(into: &places)
    return places
  }

  /// Puts the places of the readings used in place of `places`.
  func copyReadings(into places: inout [EventReference]) {
    places.removeAll(keepingCapacity: true)
    for dial in dials.indices {
      for reading in dials[dial].readings.indices {
        places.append(dials[dial].readings[reading].place)
      }
    }
  }

  /// The places of the interval events used.
  var intervals: [EventRun] {
    var runs: [EventRun] = []
    for channel in channels {
      for block in channel.blocks {
        if let last = runs.last, last.first.version == block.place.version,
          last.first.index + last.count == block.place.index
        {
          runs[runs.count - 1].count += 1
        } else {
          runs.append(EventRun(first: block.place, count: 1))
        }
      }
    }
    return runs
  }
}

extension AccountState {
  /// What dials measured over `period`, which begins on the day of each dial's billed reading.
  ///
  /// Loops by index, because it runs for every account of every bill run.
  func measureDials(
    _ period: BillingPeriod, _ spans: [TariffSpan], _ clock: inout ZoneClock,
    into measured: inout MeasuredEnergy, _ segments: inout [RatingSegment]
  ) throws(BillingObstacle) {
    let lastMidnight = clock.midnight(of: period.end)
    let end = clock.midnight(of: period.end + 1)
    var (takesExport, needsPeriods) = (false, false)
    for span in spans.indices {
      takesExport = takesExport || spans[span].tariff.takesExport
      needsPeriods = needsPeriods || !spans[span].tariff.version.periods.isEmpty
    }
    for meter in meters.indices
    where meters[meter].measure == .dials && meters[meter].installed < lastMidnight {
      let hasWanted = meters[meter].hasDials(forPeriods: needsPeriods)
      for register in meters[meter].registers.indices {
        let isDial = meters[meter].registers[register].isDial
        guard isDial || takesExport && meters[meter].registers[register].isExportDial,
          !hasWanted
            || (meters[meter].registers[register].spec.touPeriod != nil) == needsPeriods
        else { continue }
        let opening = meters[meter].registers[register].opening(of: period, &clock)
        let closing = meters[meter].registers[register].lastReading(before: end) ?? opening
        if !isDial, meters[meter].removed == nil,
          !meters[meter].registers[register].isRead(closing, notBefore: lastMidnight)
        {
          throw BillingObstacle(
            .missingReading(
              register: meters[meter].registers[register].spec.name, meter: meters[meter].id,
              near: period.end, window: 0), period)
        }
        guard closing > opening else { continue }
        let used = meters[meter].registers[register].used(opening, closing, spans, &clock)
        if spans.count == 1 {
          measured.pieces.append(
            MeasuredUsage(
              days: period, energy: meters[meter].registers[register].energy(used[0], used[1]),
              touPeriod: meters[meter].registers[register].spec.touPeriod,
              direction: meters[meter].registers[register].spec.direction))
        } else {
          measured.pieces += meters[meter].registers[register]
            .pieces(used, spans, period, clock.rules)
        }
        measured.dials.append(
          MeasuredEnergy.Dial(
            number: RegisterNumber(meter: UInt16(meter), register: UInt16(register)),
            meter: meters[meter].id, spec: meters[meter].registers[register].spec, readings: used))
      }
    }
    guard !measured.pieces.isEmpty else { throw BillingObstacle(.noMeter, period) }
    do {
      try RatingSegment.fill(&segments, spans, measured: measured.pieces)
    } catch {
      throw BillingObstacle(.usage(error), period)
    }
  }
}

extension AccountState.Meter {
  /// Whether it has dials that count by time-of-use period, or that do not.
  fileprivate func hasDials(forPeriods needsPeriods: Bool) -> Bool {
    for index in registers.indices
    where registers[index].isDial && (registers[index].spec.touPeriod != nil) == needsPeriods {
      return true
    }
    return false
  }
}

extension AccountState.Register {
  /// The index of the reading that a period begins with: the billed one; of a dial that counts what
  /// is delivered, which not every plan bills, the one on the period's first day.
  fileprivate func opening(of period: BillingPeriod, _ clock: inout ZoneClock) -> Int {
    isDial ? billed : lastReading(before: clock.midnight(of: period.start + 1)) ?? billed
  }

  /// Whether there is a reading at `index`, and it is not from before `moment`.
  fileprivate func isRead(_ index: Int, notBefore moment: Instant) -> Bool {
    index < readings.count && readings[index].at >= moment
  }

  /// The opening reading, those on days on which a span begins, and the closing one.
  fileprivate func used(
    _ opening: Int, _ closing: Int, _ spans: [TariffSpan], _ clock: inout ZoneClock
  ) -> [AccountState.Reading] {
    guard spans.count > 1 else { return [readings[opening], readings[closing]] }
    var used = [readings[opening]]
    for index in (opening + 1)..<closing where !readings[index].isQuestioned {
      let day = clock.day(of: readings[index].at)
      if spans.contains(where: { $0.days.start == day }) { used.append(readings[index]) }
    }
    used.append(readings[closing])
    return used
  }

  /// The energy between two readings that follow one another on a bill.
  fileprivate func energy(_ from: AccountState.Reading, _ to: AccountState.Reading) -> Energy {
    guard to.value < from.value, !from.quality.isMeasured else {
      return spec.usage(from: from.value, to: to.value).energy
    }
    return spec.energy(
      from: from.reading(spec), to: to.reading(spec), since: lastMeasured(before: from))
  }

  private func lastMeasured(before reading: AccountState.Reading) -> Reading? {
    readings.last { $0.at < reading.at && $0.quality.isMeasured && !$0.isQuestioned }?
      .reading(spec)
  }

  /// What lies between `used` readings; something used within one day counts as that day's.
  fileprivate func pieces(
    _ used: [AccountState.Reading], _ spans: [TariffSpan], _ period: BillingPeriod,
    _ zone: ZoneRules
  ) -> [MeasuredUsage] {
    let readings = used.map { $0.reading(spec) }
    let actual = used.first.flatMap { lastMeasured(before: $0) }
    var pieces = spec.measuredUsage(readings, since: actual, spans: spans, zone: zone)
    for index in pieces.indices where pieces[index].days.days == 0 {
      let day = min(pieces[index].days.start, period.lastDay)
      pieces[index].days = BillingPeriod(start: day, end: day + 1)
    }
    return pieces
  }
}

extension AccountState.Reading {
  /// The reading as metering has it.
  fileprivate func reading(_ spec: RegisterSpec) -> Reading {
    Reading(register: spec.name, instant: at, value: value, quality: quality, method: method)
  }
}
