import Billing
import CivilTime
import Metering
import Testing

@testable import EventSourcing

/// What is read by the hundred million is read by other code than the rest, and comes to the same.
@Suite struct InPlaceTests {
  typealias X = Fixture

  /// The varint in `bytes`, of a message that ends at `end`, and where it ends.
  private func varint(_ bytes: [UInt8], end: Int) throws(WireError) -> (value: UInt64, next: Int) {
    var cursor = WireCursor(0..<end)
    let value = try unsafe cursor.varint(in: bytes.span.bytes)
    return (value, cursor.offset)
  }

  @Test(arguments: [0, 1, 3, 8, 12])
  func `a number of any length is read, whatever follows the message`(following: Int) throws {
    var numbers: [UInt64] = [0, .max]
    for bits in 1..<64 { numbers += [1 << UInt64(bits) - 1, 1 << UInt64(bits)] }
    for number in numbers {
      var writer = WireWriter()
      writer.varint(number)
      let length = writer.count
      let bytes = writer.bytes + [UInt8](repeating: 0x81, count: following)
      let read = try varint(bytes, end: length)
      #expect(read == (number, length), "\(number)")
      for end in 0..<length {
        #expect(throws: WireError.self, "\(number) cut at \(end)") { try varint(bytes, end: end) }
      }
      // The same number, one byte longer than it need be.
      var long = Array(bytes[..<length])
      long[length - 1] |= 0x80
      long += [0] + [UInt8](repeating: 0, count: following)
      #expect(throws: WireError.overlongVarint(offset: 0), "\(number)") {
        try varint(long, end: length + 1)
      }
    }
    let tooGreat =
      [UInt8](repeating: 0xFF, count: 9) + [2] + [UInt8](repeating: 0, count: following)
    #expect(throws: WireError.overlongVarint(offset: 0)) { try varint(tooGreat, end: 10) }
  }

  @Test(arguments: [false, true])
  func `an entry's place says what its header says, or refuses it`(_ isPostponed: Bool) throws {
    var header = EntryHeader(stream: StreamID(.account, "1000000001"), version: 300)
    header.effectiveDay = 0
    header.run = 70_000
    header.actor = "someone"
    header.reason = "the test"
    if isPostponed { header.postpone(to: 31) }
    var writer = WireWriter()
    _ = header.encode(into: &writer)
    writer.message(15) { $0.unsigned(1, 1) }
    let bytes = writer.bytes
    var read = 0
    for place in bytes.indices {
      for bit in 0...8 {
        var changed = bytes
        if bit < 8 { changed[place] ^= 1 << UInt8(bit) }
        let span = unsafe changed.span.bytes
        // A length changed after the header is found by whoever reads the events.
        guard let found = try? EntryPlace(span), let view = try? EntryView(span) else { continue }
        read += 1
        #expect(found.kind == view.header.stream.kind)
        #expect(span.text(in: found.id) == view.header.stream.id)
        #expect(found.effectiveDay == view.header.effectiveDay)
        #expect(found.version == view.header.version)
        #expect(found.run == view.header.run)
        #expect(found.events(in: span).offset == view.events(in: span).offset)
      }
    }
    #expect(read > bytes.count)
    // A version written although it is 0, and fields out of order.
    for wrong in [[0x10, 0x04, 0x20, 0x00], [0x20, 0x01, 0x10, 0x04], [0x10, 0x04, 0x50, 0x01]]
      as [[UInt8]]
    {
      #expect(throws: WireError.self) { try unsafe EntryPlace(wrong.span.bytes) }
    }
  }

  /// Headers with numbers of all lengths, of runs and of single commands.
  private static let headers: [EntryHeader] = {
    var headers: [EntryHeader] = []
    for version in [1, 127, 128, 300, 16_383, 16_384] as [UInt64] {
      for day in [nil, 0, 1, -1, 20_000, 1 << 27, .max] as [Int32?] {
        for run in [0, 1, 127, 128, 20_000, 1 << 40] as [UInt64] {
          var header = EntryHeader(
            stream: StreamID(.account, String(repeating: "7", count: headers.count % 11 + 1)),
            version: version)
          (header.effectiveDay, header.run) = (day, run)
          if run == 0 { header.actor = "someone" }
          if headers.count % 7 == 0, day != nil { header.postpone(to: 31) }
          headers.append(header)
        }
      }
    }
    for length in [127, 128] {
      let id = String(repeating: "M", count: length)
      headers.append(EntryHeader(stream: StreamID(.meter, id), version: 2))
    }
    // Taken for an identifier one byte shorter, this one would have another version.
    var long = EntryHeader(
      stream: StreamID(.meter, String(repeating: "M", count: 128) + " "), version: 0x29)
    long.recordedAt = Timestamp(rawValue: 0x7A << 56)
    headers.append(long)
    return headers
  }()

  @Test func `a header read in four words is what is read field by field`() throws {
    var short = 0
    for header in Self.headers {
      var writer = WireWriter()
      _ = header.encode(into: &writer)
      writer.message(15) { $0.string(1, "an event") }
      let bytes = writer.bytes
      let view = try unsafe EntryView(bytes.span.bytes)
      let place = try unsafe EntryPlace(bytes.span.bytes)
      #expect(unsafe bytes.span.bytes.text(in: place.id) == header.stream.id)
      #expect((place.kind, place.version) == (header.stream.kind, header.version))
      #expect((place.effectiveDay, place.run) == (header.effectiveDay, header.run))
      let first = unsafe view.events(in: bytes.span.bytes).offset
      #expect(place.firstEvent == first)
      for changed in bytes.indices {
        for bit in 0...8 {
          // A bit is another, or all is cut off from there.
          var damaged = bytes
          if bit < 8 {
            damaged[changed] ^= 1 << UInt8(bit)
          } else {
            damaged.removeSubrange(changed...)
          }
          let span = unsafe damaged.span.bytes
          guard let quick = EntryPlace(short: span) else { continue }
          short += 1
          let slow = try EntryPlace(any: span)
          #expect((quick.kind, quick.id, quick.version) == (slow.kind, slow.id, slow.version))
          #expect((quick.effectiveDay, quick.run) == (slow.effectiveDay, slow.run))
          #expect((quick.actor, quick.firstEvent) == (slow.actor, slow.firstEvent))
        }
      }
    }
    #expect(short > 500)
  }

  /// Calls `body` with the bytes of an event, whole and with each bit changed that leaves an event of
  /// its kind, and that event.
  private func forEachChange(
    of kind: Event.Kind, _ body: (_ bytes: [UInt8], _ event: Event) throws -> Void
  ) throws {
    let bytes = encoded(try #require(Samples.full(kind)))
    var count = 0
    for place in bytes.indices {
      for bit in 0...8 {
        var changed = bytes
        if bit < 8 { changed[place] ^= 1 << UInt8(bit) }
        guard let event = try? decoded(changed), event.kind == kind else { continue }
        try body(changed, event)
        count += 1
      }
    }
    #expect(count > bytes.count)
  }

  @Test func `an invoice read in place has the numbers of the invoice decoded`() throws {
    try forEachChange(of: .invoiceIssued) { bytes, event in
      guard case .invoiceIssued(let invoice) = event else { return }
      let view = try #require(try unsafe InvoiceView(bytes.span.bytes, 0..<bytes.count))
      #expect(view.ordinal == invoice.ordinal)
      #expect(view.period == invoice.period)
      #expect(view.due == invoice.due)
      #expect(view.total == invoice.total)
      #expect(view.isFinal == invoice.isFinal)
    }
    for fields in [[0x08, 0x00], [0x10, 0x02, 0x08, 0x01], [0x78, 0x02], [0x32, 0x00]]
      as [[UInt8]]
    {
      let wrong = [0x12, UInt8(fields.count)] + fields
      #expect(throws: WireError.self) {
        try unsafe InvoiceView(wrong.span.bytes, 0..<wrong.count)
      }
    }
  }

  @Test func `a reading read in place is the reading decoded`() throws {
    let plain = ReadingRecorded(at: at("2026-03-01"), value: -7)
    let short = encoded(.readingRecorded(plain))
    #expect(try unsafe ReadingRecorded(short.span.bytes, 0..<short.count) == plain)
    try forEachChange(of: .readingRecorded) { bytes, event in
      let read = try #require(try unsafe ReadingRecorded(bytes.span.bytes, 0..<bytes.count))
      #expect(Event.readingRecorded(read) == event)
    }
    let tooGreat: [UInt8] = [0x1A, 0x04, 0x08, 0xFF, 0xFF, 0x04]
    #expect(throws: WireError.invalidValue(field: 1, in: "ReadingRecorded")) {
      try unsafe ReadingRecorded(tooGreat.span.bytes, 0..<tooGreat.count)
    }
  }

  /// The state of an account with one entry for each of `events`, folded after those before.
  private func fold(_ events: [Event], _ fold: inout AccountFold) throws -> AccountState {
    fold.begin()
    for (index, event) in events.enumerated() {
      let bytes = entry([event], stream: StreamID(.account, "1"), version: UInt64(index) + 1)
      let span = unsafe bytes.span.bytes
      try fold.apply(try EntryPlace(span), span)
    }
    return fold.state
  }

  @Test func `what accounts have in common is remembered, and what they have not is read`() throws {
    var terms: [AccountOpened] = []
    for servicePoint in ["SP-1", "SP-2", "", "SP-3"] {
      for jurisdictions in [["ST"], ["ST", "CI"], []] {
        for zone in ["Test/Five", "Test/Six", ""] {
          var details = X.details(jurisdictions: jurisdictions, zone: zone)
          details.servicePoint = servicePoint
          details.day = details.day + servicePoint.utf8.count
          terms.append(details)
        }
      }
    }
    terms += terms.reversed()
    let specs = [
      [RegisterSpec(name: "1")], [RegisterSpec(name: "1", dials: 6)], [],
      [RegisterSpec(name: "1"), RegisterSpec(name: "2", touPeriod: "on-peak")],
    ]
    var known = AccountFold()
    for (index, details) in terms.enumerated() {
      let meter = MeterInstalled(
        meter: "M-\(index)", at: at("2026-03-01") + Int64(index), registers: specs[index / 3 % 4],
        servicePoint: index % 5 == 0 ? "elsewhere" : "")
      var events: [Event] = [
        .accountOpened(details), .meterInstalled(meter),
        .readingRecorded(ReadingRecorded(at: meter.at, value: Int64(index))),
      ]
      if index % 2 == 0 {
        events.append(.readingRecorded(ReadingRecorded(at: meter.at + 86_400, value: 1_000)))
        var invoice = Samples.invoice
        invoice.readings = [EventReference(version: 4, index: 0)]
        events += [
          .invoiceIssued(invoice), .meterRemoved(MeterRemoved(meter: 0, at: meter.at + 86_401)),
        ]
      }
      if index % 7 == 0 { events.append(.meterInstalled(meter)) }
      var alone = AccountFold()
      let state = try fold(events, &known)
      #expect(try state == fold(events, &alone))
      #expect(state.details == details)
      #expect(Set(state.meters.map(\.id)) == [meter.meter])
      #expect(state.meters[0].registers.map(\.spec) == meter.registers)
    }
  }

  @Test func `of an account that was folded before, nothing is left`() throws {
    var known = AccountFold()
    let kinds = Event.Kind.allCases.filter { ![.meterAssigned, .meterReleased].contains($0) }
    // Energy is banked for a bill, and again for one that does not come; what cancels or replaces an
    // invoice of another account comes first.
    var bill = Samples.invoice
    bill.isStatement = false
    let cancelled = kinds.filter { $0 != .invoiceCancelled }
    let samples = try ([.invoiceCancelled] + cancelled + [.kwhBanked])
      .map { try #require(Samples.full($0)) }
    let events = try samples + [.invoiceIssued(bill), #require(samples.last)]
    let state = try fold(events, &known)
    let (used, new) = (
      Mirror(reflecting: state).children, Mirror(reflecting: AccountState()).children
    )
    for (field, fresh) in zip(used, new) {
      #expect("\(field.value)" != "\(fresh.value)", "\(field.label ?? "") is not tried")
    }
    known.begin()
    #expect(known.state == AccountState())
  }

  @Test func `what is remembered does not let wrong bytes through`() throws {
    let bytes = encoded(.accountOpened(X.details()))
    var known = AccountFold()
    _ = try fold([.accountOpened(X.details())], &known)
    known.begin()
    var header = WireWriter()
    _ = EntryHeader(stream: StreamID(.account, "1"), version: 1).encode(into: &header)
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        let entry = header.bytes + [0x7A, UInt8(changed.count)] + changed
        let span = unsafe entry.span.bytes
        var changing = known
        let isFolded = (try? changing.apply(try EntryPlace(span), span)) != nil
        var fresh = AccountState()
        let isFoldedAlone = (try? fresh.apply(try EntryView(span), span)) != nil
        #expect(isFolded == isFoldedAlone, "byte \(place), bit \(bit)")
        if isFolded { #expect(changing.state == fresh) }
      }
    }
  }

  @Test func `a bill made in the room of others is the bill made alone`() throws {
    let banking = NetMeteringTests.tariff([NetMeteringTests.bank])
    let dials = [
      RegisterSpec(name: "on", touPeriod: "on-peak"),
      RegisterSpec(name: "off", touPeriod: "off-peak"),
    ]
    var accounts: [Given<Account>] = []
    for use in [300, 1137, 5] as [Int64] {
      let read = X.readings(X.reading("2026-03-15", use))
      accounts.append(try X.account().after(read))
      accounts.append(try X.account(jurisdictions: []).after(read))
      accounts.append(try X.account(zone: X.jerusalem).after(read))
      accounts.append(
        try X.account(plan: "R2", registers: dials, startReadings: [0, 0]).after(
          X.readings(
            X.reading("2026-03-15", use, register: "on"),
            X.reading("2026-03-15", 2 * use, register: "off"))))
      accounts.append(
        try NetMeteringTests.account(from: "2026-02-15")
          .after(NetMeteringTests.read("2026-03-15", 100, use)))
      accounts.append(try X.account())
    }
    var memory = BillMemory()
    var count = 0
    for given in accounts + accounts.reversed() {
      let zone = given.state.details?.zone == X.zone.name ? X.zone : X.jerusalem
      guard case .bill(let command) = X.bill(through: "2026-03-31", rules: banking, zone: zone)
      else { continue }
      switch Account.bill(command, given.state) {
      case .issue(let alone):
        #expect(try Account.bill(command, given.state, &memory))
        #expect(memory.bill.events == alone.events)
        #expect(memory.bill.measured.dials == alone.measured.dials)
        count += 1
      case .cannot(let obstacle):
        #expect(throws: obstacle) { try Account.bill(command, given.state, &memory) }
      case .notDue: Issue.record("nothing is due")
      }
    }
    #expect(count == 2 * 15)
  }
}
