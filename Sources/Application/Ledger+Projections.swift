import EventLog
import EventSourcing
import Foundation
import Invoices
import ProjectionStore
import Receivables
import ReviewQueue

extension Ledger {
  /// The projection of invoices, brought up to the book's head.
  func followInvoices(_ progress: @escaping ProgressHandler) throws -> ProjectionFile {
    try follow(Invoices(), progress)
  }

  /// The receivables of all accounts, brought up to the book's head.
  func followReceivables(_ progress: @escaping ProgressHandler) throws -> ProjectionFile {
    try follow(ReceivablesLedger(), progress)
  }

  /// The review queue, brought up to the book's head.
  func followReviewQueue(_ progress: @escaping ProgressHandler) throws -> ProjectionFile {
    try follow(ReviewQueue(), progress)
  }

  /// The folder of the projections' files; made if need be.
  ///
  /// - Throws: `Failure` if this user may not make or write it.
  func projectionFolder() throws -> String {
    let folder = path + "/projections"
    let manager = FileManager.default
    do {
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Self.cannotWrite(projections: folder)
    }
    guard manager.isWritableFile(atPath: folder) else {
      throw Self.cannotWrite(projections: folder)
    }
    return folder
  }

  private static func cannotWrite(projections folder: String) -> Failure {
    Failure(
      "This answer is read from projections, which are kept in \(folder), and that folder cannot be "
        + "written.",
      advice: "Let this user write that folder, or ask a copy of the book; `meterbook status`, "
        + "`verify`, `history` and `balance` read the book alone.")
  }

  /// A projection's file, brought up to the first `size` entries of the book, or to all of them.
  func follow(
    _ projection: some Projection, through size: UInt64? = nil,
    _ progress: @escaping ProgressHandler
  ) throws -> ProjectionFile {
    try ProjectionFile.following(
      projection, of: book, in: projectionFolder(), through: size ?? book.head().size
    ) { done, total in
      progress(
        WorkProgress(
          "following \(projection.identity.name)", done: done, of: total, unit: "entries"))
    }
  }
}
