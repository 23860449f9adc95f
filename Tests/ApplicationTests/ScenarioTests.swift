import Foundation
import Testing

@testable import Application

/// Stories in `Tests/Scenarios`, a step a line, and what the program prints of them in
/// `Tests/Golden`. `UPDATE_GOLDEN=1` writes the latter; otherwise it is compared.
@Suite struct `Scenarios` {
  static let names: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(
      atPath: repository + "Tests/Scenarios")
    return (files ?? []).filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
  }()

  @Test func `there are some, and each is in the list of cases`() throws {
    #expect(!Self.names.isEmpty)
    let list = try String(
      contentsOfFile: repository + "Tests/Scenarios/README.md", encoding: .utf8)
    let rows = list.split(separator: "\n").filter { $0.hasPrefix("|") }.joined(separator: "\n")
    let listed = Set(rows.matches(of: /`([a-z0-9-]+)`/).map { String($0.1) })
    #expect(listed == Set(Self.names))
  }

  @Test(arguments: names) func `print what they printed before`(_ name: String) throws {
    let script = try String(
      contentsOfFile: "\(repository)Tests/Scenarios/\(name).txt", encoding: .utf8)
    let book = try TestBook(begins: "2026-01-01", rules: false)
    var printed = ""
    for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
      printed += line + "\n"
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      printed += try Self.perform(line.split(separator: " ").map(String.init), book)
        .replacing(/, \d+\.\d s\b/, with: "")
      printed += "\n"
    }
    printed = printed.replacing(repository, with: "").replacing(book.path, with: "BOOK")

    let golden = URL(filePath: "\(repository)Tests/Golden/\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try Data(printed.utf8).write(to: golden)
    }
    let expected = try String(contentsOf: golden, encoding: .utf8)
    let lines = (printed: printed.split(separator: "\n"), expected: expected.split(separator: "\n"))
    for (index, (one, other)) in zip(lines.printed, lines.expected).enumerated() where one != other
    {
      Issue.record("\(name), line \(index + 1) without blank ones: '\(one)', golden '\(other)'")
      return
    }
    #expect(printed == expected)
  }

  /// One step: a verb, its words, and perhaps `at TIME`. After `refused` the rest must be.
  private static func perform(_ step: [String], _ book: TestBook) throws -> String {
    if step[0] == "refused" {
      let refusal = #expect(throws: Failure.self) {
        try perform(Array(step.dropFirst()), book)
      }
      return refusal?.description ?? ""
    }
    var words = step
    var time: String?
    if words.count > 2, words[words.count - 2] == "at" {
      time = words.removeLast()
      words.removeLast()
    }
    func file(_ index: Int) -> String { repository + words[index] }
    let quiet: ProgressHandler = { _ in }
    switch (words[0], words.count) {
    case ("rules", 2): return try book.open(time).publishRules(in: [file(1)]).text
    case ("accounts", 2):
      return try book.open(time).importAccounts(from: file(1), progress: quiet).text
    case ("meters", 2):
      return try book.open(time).importMeters(from: file(1), progress: quiet).text
    case ("readings", 2):
      return try book.open(time).importReadings(from: file(1), progress: quiet).text
    case ("bill", 2):
      let report = try book.bill(words[1], at: time)
      return "\(report.invoices) invoices, \(report.lines) lines, \(report.total)"
    case ("show", 2): return try book.read().invoice(words[1]).text
    case ("explain", 2): return try book.read().explain(words[1], line: nil).text
    case ("explain", 3): return try book.read().explain(words[1], line: Int(words[2])).text
    default:
      guard let printed = try ScenarioSteps.perform(words, time, book) else {
        throw Failure("No scenario can '\(step.joined(separator: " "))'.")
      }
      return printed
    }
  }
}
