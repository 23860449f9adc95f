import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Testing

/// Intervals: each accepted, known, or refused for a reason of its own.
@Suite struct IntervalTests {
  typealias X = Fixture

  static func account(
    plan: String = "R2", minutes: UInt8 = 60, export: Bool = false, from: String = "2026-02-15"
  ) throws -> Given<Account> {
    var registers = [RegisterSpec(name: "1", dials: 0, intervalMinutes: minutes)]
    if export {
      registers.append(
        RegisterSpec(name: "2", dials: 0, direction: .export, intervalMinutes: minutes))
    }
    return try X.account(
      plan: plan, from: from, registers: registers,
      startReadings: registers.map { _ in nil })
  }

  static func block(_ start: String, _ values: [Int64], minutes: UInt8 = 60) -> IntervalBlock {
    IntervalBlock(start: at(start), minutes: minutes, values: values)
  }

  static func command(
    _ blocks: IntervalBlock..., now: String = "2030-01-01", register: String? = "1"
  ) -> RecordIntervals {
    RecordIntervals(
      meter: "M-1", register: register, blocks: blocks, now: at(now), dailyMaximum: kWh(500),
      zone: X.zone)
  }

  static func days(_ start: String, _ count: Int, _ value: Int64 = 100) -> IntervalBlock {
    block(start, [Int64](repeating: value, count: 24 * count))
  }

  @Test func `intervals are recorded as one event a local day`() throws {
    let events = try Self.account().when(
      .recordIntervals(Self.command(Self.days("2026-02-15T00:00", 3)))
    ).outcome.get()
    #expect(events.count == 3)
    for (offset, event) in events.enumerated() {
      guard case .intervalsRecorded(let it) = event else { return }
      #expect(it.block.start == at("2026-02-15") + Int64(offset) * 86_400)
      #expect(it.block.values.count == 24)
      #expect(it.block.qualities == [])
    }
  }

  @Test func `single intervals in any order make the same events as a block`() throws {
    let given = try Self.account()
    let whole = given.when(.recordIntervals(Self.command(Self.days("2026-02-15T00:00", 2))))
    var singles = Self.command()
    for hour in stride(from: 47, through: 0, by: -1) {
      let start = at("2026-02-15") + Int64(hour) * 3600
      singles.blocks.append(IntervalBlock(start: start, minutes: 60, values: [100]))
    }
    #expect(
      try given.when(.recordIntervals(singles)).outcome.get() == whole.outcome.get())
  }

  @Test func `everything again, cut otherwise, adds nothing`() throws {
    let given = try Self.account().after(
      .recordIntervals(Self.command(Self.days("2026-02-15T00:00", 3))))
    let again = Account.record(
      Self.command(
        Self.block("2026-02-15T12:00", [Int64](repeating: 100, count: 24)),
        Self.days("2026-02-15T00:00", 1)), given.state)
    #expect(again.events == [])
    #expect(again.duplicates == 48)
    #expect(again.refusals == [])
  }

  @Test func `another value for a recorded interval is a conflict that shows both`() throws {
    let given = try Self.account().after(
      .recordIntervals(Self.command(Self.days("2026-02-15T00:00", 1))))
    given.when(.recordIntervals(Self.command(Self.block("2026-02-15T03:00", [101])))).thenRefused(
      .conflict(existing: "0.1 kWh", given: "0.101 kWh", at: at("2026-02-15T03:00")))
  }

  @Test func `an interval that overlaps part of a recorded one is refused`() throws {
    let given = try Self.account().after(
      .recordIntervals(Self.command(Self.days("2026-02-15T00:00", 1))))
    given.when(.recordIntervals(Self.command(Self.block("2026-02-15T03:30", [100])))).thenRefused(
      .overlap(with: at("2026-02-15T03:00"), minutes: 60))
    given.when(.recordIntervals(Self.command(Self.block("2026-02-15T23:30", [100])))).thenRefused(
      .overlap(with: at("2026-02-15T23:00"), minutes: 60))
  }

  @Test func `two intervals of one file that overlap: the first stands`() throws {
    let outcome = Account.record(
      Self.command(
        Self.block("2026-02-15T03:30", [100]), Self.block("2026-02-15T03:00", [100])),
      try Self.account().state)
    #expect(outcome.accepted == 1)
    #expect(outcome.refusals.map(\.index) == [0])
    #expect(outcome.refusals.map(\.reason.code) == ["overlap"])
  }

  @Test func `intervals of another length than the channel's are refused`() throws {
    try Self.account().when(
      .recordIntervals(Self.command(Self.block("2026-02-15T00:00", [100], minutes: 15)))
    ).thenRefused(.wrongLength(minutes: 15, channel: 60))
  }

  @Test func `a negative interval needs an export channel`() throws {
    let command = Self.command(Self.block("2026-02-15T12:00", [-100]))
    try Self.account().when(.recordIntervals(command)).thenRefused(.negative("-0.1 kWh"))
    let events = try Self.account(export: true).when(.recordIntervals(command)).outcome.get()
    #expect(events.count == 1)
  }

  @Test func `an interval of more than a plausible day is refused`() throws {
    try Self.account().when(
      .recordIntervals(Self.command(Self.block("2026-02-15T12:00", [500_001])))
    ).thenRefused(
      .implausible(usage: Energy(wattHours: 500_001), limit: kWh(500), isRollover: false))
  }

  @Test func `an interval before installation or not yet over is refused`() throws {
    let given = try Self.account()
    given.when(.recordIntervals(Self.command(Self.block("2026-02-14T23:00", [1])))).thenRefused(
      .beforeInstallation(at("2026-02-15")))
    given.when(
      .recordIntervals(
        Self.command(Self.block("2026-02-15T11:30", [1]), now: "2026-02-15T12:00"))
    ).thenRefused(.inFuture(now: at("2026-02-15T12:00")))
  }

  @Test func `intervals of a dial are refused`() throws {
    try X.account().when(.recordIntervals(Self.command(Self.block("2026-02-15T12:00", [1]))))
      .thenRefused(.wrongUnit(register: "1", isChannel: false))
  }

  @Test func `one bad interval does not stop the others, and splits the block`() throws {
    let outcome = Account.record(
      Self.command(Self.block("2026-02-15T00:00", [1, 2, -3, 4, 5])), try Self.account().state)
    #expect(outcome.accepted == 4)
    #expect(outcome.events.count == 2)
    #expect(outcome.refusals.map(\.interval) == [2])
  }

  @Test func `qualities stay with their intervals`() throws {
    var block = Self.block("2026-02-15T00:00", [1, 2, 3])
    block.qualities = [.actual, .estimated, .actual]
    let events = try Self.account().when(.recordIntervals(Self.command(block))).outcome.get()
    guard case .intervalsRecorded(let it) = events[0] else { return }
    #expect(it.block == block)
  }

  @Test(arguments: [UInt64(1), 20_261_122, 7_919])
  func `intervals that come in random pieces, shuffled and repeated, bill the same`(
    seed: UInt64
  ) throws {
    print("seed \(seed)")
    var chance = Chance(seed)
    let values = (0..<(28 * 24)).map { _ in Int64(chance.below(5000)) }
    let whole = Self.block("2026-02-15T00:00", values)
    let expected = try Self.account().after(.recordIntervals(Self.command(whole)))
    var pieces: [IntervalBlock] = []
    for _ in 0..<2 {
      var from = 0
      while from < values.count {
        let count = min(values.count - from, 1 + chance.below(60))
        pieces.append(
          IntervalBlock(
            start: whole.start(of: from), minutes: 60, values: Array(values[from..<(from + count)]))
        )
        from += count
      }
    }
    for index in pieces.indices.reversed() { pieces.swapAt(index, chance.below(index + 1)) }
    var given = try Self.account()
    while !pieces.isEmpty {
      var command = Self.command()
      for _ in 0..<min(pieces.count, 1 + chance.below(4)) {
        command.blocks.append(pieces.removeLast())
      }
      given = try given.after(.recordIntervals(command))
    }
    let bill = X.bill(through: "2026-03-15")
    let charges = try given.when(bill).outcome.get().charges
    #expect(charges.count == 5)
    #expect(try expected.when(bill).outcome.get().charges == charges)
  }

  @Test func `a day of 25 hours is one event`() throws {
    var command = Self.command()
    command.zone = X.jerusalem
    command.blocks = [
      IntervalBlock(
        start: X.jerusalem.midnight(of: day("2025-10-26")), minutes: 60,
        values: [Int64](repeating: 1, count: 26))
    ]
    let events = try Self.account(from: "2025-10-20").when(.recordIntervals(command)).outcome.get()
    let counts = events.map { event in
      if case .intervalsRecorded(let it) = event { it.block.values.count } else { 0 }
    }
    #expect(counts == [25, 1])
  }
}

/// A small generator with a seed (xorshift64*), so that a failure can be played again.
struct Chance {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed == 0 ? 1 : seed }

  /// A number from 0 up to, not including, `limit`.
  mutating func below(_ limit: Int) -> Int {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return Int((state &* 2_685_821_657_736_338_717) >> 33) % limit
  }
}
