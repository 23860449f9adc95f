public import EventSourcing
import CivilTime
import Metering
import Tariffs

extension AccountState {
  /// Begins the entry that brings the stream to `version`.
  public mutating func begin(version: UInt64) {
    self.version = version
    nextIndex = 0
  }

  /// Folds an entry made of `events`, the next of the stream.
  public mutating func append(_ events: [Event]) {
    guard !events.isEmpty else { return }
    begin(version: version + 1)
    for event in events { evolve(event) }
  }

  /// Folds the next event of the entry begun.
  mutating func evolve(_ event: Event) {
    let place = EventReference(version: UInt32(truncatingIfNeeded: version), index: nextIndex)
    nextIndex += 1
    switch event {
    case .readingRecorded(let it): record(it, at: place)
    case .intervalsRecorded(let it):
      record(
        Block(
          start: it.block.start, minutes: it.block.minutes,
          values: it.block.values.map { Int32(clamping: $0) }, qualities: it.block.qualities,
          place: place), of: it.register)
    case .invoiceIssued(let it):
      issue(
        Invoice(
          ordinal: it.ordinal, period: it.period, due: it.due, total: it.total,
          isFinal: it.isFinal, version: version))
      for reading in it.readings { markBilled(reading) }
    case .accountOpened(let it): details = it
    case .accountClosed(let it): closed = it.day
    case .serviceStarted(let it): serviceStart = it.day
    case .serviceStopped(let it): serviceStop = it.day
    case .ratePlanAssigned(let it): assign(PlanAssignment(plan: it.plan, from: it.from))
    case .meterInstalled(let it): install(it)
    case .meterRemoved(let it):
      if Int(it.meter) < meters.count { meters[Int(it.meter)].removed = it.at }
    case .readingQuestioned(let it): question(it.register, it.at, true)
    case .readingAccepted(let it): question(it.register, it.at, false)
    default: break
    }
  }

  mutating func issue(_ invoice: Invoice) { invoices.append(invoice) }

  private mutating func assign(_ assignment: PlanAssignment) {
    let place = plans.lastIndex { $0.from <= assignment.from }.map { $0 + 1 } ?? 0
    plans.insert(assignment, at: place)
  }

  private mutating func install(_ it: MeterInstalled) {
    meters.append(
      Meter(
        id: it.meter, installed: it.at, removed: nil, servicePoint: it.servicePoint,
        registers: it.registers.map { Register(spec: $0) }))
  }

  mutating func record(_ it: ReadingRecorded, at place: EventReference) {
    let meter = Int(it.register.meter)
    let register = Int(it.register.register)
    guard meter < meters.count, register < meters[meter].registers.count else { return }
    let reading = Reading(
      at: it.at, value: it.value, place: place, quality: it.quality, method: it.method)
    let index = meters[meter].registers[register].readings.lastIndex { $0.at <= it.at }
    meters[meter].registers[register].readings.insert(reading, at: index.map { $0 + 1 } ?? 0)
  }

  mutating func record(_ block: Block, of number: RegisterNumber) {
    let meter = Int(number.meter)
    let register = Int(number.register)
    guard meter < meters.count, register < meters[meter].registers.count else { return }
    let index = meters[meter].registers[register].blocks.lastIndex { $0.start <= block.start }
    meters[meter].registers[register].blocks.insert(block, at: index.map { $0 + 1 } ?? 0)
  }

  mutating func markBilled(_ place: EventReference) {
    for meter in meters.indices {
      for register in meters[meter].registers.indices {
        let readings = meters[meter].registers[register].readings
        if let index = readings.lastIndex(where: { $0.place == place }) {
          let billed = meters[meter].registers[register].billed
          meters[meter].registers[register].billed = max(billed, index)
          return
        }
      }
    }
  }

  private mutating func question(_ number: RegisterNumber, _ at: Instant, _ isQuestioned: Bool) {
    let meter = Int(number.meter)
    let register = Int(number.register)
    guard meter < meters.count, register < meters[meter].registers.count else { return }
    let index = meters[meter].registers[register].readings.lastIndex { $0.at == at }
    guard let index else { return }
    meters[meter].registers[register].readings[index].isQuestioned = isQuestioned
  }
}

extension AccountState {
  /// Folds an entry of the account's stream, decoding no more of it than the fold needs: charges
  /// are stepped over.
  public mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws(WireError) {
    begin(version: entry.header.version)
    var cursor = entry.events(in: bytes)
    while let field = try cursor.next(in: bytes) {
      guard field.number == EntryView.eventsField, field.isDelimited else {
        throw .unknownField(field.number, in: "Entry")
      }
      if try Event.Kind(peeking: bytes, field.range) == .chargeRecorded {
        nextIndex += 1
      } else if let view = try IntervalsView(bytes, field.range), view.isActual {
        try record(view, bytes)
      } else {
        evolve(try Event.decode(bytes, field.range))
      }
    }
  }

  /// Folds intervals without an event in between.
  private mutating func record(_ view: IntervalsView, _ bytes: RawSpan) throws(WireError) {
    var values: [Int32] = []
    values.reserveCapacity(96)
    try view.forEach(in: bytes) { values.append(Int32(clamping: $0)) }
    let place = EventReference(version: UInt32(truncatingIfNeeded: version), index: nextIndex)
    nextIndex += 1
    record(
      Block(
        start: view.start, minutes: view.minutes, values: values, qualities: [], place: place),
      of: view.register)
  }
}
