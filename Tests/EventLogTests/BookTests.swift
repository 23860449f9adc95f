import EventLog
import EventSourcing
import Testing

@Suite struct BookTests {
  let folder: TemporaryFolder
  let book: Book

  init() throws {
    folder = try TemporaryFolder()
    book = try Book.test(folder)
  }

  @Test func `a new book holds its creation and nothing else`() throws {
    let head = try book.head()
    #expect(head.size == 1)
    #expect(head.volume == "2025-10")
    let control = try book.read { snapshot in
      try snapshot.withEntry(at: Position(0)) { bytes in
        let view = try EntryView(bytes)
        #expect(view.header.stream == ControlEvent.stream)
        #expect(view.header.recordedAt == .october)
        var found: [ControlEvent] = []
        try view.forEachEvent(in: bytes) { found.append(try ControlEvent(bytes, $1)) }
        return found
      }
    }
    #expect(
      control == [
        .bookCreated(id: Array(0..<16), isSimulated: true, format: 2, name: "Test")
      ])
  }

  @Test func `what is appended is read by position and by stream, both ways`() throws {
    var batch = Batch()
    batch.add("1", 1, [1])
    batch.add("2", 1, [2])
    batch.add("2", 2, [3])
    let outcome = try book.append(batch, at: .october.plus(days: 1))
    #expect(
      outcome
        == .appended(first: Position(1), count: 3, recordedAt: .october.plus(days: 1)))
    try book.read { snapshot in
      var events: [[UInt8]] = []
      try snapshot.forEach(from: Position(1)) { _, bytes in
        events.append(try event(in: bytes))
        return .proceed
      }
      #expect(events == [[1], [2], [3]])
      var backwards: [UInt64] = []
      try snapshot.forEachBackwards(from: Position(2)) { position, _ in
        backwards.append(position.rawValue)
        return .proceed
      }
      #expect(backwards == [2, 1, 0])
      let stream = StreamID(.account, "2")
      var history: [[UInt8]] = []
      try snapshot.forEach(stream: stream, fromVersion: 2) { _, bytes in
        history.append(try event(in: bytes))
        return .proceed
      }
      #expect(history == [[3]])
      #expect(try snapshot.streamHead(stream)?.version == 2)
      #expect(try snapshot.streamHead(StreamID(.account, "3")) == nil)
    }
  }

  @Test func `a stream at another version is a conflict, and nothing is appended`() throws {
    var batch = Batch()
    batch.add("1", 1, [1])
    _ = try book.append(batch, at: .october)
    let before = try book.head()
    var again = Batch()
    again.add("0", 1, [1])
    again.add("1", 1, [1])
    #expect(
      try book.append(again, at: .october)
        == .conflict(stream: StreamID(.account, "1"), expected: 0, actual: 1))
    #expect(try book.head() == before)
  }

  @Test func `a stream that was only read is checked too`() throws {
    var batch = Batch()
    batch.require(StreamID(.rulebook, "rules"), at: 3)
    batch.add("1", 1, [1])
    #expect(
      try book.append(batch, at: .october)
        == .conflict(stream: StreamID(.rulebook, "rules"), expected: 3, actual: 0))
  }

  @Test func `a batch may require that nothing was appended since`() throws {
    let size = try book.head().size
    var batch = Batch()
    batch.require(size: size - 1)
    batch.add("1", 1, [1])
    #expect(
      try book.append(batch, at: .october)
        == .conflict(stream: ControlEvent.stream, expected: size - 1, actual: size))
    batch.require(size: size)
    guard case .appended = try book.append(batch, at: .october) else {
      Issue.record("a book of that size takes the batch")
      return
    }
  }

  @Test func `a new month begins a new volume, and reading goes across`() throws {
    for month in 0..<4 as Range<Int64> {
      var batch = Batch()
      batch.add("1", UInt64(month) + 1, [UInt8(month)])
      _ = try book.append(batch, at: .october.plus(days: 31 * month))
    }
    let head = try book.head()
    #expect(head.volume == "2026-01")
    #expect(head.size == 8)
    try book.read { snapshot in
      var history: [[UInt8]] = []
      try snapshot.forEach(stream: StreamID(.account, "1")) { _, bytes in
        history.append(try event(in: bytes))
        return .proceed
      }
      #expect(history == [[0], [1], [2], [3]])
      #expect(try snapshot.streamHead(StreamID(.account, "1"))?.version == 4)
    }
  }
}
