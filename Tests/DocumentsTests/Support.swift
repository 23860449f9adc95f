import Foundation
import Testing

/// The repository's folder.
let repository =
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path + "/"

/// Compares `text` with `Tests/Golden/<name>`; `UPDATE_GOLDEN=1` writes it.
func expectGolden(_ text: String, _ name: String) throws {
  let golden = URL(filePath: "\(repository)Tests/Golden/\(name)")
  if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
    try Data(text.utf8).write(to: golden)
  }
  let expected = try String(contentsOf: golden, encoding: .utf8)
  let lines = [text, expected].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
  for (index, (one, other)) in zip(lines[0], lines[1]).enumerated() where one != other {
    Issue.record("\(name), line \(index + 1): '\(one)', golden '\(other)'")
    return
  }
  #expect(text == expected)
}
