import Billing
import EventSourcing
import Testing

/// What a bill weighs: sixteen million lines a month are kept for seven years.
@Suite struct SizeTests {
  typealias X = Fixture

  /// The seventh bill of an account, of seven lines, as an entry of a run.
  static func bill(jurisdictions: [String], rules: RulebookState = X.rulebook()) throws -> [UInt8] {
    var given = try X.account(jurisdictions: jurisdictions)
    for month in 3...9 {
      given = try given.after(
        X.readings(X.reading("2026-0\(month)-15", Int64(month - 2) * 850)))
      if month < 9 { given = try given.after(X.bill(through: "2026-0\(month)-15", rules: rules)) }
    }
    let command = X.bill(through: "2026-09-15", issued: "2026-09-16", rules: rules)
    let events = try given.when(command).outcome.get()
    #expect(events.count == 8, "seven lines and the invoice: \(events.amounts)")
    return entry(events, stream: StreamID(.account, "1000000001"), version: 18, run: 7)
  }

  @Test func `a seven-line bill takes at most 150 bytes, its header included`() throws {
    let bytes = try Self.bill(jurisdictions: ["ST", "CI"])
    #expect(bytes.count <= 150)
  }

  @Test func `a monthly reading takes at most 13 bytes`() throws {
    let reading = ReadingRecorded(at: at("2026-03-15"), value: 12_345)
    #expect(encoded(.readingRecorded(reading)).count <= 13)
  }
}
