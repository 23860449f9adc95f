import CivilTime
import Metering

extension Account {
  /// What becomes of intervals: those accepted as events of one local day each, by time; those known
  /// before; those refused, one by one.
  ///
  /// The order in which they are given does not matter. An account that is not open refuses all.
  public static func record(_ command: RecordIntervals, _ state: AccountState) -> RecordOutcome {
    var outcome = RecordOutcome()
    do {
      try requireOpen(state)
      let found = try find(
        meter: command.meter, register: command.register, isChannel: true, state)
      record(command, found.0, found.1, state, &outcome)
    } catch {
      for (index, block) in command.blocks.enumerated() {
        for interval in block.values.indices {
          outcome.refusals.append(.init(index: index, interval: interval, reason: error))
        }
      }
    }
    return outcome
  }

  /// One interval, and where it was given.
  private struct Interval {
    var start: Instant
    var energy: Energy
    var minutes: UInt8
    var quality: Quality
    var block: Int
    var index: Int

    var end: Instant { start + Int64(minutes) * 60 }
  }

  private static func record(
    _ command: RecordIntervals, _ number: RegisterNumber, _ register: AccountState.Register,
    _ state: AccountState, _ outcome: inout RecordOutcome
  ) {
    let limits = Limits(command, number, register, state)
    var builder = DayBlocks(zone: command.zone, register: number)
    var before: Interval?
    for interval in sorted(command.blocks) {
      do {
        try limits.check(interval)
        if let before, interval.start < before.end {
          try compare(
            interval, start: before.start, minutes: before.minutes, energy: before.energy)
          outcome.duplicates += 1
        } else if let known = register.block(overlapping: interval.start, interval.end) {
          // What was recorded before and corrected since is known too.
          if known.corrects.first?.energy(from: interval.start) != interval.energy {
            try compare(interval, with: known)
          }
          outcome.duplicates += 1
        } else {
          builder.add(interval.start, interval.minutes, interval.energy, interval.quality)
          outcome.accepted += 1
          before = interval
        }
      } catch {
        outcome.refusals.append(
          .init(index: interval.block, interval: interval.index, reason: error))
      }
    }
    outcome.events = builder.finish()
    outcome.refusals.sort { ($0.index, $0.interval) < ($1.index, $1.interval) }
  }

  private static func sorted(_ blocks: [IntervalBlock]) -> [Interval] {
    var intervals: [Interval] = []
    intervals.reserveCapacity(blocks.reduce(0) { $0 + $1.values.count })
    var isSorted = true
    for (number, block) in blocks.enumerated() {
      for index in block.values.indices {
        let interval = Interval(
          start: block.start(of: index), energy: block.energy(at: index), minutes: block.minutes,
          quality: block.quality(at: index), block: number, index: index)
        if let last = intervals.last, interval.start < last.start { isSorted = false }
        intervals.append(interval)
      }
    }
    if !isSorted {
      intervals.sort { ($0.start, $0.block, $0.index) < ($1.start, $1.block, $1.index) }
    }
    return intervals
  }

  private static func compare(
    _ interval: Interval, with known: AccountState.Block
  ) throws(AccountRejection) {
    let seconds = interval.start - known.start
    let place = Int(seconds / known.step)
    guard seconds >= 0, seconds % known.step == 0 else {
      let start = known.start + Int64(max(0, place)) * known.step
      throw .overlap(with: start, minutes: known.minutes)
    }
    try compare(
      interval, start: interval.start, minutes: known.minutes, energy: known.energy(at: place))
  }

  private static func compare(
    _ interval: Interval, start: Instant, minutes: UInt8, energy: Energy
  ) throws(AccountRejection) {
    guard interval.start == start, interval.minutes == minutes else {
      throw .overlap(with: start, minutes: minutes)
    }
    guard interval.energy == energy else {
      throw .conflict(
        existing: energy.description, given: interval.energy.description, at: interval.start)
    }
  }

  /// What an interval is held against, whatever was recorded.
  private struct Limits {
    let now: Instant
    let channel: UInt8
    let installed: Instant
    let removed: Instant?
    let maximum: Energy
    let takesExport: Bool
    let billed: (through: Day, until: Instant)?

    init(
      _ command: RecordIntervals, _ number: RegisterNumber, _ register: AccountState.Register,
      _ state: AccountState
    ) {
      let meter = state.meters[Int(number.meter)]
      now = command.now
      channel = register.spec.intervalMinutes ?? 0
      installed = meter.installed
      removed = meter.removed
      maximum = command.dailyMaximum
      takesExport = meter.registers.contains { $0.spec.direction == .export }
      billed = state.billedThrough.map { ($0, command.zone.midnight(of: $0)) }
      isRecorded = { register.block(overlapping: $0, $1) != nil }
    }

    let isRecorded: (Instant, Instant) -> Bool

    func check(_ interval: Interval) throws(AccountRejection) {
      guard interval.minutes == channel else {
        throw .wrongLength(minutes: interval.minutes, channel: channel)
      }
      guard interval.end <= now else { throw .inFuture(now: now) }
      guard interval.start >= installed else { throw .beforeInstallation(installed) }
      if let removed, interval.end > removed { throw .afterRemoval(removed) }
      let energy = interval.energy
      guard energy >= .zero || takesExport else { throw .negative(energy.description) }
      guard max(energy, -energy) <= maximum, energy.stored != nil else {
        throw .implausible(usage: energy, limit: maximum, isRollover: false)
      }
      if let billed, interval.start < billed.until, !isRecorded(interval.start, interval.end) {
        throw .alreadyBilled(through: billed.through)
      }
    }
  }
}

extension AccountState.Register {
  /// The first recorded block with an interval between these moments.
  func block(overlapping start: Instant, _ end: Instant) -> AccountState.Block? {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].end <= start { low = middle + 1 } else { high = middle }
    }
    return low < blocks.count && blocks[low].start < end ? blocks[low] : nil
  }
}

/// Gathers intervals into blocks, each contiguous and of one local day.
private struct DayBlocks {
  let zone: ZoneRules
  let register: RegisterNumber
  private var events: [Event] = []
  private var block: IntervalBlock?
  private var dayEnd = Instant(rawValue: .min)

  init(zone: ZoneRules, register: RegisterNumber) {
    self.zone = zone
    self.register = register
  }

  mutating func add(_ start: Instant, _ minutes: UInt8, _ energy: Energy, _ quality: Quality) {
    guard let stored = energy.stored else { return }
    if let open = block, open.end != start || open.minutes != minutes || start >= dayEnd {
      close()
    }
    if let open = block, stored.decimals > open.decimals, !open.fits(decimals: stored.decimals) {
      close()
    }
    if block == nil {
      dayEnd = zone.midnight(of: zone.day(of: start) + 1)
      block = IntervalBlock(start: start, minutes: minutes, values: [])
    }
    guard let open = block else { return }
    let decimals = max(open.decimals, stored.decimals)
    let value = energy.milliwattHours / IntervalBlock.unit(decimals: decimals)
    guard Int32(exactly: value) != nil else {
      close()
      return add(start, minutes, energy, quality)
    }
    block?.set(decimals: decimals)
    block?.values.append(value)
    block?.qualities.append(quality)
  }

  mutating func finish() -> [Event] {
    close()
    return events
  }

  private mutating func close() {
    guard var done = block else { return }
    if !done.qualities.contains(where: { $0 != .actual }) { done.qualities = [] }
    events.append(.intervalsRecorded(IntervalsRecorded(register: register, block: done)))
    block = nil
  }
}

extension Energy {
  /// The energy in the coarsest unit of watt-hours that holds it and its decimals; `nil` where that
  /// is more than a book keeps of an interval.
  var stored: (value: Int64, decimals: UInt8)? {
    for decimals in 0...IntervalBlock.maximumDecimals {
      let unit = IntervalBlock.unit(decimals: decimals)
      guard milliwattHours % unit == 0 else { continue }
      let value = milliwattHours / unit
      return Int32(exactly: value) == nil ? nil : (value, decimals)
    }
    return nil
  }
}

extension IntervalBlock {
  /// Whether the values still fit with so many decimals.
  func fits(decimals: UInt8) -> Bool {
    let factor = unit / Self.unit(decimals: decimals)
    return values.allSatisfy { Int32(exactly: $0 * factor) != nil }
  }

  /// Brings the values to a finer unit.
  mutating func set(decimals: UInt8) {
    guard decimals > self.decimals else { return }
    let factor = unit / Self.unit(decimals: decimals)
    for index in values.indices { values[index] *= factor }
    self.decimals = decimals
  }
}
