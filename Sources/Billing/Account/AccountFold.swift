import CivilTime
public import EventSourcing
import Metering

/// Folds one account after another, each in the room of the one before.
///
/// Most accounts of a utility differ in their service point and their meter's name; class, zone,
/// jurisdictions, terms and the kind of meter recur. Bytes that are those decoded last are not
/// decoded again. What comes out is what decoding would give, never anything else.
public struct AccountFold: Sendable {
  /// What the account's entries so far add up to.
  public internal(set) var state = AccountState()
  private var memory = FoldMemory()
  /// Whether the account began with a state, so that `memory` knows none of its bytes.
  private var isResumed = false

  /// An account that is not opened yet.
  public init() {}

  /// Leaves the account for the next one.
  public mutating func begin() {
    if isResumed { self = AccountFold() } else { state.reset(&memory) }
  }

  /// Leaves the account for one of which the entries up to a version are folded in `state`.
  public mutating func begin(with state: AccountState) {
    self = AccountFold()
    self.state = state
    isResumed = true
  }

  /// Folds the next entry of the account's stream.
  public mutating func apply(_ entry: EntryPlace, _ bytes: RawSpan) throws(WireError) {
    try state.apply(version: entry.version, entry.events(in: bytes), bytes, &memory)
  }

  /// Folds the next entry of the stream, which is of `events`.
  public mutating func append(_ events: [Event]) { state.append(events) }

  /// Folds the entry of a bill that was made of `state`.
  public mutating func append(_ bill: Bill) { state.append(bill) }
}

/// What the account before had in common with the next.
struct FoldMemory: Sendable {
  /// The bytes of the last `AccountOpened` before its service point, and what they say, once its
  /// account was left.
  private var terms: [UInt8] = []
  private var opened: AccountOpened?
  /// The bytes of the last `MeterInstalled` from its first register on, and the meter, once its
  /// account was left; its lists are empty.
  private var kind: [UInt8] = []
  private var meter: AccountState.Meter?

  /// Takes what was read last of an account that is left: its particulars and its last meter.
  mutating func take(_ details: inout AccountOpened?, _ last: AccountState.Meter?) {
    if details != nil {
      swap(&opened, &details)
      details = nil
    }
    guard var last else { return }
    last.empty()
    meter = last
  }

  /// The account's particulars in the message that fills `range`.
  mutating func accountOpened(
    _ bytes: RawSpan, _ range: Range<Int>
  ) throws(WireError) -> AccountOpened {
    if terms.count < range.count, bytes.holds(terms, at: range.lowerBound),
      bytes.byte(at: range.lowerBound + terms.count) >> 3 == AccountOpened.servicePointField,
      var known = opened.take()
    {
      let rest = (range.lowerBound + terms.count)..<range.upperBound
      var reader = try WireReader(bytes, rest, of: AccountOpened.wireName)
      known.servicePoint = try reader.text(AccountOpened.servicePointField, nil, bytes)
      known.day = try reader.day(AccountOpened.dayField, nil, bytes)
      try reader.finish()
      return known
    }
    opened = nil
    let found = try WireReader.read(AccountOpened.self, bytes, range)
    var cursor = WireCursor(range)
    var end = range.lowerBound
    while let field = try cursor.next(in: bytes), field.number < AccountOpened.servicePointField {
      end = cursor.offset
    }
    terms = bytes.array(in: range.lowerBound..<end)
    return found
  }

  /// The meter in the message that fills `range`.
  mutating func meterInstalled(
    _ bytes: RawSpan, _ range: Range<Int>
  ) throws(WireError) -> AccountState.Meter {
    var cursor = WireCursor(range)
    var begin = range.lowerBound
    while let field = try cursor.next(in: bytes), field.number < MeterInstalled.registersField {
      begin = cursor.offset
    }
    let rest = begin..<range.upperBound
    if rest.count == kind.count, bytes.holds(kind, at: begin), var known = meter.take() {
      var reader = try WireReader(
        bytes, range.lowerBound..<begin, of: MeterInstalled.wireName)
      known.id = try reader.text(MeterInstalled.meterField, nil, bytes)
      known.installed = try reader.instant(MeterInstalled.atField, nil, bytes)
      try reader.finish()
      return known
    }
    meter = nil
    kind = bytes.array(in: rest)
    return AccountState.Meter(try WireReader.read(MeterInstalled.self, bytes, range))
  }
}
