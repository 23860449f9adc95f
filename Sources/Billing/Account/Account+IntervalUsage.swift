import CivilTime
import Metering
import Tariffs

extension AccountState {
  /// What channels measured over `period`, interval by interval.
  ///
  /// Channels for what is delivered to the grid count where the tariff has a use for it.
  func measureIntervals(
    _ period: BillingPeriod, _ spans: [TariffSpan], _ zone: ZoneRules,
    into measured: inout MeasuredEnergy, _ segments: inout [RatingSegment]
  ) throws(BillingObstacle) {
    let begin = zone.midnight(of: period.start)
    let end = zone.midnight(of: period.end)
    let takesExport = spans.contains { $0.tariff.takesExport }
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
    segments.removeAll(keepingCapacity: true)
    for span in spans {
      var segment = RatingSegment(days: span.days, tariff: span.tariff)
      do {
        try segment.take(blocks, of: period, zone: zone)
      } catch {
        throw BillingObstacle(.usage(error), period)
      }
      segments.append(segment)
    }
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
