import EventLog
import EventSourcing
import Foundation

/// The book's entries as they were written out.
public struct EntryExportReport: Report {
  let file: String
  let entries: UInt64
  let bytes: UInt64
  /// The root of the book's Merkle tree over these entries.
  let root: String

  /// What was written, and how to read it.
  public var text: String {
    """
    \(entries) entries, \(bytes) bytes, in \(file)
    Each is its length as a varint, then the entry: `Entry` of book.proto, whose events are of
    events.proto (of the book's own stream, of book.proto). Root over them \(root)
    """
  }
}

extension Ledger {
  /// Writes the book's first `size` entries (or all), byte for byte, each after its length as a varint,
  /// into the file at `path`: what a stock protobuf library reads, and whoever trusts no program of ours
  /// can replay. In place of what was there when all of it is written.
  public func exportEntries(
    to path: String, knownAt size: UInt64?, progress: @escaping ProgressHandler
  ) throws -> EntryExportReport {
    let size = try self.size(knownAt: size)
    var bytes: UInt64 = 0
    try Self.replacing(path) { file in
      for range in PositionRange.parts(to: size) {
        var part: [UInt8] = []
        try book.read { snapshot in
          try snapshot.forEach(from: range.first, through: range.last) { _, entry in
            var length = WireWriter()
            length.varint(UInt64(entry.byteCount))
            part += length.bytes
            entry.copy(0..<entry.byteCount, to: &part)
            return .proceed
          }
        }
        try file.write(contentsOf: Data(part))
        bytes += UInt64(part.count)
        progress(
          WorkProgress(
            "exporting", done: Int(range.last.rawValue) + 1, of: Int(size), unit: "entries"))
      }
    }
    return try EntryExportReport(
      file: path, entries: size, bytes: bytes, root: root(at: size).hex)
  }

  /// Lends `body` a file that takes the place of the one at `path` when all of it is written.
  ///
  /// - Throws: `Failure` for a file that cannot be written.
  static func replacing<Result>(
    _ path: String, _ body: (FileHandle) throws -> Result
  ) throws -> Result {
    let partial = path + ".partial"
    let files = FileManager.default
    guard files.createFile(atPath: partial, contents: nil),
      let file = FileHandle(forWritingAtPath: partial)
    else {
      throw Failure(
        "\(partial) cannot be written.",
        advice: "Name a file with --out in a folder that exists and that you may write in.")
    }
    defer { try? files.removeItem(atPath: partial) }
    let result = try body(file)
    try file.close()
    if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
    try files.moveItem(atPath: partial, toPath: path)
    return result
  }
}
