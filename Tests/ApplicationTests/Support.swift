import Documents
import Foundation
import Testing

@testable import Application

/// The repository's folder.
let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path()

/// A simulated book in a folder of its own, removed with it, and files to import into it.
final class TestBook: Sendable {
  let folder: String
  let path: String
  /// Entries of an account that are folded past what is saved of it: so few that most tests fold from
  /// what is saved.
  let tail: Int

  /// A new book with the demonstration's rules.
  init(begins: String = "2020-01-01", rules: Bool = true, tail: Int = 2) throws {
    self.tail = tail
    folder = FileManager.default.temporaryDirectory
      .appending(path: "meterbook-\(UUID().uuidString)").path()
    path = folder + "/test.book"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    _ = try Ledger.create(
      at: path, name: "Test", simulated: true, authority: Self.authority(begins))
    if rules {
      let report = try open(begins).publishRules(in: [repository + "rules/demo"])
      try #require(report.problems == [])
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static func authority(_ time: String?, reason: String = "") throws -> Authority {
    try Authority(
      actor: "test", reason: reason, clock: time.map { try #require(Authority.time($0)) })
  }

  /// The book, to write in at `time`; without one the clock stands still.
  func open(_ time: String? = nil, reason: String = "") throws -> Ledger {
    try Ledger(opening: path, access: .writing(Self.authority(time, reason: reason)), tail: tail)
  }

  /// The book, to read.
  func read() throws -> Ledger { try Ledger(opening: path, access: .reading, tail: tail) }

  /// A file of these lines.
  func file(_ name: String, _ lines: [String]) throws -> String {
    let file = folder + "/" + name
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file))
    return file
  }

  /// The root of the whole book.
  func root() throws -> String { try read().status().root }

  // MARK: Imports

  static let accountColumns =
    "account,class,zone,jurisdictions,cycle_day,days_until_due,service_point,plan,service_start"
  static let meterColumns =
    "meter,account,register,unit,dials,period,interval_minutes,installed_at,start_reading"

  @discardableResult
  func accounts(_ rows: [String], _ time: String? = nil) throws -> ImportReport {
    try open(time).importAccounts(
      from: file("accounts.csv", [Self.accountColumns] + rows), progress: { _ in })
  }

  @discardableResult
  func meters(_ rows: [String], _ time: String? = nil) throws -> ImportReport {
    try open(time).importMeters(
      from: file("meters.csv", [Self.meterColumns] + rows), progress: { _ in })
  }

  @discardableResult
  func readings(
    _ rows: [String], _ time: String? = nil, columns: String = "meter,register,time,value"
  ) throws -> ImportReport {
    try open(time).importReadings(
      from: file("readings.csv", [columns] + rows), progress: { _ in })
  }

  @discardableResult
  func intervals(_ rows: [String], _ time: String? = nil) throws -> ImportReport {
    try open(time).importIntervals(
      from: file("intervals.csv", ["meter,start,kwh"] + rows), meter: nil, progress: { _ in })
  }

  @discardableResult
  func bill(_ through: String, at time: String? = nil) throws -> BillReport {
    try open(time).bill(through: #require(Authority.day(through)), progress: { _ in })
  }

  // MARK: Questions

  /// The open items of the review queue, oldest first.
  func waiting() throws -> [ReviewItem] {
    try read().reviews(all: false, because: nil, limit: 0, progress: { _ in }).items
  }

  /// The only open item.
  func onlyWaiting() throws -> ReviewItem {
    let items = try waiting()
    try #require(items.count == 1)
    return items[0]
  }

  /// The numbers of all invoices.
  func invoices() throws -> [String] {
    try read().invoices(limit: 0, progress: { _ in })
      .invoices.map(\.number)
  }

  /// The amounts of an invoice's lines, in order, and its total.
  func amounts(_ number: String) throws -> (lines: [String], total: String) {
    let document = try read().invoice(number).document
    return (document.lines.map(\.amount), document.total)
  }

  /// README's two accounts, their meters and readings, billed as there.
  static func first() throws -> TestBook {
    let book = try TestBook(begins: "2026-01-01")
    let fixtures = repository + "Tests/Fixtures/first/"
    let quiet: ProgressHandler = { _ in }
    _ = try book.open().importAccounts(from: fixtures + "accounts.csv", progress: quiet)
    _ = try book.open().importMeters(from: fixtures + "meters.csv", progress: quiet)
    _ = try book.open("2026-02-01T12:00:00Z")
      .importReadings(from: fixtures + "readings.csv", progress: quiet)
    return book
  }
}
