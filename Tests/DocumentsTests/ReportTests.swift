import Documents
import Foundation
import Testing

@Suite struct `A report` {
  @Test(arguments: [("txt", 0), ("csv", 1), ("json", 2)])
  func `is printed as it was before`(_ ending: String, _ which: Int) throws {
    let report = SampleReport.quarter
    let text = [report.text, report.csv, report.json][which]
    try expectGolden(text, "quarter.\(ending)")
  }

  @Test func `is the same JSON by its own writer and by an encoder`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var report = SampleReport.quarter
    report.subtitle = "\"\\/\u{1}\u{8}\u{C}\n\r\t\u{7F}é漢🙂"
    let encoded = String(decoding: try encoder.encode(report), as: UTF8.self)
    #expect(encoded == report.json)
  }
}
