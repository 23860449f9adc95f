import EventLog
import EventSourcing
import Foundation
import LMDB
import ProjectionStore
import Testing

/// Keeps the position of each stream's last entry; stops at an entry whose reason is "unknown".
struct LastEntries: Projection {
  let identity = ProjectionIdentity("last-entries", 1)

  struct Unknown: Error {}

  func evolve(
    _ place: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    let entry = try EntryView(bytes)
    guard entry.header.reason != "unknown" else { throw Unknown() }
    if entry.header.reason == "removed" {
      rows.remove(Array(entry.header.stream.description.utf8))
    } else {
      rows.put(Array(entry.header.stream.description.utf8), Array("\(position)".utf8))
    }
  }
}

@Suite struct ProjectionFileTests {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "meterbook-projections-\(UUID().uuidString)").path()
  let start = Timestamp(rawValue: 1_767_225_600_000_000)

  func book(_ name: String = "book") throws -> Book {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try Book.create(at: "\(folder)/\(name)", name: name, simulated: true, at: start)
  }

  func append(_ reasons: [String], to stream: String, of book: Book) throws {
    let id = StreamID(.account, stream)
    let version = try book.read { try $0.streamHead(id)?.version ?? 0 }
    var batch = Batch()
    for (index, reason) in reasons.enumerated() {
      var header = EntryHeader(stream: id, version: version + UInt64(index) + 1)
      header.reason = reason
      batch.add(header) { $0.presentString(EntryView.eventsField, "an event") }
    }
    _ = try book.append(batch, at: start)
  }

  /// The projection's file, brought up to the end of the book.
  private func follow(_ book: Book) throws -> ProjectionFile {
    try .following(LastEntries(), of: book, in: folder, through: book.head().size)
  }

  private func rows(_ file: ProjectionFile) throws -> [String] {
    var rows: [String] = []
    try file.forEach(prefix: Array("account/".utf8)) { key, value in
      rows.append(
        key.text(in: 0..<key.byteCount) + "=" + value.text(in: 0..<value.byteCount))
      return .proceed
    }
    return rows
  }

  @Test func `a projection follows what the book has gained, each row once, the last word`() throws
  {
    let book = try book()
    try append(["", ""], to: "1", of: book)
    #expect(try rows(follow(book)) == ["account/1=2"])
    try append([""], to: "2", of: book)
    try append(["removed"], to: "1", of: book)
    let file = try follow(book)
    #expect(try rows(file) == ["account/2=3"])
    #expect(try file.checkpoint().size == 5)
  }

  @Test func `following bit by bit gives the rows of following at once`() throws {
    let book = try book()
    for stream in ["3", "1", "2", "1"] {
      try append(["", ""], to: stream, of: book)
      _ = try follow(book)
    }
    let followed = try rows(follow(book))
    let rebuilt = try ProjectionFile.rebuilding(
      LastEntries(), of: book, in: folder, through: book.head().size)
    #expect(try rows(rebuilt) == followed)
    #expect(followed == ["account/1=8", "account/2=6", "account/3=2"])
  }

  @Test func `two versions are told apart row by row`() throws {
    /// A row a stream, named and valued by the version's table.
    struct Named: Projection {
      let identity: ProjectionIdentity
      let rows: [String: (key: String, value: String)]

      func evolve(
        _ place: EntryPlace, at position: Position, _ bytes: RawSpan, into changes: inout RowChanges
      ) throws {
        guard let row = rows[bytes.text(in: place.id)] else { return }
        changes.put(Array(row.key.utf8), Array(row.value.utf8))
      }
    }
    let book = try book()
    for stream in ["1", "2", "3", "4"] { try append([""], to: stream, of: book) }
    func file(_ version: Int, _ rows: [String: (key: String, value: String)]) throws
      -> ProjectionFile
    {
      try .following(
        Named(identity: ProjectionIdentity("named", version), rows: rows), of: book, in: folder,
        through: book.head().size)
    }
    let left = try file(
      1, ["1": ("a", "same"), "2": ("b", "left"), "3": ("c", "one"), "4": ("e", "only left")])
    let right = try file(
      2, ["1": ("a", "same"), "2": ("b0", "right"), "3": ("c", "other"), "4": ("f", "only right")])
    var found: [String] = []
    let differences = try left.differences(from: right) { row in
      func text(_ bytes: [UInt8]?) -> String {
        bytes.map { String(decoding: $0, as: UTF8.self) } ?? "-"
      }
      found.append("\(text(row.key)): \(text(row.left)), \(text(row.right))")
    }
    #expect(
      found == [
        "b: left, -", "b0: -, right", "c: one, other", "e: only left, -", "f: -, only right",
      ])
    #expect(differences?.equal == 1 && differences?.changed == 1)
    #expect(differences?.onlyLeft == 2 && differences?.onlyRight == 2)
    try append([""], to: "1", of: book)
    let further = try ProjectionFile.rebuilding(
      Named(identity: ProjectionIdentity("named", 3), rows: [:]), of: book, in: folder,
      through: book.head().size)
    #expect(try left.differences(from: further) { _ in } == nil)
    #expect(try ProjectionFile.drop(ProjectionIdentity("named", 3), in: folder))
  }

  @Test func `the file of another book is not believed`() throws {
    let (one, other) = (try book("one"), try book("other"))
    for (stream, book) in [("1", one), ("2", other)] { try append([""], to: stream, of: book) }
    #expect(try rows(follow(one)) == ["account/1=1"])
    #expect(try rows(follow(other)) == ["account/2=1"])
  }

  @Test func `a damaged file is made again`() throws {
    let book = try book()
    try append([""], to: "1", of: book)
    _ = try follow(book)
    try Data("not LMDB".utf8).write(to: URL(filePath: folder + "/last-entries@1.mdb"))
    #expect(try rows(follow(book)) == ["account/1=1"])
  }

  @Test func `a projection stops at an event it does not know, and names the entry`() throws {
    let book = try book()
    try append([""], to: "1", of: book)
    _ = try follow(book)
    try append(["unknown", ""], to: "1", of: book)
    let fault = #expect(throws: ProjectionFault.self) { try follow(book) }
    #expect(fault?.description.contains("stopped at entry 2") == true)
    let file = try ProjectionFile.opening(LastEntries().identity, of: book, in: folder)
    #expect(try file?.checkpoint().size == 2)
  }
}
