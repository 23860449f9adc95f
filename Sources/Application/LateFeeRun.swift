import Billing
import CivilTime
import EventLog
public import EventSourcing
import Foundation

extension Ledger {
  /// Decides on the late fees of every invoice, and writes the fees.
  ///
  /// In account order, on all cores, a slice of accounts in each append. What is in the book after
  /// a kill is a prefix of what the undisturbed run appends, and running again goes on from there.
  ///
  /// - Parameters:
  ///   - asOf: The moment of the run; `nil` for now. In a simulated book it is the clock.
  ///   - isDry: Whether nothing is written.
  ///   - slice: Accounts in one append.
  ///   - alert: Is told what could not be appended.
  public func runLateFees(
    asOf: Timestamp?, isDry: Bool, slice: Int = LateFeeRun.defaultSlice,
    alert: @escaping (String) -> Void, progress: @escaping ProgressHandler
  ) throws -> LateFeeReport {
    try LateFeeRun(
      of: self, asOf: asOf, isDry: isDry, slice: slice, alert: alert, progress: progress
    ).run()
  }
}

/// One late-fee run.
public final class LateFeeRun {
  /// Accounts in one append, unless told otherwise.
  public static let defaultSlice = 8_192
  /// How often an append is tried; an append conflict is no failure, and not counted.
  static let attempts = 3

  private let ledger: Ledger
  private let at: Timestamp
  private let isDry: Bool
  private let slice: Int
  private let alert: (String) -> Void
  private let progress: ProgressHandler
  private let writer: RunWriter
  private let began = Date()
  private var tally = LateFeeTally()
  private var fees: [LateFeeSlice.Fee] = []
  /// Append conflicts on accounts.
  private var conflicts = 0
  /// What could not be appended, and why; and whether it is in the book that it could not.
  private var failures: [(fee: LateFeeSlice.Fee, detail: String, isWritten: Bool)] = []
  private var failedSlices = 0

  /// What comes before each try to append; throws what an append that fails would throw.
  var beforeAppend: () throws -> Void = {}
  /// Lets so many seconds pass.
  var wait: (Double) -> Void = { Thread.sleep(forTimeInterval: $0) }

  init(
    of ledger: Ledger, asOf: Timestamp?, isDry: Bool, slice: Int,
    alert: @escaping (String) -> Void, progress: @escaping ProgressHandler
  ) throws {
    let now = try ledger.present()
    if let asOf, !ledger.book.identity.isSimulated, asOf > now {
      throw Failure(
        "--as-of \(asOf.iso) is later than now, \(now.iso).",
        advice: "A real book knows no future: leave --as-of out, or use a simulated book.")
    }
    let isMoved = ledger.book.identity.isSimulated && asOf != nil
    self.ledger = try isMoved ? ledger.moved(to: asOf ?? now, by: "--as-of") : ledger
    at = asOf ?? now
    self.isDry = isDry
    self.slice = slice
    self.alert = alert
    self.progress = progress
    writer = try RunWriter(
      of: self.ledger, kind: "late-fees",
      parameters: asOf.map { [Parameter("as-of", $0.iso)] } ?? [])
  }

  func run() throws -> LateFeeReport {
    let sizeBefore = try ledger.book.head().size
    if !isDry, let opening = writer.opening {
      tally = try LateFeeTally(ofRun: writer.ordinal, since: opening, in: ledger)
    }
    let first = try LateFeeMaker(ledger, at: at.instant)
    let ordinal = writer.ordinal
    var maker = first
    let done = try ledger.forEachAccountRange(
      of: slice, "late fees", progress: progress, produce: { try first.make($0, ordinal) }
    ) { range, made in
      let slice = try append(made, range, &maker)
      tally.add(slice.tally)
      if isDry { fees += slice.fees }
    }
    if !isDry {
      writeFailures()
      if failedSlices == 0 { try writer.finish(tally.counts) }
    }
    ledger.snapshots.flush()
    let head = try ledger.book.head()
    return LateFeeReport(
      asOf: at, isDry: isDry, accounts: done, tally: tally, fees: fees, conflicts: conflicts,
      failed: failures.map { "\($0.fee.name): \($0.detail)" }, failedSlices: failedSlices,
      entries: head.size - sizeBefore, root: head.root.bytes.hex,
      seconds: Date().timeIntervalSince(began))
  }

  /// Appends a slice: after a conflict decided again on the new state, after a failure tried again.
  ///
  /// - Returns: the slice as it was decided last; an empty one if it could not be appended.
  private func append(
    _ made: LateFeeSlice, _ range: StreamRange, _ maker: inout LateFeeMaker
  ) throws -> LateFeeSlice {
    guard !isDry else { return made }
    var slice = made
    var failed = 0
    while true {
      // Rules published or a month closed since the slice was decided, or another ordinal: it is
      // decided again.
      if slice.rules != maker.rules || slice.calendar != maker.months.version
        || slice.run != writer.ordinal
      {
        slice = try maker.make(range, writer.ordinal)
      }
      guard !slice.batch.isEmpty else { return slice }
      do {
        try beforeAppend()
        if try writer.append({ _ in slice.batch }) {
          writeFailures()
          return slice
        }
      } catch {
        failed += 1
        if failed < Self.attempts {
          wait(Double(failed))
          continue
        }
        failedSlices += 1
        failures += slice.fees.map { ($0, "\(error)", false) }
        let reason = "\(error)".withoutFullStop
        alert(
          "The late fees of accounts from \(range.from ?? "the first") on could not be written, "
            + "\(failed) times: \(reason). They are decided again by the next run.")
        return LateFeeSlice(
          run: writer.ordinal, rules: maker.rules, calendar: maker.months.version)
      }
      if writer.conflict?.kind == .account { conflicts += 1 }
      maker = try LateFeeMaker(ledger, at: at.instant)
      slice = try maker.make(range, writer.ordinal)
    }
  }

  /// Writes down, once appending works, which fees could not be written.
  private func writeFailures() {
    let waiting = failures.indices.filter { !failures[$0].isWritten }
    guard !waiting.isEmpty else { return }
    let byAccount = Dictionary(grouping: waiting) { failures[$0].fee.account }
    for (account, places) in byAccount.sorted(by: { $0.key < $1.key }) {
      do {
        try beforeAppend()
        while try !writer.append({ try failureBatch(account, places, $0) }) {}
        for place in places { failures[place].isWritten = true }
      } catch {
        return
      }
    }
  }

  private func failureBatch(
    _ account: String, _ places: [Int], _ run: UInt64
  ) throws -> Batch {
    let state = try ledger.book.read { try AccountState(of: account, in: $0) }
    let command = try LateFeeMaker(ledger, at: at.instant).command(for: state)
    var batch = Batch()
    var header = RunWriter.header(
      StreamID(.account, account), version: state.version + 1, run: run)
    header.effectiveDay = command.today.rawValue
    batch.add(header) { writer in
      for place in places {
        Event.lateFeeFailed(
          LateFeeFailed(
            invoice: failures[place].fee.fee.invoice, attempts: UInt32(Self.attempts),
            detail: String(failures[place].detail.prefix(Authority.maximumReason)))
        ).encodeField(into: &writer)
      }
    }
    return batch
  }
}

extension LateFeeSlice.Fee {
  /// The invoice's number.
  var name: String { InvoiceIssued.number(account: account, ordinal: fee.invoice) }
}
