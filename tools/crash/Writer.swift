import ArgumentParser
import EventLog
import EventSourcing
import Foundation

/// Appends until it is killed, to streams of its own and to streams it shares with the others.
struct Writer: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Appends until killed.", shouldDisplay: false)

  @Argument var folder: String
  @Argument var number: Int
  @Option var seed: UInt64

  func run() throws {
    var random = SplitMix(seed: seed)
    let book = try Book(opening: folder + "/book")
    let path = acknowledgements(folder, number)
    try cutOff(path)
    guard let notes = FileHandle(forWritingAtPath: path) else {
      throw Broken("cannot write \(path)")
    }
    try notes.seekToEnd()
    while true {
      let last = try book.head().lastRecordedAt
      // Now and then an append begins a month.
      let days: Int64 = Int.random(in: 0..<300, using: &random) == 0 ? 31 : 0
      let now = Timestamp(rawValue: last.rawValue + days * 86_400_000_000 + 1_000)
      let (batch, streams) = try decide(book, &random)
      guard case .appended(let first, _, _) = try book.append(batch, at: now) else { continue }
      var text = ""
      for (index, (id, version)) in streams.enumerated() {
        text += "\(first.rawValue + UInt64(index)) \(id) \(version)\n"
      }
      // One write: a kill leaves all of it or a line cut off at the end of the file.
      try notes.write(contentsOf: Data(text.utf8))
    }
  }

  /// Ends the last line of a writer that was killed, so that the next does not run into it.
  private func cutOff(_ path: String) throws {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let whole = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
    try whole.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private func decide(
    _ book: Book, _ random: inout SplitMix
  ) throws -> (Batch, [(String, UInt64)]) {
    var batch = Batch()
    var streams: [(String, UInt64)] = []
    try book.read { snapshot in
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let name = Bool.random(using: &random) ? "shared" : "own-\(number)"
        let id = "\(name)-\(Int.random(in: 0..<20, using: &random))"
        guard !streams.contains(where: { $0.0 == id }) else { continue }
        let stream = StreamID(.account, id)
        let version = try snapshot.streamHead(stream)?.version ?? 0
        streams.append((id, version + 1))
        batch.add(EntryHeader(stream: stream, version: version + 1)) { writer in
          writer.message(15) { $0.unsigned(1, .random(in: 1...UInt64.max, using: &random)) }
        }
      }
    }
    return (batch, streams)
  }
}
