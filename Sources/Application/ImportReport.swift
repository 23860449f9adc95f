import Foundation

/// What an import did. Every row is counted once: accepted, known before, or rejected.
public struct ImportReport: Report {
  let file: String
  let kind: String
  /// Rows read: of a meters file meters' rows, of Green Button intervals.
  var rows = 0
  /// Rows that are new in the book.
  var accepted = 0
  /// Rows that were in the book already, with the same content.
  var duplicates = 0
  /// Rows that now wait in the review queue, or did before.
  var rejected = 0
  /// Of those, rows that were in the review queue before.
  var rejectedBefore = 0
  /// Review items settled: rows that were rejected before and are in the book now.
  var settled = 0
  /// Rejected rows by reason.
  var byReason: [String: Int] = [:]
  /// Holes found between intervals, each of which waits in the review queue.
  var gaps = 0
  /// What is odd about the file and does no harm.
  var warnings: [String] = []
  /// How long it took, in seconds.
  var seconds = 0.0
  /// The book's root afterwards.
  var root = ""
  /// Entries added to the book.
  var entries: UInt64 = 0

  private enum CodingKeys: String, CodingKey {
    case file, kind, rows, accepted, duplicates, rejected, gaps, warnings, seconds, root, entries
    case settled
    case rejectedBefore = "rejected_before"
    case byReason = "rejected_by_reason"
  }

  init(file: String, kind: String) {
    self.file = file
    self.kind = kind
  }

  mutating func add(_ other: ImportReport) {
    rows += other.rows
    accepted += other.accepted
    duplicates += other.duplicates
    rejected += other.rejected
    rejectedBefore += other.rejectedBefore
    gaps += other.gaps
    settled += other.settled
    byReason.merge(other.byReason, uniquingKeysWith: +)
  }

  /// The counts, and what to do about what was rejected.
  public var text: String {
    var lines = warnings.map { "Warning: \($0)" }
    var summary = "\(file): \(rows) \(kind): \(accepted) new, \(duplicates) known already"
    summary += ", \(rejected) rejected"
    if rejectedBefore > 0 { summary += " (\(rejectedBefore) of them before)" }
    lines.append(summary + String(format: ", %.1f s", seconds))
    if rejected > 0 {
      let reasons = byReason.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      lines.append("  " + reasons.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }
    if settled > 0 {
      let items = settled == 1 ? "1 row" : "\(settled) rows"
      lines.append("  \(items) of the review queue accepted after all")
    }
    if gaps > 0 { lines.append("  \(gaps) gaps between intervals") }
    if rejected + gaps > 0 { lines.append("  They wait in `meterbook review list`.") }
    if entries == 0 { lines.append("  Nothing was added: the book is as it was, root \(root)") }
    return lines.joined(separator: "\n")
  }
}
