import Billing
import CivilTime
import EventSourcing
import Tariffs
import Testing

/// What rules say where they say nothing: no byte, so that their hashes stay what they were.
@Suite struct RuleBytesTests {
  @Test func `policies that say nothing of an account's life have the bytes they had`() throws {
    let bytes: [UInt8] =
      [0x9A, 0x0A, 20, 0x08, 1, 0x10, 0xAC, 0x9D, 0x02, 0x20, 26, 0x28, 35, 0x30, 30]
      + [0x38, 5, 0x40, 0x80, 0x94, 0xEB, 0xDC, 0x03]
    let policies = Policies(effectiveFrom: day("2020-01-01"))
    let event = Event.policyPublished(PolicyPublished(policies, contentHash: []))
    #expect(encoded(event) == bytes)
    #expect(try decoded(bytes) == event)
  }

  @Test func `a classification that keeps the standard's control accounts does not repeat them`()
    throws
  {
    var classification = Classification(
      name: "x", version: 1, effectiveFrom: Day(rawValue: 0), lines: [])
    func event() -> Event {
      .classificationPublished(ClassificationPublished(classification, contentHash: []))
    }
    let bytes: [UInt8] = [0xA2, 0x0A, 5, 0x0A, 1, 0x78, 0x10, 1]
    #expect(encoded(event()) == bytes)
    #expect(try decoded(bytes) == event())

    classification.control.accrued = "174"
    var repeated = encoded(event())
    #expect(try decoded(repeated) == event())
    // The last digit of 174 turned into that of 173: the standard's accounts, written out.
    repeated[repeated.count - 1] = UInt8(ascii: "3")
    #expect(throws: WireError.invalidValue(field: 6, in: "ClassificationPublished")) {
      try decoded(repeated)
    }
  }
}
