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
struct ESPIHandler {
  private let sink: any ESPISink
  private var stack: [String] = []
  private var root = ""
  private var hasESPI = false
  private var entry = ESPIEntry()
  private var entryDepth = 0
  private var reading: ESPIReading?

  private init(_ sink: any ESPISink) {
    self.sink = sink
  }

  /// Reads a whole file.
  ///
  /// - Throws: `FileRefusal`, or what the sink throws.
  static func read(_ source: XMLSource, into sink: any ESPISink) throws {
    var reader = try XMLReader(source.bytes())
    if let line = try UTF8Check.firstWrongLine(of: source.bytes()) {
      throw FileRefusal.notWellFormed(
        line: line, column: 1, reason: "a character that is not UTF-8")
    }
    var handler = ESPIHandler(sink)
    try handler.run(&reader)
  }

  private mutating func run(_ reader: inout XMLReader) throws {
    var isText = false
    while true {
      switch try reader.next() {
      case .start:
        if stack.isEmpty { root = reader.name }
        stack.append(reader.name)
        isText = try start(reader)
        reader.wantsText = isText
      case .end:
        stack.removeLast()
        let text = isText ? String(decoding: reader.text, as: UTF8.self) : nil
        isText = false
        try end(reader, text)
      case .finish:
        try closeEntry(line: reader.line)
        guard hasESPI else { throw FileRefusal.notESPI(root: root) }
        return
      }
    }
  }

  /// Takes a start tag; whether the element's text is wanted.
  private mutating func start(_ reader: borrowing XMLReader) throws -> Bool {
    switch reader.namespace {
    case .espi: return try espiElement(reader.name)
    case .atom:
      try atomElement(reader)
      return false
    case .none, .other: return false
    }
  }

  private mutating func end(_ reader: borrowing XMLReader, _ text: String?) throws {
    switch reader.namespace {
    case .espi where reader.name == "IntervalReading":
      guard var done = reading else { return }
      done.line = reader.line
      reading = nil
      try sink.reading(done)
    case .espi:
      if let text { take(reader.name, Self.trimmed(text)) }
    case .atom where reader.name == "entry": try closeEntry(line: reader.line)
    case .atom, .none, .other: break
    }
  }

  private static func trimmed(_ text: String) -> String {
    func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
    let start = text.utf8.drop(while: isSpace)
    guard let last = start.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(text[start.startIndex...last])
  }
}

extension ESPIHandler {
  private mutating func espiElement(_ name: String) throws -> Bool {
    hasESPI = true
    if reading != nil {
      return ["start", "duration", "value", "quality", "cost"].contains(name)
    }
    switch name {
    case "IntervalReading":
      reading = ESPIReading()
      return false
    case "IntervalBlock":
      entry.kind = .intervalBlock
      entry.blocks += 1
      try sink.block()
      return false
    default:
      if let kind = ESPIEntry.Kind(rawValue: name), entry.kind == nil {
        entry.kind = kind
        entryDepth = stack.count
        return false
      }
      return entry.kind != .intervalBlock
        && (stack.count == entryDepth + 1 || stack.dropLast().last == "ServiceCategory")
    }
  }

  private mutating func atomElement(_ reader: borrowing XMLReader) throws {
    switch reader.name {
    case "entry": try closeEntry(line: reader.line)
    case "link" where stack.dropLast().last == "entry":
      let attributes = reader.attributes
      guard let href = attributes.first(where: { $0.name == "href" })?.value, !href.isEmpty else {
        return
      }
      switch attributes.first(where: { $0.name == "rel" })?.value {
      case "self": entry.selfLink = href
      case "up": entry.upLink = href
      case "related": entry.related.append(href)
      default: break
      }
    default: break
    }
  }

  private mutating func take(_ name: String, _ text: String) {
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
  private mutating func closeEntry(line: Int) throws {
    var done = entry
    entry = ESPIEntry()
    guard done.kind != nil else { return }
    done.line = line
    try sink.entry(done)
  }
}
