import CivilTime
import Foundation
import Metering
import Testing

@testable import Interchange

func fixture(_ path: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures").appendingPathComponent(path).path
}

func greenButtonItems(_ file: GreenButtonFile) throws -> [GreenButtonItem] {
  var items: [GreenButtonItem] = []
  try file.forEachInterval { items.append($0) }
  return items
}

private func refusal(_ body: () throws -> Void) -> FileRefusal? {
  do {
    try body()
    return nil
  } catch {
    return error as? FileRefusal
  }
}

private func refusal(_ text: String) -> FileRefusal? {
  refusal { _ = try GreenButtonFile(bytes: Array(text.utf8)) }
}

@Suite struct `Green Button files` {
  @Test func `join usage points, types and blocks whatever their order and prefixes`() throws {
    let file = try GreenButtonFile(path: fixture("greenbutton/two-points.xml"))
    let outline = file.outline
    #expect(outline.usagePoints.map(\.id) == ["north", "south"])
    #expect(outline.channels.map(\.usagePoint) == [0, 1])
    #expect(outline.channels.map(\.refusal) == [nil, nil])
    #expect(outline.channels.map(\.direction) == [.import, .export])
    #expect(outline.channels.map(\.blocks) == [1, 2])
    #expect(outline.channels.map(\.intervals) == [2, 2])
    #expect(outline.blocks == 3)
    #expect(outline.intervals == 4)
    #expect(outline.valueSum == 251_003)
    #expect(outline.costSum == 90)
    #expect(outline.firstStart?.rawValue == 1_770_000_000)
    #expect(outline.lastEnd?.rawValue == 1_770_007_200)
    #expect(outline.localTime?.zoneOffset == -21_600)
    #expect(outline.localTime?.daylightRules == ["360E2000", "B40E2000"])
    #expect(
      outline.warnings == ["1 intervals have the unknown quality code 77; they are read as actual"])
  }

  @Test func `hand out intervals in the file's order, exactly`() throws {
    let file = try GreenButtonFile(path: fixture("greenbutton/two-points.xml"))
    let intervals = try greenButtonItems(file).compactMap { item -> GreenButtonInterval? in
      if case .interval(let interval) = item { interval } else { nil }
    }
    #expect(intervals.map(\.channel) == [0, 0, 1, 1])
    #expect(
      intervals.map(\.start.rawValue) == [
        1_770_003_600, 1_770_000_000, 1_770_000_000, 1_770_000_900,
      ])
    #expect(intervals.map(\.energy.wattHours) == [2000, 1000, -250, -1])
    #expect(intervals.map(\.minutes) == [60, 60, 15, 15])
    #expect(intervals.map(\.quality) == [.actual, .estimated, .actual, .substituted])
    #expect(intervals.map(\.line) == [12, 18, 32, 38])
    #expect(
      intervals[1].text
        == "<IntervalReading><cost>90</cost><ReadingQuality><quality>8</quality></ReadingQuality>"
        + "<timePeriod><duration>3600</duration><start>1770000000</start></timePeriod>"
        + "<value>1</value></IntervalReading>")
  }

  @Test func `are refused whole when they are not well-formed`() throws {
    let whole = GreenButtonSample().text
    #expect(refusal(whole) == nil)
    let cut = refusal(String(whole.dropLast(3)))
    #expect(cut?.description.contains("the file is not well-formed XML") == true, "\(cut as Any)")
    for (broken, reason) in [
      (whole.replacing("</value>", with: "</valu>"), "an end tag does not match its start tag"),
      (whole.replacing("<value>", with: "<x:value>"), "a prefix that no namespace is declared for"),
      (whole.replacing("<value>5", with: "<value>&x;"), "an entity that is not declared"),
      (whole.replacing("<value>5", with: "<value>\u{1}"), "a character that XML does not allow"),
      ("", "it ends before its first element does"),
      ("  \n", "it ends before its first element does"),
    ] {
      let found = refusal(broken)?.description ?? "accepted"
      #expect(found.contains("not well-formed XML: \(reason)"), "\(found)")
    }
    var bytes = GreenButtonSample().bytes
    bytes[bytes.lastIndex(of: UInt8(ascii: "5"))!] = 0xFF
    #expect(
      refusal { _ = try GreenButtonFile(bytes: bytes) }
        == .notWellFormed(line: 2, column: 1, reason: "a character that is not UTF-8"))
    let name = GreenButtonSample().bytes.split(separator: UInt8(ascii: "R"))
    #expect(
      refusal { _ = try GreenButtonFile(bytes: Array(name.joined(separator: [0xD3]))) }
        == .notWellFormed(line: 1, column: 1, reason: "a character that is not UTF-8"))
  }

  @Test func `never reach for another file nor unfold entities`() {
    for name in ["external-entity.xml", "billion-laughs.xml"] {
      #expect(
        refusal { _ = try GreenButtonFile(path: fixture("greenbutton/\(name)")) } == .documentType)
    }
    #expect(FileRefusal.documentType.description.contains("remove the <!DOCTYPE ...>"))
    #expect(
      refusal("<!-- " + String(repeating: "x", count: 300_000) + "--><!DOCTYPE a><a/>")
        == .documentType)
  }

  @Test func `are refused when they are something else`() {
    #expect(refusal("<html><body/></html>") == .notESPI(root: "html"))
    #expect(
      FileRefusal.notESPI(root: "html").description
        == "the file is XML (its first element is <html>) but holds no ESPI data; is it a Green "
        + "Button file?")
    #expect(refusal("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>") == .notUTF8)
    #expect(refusal { _ = try GreenButtonFile(bytes: [0xFF, 0xFE, 0x3C, 0x00]) } == .notUTF8)
    #expect(FileRefusal.notUTF8.description.contains("convert it"))
    let path = "/nonexistent/x.xml"
    #expect(
      refusal { _ = try GreenButtonFile(path: path) }
        == .unreadable(path: path, reason: "there is no such file"))
    let deep = String(repeating: "<a>", count: 65) + String(repeating: "</a>", count: 65)
    #expect(refusal(deep) == .beyondLimit("elements more than 64 deep", line: 1))
    var long = GreenButtonSample()
    long.intervals = [GreenButtonSample.interval(value: String(repeating: "1", count: 5000))]
    #expect(refusal(long.text) == .beyondLimit("a text of more than 4096 bytes", line: 2))
    #expect(
      FileRefusal.beyondLimit("x", line: 2).description
        == "line 2: the file goes beyond a limit: x; split it")
  }
}

@Suite struct `Green Button channels` {
  private func outline(_ change: (inout GreenButtonSample) -> Void) throws -> GreenButtonOutline {
    var sample = GreenButtonSample()
    change(&sample)
    let file = try GreenButtonFile(bytes: sample.bytes)
    if file.outline.channels.contains(where: { $0.refusal != nil }) {
      #expect(try greenButtonItems(file).isEmpty)
    }
    #expect(file.outline.intervals == sample.intervals.count)
    return file.outline
  }

  @Test(arguments: [
    (["uom": "169", "commodity": "7"], "it measures natural gas, not electricity;"),
    (["uom": "169"], "its values are in therms (uom 169), not watt-hours (uom 72);"),
    (["uom": "38"], "its values are in watts (uom 38), not watt-hours"),
    (["uom": "99"], "its values are in another unit (uom 99)"),
    ([:], "its values are in an unknown unit, not watt-hours"),
    (["uom": "72", "accumulationBehaviour": "3"], "its values are states of a register (accum"),
    (["uom": "72", "dataQualifier": "8"], "its values are averages or extremes (dataQualifier 8)"),
    (["uom": "72", "flowDirection": "2"], "its flowDirection is 2; only 1 (to the customer)"),
    (["uom": "x"], "the uom of its ReadingType is \"x\", which means nothing"),
    (["uom": "72", "powerOfTenMultiplier": "99"], "the powerOfTenMultiplier of its ReadingType"),
  ])
  func `that are no electric energy are refused by name and counted`(
    type: [String: String], expected: String
  ) throws {
    let outline = try outline { $0.type = type }
    let found = outline.channels[0].refusal?.description ?? "accepted"
    #expect(found.hasPrefix(expected), "\(found)")
    #expect(outline.channels[0].intervals == 1)
  }

  @Test func `of a gas service are refused by name`() throws {
    let outline = try outline { $0.service = "1" }
    #expect(outline.channels[0].refusal == .notElectricity("gas"))
  }

  @Test func `without a type, a place, or with two types are refused`() throws {
    #expect(try outline { $0.hasType = false }.channels[0].refusal == .noReadingType)
    #expect(try outline { $0.hasUsagePoint = false }.channels[0].refusal == .noUsagePoint)
    let ambiguous = try outline { $0.secondType = ["uom": "38"] }
    #expect(ambiguous.channels[0].refusal == .ambiguousReadingType)
    for refusal in [
      GreenButtonChannel.Refusal.noReadingType, .noUsagePoint, .ambiguousReadingType,
    ] {
      #expect(refusal.description.contains("; ask "))
    }
  }

  @Test func `described twice with small differences are read with a warning`() throws {
    let outline = try outline {
      $0.secondType = $0.type
      $0.secondType?["accumulationBehaviour"] = "2"
    }
    #expect(outline.channels[0].refusal == nil)
    #expect(
      outline.warnings == [
        "line 1: ReadingType 1 is described twice, with small differences; the first description "
          + "counts"
      ])
  }
}

@Suite struct `Green Button intervals` {
  @Test(arguments: [
    (
      GreenButtonSample.interval(value: "x"), "<value> is \"x\", not a whole number; ask the file's"
    ),
    (GreenButtonSample.interval(start: "1.5"), "<start> is \"1.5\", not a whole number"),
    (
      GreenButtonSample.interval(duration: "86400"),
      "an interval of 86400 s cannot be billed by time"
    ),
    (GreenButtonSample.interval(value: "99999999999999999999"), "<value> is \"9999999999"),
    ("<IntervalReading><value>5</value></IntervalReading>", "the interval has no <start>; ask the"),
    ("<IntervalReading/>", "the interval has no <value>; ask the file's sender"),
  ])
  func `that are wrong say their line and do not stop the file`(
    interval: String, expected: String
  ) throws {
    var sample = GreenButtonSample()
    sample.intervals = [interval, GreenButtonSample.interval(value: "-7")]
    let file = try GreenButtonFile(bytes: sample.bytes)
    let items = try greenButtonItems(file)
    try #require(items.count == 2)
    guard case .error(let error) = items[0], case .interval(let good) = items[1] else {
      Issue.record("\(items)")
      return
    }
    #expect(error.description.hasPrefix("line 2: " + expected), "\(error)")
    #expect(error.text.hasPrefix("<IntervalReading>"))
    #expect(good.energy == Energy(wattHours: -7))
    #expect(good.line == 3)
  }

  @Test func `of parts of a watt-hour are refused, not rounded`() throws {
    var sample = GreenButtonSample()
    sample.type["powerOfTenMultiplier"] = "-3"
    sample.intervals = [
      GreenButtonSample.interval(value: "418400"), GreenButtonSample.interval(value: "418000"),
    ]
    let items = try greenButtonItems(GreenButtonFile(bytes: sample.bytes))
    try #require(items.count == 2)
    guard case .error(let error) = items[0], case .interval(let good) = items[1] else {
      Issue.record("\(items)")
      return
    }
    #expect(error.reason == .notWattHours("418400", powerOfTen: -3))
    #expect(error.description.contains("418400 x 10^-3 Wh is not a whole number of watt-hours"))
    #expect(good.energy == Energy(wattHours: 418))
  }

  @Test func `of a file that changed since it was checked are refused`() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("meterbook-\(UUID().uuidString).xml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let sample = GreenButtonSample().text
    try sample.write(toFile: path, atomically: true, encoding: .utf8)
    let file = try GreenButtonFile(path: path)
    let changed = FileRefusal.unreadable(
      path: "the file", reason: "it changed while it was read")
    for text in [
      sample.replacing("IntervalBlock xmlns", with: "Block xmlns")
        .replacing("</IntervalBlock>", with: "</Block>"),
      sample.replacing(
        "<content><IntervalBlock",
        with: "<content><IntervalBlock xmlns=\"http://naesb.org/espi\"/><IntervalBlock"),
    ] {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      #expect(throws: changed) { try file.forEachInterval { _ in } }
    }
  }

  @Test func `stop where the reader wants to stop`() throws {
    struct Enough: Error {}
    var sample = GreenButtonSample()
    sample.intervals = Array(repeating: GreenButtonSample.interval(), count: 10)
    let file = try GreenButtonFile(bytes: sample.bytes)
    var seen = 0
    #expect(throws: Enough.self) {
      try file.forEachInterval { _ in
        seen += 1
        if seen == 3 { throw Enough() }
      }
    }
    #expect(seen == 3)
  }
}
