import AuditTrail
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

  /// The index of entries, brought up to the book's head.
  func followAuditTrail(_ progress: @escaping ProgressHandler) throws -> ProjectionFile {
    try follow(AuditIndex(), progress)
  }

  /// The folder of the projections' files; made if need be.
  var projectionPlace: ProjectionPlace {
    let folder = path + "/projections"
    let manager = FileManager.default
    let isThere =
      (try? manager.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil
    return isThere && manager.isWritableFile(atPath: folder) ? .kept(folder) : .lookedAt(folder)
  }

  /// The folder of the projections' files, to write in.
  ///
  /// - Throws: `Failure` if this user may not make or write it.
  func projectionFolder() throws -> String {
    switch projectionPlace {
    case .kept(let folder): return folder
    case .lookedAt(let folder): throw Self.cannotWrite(projections: folder)
    }
  }

  private static func cannotWrite(projections folder: String) -> Failure {
    Failure(
      "This answer is read from projections, which are kept in \(folder), and that folder cannot be "
        + "written.",
      advice: "Let this user write that folder, or have its owner run `meterbook projection "
        + "rebuild`; `meterbook status`, `verify`, `history` and `balance` read the book alone.")
  }

  /// A projection's file, brought up to the first `size` entries of the book, or to all of them. Of a
  /// folder that may not be written it is a copy that is thrown away.
  ///
  /// - Throws: `Failure` where the folder may not be written and holds no such file.
  func follow(
    _ projection: some Projection, through size: UInt64? = nil, at place: ProjectionPlace? = nil,
    _ progress: @escaping ProgressHandler
  ) throws -> ProjectionFile {
    let size = try size ?? book.head().size
    func report(_ done: Int, _ total: Int) {
      progress(
        WorkProgress(
          "following \(projection.identity.name)", done: done, of: total, unit: "entries"))
    }
    switch place ?? projectionPlace {
    case .kept(let folder):
      return try .following(projection, of: book, in: folder, through: size, progress: report)
    case .lookedAt(let folder):
      guard let file = try ProjectionFile.copying(projection.identity, of: book, in: folder) else {
        throw Self.cannotWrite(projections: folder)
      }
      try file.follow(projection, through: size, progress: report)
      return file
    }
  }

  /// A projection's file as it is, if it is there and can be believed.
  func look(
    at identity: ProjectionIdentity, in place: ProjectionPlace? = nil
  ) throws -> ProjectionFile? {
    switch place ?? projectionPlace {
    case .kept(let folder): try .opening(identity, of: book, in: folder)
    case .lookedAt(let folder): try .copying(identity, of: book, in: folder)
    }
  }
}

/// What this user may do with the folder of the projections' files.
enum ProjectionPlace: Sendable {
  /// Make and change the files.
  case kept(String)
  /// Read them at most.
  case lookedAt(String)
}
