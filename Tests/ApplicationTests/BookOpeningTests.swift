import Application
import EventLog
import EventSourcing
import Foundation
import Testing

@Suite struct `Making and taking up a book` {
  let path = FileManager.default.temporaryDirectory
    .appending(path: "meterbook-clock-\(UUID().uuidString)").path()

  @Test func `a real book long unwritten asks whether the clock is right, and believes it`() throws
  {
    let longAgo = Timestamp(rawValue: 1_500_000_000_000_000)
    _ = try Book.create(at: path, name: "old", simulated: false, at: longAgo)
    let rules = path + ".yaml"
    try Data(
      """
      kind: calendar
      calendar: plain
      version: 1
      from: 2020-01-01
      weekend: [sunday]
      """.utf8
    ).write(to: URL(filePath: rules))
    let asking = try Ledger(
      opening: path, access: .writing(Authority(actor: "tester", reason: "")))
    let failure = #expect(throws: Failure.self) { try asking.publishRules(in: [rules]) }
    #expect(failure?.advice.contains("--confirm-clock") == true)
    let sure = try Ledger(
      opening: path,
      access: .writing(Authority(actor: "tester", reason: "", confirmsClock: true)))
    #expect(try sure.publishRules(in: [rules]).isSatisfied)
    #expect(try sure.publishRules(in: [rules]).text.contains("unchanged"))
  }

  @Test func `a book is not made where a file is, and the file stays`() throws {
    try Data("mine".utf8).write(to: URL(filePath: path))
    let failure = #expect(throws: Failure.self) {
      try Ledger.create(
        at: path, name: "x", simulated: true, authority: Authority(actor: "tester", reason: ""))
    }
    #expect(failure?.problem.contains("is a file") == true)
    #expect(FileManager.default.contents(atPath: path) == Data("mine".utf8))
  }
}
