import CivilTime
public import Metering

/// Intervals that turned out wrong, and what they should have been.
public struct CorrectIntervals: Hashable, Sendable {
  /// The meter's identifier.
  public var meter: String
  /// The channel's name; `nil` where the meter has only one.
  public var register: String?
  /// The intervals as they should have been recorded; those that were right may be left out.
  public var blocks: [IntervalBlock]
  /// Why.
  public var reason: String
  /// The most energy a day that is plausible: no interval may hold more.
  public var dailyMaximum: Energy

  /// A correction.
  public init(
    meter: String, register: String? = nil, blocks: [IntervalBlock], reason: String,
    dailyMaximum: Energy
  ) {
    self.meter = meter
    self.register = register
    self.blocks = blocks
    self.reason = reason
    self.dailyMaximum = dailyMaximum
  }
}

extension Account {
  /// A correction supersedes an event of recorded intervals, a meter's day or a part of it: what is not
  /// given of it stays as it was.
  static func correct(
    _ command: CorrectIntervals, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard !command.reason.isEmpty else {
      throw .invalid(field: "reason", reason: "is empty; say why")
    }
    let (number, register) = try find(
      meter: command.meter, register: command.register, isChannel: true, state)
    let takesExport = state.meters[Int(number.meter)].registers.contains {
      $0.spec.direction == .export
    }
    var corrected: [Int: IntervalBlock] = [:]
    for block in command.blocks {
      for index in block.values.indices {
        let (start, energy) = (block.start(of: index), block.energy(at: index))
        guard let place = register.blocks.firstIndex(where: { $0.place(of: start) != nil }),
          let interval = register.blocks[place].place(of: start)
        else { throw .noSuchInterval(start) }
        let known = register.blocks[place]
        guard known.minutes == block.minutes else {
          throw .wrongLength(minutes: block.minutes, channel: known.minutes)
        }
        guard known.energy(at: interval) != energy else { continue }
        guard known.corrects.isEmpty else { throw .intervalsCorrectedBefore(known.start) }
        guard energy >= .zero || takesExport else { throw .negative(energy.description) }
        guard max(energy, -energy) <= command.dailyMaximum, let stored = energy.stored else {
          throw .implausible(usage: energy, limit: command.dailyMaximum, isRollover: false)
        }
        var changed = corrected[place] ?? known.block
        let decimals = max(changed.decimals, stored.decimals)
        let value = energy.milliwattHours / IntervalBlock.unit(decimals: decimals)
        guard changed.fits(decimals: decimals), Int32(exactly: value) != nil else {
          throw .tooPrecise(energy.description, decimals: changed.decimals)
        }
        changed.set(decimals: decimals)
        changed.values[interval] = value
        if changed.qualities.isEmpty {
          changed.qualities = Array(repeating: .actual, count: changed.values.count)
        }
        let quality = block.quality(at: index)
        changed.qualities[interval] = quality == .actual ? .corrected : quality
        corrected[place] = changed
      }
    }
    return corrected.sorted { $0.key < $1.key }.map {
      .intervalsCorrected(
        IntervalsCorrected(register: number, block: $0.value, reason: command.reason))
    }
  }
}

extension AccountState {
  /// Puts intervals in the place of those recorded from the same moment.
  mutating func correct(_ it: IntervalsCorrected, at place: EventReference) {
    let meter = Int(it.register.meter)
    let register = Int(it.register.register)
    guard meter < meters.count, register < meters[meter].registers.count,
      let index = meters[meter].registers[register].blocks.lastIndex(where: {
        $0.start == it.block.start
      })
    else { return }
    var block = Block(it.block, at: place)
    block.corrects = [meters[meter].registers[register].blocks[index]]
    meters[meter].registers[register].blocks[index] = block
  }
}

extension AccountState.Block {
  /// The block that is recorded at `place`.
  init(_ block: IntervalBlock, at place: EventReference) {
    self.init(
      start: block.start, minutes: block.minutes, decimals: block.decimals,
      values: block.values.map { Int32(clamping: $0) }, qualities: block.qualities, place: place)
  }

  /// The index of the interval that begins at `moment`.
  func place(of moment: Instant) -> Int? {
    guard moment >= start, moment < end, (moment - start) % step == 0 else { return nil }
    return Int((moment - start) / step)
  }

  /// The energy of the interval that begins at `moment`.
  func energy(from moment: Instant) -> Energy? { place(of: moment).map { energy(at: $0) } }
}
