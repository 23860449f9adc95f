import CivilTime
import Metering
import Money

extension Account {
  /// What becomes of readings: those accepted as events, by register and time; those known before;
  /// those refused, one by one.
  ///
  /// The order in which they are given does not matter. An account that is not open, or is
  /// part of another, refuses all.
  public static func record(_ command: RecordReadings, _ state: AccountState) -> RecordOutcome {
    var outcome = RecordOutcome()
    var accepted: [(index: Int, ReadingRecorded)] = []
    for index in command.readings.indices {
      do {
        try requireOpen(state)
        accepted.append((index, try resolve(command.readings[index], command, state)))
      } catch {
        outcome.refusals.append(.init(index: index, interval: 0, reason: error))
      }
    }
    accepted.sort { ($0.1.register, $0.1.at, $0.index) < ($1.1.register, $1.1.at, $1.index) }
    var place = 0
    while place < accepted.count {
      let number = accepted[place].1.register
      guard let register = state.register(number) else { break }
      var readings = register.readings
      while place < accepted.count, accepted[place].1.register == number {
        do {
          try record(accepted[place].1, register.spec, &readings, command, &outcome)
        } catch {
          outcome.refusals.append(
            .init(index: accepted[place].index, interval: 0, reason: error))
        }
        place += 1
      }
    }
    outcome.refusals.sort { $0.index < $1.index }
    return outcome
  }

  static func requireOpen(_ state: AccountState) throws(AccountRejection) {
    guard state.details != nil else { throw .notOpened }
    if let closed = state.closed { throw .accountClosed(closed) }
    if let other = state.receivables.mergedInto { throw .receivable(.merged(into: other)) }
  }

  /// The reading with its register's number and in its register's units.
  private static func resolve(
    _ given: NewReading, _ command: RecordReadings, _ state: AccountState
  ) throws(AccountRejection) -> ReadingRecorded {
    let (number, register) = try find(
      meter: given.meter, register: given.register, isChannel: false, state)
    let meter = state.meters[Int(number.meter)]
    guard given.at <= command.now else { throw .inFuture(now: command.now) }
    guard given.at >= meter.installed else { throw .beforeInstallation(meter.installed) }
    if let removed = meter.removed, given.at > removed { throw .afterRemoval(removed) }
    return ReadingRecorded(
      register: number, at: given.at, value: try value(of: given, register.spec),
      quality: given.quality, method: given.method)
  }

  /// What a reading says, in units of its register's last decimal.
  static func value(
    of given: NewReading, _ spec: RegisterSpec
  ) throws(AccountRejection) -> Int64 {
    guard let value = scaled(given.units, from: given.places, to: Int(spec.decimals)) else {
      throw .tooPrecise(
        DecimalText.format(Int128(given.units), scale: given.places), decimals: spec.decimals)
    }
    try requireOnDial(value, spec)
    return value
  }

  private static func record(
    _ given: ReadingRecorded, _ spec: RegisterSpec, _ readings: inout [AccountState.Reading],
    _ command: RecordReadings, _ outcome: inout RecordOutcome
  ) throws(AccountRejection) {
    if let last = readings.last, given.at <= last.at {
      guard let same = readings.last(where: { $0.at <= given.at }), same.at == given.at else {
        throw .outOfOrder(last: last.at)
      }
      // What was recorded before and corrected since is known too.
      if same.value == given.value || same.corrects?.value == given.value {
        outcome.duplicates += 1
        return
      }
      guard same.quality == .estimated, same.corrects == nil, given.quality.isMeasured else {
        throw .conflict(
          existing: text(same.value, spec), given: text(given.value, spec), at: given.at)
      }
      outcome.accepted += 1
      outcome.events.append(
        .readingCorrected(
          ReadingCorrected(
            register: given.register, at: given.at, value: given.value, quality: given.quality,
            method: given.method, reason: "read at the time of the estimate")))
      return
    }
    var isVouchedFor = false
    if let last = readings.last {
      do {
        // What lies below an estimate settles it: rollover is tested between measured readings.
        let settled =
          given.value < last.value && !last.quality.isMeasured
          ? readings.last { $0.quality.isMeasured } : nil
        try requirePlausible(given, after: settled ?? last, spec, command.dailyMaximum)
      } catch {
        guard command.acceptance != nil else { throw error }
        isVouchedFor = true
      }
    }
    readings.append(
      AccountState.Reading(
        at: given.at, value: given.value, place: EventReference(version: 0, index: 0),
        quality: given.quality, method: given.method))
    outcome.accepted += 1
    outcome.events.append(.readingRecorded(given))
    if isVouchedFor, let reason = command.acceptance {
      outcome.events.append(
        .readingAccepted(
          ReadingAccepted(register: given.register, at: given.at, reason: reason)))
    }
  }

  /// Usage must not exceed the daily maximum on any day begun since the reading before.
  static func requirePlausible(
    _ given: ReadingRecorded, after last: AccountState.Reading, _ spec: RegisterSpec,
    _ dailyMaximum: Energy
  ) throws(AccountRejection) {
    let usage = spec.usage(from: last.value, to: given.value)
    let days = (given.at - last.at + 86_399) / 86_400
    let limit = Energy(milliwattHours: dailyMaximum.milliwattHours * max(1, days))
    guard usage.energy <= limit else {
      throw .implausible(usage: usage.energy, limit: limit, isRollover: usage.rolledOver)
    }
  }

  /// The register that is meant.
  static func find(
    meter id: String, register name: String?, isChannel: Bool, _ state: AccountState
  ) throws(AccountRejection) -> (RegisterNumber, AccountState.Register) {
    guard let meter = state.meterNumber(id) else { throw .unknownMeter(id) }
    let registers = state.meters[meter].registers
    let index: Int
    if let name {
      guard let found = registers.firstIndex(where: { $0.spec.name == name }) else {
        throw .unknownRegister(name, meter: id, known: registers.map(\.spec.name))
      }
      index = found
    } else {
      let candidates = registers.indices.filter { registers[$0].isChannel == isChannel }
      guard candidates.count <= 1 else {
        throw .registerNotNamed(meter: id, known: candidates.map { registers[$0].spec.name })
      }
      index = candidates.first ?? 0
    }
    guard registers[index].isChannel == isChannel else {
      throw .wrongUnit(register: registers[index].spec.name, isChannel: !isChannel)
    }
    let number = RegisterNumber(meter: UInt16(meter), register: UInt16(index))
    return (number, registers[index])
  }

  /// `units` x 10^-`places` in units of 10^-`scale`, if it is a whole number of them.
  private static func scaled(_ units: Int64, from places: Int, to scale: Int) -> Int64? {
    var value = units
    for _ in stride(from: places, to: scale, by: -1) {
      guard value.isMultiple(of: 10) else { return nil }
      value /= 10
    }
    for _ in stride(from: places, to: scale, by: 1) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    return value
  }

  /// A register's value as it is read.
  static func text(_ value: Int64, _ spec: RegisterSpec) -> String {
    DecimalText.format(
      Int128(value), scale: Int(spec.decimals), minimumDecimals: Int(spec.decimals))
  }
}

extension Account {
  static func decide(
    _ question: ReadingQuestioned, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard let reading = reading(question.register, question.at, state),
      let register = state.register(question.register)
    else { throw .noSuchReading(question.at) }
    if let through = state.billedThrough, question.at <= register.readings[register.billed].at {
      throw .alreadyBilled(through: through)
    }
    return reading.isQuestioned ? [] : [.readingQuestioned(question)]
  }

  static func decide(
    _ acceptance: ReadingAccepted, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard let reading = reading(acceptance.register, acceptance.at, state) else {
      throw .noSuchReading(acceptance.at)
    }
    return reading.isQuestioned ? [.readingAccepted(acceptance)] : []
  }

  private static func reading(
    _ number: RegisterNumber, _ at: Instant, _ state: AccountState
  ) -> AccountState.Reading? {
    state.register(number)?.readings.last { $0.at == at }
  }
}
