import CivilTime
public import EventSourcing
import Metering
import Money
import Tariffs

extension AccountState: WireMessage {
  /// The version of the fold. It is raised whenever the same events add up to another state or the
  /// state has other bytes, so that what an older program saved is folded again.
  public static let foldVersion: UInt32 = 2

  /// The state that was saved in `range`; here, where the compiler knows every field's type, it takes
  /// a fraction of the time.
  public static func saved(in bytes: RawSpan, _ range: Range<Int>) throws(WireError) -> Self {
    try WireReader.read(Self.self, bytes, range)
  }

  /// The state as it is saved.
  public var savedBytes: [UInt8] {
    var writer = WireWriter(capacity: 1_024)
    _ = Self.coded(&writer, self, RawSpan())
    return writer.bytes
  }

  /// `AccountState`: no part of the book's schemas, for it is saved beside the book only, where it
  /// can be thrown away.
  public static var wireName: StaticName { "AccountState" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    var state = Self()
    state.version = try coder.unsigned(1, it?.version, bytes)
    state.nextIndex = try coder.integer(2, it?.nextIndex, bytes)
    state.details = try coder.message(3, it?.details, bytes)
    state.closed = try coder.optionalDay(4, it?.closed, bytes)
    state.serviceStart = try coder.optionalDay(5, it?.serviceStart, bytes)
    state.serviceStop = try coder.optionalDay(6, it?.serviceStop, bytes)
    let plans = try coder.messages(
      7, it?.plans.map { RatePlanAssigned(plan: $0.plan, from: $0.from) }, bytes)
    state.plans = plans.map { PlanAssignment(plan: $0.plan, from: $0.from) }
    state.meters = try coder.messages(8, it?.meters, bytes)
    state.invoices = try coder.messages(9, it?.invoices, bytes)
    state.bank = try coder.messages(10, it?.bank, bytes)
    state.banking = try coder.messages(11, it?.banking, bytes)
    let used = it.flatMap { $0.receivables.isUsed ? $0.receivables : nil }
    state.receivables = try coder.message(12, used, bytes) ?? Receivables()
    state.exemptions = try coder.messages(13, it?.exemptions, bytes)
    return state
  }
}

extension AccountState.Exemption: WireMessage {
  /// `AccountState.Exemption`.
  public static var wireName: StaticName { "AccountState.Exemption" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    guard let granted = try coder.message(1, it?.granted, bytes) else { try coder.refuse(1) }
    return Self(granted: granted, ended: try coder.optionalDay(2, it?.ended, bytes))
  }
}

extension AccountState.Meter: WireMessage {
  /// `AccountState.Meter`.
  public static var wireName: StaticName { "AccountState.Meter" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let id = try coder.text(1, it?.id, bytes)
    let installed = try coder.instant(2, it?.installed, bytes)
    let removed = try coder.optionalInstant(3, it?.removed, bytes)
    let servicePoint = try coder.text(4, it?.servicePoint, bytes)
    let registers = try coder.messages(5, it?.registers, bytes)
    var meter = Self(
      id: id, installed: installed, servicePoint: servicePoint, registers: registers)
    meter.removed = removed
    return meter
  }
}

extension AccountState.Register: WireMessage {
  /// `AccountState.Register`.
  public static var wireName: StaticName { "AccountState.Register" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    guard let spec = try coder.message(1, it?.spec, bytes) else { try coder.refuse(1) }
    var register = Self(spec)
    register.billed = Int(try coder.integer(2, it.map { UInt32($0.billed) }, bytes))
    register.readings = try coder.messages(3, it?.readings, bytes)
    register.blocks = try coder.messages(4, it?.blocks, bytes)
    guard register.billed <= register.readings.count else { try coder.refuse(2) }
    return register
  }
}

extension AccountState.Reading: WireMessage {
  /// `AccountState.Reading`.
  public static var wireName: StaticName { "AccountState.Reading" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let place = try coder.reference(1, it?.place, bytes)
    let at = try coder.instant(3, it?.at, bytes)
    let value = try coder.signed(4, it?.value, bytes)
    let quality = try coder.choice(5, it?.quality, common: .actual, bytes)
    let method = try coder.choice(6, it?.method, common: .unspecified, bytes)
    let isQuestioned = try coder.flag(7, it?.isQuestioned, bytes)
    let corrects = try coder.message(8, it?.corrects, bytes)
    return Self(
      at: at, value: value, place: place, quality: quality, method: method,
      isQuestioned: isQuestioned, corrects: corrects)
  }
}

extension AccountState.Superseded: WireMessage {
  /// `AccountState.Superseded`.
  public static var wireName: StaticName { "AccountState.Superseded" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let place = try coder.reference(1, it?.place, bytes)
    return Self(value: try coder.signed(3, it?.value, bytes), place: place)
  }
}

extension AccountState.Block: WireMessage {
  /// `AccountState.Block`.
  public static var wireName: StaticName { "AccountState.Block" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let place = try coder.reference(1, it?.place, bytes)
    let block = try coder.block(it?.block, bytes)
    let corrects = try coder.messages(8, it?.corrects, bytes)
    var result = Self(block, at: place)
    result.corrects = corrects
    return result
  }
}

extension AccountState.Invoice: WireMessage {
  /// `AccountState.Invoice`.
  public static var wireName: StaticName { "AccountState.Invoice" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let ordinal = try coder.integer(1, it?.ordinal, bytes)
    let start = try coder.day(2, it?.period.start, bytes)
    let end = try coder.day(3, it?.period.end, bytes)
    let due = try coder.day(4, it?.due, bytes)
    let total = try coder.money(5, it?.total, bytes)
    let isFinal = try coder.flag(6, it?.isFinal, bytes)
    let peak = try coder.optionalSigned(7, it?.peak?.milliwatts, bytes)
    let counted = try coder.money(8, it?.counted, bytes)
    let version = try coder.unsigned(9, it?.version, bytes)
    let replaces = try coder.integer(10, it?.replaces, bytes)
    let isStatement = try coder.flag(11, it?.isStatement, bytes)
    let bank = try coder.messages(12, it?.bank, bytes)
    var invoice = Self(
      ordinal: ordinal, period: BillingPeriod(start: start, end: end), due: due, total: total,
      isFinal: isFinal, peak: peak.map { Power(milliwatts: $0) }, counted: counted,
      version: version, replaces: replaces, isStatement: isStatement, bank: bank)
    invoice.isCancelled = try coder.flag(13, it?.isCancelled, bytes)
    invoice.replacedBy = try coder.integer(14, it?.replacedBy, bytes)
    invoice.fees = try coder.money(15, it?.fees, bytes)
    invoice.paid = try coder.money(16, it?.paid, bytes)
    invoice.paidFees = try coder.money(17, it?.paidFees, bytes)
    invoice.writtenOff = try coder.money(18, it?.writtenOff, bytes)
    invoice.writtenOffFees = try coder.money(19, it?.writtenOffFees, bytes)
    return invoice
  }
}

extension WireCoder {
  /// The place of an event, in `field` and the one after it.
  fileprivate mutating func reference(
    _ field: Int, _ value: EventReference?, _ bytes: RawSpan
  ) throws(Failure) -> EventReference {
    let version = try integer(field, value?.version, bytes)
    return EventReference(version: version, index: try integer(field + 1, value?.index, bytes))
  }
}
