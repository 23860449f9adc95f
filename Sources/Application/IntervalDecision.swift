import Billing
import CivilTime
import Interchange
import Metering

/// What an account makes of intervals of its meters.
struct IntervalDecision {
  private var state: AccountState
  private let account: String
  private let zone: ZoneRules
  private let lines: [Line<ImportedInterval>]
  private var decision: AccountDecision

  /// The intervals of one channel, in runs that follow one another in the file and in time.
  private struct Channel {
    let meter: String
    let register: String?
    let direction: FlowDirection?
    var blocks: [IntervalBlock] = []
    /// The index of each block's first line.
    var firstLine: [Int] = []
  }

  /// Decides on `lines`, which are of one account.
  static func decide(
    _ lines: [Line<ImportedInterval>], on account: String, _ state: AccountState,
    _ rulebook: RulebookState, now: Instant
  ) throws -> AccountDecision {
    let zone = try rulebook.zone(of: state)
    var deciding = IntervalDecision(
      state: state, account: account, zone: zone, lines: lines,
      decision: AccountDecision(version: state.version))
    let dailyMaximum = rulebook.dailyMaximum(of: state, on: zone.day(of: now))
    for channel in deciding.channels() { deciding.record(channel, now, dailyMaximum) }
    return deciding.decision
  }

  private func channels() -> [Channel] {
    var channels: [Channel] = []
    for (index, line) in lines.enumerated() {
      let row = line.row
      let found = channels.lastIndex {
        $0.meter == row.meter && $0.register == row.register && $0.direction == row.direction
      }
      let place = found ?? channels.count
      if found == nil {
        channels.append(
          Channel(meter: row.meter, register: row.register, direction: row.direction))
      }
      let minutes = row.minutes ?? channelMinutes(row) ?? 60
      let start = row.start.resolved(in: zone)
      let last = channels[place].blocks.count - 1
      let follows =
        last >= 0 && channels[place].blocks[last].minutes == minutes
        && channels[place].blocks[last].end == start
        && channels[place].firstLine[last] + channels[place].blocks[last].values.count == index
      if follows {
        channels[place].blocks[last].values.append(row.energy.milliwattHours)
        channels[place].blocks[last].qualities.append(row.quality)
      } else {
        channels[place].blocks.append(
          IntervalBlock(
            start: start, minutes: minutes, decimals: IntervalBlock.maximumDecimals,
            values: [row.energy.milliwattHours], qualities: [row.quality]))
        channels[place].firstLine.append(index)
      }
    }
    return channels
  }

  /// The length of the channel's intervals, where the file does not say it.
  private func channelMinutes(_ row: ImportedInterval) -> UInt8? {
    guard let meter = state.meterNumber(row.meter) else { return nil }
    let specs = state.meters[meter].registers.map(\.spec).filter { $0.intervalMinutes != nil }
    return (row.register.flatMap { name in specs.first { $0.name == name } } ?? specs.first)?
      .intervalMinutes
  }

  /// The name of the channel that is meant, where the file gives a direction.
  private func name(_ channel: Channel) -> String? {
    guard channel.register == nil, let direction = channel.direction,
      let meter = state.meterNumber(channel.meter)
    else { return channel.register }
    let specs = state.meters[meter].registers.map(\.spec).filter { $0.intervalMinutes != nil }
    guard specs.count > 1 else { return nil }
    return specs.first { $0.direction == direction }?.name
  }

  private mutating func record(_ channel: Channel, _ now: Instant, _ dailyMaximum: Energy) {
    let register = name(channel)
    let command = RecordIntervals(
      meter: channel.meter, register: register, blocks: channel.blocks, now: now,
      dailyMaximum: dailyMaximum, zone: zone)
    let outcome = Account.record(command, state)
    decision.accepted += outcome.accepted
    decision.duplicates += outcome.duplicates
    decision.events.append(contentsOf: outcome.events)
    for refusal in outcome.refusals {
      let line = lines[channel.firstLine[refusal.index] + refusal.interval]
      var rejection = Rejection(.interval, refusal.reason, line: line.line, raw: line.raw)
      rejection.account = account
      rejection.meter = channel.meter
      rejection.register = register ?? ""
      rejection.at = channel.blocks[refusal.index].start(of: refusal.interval)
      decision.rejections.append(rejection)
    }
    let before = state
    state.append(outcome.events)
    noteGaps(channel.meter, outcome.events, before)
  }

  /// Notes the holes that the new intervals lie beside, and the moments at which they begin, where
  /// a hole may have been.
  private mutating func noteGaps(_ meter: String, _ events: [Event], _ before: AccountState) {
    var touched: [RegisterNumber: (first: Instant, last: Instant)] = [:]
    for case .intervalsRecorded(let event) in events {
      let span = touched[event.register] ?? (event.block.start, event.block.end)
      touched[event.register] = (
        min(span.first, event.block.start), max(span.last, event.block.end)
      )
    }
    for (number, span) in touched.sorted(by: { $0.key < $1.key }) {
      guard let register = state.register(number), let old = before.register(number) else {
        continue
      }
      let name = register.spec.name
      for start in Self.gaps(in: old.blocks).map(\.from) {
        decision.filled.append(ChannelTime(meter: meter, register: name, start: start))
      }
      let known = Set(Self.gaps(in: old.blocks))
      for gap in Self.gaps(in: register.blocks) {
        decision.filled.removeAll { $0.start == gap.from && $0.register == name }
        guard !known.contains(gap), gap.from <= span.last, gap.until >= span.first else { continue }
        decision.gaps += 1
        decision.rejections.append(gapRejection(gap, meter, name))
      }
    }
  }

  private struct Gap: Hashable {
    let from: Instant
    let until: Instant
  }

  private static func gaps(in blocks: [AccountState.Block]) -> [Gap] {
    zip(blocks, blocks.dropFirst()).compactMap { earlier, later in
      earlier.end < later.start ? Gap(from: earlier.end, until: later.start) : nil
    }
  }

  private func gapRejection(_ gap: Gap, _ meter: String, _ register: String) -> Rejection {
    var rejection = Rejection(
      .interval, code: GapItem.code, field: "start",
      detail: "channel \(register) of meter \(meter) has no intervals from \(gap.from) to "
        + "\(gap.until); import them, or the period cannot be billed")
    rejection.account = account
    rejection.meter = meter
    rejection.register = register
    rejection.at = gap.from
    return rejection
  }
}
