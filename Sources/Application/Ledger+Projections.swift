import EventSourcing
import Foundation
import Invoices
import ProjectionStore
import Receivables
import ReviewQueue

extension Ledger {
  /// The projection of invoices, brought up to the book's head.
  func followInvoices(_ progress: @escaping ProgressHandler) throws -> ProjectionFile<Invoices> {
    try follow(progress)
  }

  /// The receivables of all accounts, brought up to the book's head.
  func followReceivables(
    _ progress: @escaping ProgressHandler
  ) throws -> ProjectionFile<ReceivablesLedger> {
    try follow(progress)
  }

  /// The review queue, brought up to the book's head.
  func followReviewQueue(
    _ progress: @escaping ProgressHandler
  ) throws -> ProjectionFile<ReviewQueue> {
    try follow(progress)
  }

  private func follow<Model: Projection>(
    _ progress: @escaping ProgressHandler
  ) throws -> ProjectionFile<Model> {
    let folder = path + "/projections"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = try ProjectionFile<Model>(of: book, in: folder)
    try file.follow { done, total in
      progress(WorkProgress("following \(Model.name)", done: done, of: total, unit: "entries"))
    }
    return file
  }
}
