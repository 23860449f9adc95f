import Documents
import Testing

@testable import Application

/// The domain's worked examples from imported files to the printed cent.
@Suite struct `Worked examples through the whole program` {
  @Test func `one and two: time of use, and tiers with every tax`() throws {
    let book = try TestBook.first()
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    let one = try book.amounts("1000000001-0001")
    #expect(one.lines == ["52.00", "45.00", "15.00", "8.96"] && one.total == "120.96")
    let two = try book.amounts("1000000002-0001")
    #expect(
      two.lines == ["49.25", "61.70", "22.91", "15.00", "4.57", "3.50", "7.85", "2.35"])
    #expect(two.total == "167.13")
  }

  @Test func `three: moved in twelve days before the cycle turned`() throws {
    let book = try TestBook(begins: "2026-01-01")
    try book.accounts(["3,residential,America/Chicago,US-ST;US-ST-CITY,1,21,SP,R1,2026-01-20"])
    try book.meters(["M-3,3,kwh,kWh,5,,,2026-01-20,99900"])
    try book.readings(["M-3,kwh,2026-02-01,210"], "2026-02-02")
    try book.bill("2026-02-01")
    let three = try book.amounts("3-0001")
    #expect(three.lines == ["19.70", "13.57", "6.00", "1.40", "1.22", "2.09", "0.63"])
    #expect(three.total == "44.61")
  }

  @Test func `four: a rate change inside the period, read two days after the cycle date`() throws {
    let book = try TestBook(begins: "2028-01-01")
    try book.accounts(["4,residential,America/Chicago,,13,21,SP,R1,2028-02-15"])
    try book.meters(["M-4,4,kwh,kWh,5,,,2028-02-15,1000"])
    try book.readings(["M-4,kwh,2028-03-15,1870"], "2028-03-16")
    try book.bill("2028-03-15")
    let document = try book.read().invoice("4-0001").document
    #expect(document.period == .init(start: "2028-02-15", end: "2028-03-15", days: 29))
    let energy = document.sections[0]
    #expect(energy.lines.map(\.amount) == ["25.47", "24.50", "23.62", "22.70"])
    #expect(energy.subtotal == "96.29")
    // A fixed price that did not change is one line.
    #expect(document.sections[1].lines.filter { $0.label.hasPrefix("Service") }.count == 1)
  }

  @Test func `five: the day of 25 hours, a Sunday that is a working day`() throws {
    let book = try TestBook(begins: "2025-10-01")
    try book.accounts(["5,residential,Asia/Jerusalem,,27,21,SP,R2-IL,2025-10-26"])
    try book.meters(["M-5,5,load,kWh,,,60,2025-10-26,"])
    // Local midnight is 21:00 UTC the day before; at 02:00 the clocks go back to 01:00.
    let hours = (0..<25).map { hour in
      let utc = (21 + hour) % 24
      let day = hour < 3 ? 25 : 26
      let local = hour < 2 ? hour : hour - 1
      let stamp = "2025-10-\(day)T\(utc < 10 ? "0" : "")\(utc):00Z"
      return "M-5,\(stamp),\((17..<22).contains(local) ? 3 : 1)"
    }
    try #require(try book.intervals(hours, "2025-10-28").accepted == 25)
    try book.bill("2025-10-27")
    let five = try book.amounts("5-0001")
    #expect(Array(five.lines.prefix(2)) == ["3.90", "2.00"])
    #expect(try book.read().invoice("5-0001").document.kwh == "35")
  }

  @Test func `a Green Button file is read and billed by time of use`() throws {
    let book = try TestBook(begins: "2026-01-01")
    try book.accounts(["6,residential,America/Chicago,US-TX8,3,21,SP,R2,2026-02-02"])
    try book.meters(["M-GB,6,load,kWh,,,60,2026-02-02,"])
    let file = repository + "Tests/Fixtures/greenbutton/one-day.xml"
    let report = try book.open("2026-02-04").importIntervals(
      from: file, meter: nil, progress: { _ in })
    #expect((report.rows, report.accepted, report.rejected) == (24, 24, 0))
    #expect(
      try book.open().importIntervals(from: file, meter: "M-GB", progress: { _ in }).entries == 0)
    try book.bill("2026-02-03")
    // 15 kWh at .26 and 19 at .10; a thirtieth of 15.00; 8 % of 6.30.
    let bill = try book.amounts("6-0001")
    #expect(bill.lines == ["3.90", "1.90", "0.50", "0.50"] && bill.total == "6.80")
  }
}
