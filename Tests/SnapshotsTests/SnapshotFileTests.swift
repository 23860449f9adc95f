import EventSourcing
import Foundation
import LMDB
import Testing

@testable import Snapshots

/// A folder of its own, removed with it.
private final class Place {
  let folder: String
  var path: String { folder + "/snapshots.mdb" }

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "snapshots-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}

@Suite struct SnapshotFileTests {
  private static let book = [UInt8](repeating: 7, count: 16)
  private static let account = StreamID(.account, "1000000001")

  private static func fold(_ version: UInt64 = 5, state: [UInt8] = [1, 2, 3]) -> SavedFold {
    SavedFold(
      foldVersion: 1, version: version, position: Position(40 + version),
      leafHash: [UInt8](repeating: 9, count: 32), state: state)
  }

  private static func read(_ file: SnapshotFile, _ stream: StreamID = account) throws -> SavedFold?
  {
    try file.withFold(of: stream) { saved, bytes in
      SavedFold(
        foldVersion: saved.foldVersion, version: saved.version, position: saved.position,
        leafHash: bytes.array(in: saved.leafHash), state: bytes.array(in: saved.state))
    }
  }

  @Test func `what was saved comes back, after closing too, and the last of a stream counts`()
    throws
  {
    let place = try Place()
    do {
      let file = try SnapshotFile.making(place.path, book: Self.book)
      try file.save([(Self.account, Self.fold())])
      try file.save([
        (Self.account, Self.fold(9, state: Array(repeating: 4, count: 9_999))),
        (StreamID(.account, "2"), Self.fold(1, state: [])),
      ])
    }
    let file = try #require(try SnapshotFile.opening(place.path, book: Self.book))
    #expect(try Self.read(file) == Self.fold(9, state: Array(repeating: 4, count: 9_999)))
    #expect(try Self.read(file, StreamID(.account, "2")) == Self.fold(1, state: []))
    #expect(try Self.read(file, StreamID(.account, "3")) == nil)
    #expect(try file.count() == 2)
    var streams: [StreamID] = []
    try file.forEach { stream, saved, _ in
      streams.append(stream)
      #expect(saved != nil)
      return .proceed
    }
    #expect(streams == [Self.account, StreamID(.account, "2")])
  }

  @Test func `no file is no folds, and asking makes none`() throws {
    let place = try Place()
    #expect(try SnapshotFile.opening(place.path, book: Self.book) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder) == [])
  }

  @Test func `two who open it in one process share it, and a deleted one is let go`() throws {
    let place = try Place()
    let first = try SnapshotFile.making(place.path, book: Self.book)
    let second = try #require(try SnapshotFile.opening(place.path, book: Self.book))
    #expect(first === second)
    try first.save([(Self.account, Self.fold())])
    try FileManager.default.removeItem(atPath: place.path)
    #expect(try SnapshotFile.opening(place.path, book: Self.book) == nil)
    let third = try SnapshotFile.making(place.path, book: Self.book)
    #expect(try Self.read(third) == nil)
    #expect(try Self.read(first) == Self.fold(), "whoever has the old one keeps it")
  }

  @Test func `a file of another book is refused, and made again by whoever writes`() throws {
    let place = try Place()
    do {
      try SnapshotFile.making(place.path, book: [UInt8](repeating: 8, count: 16))
        .save([(Self.account, Self.fold())])
    }
    let problem = #expect(throws: SnapshotFile.Unusable.self) {
      try SnapshotFile.opening(place.path, book: Self.book)
    }
    #expect(problem?.description == "it is of another book")
    let file = try SnapshotFile.making(place.path, book: Self.book)
    #expect(try Self.read(file) == nil)
  }

  @Test func `a file of another format, a cut one, and what is no file of folds are made again`()
    throws
  {
    for spoil in Self.spoilers {
      let place = try Place()
      do {
        try SnapshotFile.making(place.path, book: Self.book).save([(Self.account, Self.fold())])
      }
      try spoil(place.path)
      #expect(throws: (any Error).self) {
        try SnapshotFile.opening(place.path, book: Self.book)
      }
      let file = try SnapshotFile.making(place.path, book: Self.book)
      #expect(try Self.read(file) == nil)
      try file.save([(Self.account, Self.fold())])
      #expect(try Self.read(file) == Self.fold())
    }
  }

  private static let spoilers: [@Sendable (String) throws -> Void] = [
    { path in
      let environment = try Environment(path: path, mapSize: 1 << 30, maxDatabases: 2)
      let meta = try environment.open([DatabaseName("meta")])[0]
      try environment.write { try $0.put([UInt8(2)], forKey: Array("format".utf8), in: meta) }
    },
    { path in
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.truncate(atOffset: 4_096)
    },
    { try Data("no folds here\n".utf8).write(to: URL(filePath: $0)) },
    { try Data().write(to: URL(filePath: $0)) },
  ]

  @Test(arguments: [8, 11, 19, 27, 28, 59, 60, 90])
  func `a flipped bit anywhere in a fold is seen`(_ place: Int) {
    let key = [UInt8(4)] + Array("1000000001".utf8)
    var bytes = SavedLayout.bytes(Self.fold(state: Array(0..<40)), key: key)
    #expect(unsafe SavedFoldView(bytes.span.bytes, key: key.span.bytes) != nil)
    for bit in 0..<8 {
      bytes[place] ^= 1 << bit
      #expect(unsafe SavedFoldView(bytes.span.bytes, key: key.span.bytes) == nil)
      bytes[place] ^= 1 << bit
    }
    #expect(unsafe SavedFoldView(bytes.span.bytes, key: [UInt8(4)].span.bytes) == nil)
    bytes.removeLast()
    #expect(unsafe SavedFoldView(bytes.span.bytes, key: key.span.bytes) == nil)
    #expect(
      unsafe SavedFoldView([UInt8](repeating: 0, count: 59).span.bytes, key: key.span.bytes) == nil)
  }
}
