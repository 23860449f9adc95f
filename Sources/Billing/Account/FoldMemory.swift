import CivilTime
import EventSourcing
import Metering

/// What the account before had in common with the next, so that a loop over accounts decodes it
/// once: never anything but what decoding would give.
///
/// Most accounts of a utility differ in their service point and their meter's name; class, zone,
/// jurisdictions, terms and the kind of meter recur. Bytes that are those decoded last are not
/// decoded again.
public struct FoldMemory: Sendable {
  /// The bytes of the last `AccountOpened` before its service point, and what they say.
  private var terms: [UInt8] = []
  private var opened: AccountOpened?
  /// The bytes of the last `MeterInstalled` from its first register on, and what they say.
  private var kind: [UInt8] = []
  private var meter: AccountState.Meter?

  /// No account before.
  public init() {}

  /// The account's particulars in the message that fills `range`.
  mutating func accountOpened(
    _ bytes: RawSpan, _ range: Range<Int>
  ) throws(WireError) -> AccountOpened {
    if var opened, terms.count < range.count, bytes.holds(terms, at: range.lowerBound),
      bytes.byte(at: range.lowerBound + terms.count) >> 3 == AccountOpened.servicePointField
    {
      let rest = (range.lowerBound + terms.count)..<range.upperBound
      var reader = try WireReader(bytes, rest, of: AccountOpened.wireName)
      opened.servicePoint = try reader.text(AccountOpened.servicePointField, nil, bytes)
      opened.day = try reader.day(AccountOpened.dayField, nil, bytes)
      try reader.finish()
      return opened
    }
    let opened = try WireReader.read(AccountOpened.self, bytes, range)
    var cursor = WireCursor(range)
    var end = range.lowerBound
    while let field = try cursor.next(in: bytes), field.number < AccountOpened.servicePointField {
      end = cursor.offset
    }
    terms = bytes.array(in: range.lowerBound..<end)
    self.opened = opened
    return opened
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
    if var meter, rest.count == kind.count, bytes.holds(kind, at: begin) {
      var reader = try WireReader(
        bytes, range.lowerBound..<begin, of: MeterInstalled.wireName)
      meter.id = try reader.text(MeterInstalled.meterField, nil, bytes)
      meter.installed = try reader.instant(MeterInstalled.atField, nil, bytes)
      try reader.finish()
      return meter
    }
    let meter = AccountState.Meter(try WireReader.read(MeterInstalled.self, bytes, range))
    kind = bytes.array(in: rest)
    self.meter = meter
    return meter
  }
}
