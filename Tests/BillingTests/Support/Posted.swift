import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

/// The entries of one account, the accounting day of each, and what they post.
struct Posted {
  static let account = StreamID(.account, "1000000001")

  var given: Given<Account>
  /// The accounting days, by version from 1.
  private(set) var days: [Day?]
  var rules = RulesHistory([.init(at: Position(0), version: 1, Fixture.rules)])

  /// What happened so far has no accounting day.
  init(_ given: Given<Account>) {
    self.given = given
    days = given.history.map { _ in nil }
  }

  /// Billed on 15 March for 1,137 kWh: example 2, of 167.13.
  static func billed(_ rules: RulebookState = Fixture.rulebook()) throws -> Posted {
    var posted = try Posted(
      Fixture.account().after(Fixture.readings(Fixture.reading("2026-03-15", 1137))))
    try posted.obey(Fixture.bill(through: "2026-03-15", rules: rules), on: "2026-03-15")
    return posted
  }

  mutating func obey(_ command: AccountCommand, on date: String) throws {
    append(try Account.decide(command, given.state), on: date)
  }

  mutating func append(_ events: [Event], on date: String?) {
    given.history.append(events)
    given.state.append(events)
    days.append(date.map(day))
  }

  mutating func pay(_ amount: String, on date: String) {
    append(
      [
        .paymentReceived(
          PaymentReceived(reference: date, amount: money(amount), at: at(date), day: day(date)))
      ], on: date)
  }

  mutating func allocate(_ amount: String, fees: String = "0.00", payment: UInt32 = 1) {
    append(
      [
        .paymentAllocated(
          PaymentAllocated(.payment(payment), to: 1, amount: money(amount), fees: money(fees)))
      ], on: "2026-04-01")
  }

  /// Corrects the reading of 15 March and makes the bill again.
  mutating func rebill(
    _ value: Int64, on date: String, rules: RulebookState = Fixture.rulebook()
  ) throws {
    append(
      [
        .readingCorrected(
          ReadingCorrected(
            register: RegisterNumber(), at: at("2026-03-15"),
            value: value, quality: .corrected, method: .manual, reason: "misread"))
      ], on: nil)
    let issued = zip(given.history, days).flatMap { events, day in
      day.map { IssuedInvoice.all(in: events, on: $0) } ?? []
    }
    let rebill = Rebill(
      issued[0], reason: .readingCorrected, today: day(date), rules: rules.rules,
      rulesVersion: rules.version, zone: Fixture.zone)
    append(try Account.rebill(rebill, given.state).events, on: date)
  }

  /// The bytes of each entry.
  private var entries: [[UInt8]] {
    zip(given.history, days).enumerated().map { index, entry in
      var header = EntryHeader(stream: Self.account, version: UInt64(index) + 1)
      header.effectiveDay = entry.1?.rawValue
      var writer = WireWriter()
      _ = header.encode(into: &writer)
      for event in entry.0 { event.encodeField(into: &writer) }
      return writer.bytes
    }
  }

  /// The postings of the entry of a version, of all without one; the entry of version v is at 100 + v.
  func postings(_ versions: some Sequence<Int>) throws -> [Posting] {
    let entries = entries
    var postings = Postings(rules)
    var found: [Posting] = []
    for version in versions {
      let bytes = entries[version - 1]
      let entry = try unsafe EntryView(bytes.span.bytes)
      try unsafe postings.post(
        entry, at: Position(UInt64(100 + version)), bytes.span.bytes
      ) { found.append($0) }
    }
    return found
  }

  func postings() throws -> [Posting] { try postings(1...days.count) }

  /// The postings of the last entry.
  func last() throws -> [Posting] { try postings([days.count]) }
}

extension [Posting] {
  /// What was moved in each ledger account, as `142 167.13`, by ledger account.
  var sums: [String] {
    Dictionary(grouping: self, by: \.ledger)
      .map { "\($0.key) \($0.value.map(\.amount).sum())" }
      .sorted()
  }
}
