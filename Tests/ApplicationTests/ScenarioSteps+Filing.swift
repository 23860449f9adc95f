@testable import Application

/// The steps of stories about what leaves the house.
///
/// ```
/// close MONTH                             `close MONTH again` opens it again
/// revenue QUARTER [restated]
/// rebuild PROJECTION
/// diff PROJECTION PROJECTION
/// promote PROJECTION because REASON
/// roll back PROJECTION because REASON
/// file QUARTER because REASON
/// filing QUARTER
/// verify QUARTER
/// bridge QUARTER
/// restate QUARTER because REASON
/// ```
extension ScenarioSteps {
  /// What the program says to a step about reports and filings; `nil` for any other.
  static func report(_ words: [String], _ ledger: Ledger) throws -> String? {
    let quiet: ProgressHandler = { _ in }
    func quarter() throws -> Quarter {
      guard let quarter = Quarter(words[1]) else { throw Failure("'\(words[1])' is no quarter.") }
      return quarter
    }
    switch (words[0], words.count) {
    case ("close", 2): return try ledger.close(month: words[1], progress: quiet).text
    case ("close", 3): return try ledger.reopen(month: words[1]).text
    case ("revenue", 2), ("revenue", 3):
      return try ledger.revenue(
        of: quarter(), words.count == 3 ? .restated : .posted, version: nil, knownAt: nil,
        progress: quiet
      ).text
    case ("rebuild", 2):
      return try ledger.rebuild(projection: words[1], progress: quiet).text
    case ("diff", 3):
      return try ledger.diff(
        projections: (words[1], words[2]), by: [.quarter, .class], explaining: nil, limit: 0,
        progress: quiet
      ).text
    case ("promote", 2): return try ledger.promote(projection: words[1], progress: quiet).text
    case ("roll", 3): return try ledger.rollBack(projection: words[2], progress: quiet).text
    case ("file", 2): return try ledger.produceFiling(of: quarter(), progress: quiet).text
    case ("filing", 2): return try ledger.filing(of: quarter()).text
    case ("verify", 2): return try ledger.verifyFiling(of: quarter(), progress: quiet).text
    case ("bridge", 2):
      return try ledger.bridge(of: quarter(), restatement: nil, limit: 0, progress: quiet).text
    case ("restate", 2): return try ledger.restateFiling(of: quarter(), progress: quiet).text
    default: return nil
    }
  }
}
