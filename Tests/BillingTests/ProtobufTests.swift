import Billing
import Foundation
import Testing

/// The wire coding against an implementation nobody here wrote: Python's `protobuf`.
///
/// `METERBOOK_PROTOBUF_PYTHON` names a Python that has it; without it these are skipped.
@Suite struct ProtobufTests {
  static let python = ProcessInfo.processInfo.environment["METERBOOK_PROTOBUF_PYTHON"]
    .flatMap { $0.isEmpty ? nil : $0 }

  @Test(.enabled(if: python != nil))
  func `every event reads and writes the same with the stock protobuf, both ways`() throws {
    let seed = ProcessInfo.processInfo.environment["METERBOOK_SEED"] ?? "20261122"
    print("seed \(seed)")
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("wire-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let samples = folder.appendingPathComponent("samples.txt")
    let made = folder.appendingPathComponent("random.txt")
    var lines = ""
    for kind in Event.Kind.allCases {
      let full = try #require(Samples.full(kind), "\(kind.name) has no sample")
      lines += "full \(kind.name) \(hex(encoded(full)))\n"
      guard !Samples.neverBare.contains(kind) else { continue }
      lines += "bare \(kind.name) \(hex(encoded(try Samples.bare(kind))))\n"
    }
    try Data(lines.utf8).write(to: samples)
    try run(samples, made, seed)

    let random = try String(contentsOf: made, encoding: .utf8)
    var kinds: Set<String> = []
    for line in random.split(separator: "\n") {
      let words = line.split(separator: " ")
      let data = try #require(bytes(String(words[1])))
      let event = try decoded(data)
      #expect(event.kind.name == words[0])
      #expect(encoded(event) == data, "\(line)")
      kinds.insert(event.kind.name)
    }
    #expect(kinds.count == Event.Kind.allCases.count)
  }

  private func run(_ samples: URL, _ made: URL, _ seed: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.python))
    process.arguments = [
      root.appendingPathComponent("Tests/Support/proto_check.py").path,
      root.appendingPathComponent("Sources/Billing/events.proto").path,
      samples.path, made.path, "--random", "200", "--seed", seed,
    ]
    let output = Pipe()
    process.standardError = output
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
  }
}

/// Bytes as hexadecimal digits.
func hex(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef")
  return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}

/// The bytes that hexadecimal digits spell.
func bytes(_ hex: String) -> [UInt8]? {
  let digits = hex.utf8.map { Int8(Character(UnicodeScalar($0)).hexDigitValue ?? -1) }
  guard digits.count.isMultiple(of: 2), !digits.contains(-1) else { return nil }
  return stride(from: 0, to: digits.count, by: 2).map {
    UInt8(digits[$0]) << 4 | UInt8(digits[$0 + 1])
  }
}
