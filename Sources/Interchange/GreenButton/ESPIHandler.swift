import Foundation
import FoundationXML

/// What is interested in the contents of an ESPI file.
protocol ESPISink: AnyObject {
  /// An interval block begins.
  func block() throws
  /// An interval has been read.
  func reading(_ reading: ESPIReading) throws
  /// An entry has been read, its blocks and intervals before it.
  func entry(_ entry: ESPIEntry) throws
}

/// An interval as its elements say it; `nil` where there is none.
struct ESPIReading: Hashable, Sendable {
  var start: String?
  var duration: String?
  var value: String?
  var quality: String?
  var cost: String?
  var line = 0

  /// The interval in one line of XML.
  var text: String {
    func element(_ name: String, _ content: String?) -> String {
      guard let content else { return "" }
      let escaped = content.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      return "<\(name)>\(escaped)</\(name)>"
    }
    let period = element("duration", duration) + element("start", start)
    return "<IntervalReading>" + element("cost", cost)
      + (quality == nil
        ? "" : "<ReadingQuality>" + element("quality", quality) + "</ReadingQuality>")
      + "<timePeriod>" + period + "</timePeriod>" + element("value", value) + "</IntervalReading>"
  }
}

/// An Atom entry: its links, and what kind of ESPI resource it holds.
struct ESPIEntry {
  enum Kind: String {
    case localTime = "LocalTimeParameters"
    case usagePoint = "UsagePoint"
    case meterReading = "MeterReading"
    case readingType = "ReadingType"
    case intervalBlock = "IntervalBlock"
  }

  var kind: Kind?
  var selfLink: String?
  var upLink: String?
  var related: [String] = []
  /// The texts of the resource's own elements, by name.
  var fields: [String: String] = [:]
  /// How many interval blocks it holds.
  var blocks = 0
  var line = 0
}

/// Turns XML into ESPI entries and intervals, holding one of each at a time.
final class ESPIHandler: NSObject, XMLParserDelegate {
  private static let espi = "http://naesb.org/espi"
  private static let atom = "http://www.w3.org/2005/Atom"

  private let sink: any ESPISink
  private var failure: (any Error)?
  private var stack: [String] = []
  private var root: String?
  private var hasESPI = false
  private var entry = ESPIEntry()
  private var entryDepth = 0
  private var reading: ESPIReading?
  /// The text of the element being read, where it is wanted.
  private var text: String?

  private init(_ sink: any ESPISink) {
    self.sink = sink
  }

  /// Reads a whole file.
  ///
  /// - Throws: `FileRefusal`, or what the sink throws.
  static func read(_ source: XMLSource, into sink: any ESPISink) throws {
    try XMLProlog.check(source)
    let handler = ESPIHandler(sink)
    let parser = XMLParser(stream: try source.stream())
    parser.shouldProcessNamespaces = true
    parser.shouldResolveExternalEntities = false
    parser.delegate = handler
    let isComplete = parser.parse()
    if let failure = handler.failure { throw failure }
    guard isComplete, handler.stack.isEmpty, let root = handler.root else {
      throw FileRefusal.notWellFormed(
        line: max(1, parser.lineNumber), column: max(1, parser.columnNumber),
        reason: "it ends before its first element does")
    }
    try handler.closeEntry(line: parser.lineNumber)
    guard handler.hasESPI else { throw FileRefusal.notESPI(root: root) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    guard failure == nil else { return }
    stack.append(name)
    if root == nil { root = name }
    text = nil
    guard stack.count <= InterchangeLimits.xmlDepth else {
      return fail(
        FileRefusal.beyondLimit(
          "elements more than \(InterchangeLimits.xmlDepth) deep", line: parser.lineNumber),
        parser)
    }
    if namespaceURI == Self.espi {
      espiElement(name, parser)
    } else if namespaceURI == Self.atom {
      atomElement(name, attributes, parser)
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    collect(string, parser)
  }

  func parser(_ parser: XMLParser, foundCDATA block: Data) {
    collect(String(decoding: block, as: UTF8.self), parser)
  }

  private func collect(_ string: String, _ parser: XMLParser) {
    guard text != nil else { return }
    text! += string
    if text!.utf8.count > InterchangeLimits.xmlText {
      fail(
        FileRefusal.beyondLimit(
          "a text of more than \(InterchangeLimits.xmlText) bytes", line: parser.lineNumber),
        parser)
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    guard failure == nil, !stack.isEmpty else { return }
    stack.removeLast()
    defer { text = nil }
    if namespaceURI == Self.espi {
      if name == "IntervalReading", var done = reading {
        done.line = parser.lineNumber
        reading = nil
        attempt(parser) { try sink.reading(done) }
      } else if let text {
        take(name, text.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    } else if namespaceURI == Self.atom, name == "entry" {
      attempt(parser) { try closeEntry(line: parser.lineNumber) }
    }
  }

  func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
    guard failure == nil else { return }
    failure = FileRefusal.notWellFormed(
      line: max(1, parser.lineNumber), column: max(1, parser.columnNumber),
      reason: XMLErrorNames.name(of: (error as NSError).code))
  }
}

extension ESPIHandler {
  private func espiElement(_ name: String, _ parser: XMLParser) {
    hasESPI = true
    if reading != nil {
      if ["start", "duration", "value", "quality", "cost"].contains(name) { text = "" }
      return
    }
    switch name {
    case "IntervalReading":
      reading = ESPIReading()
    case "IntervalBlock":
      entry.kind = .intervalBlock
      entry.blocks += 1
      attempt(parser) { try sink.block() }
    default:
      if let kind = ESPIEntry.Kind(rawValue: name), entry.kind == nil {
        entry.kind = kind
        entryDepth = stack.count
      } else if entry.kind != .intervalBlock,
        stack.count == entryDepth + 1 || stack.dropLast().last == "ServiceCategory"
      {
        text = ""
      }
    }
  }

  private func atomElement(_ name: String, _ attributes: [String: String], _ parser: XMLParser) {
    switch name {
    case "entry":
      attempt(parser) { try closeEntry(line: parser.lineNumber) }
    case "link" where stack.dropLast().last == "entry":
      guard let href = attributes["href"], !href.isEmpty else { return }
      switch attributes["rel"] {
      case "self": entry.selfLink = href
      case "up": entry.upLink = href
      case "related": entry.related.append(href)
      default: break
      }
    default: break
    }
  }

  private func take(_ name: String, _ text: String) {
    guard reading != nil else {
      entry.fields[name] = text
      return
    }
    switch (stack.last, name) {
    case ("timePeriod", "start"): reading?.start = text
    case ("timePeriod", "duration"): reading?.duration = text
    case ("IntervalReading", "value"): reading?.value = text
    case ("IntervalReading", "cost"): reading?.cost = text
    case ("ReadingQuality", "quality"): reading?.quality = text
    default: break
    }
  }

  /// Hands over what stands between the last entry and here.
  private func closeEntry(line: Int) throws {
    var done = entry
    entry = ESPIEntry()
    guard done.kind != nil else { return }
    done.line = line
    try sink.entry(done)
  }

  private func attempt(_ parser: XMLParser, _ body: () throws -> Void) {
    guard failure == nil else { return }
    do {
      try body()
    } catch {
      fail(error, parser)
    }
  }

  private func fail(_ error: any Error, _ parser: XMLParser) {
    guard failure == nil else { return }
    failure = error
    parser.abortParsing()
  }
}

/// The words for what the XML parser finds wrong.
enum XMLErrorNames {
  static func name(of code: Int) -> String {
    switch code {
    case 4, 5: "it ends before its first element does"
    case 9: "a character that XML does not allow, or that is not UTF-8"
    case 26: "an entity that is not declared"
    case 38, 39, 40, 41: "an attribute without its value"
    case 42: "an attribute is given twice"
    case 64: "an XML declaration that is not at the very beginning"
    case 68: "a name is missing"
    case 73: "a \">\" is missing"
    case 76: "an end tag does not match its start tag"
    case 77: "an element is not closed"
    case 81: "an encoding that contradicts its declaration"
    case 201: "a prefix that no namespace is declared for"
    default: "error \(code) of the XML parser"
    }
  }
}
