import Billing
import EventLog
import EventSourcing
import Foundation
import ProjectionStore

extension Ledger {
  /// Where the rows of a month's end are kept: one folder a month, beside the files that follow.
  private var monthEnds: String { path + "/projections/month-ends" }

  /// Keeps the rows of a version as of a month's closing, so that what was known then is there at once.
  /// They are disposable: what was known then is folded from the book where they are missing.
  func keepMonthEnd(
    _ month: AccountingMonth, _ identity: ProjectionIdentity, _ catalogue: ProjectionCatalogue,
    _ progress: @escaping ProgressHandler
  ) throws {
    let folder = "\(monthEnds)/\(month)"
    _ = try projectionFolder()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    _ = try ProjectionFile.rebuilding(
      catalogue.projection(identity), of: book, in: folder, through: catalogue.size
    ) { done, total in
      progress(
        WorkProgress("keeping \(identity.name) of \(month)", done: done, of: total, unit: "entries")
      )
    }
  }

  /// The rows of a version at the last month's end that is kept among the first `size` entries; none,
  /// before the first entry, where none is.
  func monthEnd(of identity: ProjectionIdentity, before size: UInt64) throws -> RowBase {
    let months = (try? FileManager.default.contentsOfDirectory(atPath: monthEnds)) ?? []
    for month in months.sorted(by: >) where AccountingMonth(month) != nil {
      guard
        let file = try? ProjectionFile.opening(identity, of: book, in: "\(monthEnds)/\(month)"),
        try file.checkpoint().size <= size
      else { continue }
      return try RowBase(of: file)
    }
    return RowBase()
  }
}
