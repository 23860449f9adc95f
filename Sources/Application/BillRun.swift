import Billing
public import CivilTime
import EventLog
import EventSourcing
import Foundation

extension Ledger {
  /// Bills every account whose period ends on or before `through`.
  ///
  /// In account order, on all cores, a slice of accounts in each append. What is in the book after
  /// a kill is a prefix of what the undisturbed run appends, and running again goes on from there.
  ///
  /// - Parameter slice: Accounts in one append.
  public func bill(
    through: Day, slice: Int = BillRun.defaultSlice, progress: @escaping ProgressHandler
  ) throws -> BillReport {
    try BillRun(of: self, through: through, slice: slice, progress: progress).run()
  }
}

/// One bill run.
public final class BillRun {
  /// Accounts in one append, unless told otherwise.
  public static let defaultSlice = 8_192

  private let ledger: Ledger
  private let through: Day
  private let slice: Int
  private let progress: ProgressHandler
  private let writer: RunWriter
  private let began = Date()
  private var tally = BillTally()

  init(
    of ledger: Ledger, through: Day, slice: Int, progress: @escaping ProgressHandler
  ) throws {
    self.ledger = ledger
    self.through = through
    self.slice = slice
    self.progress = progress
    writer = try RunWriter(
      of: ledger, kind: "bill", parameters: [Parameter("through", through.description)])
  }

  func run() throws -> BillReport {
    let sizeBefore = try ledger.book.head().size
    if let opening = writer.opening {
      tally = try BillTally(ofRun: writer.ordinal, since: opening, in: ledger)
    }
    let first = try SliceMaker(ledger, through: through)
    var maker = first
    let ordinal = writer.ordinal
    let done = try ledger.forEachAccountRange(
      of: slice, "billing", progress: progress, produce: { try first.make($0, ordinal) }
    ) { range, made in
      var slice = made
      while true {
        // Rules published or a month closed since the slice was decided, or another ordinal: it is
        // decided again.
        if slice.rules != maker.rules || slice.calendar != maker.calendar
          || slice.run != writer.ordinal
        {
          slice = try maker.make(range, writer.ordinal)
        }
        if try writer.append({ _ in slice.batch }) { break }
        maker = try SliceMaker(ledger, through: through)
        slice = try maker.make(range, writer.ordinal)
      }
      tally.add(slice.tally)
    }
    try writer.finish(tally.counts)
    ledger.snapshots.flush()
    let head = try ledger.book.head()
    return BillReport(
      through: through, tally: tally, accounts: done, entries: head.size - sizeBefore,
      root: head.root.bytes.hex, seconds: Date().timeIntervalSince(began))
  }
}
