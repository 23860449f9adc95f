import Foundation
import Testing

@testable import Application

@Suite struct `Notifications` {
  static func late() throws -> TestBook {
    let book = try Payments.billed()
    try `A late-fee run`.run(book)
    return book
  }

  static func send(_ book: TestBook, to target: String) throws -> NotificationSendReport {
    try book.open().sendNotifications(to: target, progress: { _ in })
  }

  @Test func `a folder gets a file each, and they are sent once`() throws {
    let book = try Self.late()
    let outbox = book.folder + "/outbox/"
    let report = try Self.send(book, to: outbox)
    #expect(report.sent == 2 && report.isSatisfied && report.to == "outbox/")
    let files = try FileManager.default.contentsOfDirectory(atPath: outbox).sorted()
    #expect(files == ["1000000001-n1.json", "1000000002-n1.json"])
    #expect(
      try String(contentsOfFile: outbox + files[0], encoding: .utf8)
        == #"{"account":"1000000001","amount":"1.81","id":"1000000001-n1","#
        + #""invoice":"1000000001-0001","kind":"late-fee"}"# + "\n")
    let root = try book.root()
    #expect(try Self.send(book, to: outbox).sent == 0)
    #expect(try book.root() == root)
    #expect(try book.read().notifications { _ in }.text == "No notification waits.")
  }

  @Test func `a command gets it on standard input, and acknowledges it by ending with 0`() throws {
    let book = try Self.late()
    let file = book.folder + "/told.txt"
    #expect(try Self.send(book, to: "cat >> '\(file)'").sent == 2)
    let told = try String(contentsOfFile: file, encoding: .utf8)
    #expect(told.split(separator: "\n").count == 2)
  }

  @Test func `what is not acknowledged is told, counted, and tried again under the same id`() throws
  {
    let book = try Self.late()
    let failed = try Self.send(book, to: "exit 3")
    #expect(!failed.isSatisfied)
    #expect(
      failed.failed == [
        "1000000001-n1: 'exit 3' ended with 3", "1000000002-n1: 'exit 3' ended with 3",
      ])
    #expect(try book.read().notifications { _ in }.notifications.map(\.attempts) == [1, 1])
    let events = try book.read().history(of: "1000000001").events.map(\.event)
    #expect(events.last == "NotificationFailed")
    #expect(events.contains("LateFeeAssessed"), "the fee stands")
    let outbox = book.folder + "/outbox/"
    #expect(try Self.send(book, to: outbox).sent == 2)
    #expect(FileManager.default.fileExists(atPath: outbox + "1000000001-n1.json"))
  }

  @Test func `a folder that cannot be written acknowledges nothing`() throws {
    let book = try Self.late()
    let blocked = try book.file("blocked", [])
    #expect(throws: Failure.self) { try Self.send(book, to: blocked + "/") }
    #expect(throws: Failure.self) { try Self.send(book, to: "") }
    #expect(try book.read().notifications { _ in }.notifications.count == 2)
  }
}
