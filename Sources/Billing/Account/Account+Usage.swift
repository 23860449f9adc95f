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
    let needsPeriods = spans.contains { !$0.tariff.version.periods.isEmpty }
    for (number, meter) in meters.enumerated()
    where meter.measure == .dials && meter.installed < lastMidnight {
      let hasWanted = meter.registers.contains {
        $0.isDial && ($0.spec.touPeriod != nil) == needsPeriods
      }
      for (index, register) in meter.registers.enumerated() where register.isDial {
        if hasWanted, (register.spec.touPeriod != nil) != needsPeriods { continue }
        guard let closing = register.lastReading(before: end), closing > register.billed else {
          continue
        }
        var used = [register.readings[register.billed]]
        if spans.count > 1 {
          for reading in register.readings[(register.billed + 1)..<closing] {
            let day = zone.day(of: reading.at)
            if !reading.isQuestioned, spans.contains(where: { $0.days.start == day }) {
              used.append(reading)
            }
          }
        }
        used.append(register.readings[closing])
        if spans.count == 1 {
          let (from, to) = (used[0].value, used[1].value)
          pieces.append(
            MeasuredUsage(
              days: period, energy: register.spec.usage(from: from, to: to).energy,
              touPeriod: register.spec.touPeriod))
        } else {
          pieces += register.spec.pieces(used, spans, period, zone)
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

extension RegisterSpec {
  /// What lies between `used` readings; something used within one day counts as that day's.
  fileprivate func pieces(
    _ used: [AccountState.Reading], _ spans: [TariffSpan], _ period: BillingPeriod,
    _ zone: ZoneRules
  ) -> [MeasuredUsage] {
    let readings = used.map { Reading(register: name, instant: $0.at, value: $0.value) }
    var pieces = measuredUsage(readings, spans: spans, zone: zone)
    for index in pieces.indices where pieces[index].days.days == 0 {
      let day = min(pieces[index].days.start, period.lastDay)
      pieces[index].days = BillingPeriod(start: day, end: day + 1)
    }
    return pieces
  }
}

extension AccountState {
  /// What channels measured over `period`, interval by interval.
  func measureIntervals(
    _ period: BillingPeriod, _ spans: [TariffSpan], _ zone: ZoneRules
  ) throws(BillingObstacle) -> MeasuredEnergy {
    let begin = zone.midnight(of: period.start)
    let end = zone.midnight(of: period.end)
    var measured = MeasuredEnergy()
    var lastServed: Instant?
    for (number, meter) in meters.enumerated() where meter.measure == .intervals {
      let from = max(begin, meter.installed)
      let until = min(end, meter.removed ?? end)
      guard from < until else { continue }
      lastServed = max(lastServed ?? until, until)
      for (index, register) in meter.registers.enumerated()
      where register.isChannel && register.spec.direction == .import {
        let blocks = register.blocks(from: from, until: until)
        if let gap = register.gap(in: blocks, from: from, until: until) {
          throw BillingObstacle(
            .gap(
              meter: meter.id, register: register.spec.name, from: gap.from, until: gap.until),
            period)
        }
        measured.channels.append(
          MeasuredEnergy.Channel(
            number: RegisterNumber(meter: UInt16(number), register: UInt16(index)),
            meter: meter.id, spec: register.spec, blocks: Array(blocks)))
      }
    }
    guard let lastServed, lastServed == end || isCovered(from: lastServed, zone) else {
      throw BillingObstacle(.noMeter, period)
    }
    for span in spans {
      var usage = [Energy](repeating: .zero, count: span.tariff.usageCount)
      var tally = IntervalTally()
      for channel in measured.channels {
        for block in channel.blocks {
          span.tariff.add(block.block, during: span.days, zone: zone, to: &usage, &tally)
        }
      }
      if let export = usage.first(where: { $0 < .zero }) {
        throw BillingObstacle(.usage(.netExport(export, span.days)), period)
      }
      measured.segments.append(
        RatingSegment(days: span.days, tariff: span.tariff, usage: usage))
    }
    return measured
  }

  /// Whether service stopped on the local day of `instant`, so that nothing need be measured later.
  private func isCovered(from instant: Instant, _ zone: ZoneRules) -> Bool {
    guard let stop = serviceStop else { return false }
    return zone.day(of: instant) >= stop - 1
  }
}

extension AccountState.Register {
  /// The blocks with intervals between these moments.
  func blocks(from start: Instant, until end: Instant) -> ArraySlice<AccountState.Block> {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].end <= start { low = middle + 1 } else { high = middle }
    }
    var last = low
    while last < blocks.count, blocks[last].start < end { last += 1 }
    return blocks[low..<last]
  }

  /// The first stretch between these moments without intervals; less than one interval is none.
  func gap(
    in blocks: ArraySlice<AccountState.Block>, from start: Instant, until end: Instant
  ) -> (from: Instant, until: Instant)? {
    let step = Int64(spec.intervalMinutes ?? 60) * 60
    var covered = start
    for block in blocks {
      if block.start - covered >= step { return (covered, block.start) }
      covered = max(covered, block.end)
    }
    return end - covered >= step ? (covered, end) : nil
  }
}
