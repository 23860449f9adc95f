import Testing

@testable import Interchange

private func read(_ text: String) throws -> JSONValue {
  try JSONReader.value(Array(text.utf8))
}

/// The place and reason for which a text is refused.
private func refusal(_ text: String) -> String {
  do throws(FileRefusal) {
    return "accepted: \(try JSONReader.value(Array(text.utf8)).kind)"
  } catch {
    guard case .notJSON(let line, let column, let reason) = error else { return "\(error)" }
    return "\(line):\(column) \(reason)"
  }
}

@Suite struct `JSON` {
  @Test func `keeps the text of every number`() throws {
    let value = try read(#"[0, -0.0, 0.09850, 1e38, -12.5E+3, 0.1195179675994109]"#)
    let texts = value.elements?.map { element in
      if case .number(let text) = element.content { text } else { "?" }
    }
    #expect(texts == ["0", "-0.0", "0.09850", "1e38", "-12.5E+3", "0.1195179675994109"])
  }

  @Test func `knows where each value stands, in characters`() throws {
    let value = try read("{\n \"ä\": [true,\n   null] , \"é\": \"ü\", \"last\": 7\n}")
    let members = try #require(value.members)
    #expect(members.map(\.name) == ["ä", "é", "last"])
    #expect(members.map(\.place.line) == [2, 3, 3])
    #expect(members.map(\.place.column) == [2, 12, 22])
    #expect(members[2].value.place == RulePlace(line: 3, column: 30))
    #expect(members[0].value.elements?[1].place == RulePlace(line: 3, column: 4))
  }

  @Test func `undoes escapes, pairs of surrogates among them`() throws {
    let value = try read(#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83d!""#)
    #expect(value.string == "a\"\\/\u{8}\u{c}\n\r\té😀\u{FFFD}!")
  }

  @Test func `may begin with a byte order mark`() throws {
    let value = try JSONReader.value([0xEF, 0xBB, 0xBF] + Array(" 1".utf8))
    #expect(value.place == RulePlace(line: 1, column: 2))
  }

  @Test(arguments: [
    ("", "1:1 the file ends too early"),
    ("{\"a\": 1", "1:8 an object goes on with , or ends with }"),
    ("{\"a\": 1,}", "1:9 an object's member begins with its name in quotes"),
    ("{a: 1}", "1:2 an object's member begins with its name in quotes"),
    ("{\"a\" 1}", "1:6 a : belongs after a member's name"),
    ("{\"a\": 1,\n \"a\": 2}", "2:2 \"a\" is given twice in one object"),
    ("[1 2]", "1:4 a list goes on with , or ends with ]"),
    ("[1, ]", "1:5 no value begins so"),
    ("[NaN]", "1:2 no value begins so"),
    ("[nul]", "1:2 no value begins so"),
    ("01", "1:3 a number does not begin with 0 and another digit"),
    ("[.5]", "1:2 no value begins so"),
    ("1.", "1:3 a digit belongs here"),
    ("1e", "1:3 a digit belongs here"),
    ("-", "1:2 a digit belongs here"),
    ("+1", "1:1 no value begins so"),
    ("1 2", "1:3 something follows the end of the value"),
    ("\"a", "1:3 a text has no end"),
    ("\"a\nb\"", "1:3 a text holds a control character; write it as an escape"),
    (#""\x""#, "1:3 a text knows no such escape; a backslash itself is written \\\\"),
    (#""\u12G4""#, "1:4 four hexadecimal digits belong after \\u"),
    (#""\u+123""#, "1:4 four hexadecimal digits belong after \\u"),
  ])
  func `that is wrong is refused with the place and the reason`(text: String, expected: String) {
    #expect(refusal(text) == expected)
  }

  @Test func `beyond a limit is refused`() {
    let deep = String(repeating: "[", count: InterchangeLimits.jsonDepth + 1)
    #expect(refusal(deep) == "1:65 values are nested deeper than 64")
    #expect(refusal(String(repeating: "[", count: 1_000_000)).hasSuffix("nested deeper than 64"))
    let long = String(repeating: "1", count: InterchangeLimits.jsonNumber + 1)
    #expect(refusal(long) == "1:66 a number has more than 64 characters")
  }

  @Test func `that is not UTF-8 is refused with its line`() {
    #expect(throws: FileRefusal.notJSON(line: 2, column: 1, reason: "the line is not UTF-8")) {
      _ = try JSONReader.value(Array("[1,\n\"".utf8) + [0xFF, 0x22, 0x5D])
    }
  }

  @Test func `is refused in words that say what to do`() {
    let refusal = FileRefusal.notJSON(line: 3, column: 9, reason: "no value begins so")
    #expect(
      refusal.description
        == "line 3, column 9: the file is not JSON: no value begins so; correct it here, or "
        + "download it again")
  }
}
