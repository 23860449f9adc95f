import Testing

@testable import Interchange

/// What a scan of `text` gives: a row of fields, or `line: reason | raw` for a spoilt record.
private func scan(_ bytes: [UInt8], chunk: Int = 1 << 18) throws -> [[String]] {
  var scanner = CSVScanner(ByteSource(bytes, chunk: chunk))
  var result: [[String]] = []
  while true {
    switch try scanner.advance() {
    case .end: return result
    case .record: result.append(scanner.fields.indices.map { scanner.text($0) })
    case .malformed(let reason):
      result.append([
        "line \(scanner.line)", "\(reason)", String(decoding: scanner.raw, as: UTF8.self),
      ])
    }
  }
}

private func scan(_ text: String, chunk: Int = 1 << 18) throws -> [[String]] {
  try scan(Array(text.utf8), chunk: chunk)
}

@Suite struct `CSV text` {
  @Test func `fields quotes and line ends are those of RFC 4180`() throws {
    #expect(try scan("a,b\n1,2\n") == [["a", "b"], ["1", "2"]])
    #expect(try scan("a,b\r\n1,2") == [["a", "b"], ["1", "2"]])
    #expect(try scan("\"a,1\",\"b\"\"c\"\r\n\"x\ny\",") == [["a,1", "b\"c"], ["x\ny", ""]])
    #expect(try scan("a,\n,\n") == [["a", ""], ["", ""]])
    #expect(try scan("\"\"\n") == [[""]])
    #expect(try scan("") == [])
    #expect(try scan("a\r") == [["a"]])
    #expect(try scan("a\rb\n") == [["a\rb"]])
  }

  @Test func `a byte order mark is no part of the first name`() throws {
    #expect(try scan([0xEF, 0xBB, 0xBF] + Array("a\n1".utf8)) == [["a"], ["1"]])
    #expect(try scan([0xEF, 0xBB, 0xBF] + Array("a\n1".utf8), chunk: 1) == [["a"], ["1"]])
    #expect(try scan([0xEF, 0xBB, 0xBF]) == [])
  }

  @Test func `blank lines are skipped and still counted`() throws {
    var scanner = CSVScanner(ByteSource(Array("\n\r\na\n\n\"b\nc\"\nd".utf8)))
    var lines: [Int] = []
    while try scanner.advance() == .record { lines.append(scanner.line) }
    #expect(lines == [3, 5, 7])
  }

  @Test func `lines are counted through what is wrong`() throws {
    let text = "a\"b\n\"x\ny\",1\n\"open\nc\n"
    var scanner = CSVScanner(
      ByteSource(Array(text.utf8) + [0x22, 0xFF, 0x0A, 0x22, 0x0A] + Array("d".utf8)))
    var steps: [String] = []
    while true {
      let step = try scanner.advance()
      guard step != .end else { break }
      steps.append(step == .record ? "\(scanner.line)" : "\(scanner.line) wrong")
    }
    #expect(steps == ["1 wrong", "2", "4 wrong", "5", "6 wrong", "8"])
  }

  @Test func `what is wrong spoils its own line and nothing after it`() throws {
    let stray = RowError.Reason.strayQuote.description
    #expect(try scan("a\"b,c\nd,e") == [["line 1", stray, "a\"b,c"], ["d", "e"]])
    #expect(try scan("\"a\"b,c\nd,e") == [["line 1", stray, "\"a\"b,c"], ["d", "e"]])
    #expect(try scan("\"a\"\rb\r\nd") == [["line 1", stray, "\"a\"\rb"], ["d"]])
    let open = RowError.Reason.unclosedQuote.description
    #expect(try scan("x,\"a\nd,e\r\nf") == [["line 1", open, "x,\"a"], ["d", "e"], ["f"]])
    let bad = RowError.Reason.invalidUTF8.description
    #expect(
      try scan([0x61, 0xFF, 0x0A, 0x62]) == [["line 1", bad, "a\u{FFFD}"], ["b"]])
  }

  @Test func `a record beyond the limit is refused alone`() throws {
    let long = String(repeating: "x", count: InterchangeLimits.csvRecord)
    let tooLong = RowError.Reason.tooLong.description
    for chunk in [1 << 18, 1000] {
      #expect(try scan("\(long)\nb", chunk: chunk) == [[long], ["b"]])
      #expect(
        try scan("a\n\(long)yz\nb", chunk: chunk) == [["a"], ["line 2", tooLong, long], ["b"]])
      #expect(
        try scan("a\n\"\(long)\nb", chunk: chunk)
          == [
            ["a"],
            [
              "line 2", RowError.Reason.unclosedQuote.description,
              "\"" + long.dropLast(),
            ], ["b"],
          ])
    }
  }

  @Test func `what is written is read back whatever the pieces it arrives in`() throws {
    var random = SeededRandom.fresh()
    let alphabet = ["a", "\"", ",", "\n", "\r", "\r\n", "é", "𝄞", " ", "1", ";"]
    for _ in 0..<300 {
      let end = CSVWriter.LineEnd.allCases.randomElement(using: &random)!
      var writer = CSVWriter(lineEnd: end)
      var records: [[String]] = []
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let record = (0...Int.random(in: 0...4, using: &random)).map { _ in
          (0..<Int.random(in: 0...5, using: &random))
            .map { _ in alphabet.randomElement(using: &random)! }.joined()
        }
        records.append(record)
        writer.record(record)
      }
      let chunk = Int.random(in: 1...9, using: &random)
      #expect(try scan(writer.bytes, chunk: chunk) == records, "\(random.note)")
      #expect(try scan(writer.bytes) == records, "\(random.note)")
    }
  }
}
