import Testing

@testable import Interchange

@Suite struct `Rows kept for review` {
  @Test func `are read again with their header once corrected`() throws {
    let text = "value,meter,time\r\n1,M,2026-02-30\r\n"
    var reader = try CSVReader<ReadingRow>(ByteSource(Array(text.utf8)))
    guard case .error(let error) = try reader.next() else {
      Issue.record("the row is right")
      return
    }
    let corrected = error.text.replacing("02-30", with: "02-28")
    var again = try CSVReader<ReadingRow>(
      ByteSource(reader.header + Array("\n\(corrected)".utf8)))
    guard case .row(let row, line: 2) = try again.next() else {
      Issue.record("the corrected row is wrong")
      return
    }
    #expect(row.time.description == "2026-02-28T00:00:00")
    #expect(row.value == ExactDecimal(units: 1, places: 0))
  }

  @Test func `are found in files of any length with a few pieces in memory`() throws {
    var pieces = 0
    let source = ByteSource { () throws(FileRefusal) -> [UInt8] in
      pieces += 1
      guard pieces > 1 else { return Array("meter,time,value\n".utf8) }
      guard pieces < 14 else { return [] }
      let row = pieces % 4 == 0 ? "M,never,1\n" : "M,2026-01-01,1\n"
      return Array(String(repeating: row, count: 10_000).utf8)
    }
    var reader = try CSVReader<ReadingRow>(source)
    var rows = 0
    var errors = 0
    var largest = 0
    while let item = try reader.next() {
      if case .row = item { rows += 1 } else { errors += 1 }
      largest = max(largest, reader.bufferCapacity)
    }
    #expect(largest < 600_000)
    #expect(rows == 90_000)
    #expect(errors == 30_000)
  }
}
