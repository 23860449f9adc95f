import Billing
import Documents
import EventLog
import EventSourcing
import LMDB
import Snapshots

/// What became of the saved folds when each was folded again.
public struct SnapshotVerificationReport: Report {
  let book: String
  /// Folds that are what the book says.
  let same: Int
  /// Folds of another program's fold: they are ignored.
  let ignored: Int
  /// Folds that are not what they should be, each in a sentence.
  let wrong: [String]

  /// Whether none is wrong.
  public var isSatisfied: Bool { wrong.isEmpty }

  /// The counts, and each that is wrong.
  public var text: String {
    var lines = [
      "Saved folds of accounts: \(same) folded again and the same, \(ignored) of another fold and "
        + "ignored, \(wrong.count) wrong."
    ]
    lines += wrong.map { "  WRONG  \($0)" }
    if !wrong.isEmpty {
      lines.append("Delete \(book)/snapshots.mdb: it holds no truth, and is made again.")
    }
    return lines.joined(separator: "\n")
  }
}

extension Ledger {
  /// Folds every account that has something saved again, from its first entry, and compares.
  public func verifySnapshots(
    progress: @escaping ProgressHandler
  ) throws -> SnapshotVerificationReport {
    var check = SnapshotCheck()
    do {
      let path = AccountSnapshots.path(of: book)
      if let file = try SnapshotFile.opening(path, book: book.identity.id) {
        let total = try file.count()
        try book.read { snapshot in
          try file.forEach { stream, saved, bytes in
            try check.take(stream, saved, bytes, snapshot)
            progress(
              WorkProgress("folding again", done: check.count, of: total, unit: "accounts"))
            return .proceed
          }
        }
      }
    } catch let error as BookError {
      throw error
    } catch {
      check.wrong.append("the file: \(error)")
    }
    return SnapshotVerificationReport(
      book: path, same: check.same, ignored: check.ignored, wrong: check.wrong)
  }
}

private struct SnapshotCheck {
  var same = 0
  var ignored = 0
  var wrong: [String] = []
  var count: Int { same + ignored + wrong.count }

  mutating func take(
    _ stream: StreamID, _ saved: SavedFoldView?, _ bytes: RawSpan, _ snapshot: borrowing Snapshot
  ) throws {
    guard let saved else { return wrong.append("\(stream): its bytes are damaged") }
    guard saved.foldVersion == AccountState.foldVersion else {
      ignored += 1
      return
    }
    guard try snapshot.holds(saved, bytes) else {
      return wrong.append(
        "\(stream): entry \(saved.position) of the book is not the one that was folded last")
    }
    var state = AccountState()
    try snapshot.forEach(stream: stream) { position, bytes in
      guard position <= saved.position else { return .stop }
      let entry = try EntryView(bytes)
      try state.apply(entry, bytes)
      return .proceed
    }
    if state.version == saved.version, state.savedBytes == bytes.array(in: saved.state) {
      same += 1
    } else {
      wrong.append("\(stream): version \(saved.version) is not what its entries add up to")
    }
  }
}
