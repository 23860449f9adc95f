import Foundation
import Money
import Testing

@testable import Documents

@Suite struct `A workbook` {
  private let bytes = SampleReport.quarter.xlsx

  @Test func `is the same bytes for the same report`() {
    #expect(bytes == SampleReport.quarter.xlsx)
  }

  @Test func `is an archive of well-formed parts, each with its sum of bits`() throws {
    let files = try files(of: bytes)
    #expect(
      Set(files.keys).isSuperset(of: [
        "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
        "xl/styles.xml", "docProps/core.xml", "xl/worksheets/sheet4.xml",
      ]))
    for (name, text) in files { try expectWellFormed(text, name) }
    for name in files.keys where name.hasSuffix("xml") && !name.hasPrefix("[") {
      #expect(files["[Content_Types].xml"]?.contains("PartName=\"/\(name)\"") == true, "\(name)")
    }
  }

  @Test func `has the checksum of ISO 3309`() {
    #expect(ZIPArchive.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(ZIPArchive.crc32([]) == 0)
  }

  /// A cell as it is in a part.
  private struct Cell {
    var formula: String
    var value: Int64
  }

  /// The cells with numbers, in 10^-5.
  private func cells(_ xml: String) throws -> [String: Cell] {
    var cells: [String: Cell] = [:]
    let cell = /<c r="([A-Z]+\d+)" s="\d+">(?:<f>([^<]*)<\/f>)?<v>([^<]*)<\/v><\/c>/
    for match in xml.matches(of: cell) {
      cells[String(match.1)] = Cell(
        formula: String(match.2 ?? ""), value: try DecimalText.parse(match.3, scale: 5))
    }
    return cells
  }

  @Test func `has sums whose value is what their formula gives`() throws {
    let files = try files(of: bytes)
    var checked = 0
    for number in 2...4 {
      let cells = try cells(try #require(files["xl/worksheets/sheet\(number).xml"]))
      for (name, cell) in cells {
        guard
          let range = cell.formula.wholeMatch(
            of: /(SUM\(|SUBTOTAL\(9,)([A-Z]+)(\d+):([A-Z]+)(\d+)\)/),
          let first = Int(range.3), let last = Int(range.5)
        else { continue }
        #expect(range.2 == range.4 && name == "\(range.2)\(last + 1)")
        let sum = (first...last).compactMap { cells["\(range.2)\($0)"] }
          .filter { !$0.formula.hasPrefix("SUBTOTAL") }.map(\.value).reduce(0, +)
        #expect(sum == cell.value, "sheet \(number), \(name)")
        checked += 1
      }
    }
    #expect(checked == 9 * 10 + 3 + 2)
  }

  @Test func `has quotients as formulas, with nothing where they divide by zero`() throws {
    let sheet = try #require(try files(of: bytes)["xl/worksheets/sheet2.xml"])
    #expect(
      sheet.contains("<f>IF(M10=0,&quot;&quot;,ROUND(I10/M10,5))</f><v>0.15177</v>"))
    #expect(sheet.contains("<f>IF(M3=0,&quot;&quot;,ROUND(I3/M3,5))</f><v></v>"))
  }

  @Test func `keeps its headings in sight and on every printed page`() throws {
    let files = try files(of: bytes)
    let sheet = try #require(files["xl/worksheets/sheet2.xml"])
    #expect(sheet.contains("<pane ySplit=\"1\" topLeftCell=\"A2\""))
    #expect(sheet.contains("state=\"frozen\""))
    #expect(sheet.contains("<col min=\"1\" max=\"1\" width=\"23\" customWidth=\"1\"/>"))
    #expect(sheet.contains("<row r=\"10\" outlineLevel=\"1\">"))
    let workbook = try #require(files["xl/workbook.xml"])
    #expect(workbook.contains("&#39;Revenue by jurisdiction, class&#39;!$1:$1</definedName>"))
    #expect(files["xl/styles.xml"]?.contains("#,##0.00_);[Red]-#,##0.00_)") == true)
  }

  @Test func `has control totals as formulas`() throws {
    let facts = try #require(try files(of: bytes)["xl/worksheets/sheet1.xml"])
    #expect(facts.contains("<f>ROUND(C17-E17,0)</f><v>-1</v>"))
    #expect(facts.contains("<f>IF(F17=0,&quot;agree&quot;,&quot;differ&quot;)</f><v>differ</v>"))
  }

  @Test func `names its sheets as a spreadsheet allows`() {
    func name(_ title: String, _ others: String...) -> String {
      WorkbookXML.sheetName(title, unlike: others)
    }
    #expect(name("A/B: [c]*?\\d\n") == "AB cd")
    #expect(name("'quoted'") == "quoted")
    #expect(name("history") == "history 2")
    #expect(name("facts", "Facts", "facts 2") == "facts 3")
    #expect(name("///") == "Sheet")
    #expect(name(String(repeating: "🙂", count: 20)).utf16.count == 30)
    let long = String(repeating: "x", count: 40)
    #expect(name(long, String(long.prefix(31))) == String(long.prefix(29)) + " 2")
  }

  @Test func `has columns beyond Z`() {
    #expect(
      [0, 25, 26, 51, 52, 701, 702].map(WorkbookSheet.letters) == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
      ])
  }
}

/// The files of an archive by name, read through its directory; each is checked against its sum.
func files(of bytes: [UInt8]) throws -> [String: String] {
  func number(_ at: Int, _ width: Int) -> Int {
    (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
  }
  let end = bytes.count - 22
  try #require(number(end, 4) == 0x0605_4B50)
  var entry = number(end + 16, 4)
  var files: [String: String] = [:]
  for _ in 0..<number(end + 10, 2) {
    try #require(number(entry, 4) == 0x0201_4B50)
    let (sum, size, length) = (number(entry + 16, 4), number(entry + 24, 4), number(entry + 28, 2))
    let name = String(decoding: bytes[entry + 46..<entry + 46 + length], as: UTF8.self)
    #expect(number(entry + 12, 2) == 0 && number(entry + 14, 2) == 0x21, "a fixed date")
    let local = number(entry + 42, 4)
    try #require(number(local, 4) == 0x0403_4B50 && number(local + 18, 4) == size)
    let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
    let content = bytes[start..<start + size]
    var check: UInt32 = ~0
    for byte in content {
      check ^= UInt32(byte)
      for _ in 0..<8 { check = check & 1 == 1 ? check >> 1 ^ 0xEDB8_8320 : check >> 1 }
    }
    #expect(Int(~check) == sum, "\(name)")
    files[name] = String(decoding: content, as: UTF8.self)
    entry += 46 + length
  }
  #expect(entry == end)
  return files
}
