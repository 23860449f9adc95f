import CivilTime
public import EventSourcing
public import Metering
import Tariffs

extension WireCoder {
  /// A register's number, in two fields.
  mutating func register(
    _ value: RegisterNumber?, _ bytes: RawSpan
  ) throws(Failure) -> RegisterNumber {
    let meter = try integer(1, value?.meter, bytes)
    let register = try integer(2, value?.register, bytes)
    return RegisterNumber(meter: meter, register: register)
  }

  /// Intervals, in fields 3 to 7.
  mutating func block(
    _ value: IntervalBlock?, _ bytes: RawSpan
  ) throws(Failure) -> IntervalBlock {
    let start = try instant(3, value?.start, bytes)
    let minutes = try integer(4, value?.minutes, bytes)
    let values = try packedSigned(5, value?.values, bytes)
    let qualities = try qualities(6, value?.qualities, count: values.count, bytes)
    let decimals = try integer(7, value?.decimals, bytes)
    guard decimals <= IntervalBlock.maximumDecimals else { try refuse(7) }
    return IntervalBlock(
      start: start, minutes: minutes, decimals: decimals, values: values, qualities: qualities)
  }

  /// Qualities as packed runs of (quality, how many); none where all are actual.
  mutating func qualities(
    _ field: Int, _ value: [Quality]?, count: Int, _ bytes: RawSpan
  ) throws(Failure) -> [Quality] {
    let read = try packed(field, value.map { Self.runs(of: $0) }, bytes)
    guard !read.isEmpty else { return [] }
    guard read.count.isMultiple(of: 2) else { try refuse(field) }
    var result: [Quality] = []
    var previous: Quality?
    for place in stride(from: 0, to: read.count, by: 2) {
      let quality = try chosen(field, read[place], common: Quality.actual)
      let length = read[place + 1]
      guard quality != previous, length > 0, length <= UInt64(count - result.count) else {
        try refuse(field)
      }
      result.append(contentsOf: repeatElement(quality, count: Int(length)))
      previous = quality
    }
    guard result.count == count, result.contains(where: { $0 != .actual }) else {
      try refuse(field)
    }
    return result
  }

  private static func runs(of qualities: [Quality]) -> [UInt64] {
    guard qualities.contains(where: { $0 != .actual }) else { return [] }
    var runs: [UInt64] = []
    var last: Quality?
    for quality in qualities {
      if quality == last {
        runs[runs.count - 1] += 1
      } else {
        runs.append(quality == .actual ? 0 : UInt64(quality.rawValue))
        runs.append(1)
      }
      last = quality
    }
    return runs
  }
}

extension ReadingRecorded: WireMessage {
  /// `ReadingRecorded`.
  public static var wireName: StaticName { "ReadingRecorded" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let register = try coder.register(it?.register, bytes)
    let at = try coder.instant(3, it?.at, bytes)
    let value = try coder.signed(4, it?.value, bytes)
    let quality = try coder.choice(5, it?.quality, common: Quality.actual, bytes)
    let method = try coder.choice(6, it?.method, common: ReadingMethod.unspecified, bytes)
    let estimate: ReadingEstimate? = try coder.message(7, it?.estimate, bytes)
    return Self(
      register: register, at: at, value: value, quality: quality, method: method,
      estimate: estimate)
  }
}

extension ReadingEstimate: WireMessage {
  /// `ReadingEstimate`.
  public static var wireName: StaticName { "ReadingEstimate" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let method = try coder.choice(
      1, it?.method, common: EstimationPolicy.Method.dailyAverage, bytes)
    let history = try coder.references(2, it.map { [$0.from, $0.until] }, bytes)
    guard history.count == 2 else { try coder.refuse(2) }
    return Self(method, from: history[0], until: history[1])
  }
}

extension ReadingRecorded {
  /// The reading in the message that fills `contents`: what `coded` reads, and in less time if it is
  /// an actual one of no stated method, as most are.
  @usableFromInline
  static func reading(in contents: Range<Int>, _ bytes: RawSpan) throws(WireError) -> Self {
    var cursor = FieldCursor(contents, bytes)
    let meter = try cursor.unsigned(0x08, bytes)
    let register = try cursor.unsigned(0x10, bytes)
    let at = try cursor.signed(0x18, bytes)
    let value = try cursor.signed(0x20, bytes)
    guard cursor.isAtEnd, let meter = UInt16(exactly: meter),
      let register = UInt16(exactly: register)
    else { return try WireReader.read(Self.self, bytes, contents) }
    return Self(
      register: RegisterNumber(meter: meter, register: register), at: Instant(rawValue: at),
      value: value)
  }

  /// The reading in the event that fills `range`; `nil` for an event of another kind.
  @inlinable @inline(__always)
  public init?(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    // Field 3, length-delimited.
    guard let contents = try WireCursor.only(0x1A, bytes, range, in: "Event") else { return nil }
    self = try Self.reading(in: contents, bytes)
  }
}

extension IntervalsRecorded: WireMessage {
  /// `IntervalsRecorded`.
  public static var wireName: StaticName { "IntervalsRecorded" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let register = try coder.register(it?.register, bytes)
    return Self(register: register, block: try coder.block(it?.block, bytes))
  }
}

extension IntervalsCorrected: WireMessage {
  /// `IntervalsCorrected`.
  public static var wireName: StaticName { "IntervalsCorrected" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let register = try coder.register(it?.register, bytes)
    let block = try coder.block(it?.block, bytes)
    return Self(register: register, block: block, reason: try coder.text(8, it?.reason, bytes))
  }
}

extension RegisterSpec: WireMessage {
  /// `Register`.
  public static var wireName: StaticName { "Register" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let name = try coder.text(1, it?.name, bytes)
    let unit = try coder.choice(2, it?.unit, common: RegisterUnit.kilowattHours, bytes)
    let dials = try coder.integer(3, it?.dials, bytes)
    let decimals = try coder.integer(4, it?.decimals, bytes)
    let multiplier = try coder.integer(5, it?.multiplier, bytes)
    let direction = try coder.choice(6, it?.direction, common: FlowDirection.import, bytes)
    let period = try coder.name(7, it?.touPeriod, bytes)
    let minutes = try coder.optionalInteger(8, it?.intervalMinutes, bytes)
    return Self(
      name: name, unit: unit, dials: dials, decimals: decimals, multiplier: multiplier,
      direction: direction, touPeriod: period, intervalMinutes: minutes)
  }
}

extension MeterInstalled: WireMessage {
  /// `MeterInstalled`.
  public static var wireName: StaticName { "MeterInstalled" }
  /// The meter's identifier.
  static let meterField = 1
  /// The moment.
  static let atField = 2
  /// The first of the fields in which meters of one kind are alike.
  static let registersField = 3

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let meter = try coder.text(meterField, it?.meter, bytes)
    let at = try coder.instant(atField, it?.at, bytes)
    let registers: [RegisterSpec] = try coder.messages(registersField, it?.registers, bytes)
    let servicePoint = try coder.text(4, it?.servicePoint, bytes)
    return Self(meter: meter, at: at, registers: registers, servicePoint: servicePoint)
  }
}

extension MeterRemoved: WireMessage {
  /// `MeterRemoved`.
  public static var wireName: StaticName { "MeterRemoved" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let meter = try coder.integer(1, it?.meter, bytes)
    let at = try coder.instant(2, it?.at, bytes)
    return Self(meter: meter, at: at)
  }
}

extension ReadingQuestioned: WireMessage {
  /// `ReadingQuestioned`.
  public static var wireName: StaticName { "ReadingQuestioned" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let register = try coder.register(it?.register, bytes)
    let at = try coder.instant(3, it?.at, bytes)
    let code = try coder.text(4, it?.code, bytes)
    let detail = try coder.text(5, it?.detail, bytes)
    return Self(register: register, at: at, code: code, detail: detail)
  }
}

extension ReadingAccepted: WireMessage {
  /// `ReadingAccepted`.
  public static var wireName: StaticName { "ReadingAccepted" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let register = try coder.register(it?.register, bytes)
    let at = try coder.instant(3, it?.at, bytes)
    let reason = try coder.text(4, it?.reason, bytes)
    return Self(register: register, at: at, reason: reason)
  }
}
