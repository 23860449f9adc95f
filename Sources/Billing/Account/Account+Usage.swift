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
  ///
  /// Channels for what is delivered to the grid count where the tariff has a use for it.
  func measureIntervals(
    _ period: BillingPeriod, _ spans: [TariffSpan], _ zone: ZoneRules
  ) throws(BillingObstacle) -> MeasuredEnergy {
    let begin = zone.midnight(of: period.start)
    let end = zone.midnight(of: period.end)
    let takesExport = spans.contains { $0.tariff.takesExport }
    var measured = MeasuredEnergy()
    var lastServed: Instant?
    for (number, meter) in meters.enumerated() where meter.measure == .intervals {
      let from = max(begin, meter.installed)
      let until = min(end, meter.removed ?? end)
      guard from < until else { continue }
      lastServed = max(lastServed ?? until, until)
      for (index, register) in meter.registers.enumerated()
      where register.isChannel && (register.spec.direction == .import || takesExport) {
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
    let blocks = IntervalBlock.net(measured.channels)
    for span in spans {
      var segment = RatingSegment(days: span.days, tariff: span.tariff)
      do {
        try segment.take(blocks, of: period, zone: zone)
      } catch {
        throw BillingObstacle(.usage(error), period)
      }
      measured.segments.append(segment)
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

extension IntervalBlock {
  /// The blocks of a single channel as they are; of several the net of what is taken and what is
  /// delivered, in intervals of a length that all of them fill.
  fileprivate static func net(_ channels: [MeasuredEnergy.Channel]) -> [IntervalBlock] {
    if channels.count == 1, channels[0].spec.direction == .import {
      return channels[0].blocks.map(\.block)
    }
    let step = Int64(channels.reduce(1) { common($0, Int($1.spec.intervalMinutes ?? 60)) }) * 60
    var sums: [Int64: (energy: Int64, quality: Quality)] = [:]
    for channel in channels {
      let sign: Int64 = channel.spec.direction == .export ? -1 : 1
      for block in channel.blocks {
        for index in block.values.indices {
          let start = block.start.rawValue + Int64(index) * block.step
          let key = start - (start % step + step) % step
          let quality = block.qualities.isEmpty ? .actual : block.qualities[index]
          var sum = sums[key] ?? (0, quality)
          sum.energy += sign * block.energy(at: index).milliwattHours
          if !quality.isMeasured { sum.quality = quality }
          sums[key] = sum
        }
      }
    }
    var blocks: [IntervalBlock] = []
    for start in sums.keys.sorted() {
      guard let sum = sums[start] else { continue }
      if let last = blocks.last, last.end.rawValue == start {
        blocks[blocks.count - 1].values.append(sum.energy)
        blocks[blocks.count - 1].qualities.append(sum.quality)
      } else {
        blocks.append(
          IntervalBlock(
            start: Instant(rawValue: start), minutes: UInt8(step / 60),
            decimals: IntervalBlock.maximumDecimals, values: [sum.energy],
            qualities: [sum.quality]))
      }
    }
    return blocks
  }

  /// The least common multiple of two lengths.
  private static func common(_ left: Int, _ right: Int) -> Int {
    var (larger, smaller) = (left, right)
    while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
    return left / larger * right
  }
}
