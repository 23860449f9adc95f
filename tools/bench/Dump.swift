import ArgumentParser
import EventLog
import EventSourcing
import Foundation

/// Writes entries as the light reads them: four bytes of length, little-endian, then the bytes.
struct Dump: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a book's entries to a file, each after its length.")

  @Argument(help: "The book.") var book: String
  @Argument(help: "The file to write.") var out: String
  @Option(name: .customLong("run"), help: "Only the account entries of this run.")
  var ordinal: UInt64?
  @Option(help: "Only from this position on.") var from: UInt64 = 0

  func run() throws {
    guard FileManager.default.createFile(atPath: out, contents: nil),
      let file = FileHandle(forWritingAtPath: out)
    else { throw Bench.Refused(description: "\(out) cannot be written") }
    var buffer: [UInt8] = []
    var count = 0
    var byteCount = 0
    try Book(opening: book, readOnly: true).read { snapshot in
      try snapshot.forEach(from: Position(from)) { _, bytes in
        if let ordinal {
          let header = try EntryView(bytes).header
          guard header.run == ordinal, header.stream.kind == .account else { return .proceed }
        }
        let length = UInt32(bytes.byteCount)
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
          buffer.append(UInt8(truncatingIfNeeded: length >> shift))
        }
        buffer.append(contentsOf: bytes.array(in: 0..<bytes.byteCount))
        count += 1
        byteCount += bytes.byteCount
        if buffer.count >= 1 << 20 {
          try file.write(contentsOf: buffer)
          buffer.removeAll(keepingCapacity: true)
        }
        return .proceed
      }
    }
    try file.write(contentsOf: buffer)
    try file.close()
    print("dump \(count) \(byteCount)")
  }
}
