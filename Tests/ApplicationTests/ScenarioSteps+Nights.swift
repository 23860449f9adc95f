import CivilTime
import EventSourcing
import Foundation

@testable import Application

/// The steps of stories about nights that do not go as planned, and about what else an account may
/// meet.
///
/// ```
/// late fees while STEP                    STEP happens between the run's decision and its append
/// late fees while the disk is full N times
/// send notifications to COMMAND           or to DIR/
/// events KIND of ACCOUNT                  the account's events of that kind, as `history` has them
/// merge ACCOUNT into ACCOUNT because REASON
/// unmerge ACCOUNT because REASON
/// intervals METER from TIME to TIME of KWH  an hour each
/// ```
extension ScenarioSteps {
  /// What the program says to such a step; `nil` for any other.
  static func night(
    _ words: [String], _ time: String?, _ ledger: Ledger, _ book: TestBook
  ) throws -> String? {
    switch (words[0], words.count) {
    case ("late", 4...) where words[2] == "while":
      return try lateFees(while: Array(words.dropFirst(3)), time, ledger, book)
    case ("send", 4...):
      let report = try ledger.sendNotifications(
        to: words.dropFirst(3).joined(separator: " "), progress: { _ in })
      return report.text + "\nends with \(report.isSatisfied ? 0 : 1)"
    case ("events", 4):
      let rows = try book.read().history(of: words[3]).events.filter { $0.event == words[1] }
      return rows.map { row in
        let facts = row.facts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        return "\(row.recordedAt)  \(row.event)  \(facts)"
      }.joined(separator: "\n")
    case ("merge", 4): return try ledger.merge(words[1], into: words[3], on: nil).text
    case ("unmerge", 2): return try ledger.unmerge(words[1], on: nil).text
    case ("intervals", 8): return try intervals(words, ledger, book)
    default: return nil
    }
  }

  private static func lateFees(
    while step: [String], _ time: String?, _ ledger: Ledger, _ book: TestBook
  ) throws -> String {
    var printed: [String] = []
    let run = try LateFeeRun(
      of: ledger, asOf: nil, isDry: false, slice: LateFeeRun.defaultSlice,
      alert: { printed.append("alert: \($0)") }, progress: { _ in })
    run.wait = { printed.append("waits \(Int($0)) s") }
    if step.count == 6, step[..<4].joined(separator: " ") == "the disk is full",
      var left = Int(step[4])
    {
      run.beforeAppend = {
        guard left > 0 else { return }
        left -= 1
        throw Failure("No space is left on the disk.")
      }
    } else {
      var isDone = false
      run.beforeAppend = {
        guard !isDone else { return }
        isDone = true
        guard let meanwhile = try perform(step, time, book) else {
          throw Failure("No scenario can '\(step.joined(separator: " "))' meanwhile.")
        }
        printed += ["meanwhile: \(step.joined(separator: " "))", meanwhile, "and then the run:"]
      }
    }
    let report = try run.run()
    printed.append(text(of: report))
    return (printed + ["ends with \(report.isSatisfied ? 0 : 1)"]).joined(separator: "\n")
  }

  /// The report without what differs from run to run.
  static func text(of report: LateFeeReport) -> String {
    report.text.split(separator: "\n").filter { !$0.hasSuffix(" s") }
      .joined(separator: "\n").replacing(", root \(report.root)", with: "")
  }

  private static func intervals(
    _ words: [String], _ ledger: Ledger, _ book: TestBook
  ) throws -> String {
    guard let from = Authority.time(words[3])?.instant,
      let until = Authority.time(words[5])?.instant
    else { throw Failure("'\(words[3])' or '\(words[5])' is no time.") }
    let rows = stride(from: from.rawValue, to: until.rawValue, by: 3_600).map {
      "\(words[1]),\(Instant(rawValue: $0)),\(words[7])"
    }
    let report = try ledger.importIntervals(
      from: book.file("intervals.csv", ["meter,start,kwh"] + rows), meter: nil, progress: { _ in })
    return report.text.replacing(book.folder + "/", with: "")
  }
}
