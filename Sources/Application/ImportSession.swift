import Billing
import CivilTime
import EventLog
import EventSourcing
import Foundation
import Parallel

/// One file being imported: the run, the review queue, and the counts.
final class ImportSession {
  let ledger: Ledger
  let kind: InputKind
  /// The rulebook that the next slice is decided on.
  private var rulebook: RulebookState
  private var calendar: CalendarState
  let now: Timestamp
  private let run: RunWriter
  private let review: ReviewWriter
  private var waiting: WaitingRows
  private let progress: ProgressHandler
  private let began = Date()
  private let sizeBefore: UInt64
  /// The counts so far.
  private(set) var report: ImportReport

  /// Items handled in one append.
  static let chunk = 16_384

  init(
    _ ledger: Ledger, _ kind: InputKind, file: String, unit: String, header: [UInt8],
    progress: @escaping ProgressHandler
  ) throws {
    self.ledger = ledger
    self.kind = kind
    self.progress = progress
    let source = URL(filePath: file).lastPathComponent
    rulebook = try ledger.rulebook()
    calendar = try ledger.calendar()
    now = try ledger.now()
    run = try RunWriter(
      of: ledger, kind: "import \(unit)",
      parameters: [
        Parameter("file", source), Parameter("sha256", try Identifiers.sha256(ofFile: file)),
      ])
    review = try ReviewWriter(of: ledger, source: source, header: header)
    waiting = try WaitingRows(of: kind, in: ledger)
    report = ImportReport(file: file, kind: unit)
    sizeBefore = try ledger.book.head().size
  }

  func warn(_ warnings: [String]) { report.warnings.append(contentsOf: warnings) }

  /// Decides a chunk of input and appends what follows from it, again if the book has moved on.
  ///
  /// - Parameters:
  ///   - work: The chunk, by account, in account order.
  ///   - rejections: What was refused before any account was asked.
  ///   - decide: What an account makes of its part. Runs on all cores.
  func append<Work: ImportedWork>(
    _ work: [(account: String, work: Work)], rejections: [Rejection], rows: Int,
    _ decide:
      @escaping @Sendable (
        String, Work, RulebookState, borrowing Snapshot
      ) throws -> AccountDecision
  ) throws {
    let parts = Self.parts(of: work)
    while true {
      var tally = ImportReport(file: report.file, kind: report.kind)
      tally.rows = rows
      var refused = rejections
      let isAppended = try run.append { ordinal in
        let decisions = try Workers.map(parts) { [ledger, rulebook, calendar, waiting] part in
          try ledger.book.read { snapshot in
            var decided = PartDecision()
            for (account, work) in part {
              let decision = try decide(account, work, rulebook, snapshot)
              decided.settled += waiting.settled(by: work, but: decision.rejections)
              decided.add(decision, account, calendar, run: ordinal)
            }
            return decided
          }
        }
        var batch = Batch()
        refused = rejections
        for decision in decisions {
          batch.append(decision.batch)
          tally.accepted += decision.accepted
          tally.duplicates += decision.duplicates
          tally.gaps += decision.gaps
          refused.append(contentsOf: decision.rejections)
        }
        refused.sort { $0.line < $1.line }
        try addReviews(
          refused, decisions.flatMap(\.filled), decisions.flatMap(\.settled), to: &batch, ordinal,
          &tally)
        if !batch.isEmpty {
          batch.require(.rules, at: rulebook.version)
          batch.require(.calendar, at: calendar.version)
        }
        return batch
      }
      ledger.snapshots.flush()
      guard isAppended else {
        rulebook = try ledger.rulebook()
        calendar = try ledger.calendar()
        continue
      }
      waiting.add(refused)
      report.add(tally)
      break
    }
    progress(WorkProgress("importing", done: report.rows, of: nil, unit: report.kind))
  }

  private func addReviews(
    _ refused: [Rejection], _ filled: [ChannelTime], _ settled: [[UInt8]], to batch: inout Batch,
    _ ordinal: UInt64, _ tally: inout ImportReport
  ) throws {
    for rejection in refused where rejection.code != GapItem.code || !rejection.raw.isEmpty {
      tally.rejected += 1
      tally.byReason[rejection.code, default: 0] += 1
    }
    guard !refused.isEmpty || !filled.isEmpty || !settled.isEmpty else { return }
    // A closure that borrows the snapshot cannot also change what is outside it.
    var extended = batch
    let counts = try ledger.book.read { snapshot in
      let known = try review.add(refused, to: &extended, run: ordinal, in: snapshot)
      let done = try review.settle(
        settled, kind, but: refused, to: &extended, run: ordinal, in: snapshot)
      for time in filled {
        let item = review.gapItem(time.meter, time.register, time.start)
        let stream = StreamID(.review, item)
        let state = try ReviewState(of: stream, in: snapshot)
        guard state.isOpen else { continue }
        let event = Event.inputResolved(
          InputResolved(how: .superseded, reason: "the intervals came"))
        extended.add(RunWriter.header(stream, version: state.version + 1, run: ordinal)) {
          event.encodeField(into: &$0)
        }
      }
      return (known: known, settled: done)
    }
    tally.rejectedBefore += counts.known
    tally.settled += counts.settled
    batch = extended
  }

  /// The work in contiguous parts, one for each core.
  private static func parts<Work>(
    of work: [(account: String, work: Work)]
  ) -> [[(account: String, work: Work)]] {
    let count = min(Workers.count, max(1, work.count / 64))
    return (0..<count).map { part in
      Array(work[(work.count * part / count)..<(work.count * (part + 1) / count)])
    }
  }

  /// Closes the run and gives the counts.
  func finish() throws -> ImportReport {
    try run.finish([
      Count("rows", Int64(report.rows)), Count("accepted", Int64(report.accepted)),
      Count("duplicates", Int64(report.duplicates)), Count("rejected", Int64(report.rejected)),
    ])
    let head = try ledger.book.head()
    report.entries = head.size - sizeBefore
    report.root = head.root.bytes.hex
    report.seconds = Date().timeIntervalSince(began)
    return report
  }
}

/// A moment on an interval channel.
struct ChannelTime: Sendable {
  let meter: String
  let register: String
  let start: Instant
}

/// What an account makes of its part of an import.
struct AccountDecision: Sendable {
  /// An entry with an accounting day of its own.
  struct Entry: Sendable {
    let events: [Event]
    let day: Day
  }

  /// The version of the account's stream that was decided on.
  var version: UInt64 = 0
  /// One entry of the account, if any.
  var events: [Event] = []
  /// More entries of the account, each with its accounting day.
  var entries: [Entry] = []
  /// An entry on the stream of a meter that begins to serve the account.
  var meter: (stream: StreamID, version: UInt64, event: Event)?
  var accepted = 0
  var duplicates = 0
  var gaps = 0
  var rejections: [Rejection] = []
  /// Where intervals begin that were missing perhaps.
  var filled: [ChannelTime] = []
}

/// What the accounts of one part decided, encoded.
private struct PartDecision: Sendable {
  var batch = Batch()
  var accepted = 0
  var duplicates = 0
  var gaps = 0
  var rejections: [Rejection] = []
  var filled: [ChannelTime] = []
  /// Rows that waited in the review queue and were accepted.
  var settled: [[UInt8]] = []

  mutating func add(
    _ decision: AccountDecision, _ account: String, _ calendar: CalendarState, run: UInt64
  ) {
    accepted += decision.accepted
    duplicates += decision.duplicates
    gaps += decision.gaps
    rejections.append(contentsOf: decision.rejections)
    filled.append(contentsOf: decision.filled)
    let stream = StreamID(.account, account)
    for (index, entry) in decision.entries.enumerated() {
      var header = RunWriter.header(
        stream, version: decision.version + 1 + UInt64(index), run: run)
      header.count(on: entry.day, posting: entry.events, calendar)
      batch.add(header) { writer in
        for event in entry.events { event.encodeField(into: &writer) }
      }
    }
    guard !decision.events.isEmpty else { return }
    batch.add(RunWriter.header(stream, version: decision.version + 1, run: run)) { writer in
      for event in decision.events { event.encodeField(into: &writer) }
    }
    if let meter = decision.meter {
      batch.add(RunWriter.header(meter.stream, version: meter.version + 1, run: run)) {
        meter.event.encodeField(into: &$0)
      }
    }
  }
}
