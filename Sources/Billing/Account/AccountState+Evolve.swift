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
    let place = nextPlace()
    switch event {
    case .readingRecorded(let it): record(it, at: place)
    case .intervalsRecorded(let it):
      record(Block(it.block, at: place), of: it.register)
    case .invoiceIssued(let it): issue(it)
    case .accountOpened(let it): details = it
    case .accountClosed(let it): closed = it.day
    case .serviceStarted(let it): serviceStart = it.day
    case .serviceStopped(let it): serviceStop = it.day
    case .ratePlanAssigned(let it): assign(PlanAssignment(plan: it.plan, from: it.from))
    case .meterInstalled(let it): install(it)
    case .meterRemoved(let it):
      if Int(it.meter) < meters.count { meters[Int(it.meter)].removed = it.at }
    case .kwhBanked(let it): banking = it.bank
    case .readingQuestioned(let it): question(it.register, it.at, true)
    case .readingAccepted(let it): question(it.register, it.at, false)
    case .readingCorrected(let it): correct(it, at: place)
    case .intervalsCorrected(let it): correct(it, at: place)
    case .taxExemptionGranted(let it): exemptions.append(Exemption(granted: it))
    case .taxExemptionEnded(let it):
      let index = Int(it.exemption) - 1
      if exemptions.indices.contains(index) { exemptions[index].ended = it.day }
    case .chargeRecorded, .kwhApplied, .kwhExpired: break
    default: evolveReceivables(event)
    }
  }

  mutating func issue(_ it: InvoiceIssued) {
    issue(
      Invoice(
        ordinal: it.ordinal, period: it.period, due: it.due, total: it.total,
        isFinal: it.isFinal, peak: it.peak, counted: it.counted, version: version,
        replaces: it.replaces, isStatement: it.isStatement, bank: banking))
    for reading in it.readings { markBilled(reading) }
  }

  /// Takes in an invoice, with whatever waited for one.
  mutating func issue(_ invoice: Invoice) {
    guard receivables.isUsed else {
      invoices.append(invoice)
      (bank, banking) = (banking, [])
      return
    }
    var invoice = invoice
    bill(&invoice)
    invoices.append(invoice)
    if lastBillPlace == invoices.count - 1 { bank = banking }
    banking = []
  }

  private mutating func correct(_ it: ReadingCorrected, at place: EventReference) {
    let meter = Int(it.register.meter)
    let register = Int(it.register.register)
    guard meter < meters.count, register < meters[meter].registers.count,
      let index = meters[meter].registers[register].readings.lastIndex(where: { $0.at == it.at })
    else { return }
    let old = meters[meter].registers[register].readings[index]
    meters[meter].registers[register].readings[index] = Reading(
      at: it.at, value: it.value, place: place, quality: it.quality, method: it.method,
      corrects: Superseded(value: old.value, place: old.place))
  }

  mutating func assign(_ assignment: PlanAssignment) {
    let place = plans.lastIndex { $0.from <= assignment.from }.map { $0 + 1 } ?? 0
    plans.insert(assignment, at: place)
  }

  mutating func install(_ it: MeterInstalled) {
    meters.append(Meter(it))
  }

  mutating func record(_ it: ReadingRecorded, at place: EventReference) {
    let meter = Int(it.register.meter)
    let register = Int(it.register.register)
    guard meter < meters.count, register < meters[meter].registers.count else { return }
    let reading = Reading(
      at: it.at, value: it.value, place: place, quality: it.quality, method: it.method)
    meters[meter].registers[register].insert(reading)
  }

  mutating func record(_ block: Block, of number: RegisterNumber) {
    let meter = Int(number.meter)
    let register = Int(number.register)
    guard meter < meters.count, register < meters[meter].registers.count else { return }
    meters[meter].registers[register].insert(block)
  }

  mutating func markBilled(_ place: EventReference) {
    for meter in meters.indices {
      for register in meters[meter].registers.indices
      where meters[meter].registers[register].markBilled(place) {
        return
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

extension AccountState.Register {
  /// Takes a reading in; it is nearly always the latest.
  fileprivate mutating func insert(_ reading: AccountState.Reading) {
    var place = readings.count
    while place > 0, readings[place - 1].at > reading.at { place -= 1 }
    if place == readings.count {
      // A month's readings and the one before fit at once: most accounts never grow further.
      if place == 0 { readings.reserveCapacity(4) }
      readings.append(reading)
    } else {
      readings.insert(reading, at: place)
    }
  }

  /// Takes intervals in; they are mostly the latest.
  fileprivate mutating func insert(_ block: AccountState.Block) {
    var place = blocks.count
    while place > 0, blocks[place - 1].start > block.start { place -= 1 }
    if place == blocks.count { blocks.append(block) } else { blocks.insert(block, at: place) }
  }

  /// Marks the reading recorded at `place` as billed; false if it is not of this register.
  fileprivate mutating func markBilled(_ place: EventReference) -> Bool {
    var index = readings.count - 1
    while index >= 0, !readings[index].isRecorded(at: place) { index -= 1 }
    guard index >= 0 else { return false }
    billed = max(billed, index)
    return true
  }
}
