import EventLog
import EventSourcing
import Foundation
import Testing

/// Random appends over months, beside a model in arrays and dictionaries: every way of reading must
/// tell the same.
@Suite struct ModelTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `every way of reading agrees with a naive model`(seed: UInt64) throws {
    print("seed \(seed)")
    var random = SplitMix(seed: seed)
    let folder = try TemporaryFolder()
    let book = try Book.test(folder)
    var model = Model(try book.collect { try $0.forEach($1) })
    for _ in 0..<60 {
      let appended = try model.appendAtRandom(to: book, &random)
      #expect(appended)
    }
    try check(book, model, &random)
    #expect(try book.verifyTest().damage == nil)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/book/volumes")
        .filter { $0.hasSuffix(".mdb") }.count > 3)
  }

  @Test func `a book opened again is the same`() throws {
    var random = SplitMix(seed: 4)
    let folder = try TemporaryFolder()
    var book: Book? = try Book.test(folder)
    var model = Model(try book!.collect { try $0.forEach($1) })
    for _ in 0..<20 { _ = try model.appendAtRandom(to: book!, &random) }
    let head = try book!.head()
    book = nil
    let again = try Book(opening: folder.path + "/book")
    #expect(try again.head() == head)
    try check(again, model, &random)
    _ = try model.appendAtRandom(to: again, &random)
    try check(again, model, &random)
  }

  private func check(_ book: Book, _ model: Model, _ random: inout SplitMix) throws {
    let size = UInt64(model.entries.count)
    #expect(try book.head().size == size)
    for _ in 0..<20 {
      let a = Position(UInt64.random(in: 0..<size, using: &random))
      let b = Position(UInt64.random(in: 0..<(size + 5), using: &random))
      let expected = model.entries.filter { a.rawValue <= $0.position && $0.position <= b.rawValue }
      #expect(try book.collect { try $0.forEach(from: a, through: b, $1) } == expected)
      #expect(
        try book.collect { try $0.forEachBackwards(from: b, through: a, $1) }
          == expected.reversed())
    }
    for (stream, entries) in model.streams {
      let version = UInt64.random(in: 1...UInt64(entries.count), using: &random)
      #expect(
        try book.collect { try $0.forEach(stream: stream, fromVersion: version, $1) }
          == entries.filter { $0.version >= version })
      #expect(
        try book.collect { try $0.forEachBackwards(stream: stream, fromVersion: version, $1) }
          == entries.filter { $0.version <= version }.reversed())
      try book.read { snapshot in
        let head = try snapshot.streamHead(stream)
        #expect(head?.version == UInt64(entries.count))
        #expect(head?.last.rawValue == entries.last!.position)
      }
    }
    try checkStreams(book, model, &random)
  }

  private func checkStreams(_ book: Book, _ model: Model, _ random: inout SplitMix) throws {
    let names = model.accounts
    for _ in 0..<10 {
      let bounds = [names.randomElement(using: &random)!, names.randomElement(using: &random)!]
      let from = Bool.random(using: &random) ? bounds.min()! : nil
      let upTo = Bool.random(using: &random) ? bounds.max()! : nil
      let expected = names.filter { (from ?? "") <= $0 && (upTo == nil || $0 < upTo!) }
      #expect(
        try book.collect { try $0.foldStreams(kind: .account, from: from, upTo: upTo, $1) }
          == expected.flatMap { model.streams[StreamID(.account, $0)]! })
      var listed: [String] = []
      try book.read { snapshot in
        try snapshot.forEachStream(kind: .account, from: from, upTo: upTo) { stream, version in
          #expect(version == UInt64(model.streams[stream]!.count))
          listed.append(stream.id)
          return .proceed
        }
      }
      #expect(listed == expected)
    }
    for size in [1, 2, 3, 7, 1_000] {
      var ranges: [StreamRange] = []
      var counts: [Int] = []
      try book.read { snapshot in
        try snapshot.forEachRange(kind: .account, of: size) { range, count in
          ranges.append(range)
          counts.append(count)
        }
      }
      #expect(counts.dropLast().allSatisfy { $0 == size })
      let parts = try ranges.map { range in
        try book.collect {
          try $0.foldStreams(kind: .account, from: range.from, upTo: range.upTo, $1)
        }
      }
      #expect(parts.flatMap { $0 } == names.flatMap { model.streams[StreamID(.account, $0)]! })
      #expect(parts.map { Set($0.map(\.stream)).count } == counts)
    }
  }
}

/// What the book should hold.
private struct Model {
  var entries: [Found]
  var clock = Timestamp.october

  init(_ entries: [Found]) { self.entries = entries }

  var streams: [StreamID: [Found]] { Dictionary(grouping: entries, by: \.stream) }
  var accounts: [String] {
    Set(entries.map(\.stream)).filter { $0.kind == .account }.map(\.id).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }

  /// Appends a random batch, some days later, to both; whether the book took it.
  mutating func appendAtRandom(to book: Book, _ random: inout SplitMix) throws -> Bool {
    clock = clock.plus(
      days: .random(in: 0...5, using: &random), .random(in: -1_000...1_000, using: &random))
    var versions = Dictionary(grouping: entries, by: \.stream).mapValues { UInt64($0.count) }
    var batch = Batch()
    var added: [(StreamID, UInt64, [UInt8])] = []
    for _ in 0..<Int.random(in: 1...40, using: &random) {
      // Identifiers of which some begin others.
      let id = String(Int.random(in: 1...130, using: &random))
      let stream = StreamID(.account, id)
      versions[stream, default: 0] += 1
      let event = (0..<Int.random(in: 1...90, using: &random)).map { _ in
        UInt8.random(in: 1...255, using: &random)
      }
      batch.add(id, versions[stream]!, event)
      added.append((stream, versions[stream]!, event))
    }
    guard case .appended(let first, let count, let recordedAt) = try book.append(batch, at: clock)
    else { return false }
    // A new volume's first entry is the book's own.
    if first.rawValue > UInt64(entries.count) {
      entries += try book.collect {
        try $0.forEach(
          from: Position(UInt64(entries.count)), through: Position(first.rawValue - 1), $1)
      }
    }
    guard first.rawValue == UInt64(entries.count), count == added.count else { return false }
    for (offset, (stream, version, event)) in added.enumerated() {
      entries.append(
        Found(
          position: first.rawValue + UInt64(offset), stream: stream, version: version,
          recordedAt: recordedAt, event: event))
    }
    return recordedAt >= clock
  }
}
