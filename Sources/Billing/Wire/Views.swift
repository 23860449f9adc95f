public import CivilTime
public import EventSourcing
public import Metering
public import Money

/// The numbers of a charge, read in place: what a report over all charges needs, without allocation.
public struct ChargeView: Hashable, Sendable {
  /// The component's number in its tariff version, from 0; not used by a tax.
  public var component: UInt64
  /// The tier's number in its component, from 0.
  public var tier: UInt64
  /// The time-of-use period's number, from 1; 0 for all hours.
  public var period: UInt64
  /// Whole watt-hours of an energy line, whole watts of a demand line; else 0.
  public var quantity: Int64
  /// What is beyond `quantity`, in thousandths of it.
  public var thousandths: Int64
  /// What is charged.
  public var amount: Money
  /// The tax's number among the account's taxes, from 1; 0 for no tax.
  public var tax: UInt64
  /// The number of the segment it begins in, from 0.
  public var segment: UInt64
  /// The stored number of a type that neither component nor tax implies; else 0.
  public var type: UInt64
  /// What was not charged.
  public var waived: Money
  /// The stored number of the revenue class of an adjustment, credit or late fee; else 0.
  public var revenueClass: UInt64

  /// The charge in the event that fills `range`; `nil` for an event of another kind.
  ///
  /// Refuses what is not canonical, but for the texts, which it steps over.
  @inlinable @inline(__always)
  public init?(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    guard let contents = try Self.contents(bytes, range) else { return nil }
    try self.init(contents: contents, bytes)
  }

  /// Where the message lies of the charge in the event that fills `range`; `nil` for an event of another
  /// kind.
  @inlinable @inline(__always)
  public static func contents(
    _ bytes: RawSpan, _ range: Range<Int>
  ) throws(WireError) -> Range<Int>? {
    // Field 1, length-delimited.
    try WireCursor.only(0x0A, bytes, range, in: "Event")
  }

  /// The charge in the message that fills `contents`.
  @inlinable @inline(always)
  public init(contents: Range<Int>, _ bytes: RawSpan) throws(WireError) {
    if let short = ChargeView(short: contents, bytes) {
      self = short
    } else {
      try self.init(any: contents, bytes)
    }
  }

  /// The charge in the message that fills `contents`; `nil` unless it is sound and says no more than
  /// most do, all of which come before a bill's end.
  @inlinable @inline(always)
  init?(short contents: Range<Int>, _ bytes: RawSpan) {
    guard var cursor = QuickCursor(contents, small: 6, signed: 2, bytes),
      let component = cursor.small(0x08, bytes),
      let tier = cursor.small(0x10, bytes),
      let period = cursor.small(0x18, bytes),
      let quantity = cursor.signed(0x20, bytes),
      let cents = cursor.signed(0x28, bytes),
      let tax = cursor.small(0x30, bytes),
      let segment = cursor.small(0x38, bytes),
      cursor.small(0x40, bytes) != nil,
      cursor.isAtEnd
    else { return nil }
    (self.component, self.tier, self.period, self.quantity) = (component, tier, period, quantity)
    (amount, self.tax, self.segment) = (Money(cents: cents), tax, segment)
    (type, waived, thousandths, revenueClass) = (0, .zero, 0, 0)
  }

  /// The charge in the message that fills `contents`, whatever it says. Every tag of a charge is one
  /// byte.
  @usableFromInline @inline(never)
  init(any contents: Range<Int>, _ bytes: RawSpan) throws(WireError) {
    var cursor = FieldCursor(contents, bytes)
    component = try cursor.unsigned(0x08, bytes)
    tier = try cursor.unsigned(0x10, bytes)
    period = try cursor.unsigned(0x18, bytes)
    quantity = try cursor.signed(0x20, bytes)
    amount = Money(cents: try cursor.signed(0x28, bytes))
    tax = try cursor.unsigned(0x30, bytes)
    segment = try cursor.unsigned(0x38, bytes)
    _ = try cursor.unsigned(0x40, bytes)
    type = try cursor.unsigned(0x48, bytes)
    waived = Money(cents: try cursor.signed(0x50, bytes))
    try cursor.text(0x5A, bytes)
    try cursor.text(0x62, bytes)
    thousandths = try cursor.signed(0x68, bytes)
    revenueClass = try cursor.unsigned(0x70, bytes)
    _ = try cursor.unsigned(0x78, bytes)
    try cursor.finish(lastField: 15, in: "ChargeRecorded")
  }

  /// The charge in the next event of an entry; `nil` for an event of another kind.
  @inlinable @inline(always)
  public static func next(
    _ events: inout WireCursor, _ bytes: RawSpan
  ) throws(WireError) -> ChargeView? {
    if let contents = events.shortEvent(0x0A, in: bytes) {
      return try ChargeView(contents: contents, bytes)
    }
    guard let contents = try contents(bytes, events.event(in: bytes)) else { return nil }
    return try ChargeView(any: contents, bytes)
  }

  /// Appends the charge in the event that fills `range` to `charges`; whether it is one. In less time than
  /// by way of an optional, which is written to memory and read back.
  @inlinable @inline(__always)
  public static func append(
    _ bytes: RawSpan, _ range: Range<Int>, to charges: inout [ChargeView]
  ) throws(WireError) -> Bool {
    guard let contents = try contents(bytes, range) else { return false }
    charges.append(try ChargeView(contents: contents, bytes))
    return true
  }
}

/// The intervals of an event, read in place.
public struct IntervalsView: Hashable, Sendable {
  /// Which channel.
  public var register: RegisterNumber
  /// When the first begins.
  public var start: Instant
  /// The length of each.
  public var minutes: UInt8
  /// The values are in units of 10^-`decimals` watt-hours.
  public var decimals: UInt8
  /// Where the values lie.
  private let values: Range<Int>
  /// Where the qualities lie; empty where all are actual.
  private let qualityRuns: Range<Int>

  /// The intervals in the event that fills `range`; `nil` for an event of another kind.
  public init?(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    // Field 4, length-delimited.
    guard !range.isEmpty, bytes.byte(at: range.lowerBound) == 0x22 else { return nil }
    var event = WireCursor(range)
    guard let contents = try event.next(in: bytes)?.range else { return nil }
    guard event.isAtEnd else { throw .unknownField(4, in: "Event") }
    try self.init(contents: contents, bytes)
  }

  /// The intervals in the message that fills `contents`.
  init(contents: Range<Int>, _ bytes: RawSpan) throws(WireError) {
    var reader = try WireReader(bytes, contents, of: IntervalsRecorded.wireName)
    register = try reader.register(nil, bytes)
    start = try reader.instant(3, nil, bytes)
    minutes = try reader.integer(4, nil, bytes)
    values = try reader.delimited(5, bytes) ?? 0..<0
    qualityRuns = try reader.delimited(6, bytes) ?? 0..<0
    decimals = try reader.integer(7, nil, bytes)
    guard decimals <= IntervalBlock.maximumDecimals else { try reader.refuse(7) }
    try reader.finish()
  }

  /// At least as many as there are values.
  var capacity: Int { values.count }

  /// Whether every value is actual.
  public var isActual: Bool { qualityRuns.isEmpty }

  /// Lends every value to `body`, in order, in units of
  /// 10^-`decimals` watt-hours.
  @inline(__always)
  public func forEach(
    in bytes: RawSpan, _ body: (Int64) -> Void
  ) throws(WireError) {
    var cursor = WireCursor(values)
    while !cursor.isAtEnd { body(try cursor.signedVarint(in: bytes)) }
  }

  /// How many values there are, and their sum.
  public func sum(in bytes: RawSpan) throws(WireError) -> (count: Int, energy: Energy) {
    var count = 0
    var sum: Int64 = 0
    try forEach(in: bytes) {
      count += 1
      sum &+= $0
    }
    return (count, Energy(milliwattHours: sum &* IntervalBlock.unit(decimals: decimals)))
  }
}
