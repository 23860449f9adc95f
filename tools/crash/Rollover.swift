import ArgumentParser
import EventLog
import EventSourcing
import Foundation

/// Writers in processes of their own append over month ends and are killed at random; at the end
/// nothing acknowledged may be missing, and the book must verify.
struct Rollover: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Kills processes that append over month ends.")

  @Option(help: "Writers at once.") var processes = 6
  @Option(help: "Month ends to go over.") var rollovers = 10
  @Option(help: "Seconds after which it is a failure not to have gone over them all.")
  var seconds = 60
  @Option(help: "The seed of the random choices.") var seed: UInt64 = 1

  func run() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "crash-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let start = Timestamp(rawValue: 1_759_276_800_000_000)
    do {
      _ = try Book.create(
        at: folder + "/book", id: Array(0..<16), name: "Crash", simulated: true, at: start)
    }
    let kills = try drive(folder)
    try check(folder, kills)
  }

  /// Starts the writers, kills and restarts them until there are enough volumes; returns how often.
  private func drive(_ folder: String) throws -> Int {
    var random = SplitMix(seed: seed)
    var started: UInt64 = 0
    func start(_ number: Int) throws -> Process {
      started += 1
      let process = Process()
      process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = [
        "writer", folder, String(number), "--seed", String(seed &* 1_000_003 &+ started),
      ]
      try process.run()
      return process
    }
    var writers = try (0..<processes).map { try start($0) }
    defer {
      for writer in writers {
        kill(writer.processIdentifier, SIGKILL)
        writer.waitUntilExit()
      }
    }
    var kills = 0
    let end = Date().addingTimeInterval(Double(seconds))
    while try volumes(folder).count <= rollovers {
      guard Date() < end else {
        throw Broken(
          "only \(try volumes(folder).count - 1) of \(rollovers) month ends in \(seconds) s")
      }
      usleep(UInt32.random(in: 0...20_000, using: &random))
      let index = Int.random(in: 0..<processes, using: &random)
      kill(writers[index].processIdentifier, SIGKILL)
      kills += 1
      writers[index].waitUntilExit()
      guard writers[index].terminationReason == .uncaughtSignal else {
        throw Broken("writer \(index) gave up; its message is above")
      }
      writers[index] = try start(index)
    }
    for writer in writers {
      kill(writer.processIdentifier, SIGKILL)
      writer.waitUntilExit()
      guard writer.terminationReason == .uncaughtSignal else {
        throw Broken("a writer gave up; its message is above")
      }
    }
    return kills
  }

  private func volumes(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/book/volumes")
      .filter { $0.hasSuffix(".mdb") }
  }

  private func check(_ folder: String, _ kills: Int) throws {
    let book = try Book(opening: folder + "/book")
    let report = try book.verify { _, _, _ in }
    if let damage = report.damage { throw Broken("after \(kills) kills: \(damage)") }
    let leftovers = try FileManager.default.contentsOfDirectory(atPath: folder + "/book/volumes")
      .filter { $0.hasSuffix(".new") }
    guard leftovers.isEmpty else { throw Broken("left behind: \(leftovers)") }
    var acknowledged = 0
    try book.read { snapshot in
      for number in 0..<processes {
        let text = try String(contentsOfFile: acknowledgements(folder, number), encoding: .utf8)
        // The last line may have been cut off by a kill: it acknowledges nothing.
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
          try check(String(line), snapshot)
          acknowledged += 1
        }
      }
    }
    print(
      "seed \(seed): \(kills) kills, \(report.volumes.count) volumes, \(report.entries) entries in "
        + "\(report.streams) streams, gapless and contiguous; \(acknowledged) acknowledged, "
        + "none lost; root \(report.root)")
  }

  private func check(_ line: String, _ snapshot: borrowing Snapshot) throws {
    let parts = line.split(separator: " ")
    guard parts.count == 3, let position = UInt64(parts[0]) else {
      throw Broken("unreadable acknowledgement: \(line)")
    }
    try snapshot.withEntry(at: Position(position)) { bytes in
      let header = try EntryView(bytes).header
      guard header.stream.id == parts[1], String(header.version) == parts[2] else {
        throw Broken(
          "acknowledged \(line), found \(header.stream.id) \(header.version) at \(position)")
      }
    }
  }
}

/// Where a writer notes what was durable when it was told.
func acknowledgements(_ folder: String, _ number: Int) -> String {
  "\(folder)/acknowledged-\(number)"
}
