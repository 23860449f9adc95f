import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Testing

/// The wire coding: what is read is canonical, and what is not is refused.
@Suite struct WireTests {
  @Test(arguments: Event.Kind.allCases)
  func `an event of every kind, with every field set, survives the wire`(
    kind: Event.Kind
  ) throws {
    let event = try #require(Samples.full(kind), "\(kind.name) has no sample")
    #expect(event.kind == kind)
    #expect(try roundTrip(event) == event)
    guard !Samples.neverBare.contains(kind) else {
      #expect(throws: WireError.self) { try Samples.bare(kind) }
      return
    }
    let bare = try Samples.bare(kind)
    #expect(bare.kind == kind)
    #expect(encoded(bare).count <= 3)
  }

  @Test(arguments: Event.Kind.allCases)
  func `an event cut short anywhere is refused, or is another canonical event`(
    kind: Event.Kind
  ) throws {
    let bytes = encoded(try #require(Samples.full(kind)))
    for length in 0..<bytes.count {
      #expect(throws: WireError.self) { try decoded(Array(bytes[..<length])) }
    }
  }

  @Test(arguments: Event.Kind.allCases)
  func `whatever a flipped byte still decodes to is written with the same bytes`(
    kind: Event.Kind
  ) throws {
    let bytes = encoded(try #require(Samples.full(kind)))
    for place in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        guard let event = try? decoded(damaged) else { continue }
        #expect(encoded(event) == damaged, "byte \(place), bit \(bit)")
      }
    }
  }

  /// A charge's fields in place of a canonical charge's.
  static func charge(_ fields: [UInt8]) -> [UInt8] { [0x0A, UInt8(fields.count)] + fields }

  @Test func `a canonical charge is read`() throws {
    // component 1, amount 75 cents
    let event = try decoded(Self.charge([0x08, 0x01, 0x28, 0x96, 0x01]))
    #expect(event == .chargeRecorded(ChargeRecorded(component: 1, amount: Money(cents: 75))))
  }

  @Test func `an unknown field is refused`() {
    #expect(throws: WireError.unknownField(16, in: "ChargeRecorded")) {
      try decoded(Self.charge([0x82, 0x01, 0x01]))
    }
  }

  @Test func `an unknown event is refused by its number`() {
    #expect(throws: WireError.unknownField(15, in: "Event")) { try decoded([0x7A, 0x00]) }
  }

  @Test func `fields out of order are refused`() {
    #expect(throws: WireError.outOfOrder(field: 1, offset: 5)) {
      try decoded(Self.charge([0x28, 0x02, 0x08, 0x01]))
    }
  }

  @Test func `a field given twice is refused`() {
    #expect(throws: WireError.unknownField(1, in: "ChargeRecorded")) {
      try decoded(Self.charge([0x08, 0x01, 0x08, 0x01]))
    }
  }

  @Test func `an explicit zero is refused`() {
    #expect(throws: WireError.explicitDefault(field: 1, offset: 3)) {
      try decoded(Self.charge([0x08, 0x00]))
    }
  }

  @Test func `an empty text that is written is refused`() {
    #expect(throws: WireError.explicitDefault(field: 11, offset: 3)) {
      try decoded(Self.charge([0x5A, 0x00]))
    }
  }

  @Test func `a number longer than it needs to be is refused`() {
    #expect(throws: WireError.overlongVarint(offset: 3)) {
      try decoded(Self.charge([0x08, 0x81, 0x00]))
    }
  }

  @Test func `a number beyond what its type holds is refused`() {
    #expect(throws: WireError.invalidValue(field: 1, in: "ChargeRecorded")) {
      try decoded(Self.charge([0x08, 0x80, 0x02]))
    }
  }

  @Test func `a choice that does not exist is refused`() {
    #expect(throws: WireError.invalidValue(field: 9, in: "ChargeRecorded")) {
      try decoded(Self.charge([0x48, 0x63]))
    }
  }

  @Test func `a common choice written by its number is refused`() {
    // ReadingRecorded with quality 1, which is said by leaving it out
    #expect(throws: WireError.invalidValue(field: 5, in: "ReadingRecorded")) {
      try decoded([0x1A, 0x02, 0x28, 0x01])
    }
  }

  @Test func `text that is not UTF-8 is refused`() {
    #expect(throws: WireError.invalidValue(field: 11, in: "ChargeRecorded")) {
      try decoded(Self.charge([0x5A, 0x01, 0xFF]))
    }
  }

  @Test func `an event of two kinds is refused`() {
    #expect(throws: WireError.unknownField(1, in: "Event")) {
      try decoded([0x0A, 0x00, 0x12, 0x00])
    }
  }

  @Test func `quality runs that are longer than the values, or all actual, are refused`() throws {
    let block = IntervalBlock(
      start: Instant(rawValue: 0), minutes: 60, values: [1, 2], qualities: [.actual, .estimated])
    let bytes = encoded(.intervalsRecorded(IntervalsRecorded(block: block)))
    #expect(bytes.suffix(4) == [0, 1, 3, 1])
    for runs in [[0, 1, 3, 2], [0, 1, 0, 1], [3, 1, 3, 1], [0, 2, 3, 0]] as [[UInt8]] {
      #expect(throws: WireError.self) { try decoded(Array(bytes.dropLast(4)) + runs) }
    }
  }

  @Test func `a charge read in place has the numbers of the charge decoded`() throws {
    let event = try #require(Samples.full(.chargeRecorded))
    guard case .chargeRecorded(let charge) = event else { return }
    let bytes = encoded(event)
    let view = try #require(try unsafe ChargeView(bytes.span.bytes, 0..<bytes.count))
    #expect(view.amount == charge.amount)
    #expect(view.quantity == charge.quantity)
    #expect(view.component == UInt64(charge.component))
    #expect(view.tier == UInt64(charge.tier))
    #expect(view.period == UInt64(charge.touPeriod ?? 0) + 1)
    #expect(view.tax == UInt64(charge.tax ?? 0) + 1)
    #expect(view.type == 6)
    #expect(view.waived == charge.waived)
    let other = encoded(try #require(Samples.full(.invoiceIssued)))
    #expect(try unsafe ChargeView(other.span.bytes, 0..<other.count) == nil)
  }

  @Test func `a charge written the short way has the bytes of its event`() throws {
    for event in [try #require(Samples.full(.chargeRecorded)), try Samples.bare(.chargeRecorded)] {
      guard case .chargeRecorded(let charge) = event else { continue }
      var short = WireWriter()
      charge.encodeField(into: &short)
      var long = WireWriter()
      event.encodeField(into: &long)
      #expect(short.bytes == long.bytes)
    }
  }

  @Test func `a charge read in place is refused where the charge decoded is`() throws {
    let bytes = encoded(try #require(Samples.full(.chargeRecorded)))
    for place in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        guard (try? decoded(damaged))?.kind == .chargeRecorded else { continue }
        let view = try? unsafe ChargeView(damaged.span.bytes, 0..<damaged.count)
        #expect(view != nil, "byte \(place), bit \(bit)")
      }
    }
    for fields in [
      [0x28, 0x02, 0x08, 0x01], [0x08, 0x00], [0x08, 0x81, 0x00], [0x82, 0x01, 0x01],
    ]
      as [[UInt8]]
    {
      let damaged = Self.charge(fields)
      #expect(throws: WireError.self) {
        try unsafe ChargeView(damaged.span.bytes, 0..<damaged.count)
      }
    }
  }

  @Test func `what follows a charge does not change what is read of it`() throws {
    let numbers: [Int64] = [0, 1, -1, 63, 64, 8192, -8193, 1 << 26, 1 << 27, 1 << 48, .max, .min]
    let followed: [[UInt8]] = [
      [0], [0xFF], [0x08, 0x01], [0x20, 0x02], [0x28, 0x80], [0x38, 0x01], [0x7A, 0x07],
    ]
    for (quantity, cents) in numbers.flatMap({ first in numbers.map { (first, $0) } }) {
      for small in [0, 1, 127, 128] as [UInt64] {
        var writer = WireWriter()
        writer.unsigned(1, small)
        writer.unsigned(2, small / 2)
        writer.signed(4, quantity)
        writer.signed(5, cents)
        writer.unsigned(6, small / 64)
        writer.unsigned(7, small / 128)
        let charge = Self.charge(writer.bytes)
        for damage in -1..<charge.count {
          var bytes = charge
          if damage >= 0 { bytes[damage] ^= 1 << UInt8((damage + Int(small)) % 8) }
          let alone = try? unsafe ChargeView(bytes.span.bytes, 0..<bytes.count)
          if damage < 0 { #expect(alone?.amount.cents == cents) }
          for next in followed {
            let longer = bytes + Array(repeatElement(next, count: 40).joined())
            let view = try? unsafe ChargeView(longer.span.bytes, 0..<bytes.count)
            #expect(view == alone, "\(bytes), followed by \(next)")
          }
        }
      }
    }
  }

  @Test func `intervals read in place have the sum of the intervals decoded`() throws {
    let bytes = encoded(try #require(Samples.full(.intervalsRecorded)))
    let view = try #require(try unsafe IntervalsView(bytes.span.bytes, 0..<bytes.count))
    let (count, energy) = try unsafe view.sum(in: bytes.span.bytes)
    #expect(count == 4)
    #expect(energy == Energy(milliwattHours: (418 - 17 + 100_000) * 100))
    #expect(!view.isActual)
  }

  @Test func `a bill encoded at once has the bytes of its events`() throws {
    let given = try Fixture.account().after(Fixture.readings(Fixture.reading("2026-03-15", 1137)))
    guard case .bill(let command) = Fixture.bill(through: "2026-03-15"),
      case .issue(let bill) = Account.bill(command, given.state)
    else {
      Issue.record("no bill")
      return
    }
    var at = WireWriter()
    bill.encode(into: &at)
    var each = WireWriter()
    for event in bill.events { event.encodeField(into: &each) }
    #expect(at.bytes == each.bytes)
  }
}
