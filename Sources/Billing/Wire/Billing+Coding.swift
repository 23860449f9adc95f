import CivilTime
public import EventSourcing
import Metering
import Money
import Tariffs

extension ChargeRecorded: WireMessage {
  /// `ChargeRecorded`.
  public static var wireName: StaticName { "ChargeRecorded" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let component = try coder.integer(1, it?.component, bytes)
    let tier = try coder.integer(2, it?.tier, bytes)
    let period = try coder.index(3, it?.touPeriod, bytes)
    let quantity = try coder.integer(4, it?.quantity, bytes)
    let amount = try coder.money(5, it?.amount, bytes)
    let tax = try coder.index(6, it?.tax, bytes)
    let segment = try coder.integer(7, it?.segment, bytes)
    let further = try coder.integer(8, it?.furtherSegments, bytes)
    let type: LineType? = try coder.optionalChoice(9, it?.type, bytes)
    let waived = try coder.money(10, it?.waived, bytes)
    let waivedBy = try coder.text(11, it?.waivedBy, bytes)
    let reference = try coder.text(12, it?.reference, bytes)
    let thousandths = try coder.integer(13, it?.thousandths, bytes)
    let revenueClass: RevenueClass? = try coder.optionalChoice(14, it?.revenueClass, bytes)
    let about = try coder.integer(15, it?.about, bytes)
    return Self(
      component: component, tier: tier, touPeriod: period, quantity: quantity, amount: amount,
      tax: tax, segment: segment, furtherSegments: further, type: type, waived: waived,
      waivedBy: waivedBy, reference: reference, thousandths: thousandths,
      revenueClass: revenueClass, about: about)
  }
}

extension InvoiceIssued: WireMessage {
  /// `InvoiceIssued`.
  public static var wireName: StaticName { "InvoiceIssued" }

  /// Codes the fields. The period is stored as its end and its days, the due day as days after the
  /// end.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let ordinal = try coder.integer(1, it?.ordinal, bytes)
    let end = try coder.day(2, it?.period.end, bytes)
    let days = try coder.integer(3, it.map { UInt32($0.period.days) }, bytes)
    let dueAfter = try coder.integer(4, it.map { Int32($0.due - $0.period.end) }, bytes)
    guard let start = end.moved(-Int64(days)) else { try coder.refuse(3) }
    guard let due = end.moved(Int64(dueAfter)) else { try coder.refuse(4) }
    let total = try coder.money(5, it?.total, bytes)
    let plan = try coder.text(6, it?.plan, bytes)
    let customerClass = try coder.choice(7, it?.customerClass, common: .residential, bytes)
    let sector = try coder.text(8, it?.sector, bytes)
    let jurisdictions = try coder.texts(9, it?.jurisdictions, bytes)
    let rules = try coder.unsigned(10, it?.rules, bytes)
    let readings = try coder.references(11, it?.readings, bytes)
    let intervals = try coder.runs(12, it?.intervals, bytes)
    let earlier = try coder.texts(13, it?.earlierPlans, bytes)
    let replaces = try coder.integer(14, it?.replaces, bytes)
    let isFinal = try coder.flag(15, it?.isFinal, bytes)
    let peak = try coder.optionalSigned(16, it?.peak?.milliwatts, bytes)
    let counted = try coder.money(17, it?.counted, bytes)
    let isStatement = try coder.flag(18, it?.isStatement, bytes)
    let planDays = try coder.packed(19, it?.planDays.map { UInt64($0) }, bytes)
    guard planDays.allSatisfy({ $0 <= UInt32.max }) else { try coder.refuse(19) }
    return Self(
      ordinal: ordinal, period: BillingPeriod(start: start, end: end), due: due, total: total,
      plan: plan, customerClass: customerClass, sector: sector, jurisdictions: jurisdictions,
      rules: rules, readings: readings, intervals: intervals, earlierPlans: earlier,
      planDays: planDays.map { UInt32($0) }, replaces: replaces, isFinal: isFinal,
      peak: peak.map { Power(milliwatts: $0) }, counted: counted, isStatement: isStatement)
  }
}

extension Day {
  /// The date `days` later, if days reach that far.
  func moved(_ days: Int64) -> Day? {
    Int32(exactly: Int64(rawValue) + days).map { Day(rawValue: $0) }
  }
}

extension WireCoder {
  /// Places of events, as packed pairs.
  mutating func references(
    _ field: Int, _ value: [EventReference]?, _ bytes: RawSpan
  ) throws(Failure) -> [EventReference] {
    let flat = value.map { $0.flatMap { [UInt64($0.version), UInt64($0.index)] } }
    let read = try packed(field, flat, bytes)
    guard read.count.isMultiple(of: 2) else { try refuse(field) }
    var result: [EventReference] = []
    result.reserveCapacity(read.count / 2)
    for place in stride(from: 0, to: read.count, by: 2) {
      guard let version = UInt32(exactly: read[place]), let index = UInt32(exactly: read[place + 1])
      else { try refuse(field) }
      result.append(EventReference(version: version, index: index))
    }
    return result
  }

  /// Runs of events, as packed triples.
  mutating func runs(
    _ field: Int, _ value: [EventRun]?, _ bytes: RawSpan
  ) throws(Failure) -> [EventRun] {
    let flat = value.map {
      $0.flatMap { [UInt64($0.first.version), UInt64($0.first.index), UInt64($0.count)] }
    }
    let read = try packed(field, flat, bytes)
    guard read.count.isMultiple(of: 3) else { try refuse(field) }
    var result: [EventRun] = []
    for place in stride(from: 0, to: read.count, by: 3) {
      guard let version = UInt32(exactly: read[place]),
        let index = UInt32(exactly: read[place + 1]), let count = UInt32(exactly: read[place + 2])
      else { try refuse(field) }
      result.append(
        EventRun(first: EventReference(version: version, index: index), count: count))
    }
    return result
  }
}
