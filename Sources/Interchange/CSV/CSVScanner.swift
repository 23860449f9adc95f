/// Finds the records and fields of RFC 4180 text in pieces of bytes, in constant memory.
///
/// Strict where leniency would guess (quotes out of place, invalid UTF-8), and never stopped by what
/// it refuses: after a record that is wrong it goes on with the next line.
struct CSVScanner: ~Copyable {
  /// A field of the current record: where its value lies in the buffer.
  struct Field {
    var lower: Int
    var upper: Int
    /// Whether quotes inside the value are still doubled.
    var escaped: Bool
  }

  /// What `advance` found.
  enum Step: Equatable {
    case record
    case malformed(RowError.Reason)
    case end
  }

  /// The fields of the current record.
  private(set) var fields: [Field] = []
  /// The line on which the current record begins, from 1.
  private(set) var line = 1
  /// The bytes at hand; the current record and its fields lie in them.
  private(set) var buffer: [UInt8] = []
  private var source: ByteSource
  private var sourceEnded = false
  private var isFirst = true
  /// Where the next record begins.
  private var next = 0
  private var nextLine = 1
  /// Where the current record lies, line end excluded.
  private var record = 0..<0

  init(_ source: ByteSource) {
    self.source = source
  }

  /// A copy of the current record's bytes, line end excluded.
  var raw: [UInt8] { Array(buffer[record]) }

  /// Goes to the next record that is not blank.
  mutating func advance() throws(FileRefusal) -> Step {
    if isFirst { try skipByteOrderMark() }
    while true {
      switch scan() {
      case .found(let range, let after, let lines, let isASCII):
        let isBlank = range.isEmpty
        line = nextLine
        record = range
        if !isBlank {
          if range.count > InterchangeLimits.csvRecord { return try spoil(.tooLong) }
          if !isASCII, !isUTF8(range) { return try spoil(.invalidUTF8, whole: after, lines: lines) }
        }
        next = after
        nextLine += lines
        if !isBlank { return .record }
      case .wrong(let reason):
        line = nextLine
        return try spoil(reason)
      case .needsMore(let inQuotes):
        if buffer.count - next > InterchangeLimits.csvRecord {
          line = nextLine
          return try spoil(inQuotes ? .unclosedQuote : .tooLong)
        }
        try refill()
      case .end:
        line = nextLine
        record = next..<next
        fields.removeAll(keepingCapacity: true)
        return .end
      }
    }
  }

  /// Lends `body` the value of a field, quotes undone.
  func withField<R>(
    _ index: Int, _ body: (Span<UInt8>) throws(FieldError) -> R
  ) throws(FieldError) -> R {
    let field = fields[index]
    guard field.escaped else {
      return try body(buffer.span.extracting(field.lower..<field.upper))
    }
    var value: [UInt8] = []
    var at = field.lower
    while at < field.upper {
      value.append(buffer[at])
      at += buffer[at] == CSVByte.quote ? 2 : 1
    }
    return try body(value.span)
  }
}

extension CSVScanner {
  /// A field's value as text; the record's bytes are known to be UTF-8.
  func text(_ index: Int) -> String {
    (try? withField(index) { bytes throws(FieldError) in FieldText.text(bytes) }) ?? ""
  }
}

/// The bytes that mean something in CSV.
enum CSVByte {
  static let quote = UInt8(ascii: "\"")
  static let comma = UInt8(ascii: ",")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
}

extension CSVScanner {
  private enum Scan {
    case found(Range<Int>, after: Int, lines: Int, isASCII: Bool)
    case wrong(RowError.Reason)
    case needsMore(inQuotes: Bool)
    case end
  }

  /// Finds the record at `next` in the bytes at hand.
  private mutating func scan() -> Scan {
    fields.removeAll(keepingCapacity: true)
    let count = buffer.count
    let start = next
    var at = start
    var seen: UInt8 = 0
    var lines = 1
    if at == count { return sourceEnded ? .end : .needsMore(inQuotes: false) }
    while true {
      var escaped = false
      var lower = at
      var upper = at
      if at < count, buffer[at] == CSVByte.quote {
        lower += 1
        at += 1
        while true {
          guard at < count else {
            return sourceEnded ? .wrong(.unclosedQuote) : .needsMore(inQuotes: true)
          }
          let byte = buffer[at]
          if byte == CSVByte.quote {
            guard at + 1 < count || sourceEnded else { return .needsMore(inQuotes: true) }
            guard at + 1 < count, buffer[at + 1] == CSVByte.quote else { break }
            escaped = true
            at += 2
            continue
          }
          seen |= byte
          if byte == CSVByte.lineFeed { lines += 1 }
          at += 1
        }
        if at - start > InterchangeLimits.csvRecord { return .wrong(.unclosedQuote) }
        upper = at
        at += 1
      } else {
        while at < count {
          let byte = buffer[at]
          if byte == CSVByte.comma || byte == CSVByte.lineFeed { break }
          if byte == CSVByte.quote { return .wrong(.strayQuote) }
          seen |= byte
          at += 1
        }
        upper = at
        if (at == count || buffer[at] == CSVByte.lineFeed), upper > lower,
          buffer[upper - 1] == CSVByte.carriageReturn
        {
          upper -= 1
          at -= 1
        }
      }
      fields.append(Field(lower: lower, upper: upper, escaped: escaped))
      // At a comma, a line end or the end of the text; anything else follows a closing quote.
      if at < count, buffer[at] == CSVByte.comma {
        at += 1
        continue
      }
      let end = at
      if at < count, buffer[at] == CSVByte.carriageReturn { at += 1 }
      if at == count {
        guard sourceEnded else { return .needsMore(inQuotes: false) }
        return .found(start..<end, after: at, lines: lines, isASCII: seen < 0x80)
      }
      guard buffer[at] == CSVByte.lineFeed else { return .wrong(.strayQuote) }
      return .found(start..<end, after: at + 1, lines: lines, isASCII: seen < 0x80)
    }
  }

  /// Gives up the record at `next`: its first line alone, or all of it where its extent is known.
  private mutating func spoil(
    _ reason: RowError.Reason, whole after: Int? = nil, lines: Int = 1
  ) throws(FileRefusal) -> Step {
    fields.removeAll(keepingCapacity: true)
    if let after {
      next = after
      nextLine += lines
      return .malformed(reason)
    }
    let kept = try takeLine()
    nextLine += 1
    // The kept bytes are put before the rest, so that `raw` finds them.
    buffer.replaceSubrange(0..<next, with: kept)
    record = 0..<kept.count
    next = kept.count
    return .malformed(reason)
  }

  /// The line at `next` without its end, cut at the limit; `next` moves to the line after it.
  private mutating func takeLine() throws(FileRefusal) -> [UInt8] {
    var kept: [UInt8] = []
    var isCut = false
    while true {
      let end = buffer[next...].firstIndex(of: CSVByte.lineFeed)
      let part = buffer[next..<(end ?? buffer.count)]
      let room = InterchangeLimits.csvRecord - kept.count
      isCut = isCut || part.count > room
      kept += part.prefix(room)
      if let end {
        next = end + 1
        break
      }
      next = buffer.count
      if sourceEnded { break }
      try refill()
    }
    if !isCut, kept.last == CSVByte.carriageReturn { kept.removeLast() }
    return kept
  }

  private mutating func refill() throws(FileRefusal) {
    buffer.removeSubrange(0..<next)
    next = 0
    let piece = try source.next()
    if piece.isEmpty { sourceEnded = true } else { buffer += piece }
  }

  private mutating func skipByteOrderMark() throws(FileRefusal) {
    isFirst = false
    while buffer.count < 3, !sourceEnded { try refill() }
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
  }

  private func isUTF8(_ range: Range<Int>) -> Bool {
    (try? UTF8Span(validating: buffer.span.extracting(range))) != nil
  }
}
