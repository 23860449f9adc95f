import CivilTime
import EventSourcing
import Metering

extension Account {
  static func install(
    _ command: InstallMeter, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    if let number = state.meterNumber(command.meter), state.meters[number].removed == nil {
      try requireSame(command, as: state.meters[number])
      return []
    }
    if let number = state.meterNumber(command.meter), let removed = state.meters[number].removed,
      command.at < removed
    {
      throw .meterRemoved(command.meter, removed)
    }
    guard state.meters.count < BillingLimits.meters else {
      throw .invalid(field: "meter", reason: "is one more than the \(BillingLimits.meters) allowed")
    }
    try validate(command)
    let number = UInt16(truncatingIfNeeded: state.meters.count)
    var events: [Event] = [
      .meterInstalled(
        MeterInstalled(
          meter: command.meter, at: command.at, registers: command.registers,
          servicePoint: command.servicePoint))
    ]
    for (index, value) in command.startReadings.enumerated() {
      guard let value else { continue }
      let register = RegisterNumber(meter: number, register: UInt16(index))
      events.append(
        .readingRecorded(ReadingRecorded(register: register, at: command.at, value: value)))
    }
    return events
  }

  private static func validate(_ command: InstallMeter) throws(AccountRejection) {
    guard StreamID.isValid(command.meter) else {
      throw .invalid(
        field: "meter", reason: "is '\(command.meter)'; it must be 1 to 64 printable characters")
    }
    guard !command.registers.isEmpty, command.registers.count <= BillingLimits.registers,
      command.registers.count == command.startReadings.count
    else {
      throw .invalid(
        field: "register",
        reason: "has \(command.registers.count) entries; a meter has 1 to "
          + "\(BillingLimits.registers), each with its reading")
    }
    for (index, register) in command.registers.enumerated() {
      do {
        try register.validate()
      } catch {
        throw .invalid(field: "register", reason: "'\(register.name)' cannot be one: \(error)")
      }
      guard !command.registers[..<index].contains(where: { $0.name == register.name }) else {
        throw .invalid(field: "register", reason: "'\(register.name)' is named twice")
      }
      let value = command.startReadings[index]
      if register.intervalMinutes != nil {
        guard value == nil else { throw .wrongUnit(register: register.name, isChannel: true) }
        continue
      }
      guard let value else {
        throw .missingReading(register: register.name, meter: command.meter)
      }
      try requireOnDial(value, register)
    }
  }

  static func requireOnDial(
    _ value: Int64, _ register: RegisterSpec
  ) throws(AccountRejection) {
    guard value >= 0 else { throw .negative(text(value, register)) }
    guard value < register.modulus else {
      throw .offTheDial(text(value, register), dials: register.dials)
    }
  }

  private static func requireSame(
    _ command: InstallMeter, as meter: AccountState.Meter
  ) throws(AccountRejection) {
    guard command.at == meter.installed else {
      throw .meterInstalled(meter.id, difference: "installed_at \(meter.installed)")
    }
    guard command.servicePoint == meter.servicePoint else {
      throw .meterInstalled(meter.id, difference: "service_point '\(meter.servicePoint)'")
    }
    // The same registers in another order are the same meter: files come shuffled.
    let given = command.registers.indices.map { index in
      let value =
        index < command.startReadings.count ? command.startReadings[index] : nil
      return (spec: command.registers[index], start: value)
    }
    let matched = meter.registers.map { register in
      given.first { $0.spec == register.spec }
    }
    guard given.count == matched.count, !matched.contains(where: { $0 == nil }) else {
      let names = meter.registers.map(\.spec.name).joined(separator: ", ")
      throw .meterInstalled(meter.id, difference: "registers \(names) of other particulars")
    }
    for (register, match) in zip(meter.registers, matched) {
      guard let first = register.readings.first, let value = match?.start, first.value != value
      else { continue }
      throw .meterInstalled(
        meter.id,
        difference: "register '\(register.spec.name)' at \(text(first.value, register.spec))")
    }
  }

  static func remove(
    _ command: RemoveMeter, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard let number = state.meterNumber(command.meter) else {
      throw .unknownMeter(command.meter)
    }
    let meter = state.meters[number]
    if let removed = meter.removed {
      guard removed == command.at else { throw .meterRemoved(command.meter, removed) }
      return []
    }
    guard command.at > meter.installed else { throw .beforeInstallation(meter.installed) }
    guard command.finalReadings.count == meter.registers.count else {
      throw .invalid(
        field: "register",
        reason: "has \(command.finalReadings.count) readings for \(meter.registers.count)")
    }
    var readings: [NewReading] = []
    for (register, value) in zip(meter.registers, command.finalReadings) {
      if register.isChannel {
        guard value == nil else { throw .wrongUnit(register: register.spec.name, isChannel: true) }
        if let end = register.blocks.last?.end, end > command.at { throw .outOfOrder(last: end) }
        continue
      }
      guard let value else {
        throw .missingReading(register: register.spec.name, meter: command.meter)
      }
      readings.append(
        NewReading(
          meter: command.meter, register: register.spec.name, at: command.at, units: value,
          places: Int(register.spec.decimals)))
    }
    let recorded = record(
      RecordReadings(readings, now: command.at, dailyMaximum: command.dailyMaximum), state)
    if let refusal = recorded.refusals.first { throw refusal.reason }
    let removed = MeterRemoved(meter: UInt16(truncatingIfNeeded: number), at: command.at)
    return recorded.events + [.meterRemoved(removed)]
  }
}
