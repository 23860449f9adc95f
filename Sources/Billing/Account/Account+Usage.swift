import CivilTime
public import Metering
public import Tariffs

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
  /// The usage by span of days under one tariff.
  public var segments: [RatingSegment] = []

  /// The places of the readings used.
  var readings: [EventReference] {
    var places: [EventReference] = []
    places.reserveCapacity(2 * dials.count)
    for dial in dials {
      for reading in dial.readings { places.append(reading.place) }
    }
    return places
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
  func measureDials(
    _ period: BillingPeriod, _ spans: [TariffSpan], _ zone: ZoneRules
  ) throws(BillingObstacle) -> MeasuredEnergy {
    var measured = MeasuredEnergy()
    var pieces: [MeasuredUsage] = []
    let lastMidnight = zone.midnight(of: period.end)
    let end = zone.midnight(of: period.end + 1)
    let takesExport = spans.contains { $0.tariff.takesExport }
    let needsPeriods = spans.contains { !$0.tariff.version.periods.isEmpty }
    for (number, meter) in meters.enumerated()
    where meter.measure == .dials && meter.installed < lastMidnight {
      let hasWanted = meter.registers.contains {
        $0.isDial && ($0.spec.touPeriod != nil) == needsPeriods
      }
      for (index, register) in meter.registers.enumerated()
      where register.isDial || takesExport && register.isExportDial {
        if hasWanted, (register.spec.touPeriod != nil) != needsPeriods { continue }
        let opening = register.opening(of: period, zone)
        let closing = register.lastReading(before: end) ?? opening
        if register.isExportDial, meter.removed == nil,
          register.readings.isEmpty || register.readings[closing].at < lastMidnight
        {
          throw BillingObstacle(
            .missingReading(
              register: register.spec.name, meter: meter.id, near: period.end, window: 0), period)
        }
        guard closing > opening else { continue }
        var used = [register.readings[opening]]
        if spans.count > 1 {
          for reading in register.readings[(opening + 1)..<closing] {
            let day = zone.day(of: reading.at)
            if !reading.isQuestioned, spans.contains(where: { $0.days.start == day }) {
              used.append(reading)
            }
          }
        }
        used.append(register.readings[closing])
        if spans.count == 1 {
          pieces.append(
            MeasuredUsage(
              days: period, energy: register.energy(used[0], used[1]),
              touPeriod: register.spec.touPeriod, direction: register.spec.direction))
        } else {
          pieces += register.pieces(used, spans, period, zone)
        }
        measured.dials.append(
          MeasuredEnergy.Dial(
            number: RegisterNumber(meter: UInt16(number), register: UInt16(index)),
            meter: meter.id, spec: register.spec, readings: used))
      }
    }
    guard !pieces.isEmpty else { throw BillingObstacle(.noMeter, period) }
    do {
      measured.segments = try RatingSegment.segments(spans, measured: pieces)
    } catch {
      throw BillingObstacle(.usage(error), period)
    }
    return measured
  }
}

extension AccountState.Register {
  /// The index of the reading that a period begins with: the billed one; of a dial that counts what
  /// is delivered, which not every plan bills, the one on the period's first day.
  fileprivate func opening(of period: BillingPeriod, _ zone: ZoneRules) -> Int {
    isDial ? billed : lastReading(before: zone.midnight(of: period.start + 1)) ?? billed
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
