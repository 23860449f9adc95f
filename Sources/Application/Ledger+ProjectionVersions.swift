import EventLog
import EventSourcing
import Foundation
import ProjectionStore
extension Ledger {
  /// The versions of every projection.
  public func projections() throws -> ProjectionListReport {
    let catalogue = try ProjectionCatalogue(of: self)
    var rows: [ProjectionListReport.Row] = []
    for name in ProjectionCatalogue.names {
      let live = try catalogue.live(name)
      for version in try catalogue.versions(of: name) {
        let identity = ProjectionIdentity(name, version)
        let file = try look(at: identity)
        let size = try file?.checkpoint().size
        rows.append(
          ProjectionListReport.Row(
            projection: identity.description, name: name, version: version,
            live: identity == live, built: file != nil, size: size,
            behind: size.map { catalogue.size - min($0, catalogue.size) },
            rows: try file?.count(), bytes: try file?.byteCount(),
            definition: catalogue.definition(of: identity)))
      }
    }
    return ProjectionListReport(size: catalogue.size, projections: rows)
  }

  /// A version of a projection as its file is.
  ///
  /// - Parameter text: `name@version`, or a name for the version that answers.
  /// - Throws: `Failure` where there is no file that can be believed.
  public func projection(
    _ text: String, progress: @escaping ProgressHandler
  ) throws -> ProjectionReport {
    let catalogue = try ProjectionCatalogue(of: self)
    let identity = try catalogue.identity(text)
    guard let file = try look(at: identity) else {
      throw Failure(
        "\(identity) has no file that goes with this book.",
        advice: "`meterbook projection rebuild \(identity)` makes it from the book.")
    }
    return try report(on: file, catalogue, done: nil, progress)
  }

  /// A version of a projection, brought up to the head.
  ///
  /// - Parameter text: `name@version`, or a name for the version that answers.
  public func follow(
    projection text: String, progress: @escaping ProgressHandler
  ) throws -> ProjectionReport {
    let catalogue = try ProjectionCatalogue(of: self)
    let file = try followed(catalogue.identity(text), catalogue, progress)
    return try report(on: file, catalogue, done: "followed", progress)
  }

  /// Brings the versions that answer up to the head, all of them.
  public func followAll(progress: @escaping ProgressHandler) throws -> ProjectionListReport {
    let catalogue = try ProjectionCatalogue(of: self)
    for name in ProjectionCatalogue.names {
      _ = try followed(catalogue.live(name), catalogue, progress)
    }
    return try projections()
  }

  /// Makes a version's file anew from the whole book, beside the one that is there, and puts it in its
  /// place when it is whole.
  public func rebuild(
    projection text: String, progress: @escaping ProgressHandler
  ) throws -> ProjectionReport {
    let catalogue = try ProjectionCatalogue(of: self)
    let identity = try catalogue.identity(text)
    let file = try rebuilt(
      catalogue.projection(identity), in: projectionFolder(), catalogue.size, progress)
    return try report(on: file, catalogue, done: "rebuilt", progress)
  }

  private func rebuilt(
    _ projection: some Projection, in folder: String, _ size: UInt64,
    _ progress: @escaping ProgressHandler
  ) throws -> ProjectionFile {
    try ProjectionFile.rebuilding(projection, of: book, in: folder, through: size) { done, total in
      progress(
        WorkProgress("rebuilding \(projection.identity)", done: done, of: total, unit: "entries"))
    }
  }

  private func report(
    on file: ProjectionFile, _ catalogue: ProjectionCatalogue, done: String?,
    _ progress: @escaping ProgressHandler
  ) throws -> ProjectionReport {
    let summary = try file.summary(of: file.identity, progress)
    return try ProjectionReport(
      projection: file.identity.description,
      live: catalogue.live(file.identity.name) == file.identity,
      definition: catalogue.definition(of: file.identity), size: summary.size,
      behind: catalogue.size - min(summary.size, catalogue.size),
      rows: summary.count, digest: summary.digest.hex, root: root(at: summary.size).hex,
      bytes: file.byteCount(), done: done,
      switches: catalogue.switches.filter { $0.change.identity.name == file.identity.name }
        .map(ProjectionReport.Turn.init))
  }

  /// The root of the book's Merkle tree over its first `size` entries.
  func root(at size: UInt64) throws -> [UInt8] {
    try book.read { try $0.root(at: size).bytes }
  }

  /// Makes a version anew in a folder of its own and compares the digests.
  public func verify(
    projection text: String, progress: @escaping ProgressHandler
  ) throws -> ProjectionVerifyReport {
    let catalogue = try ProjectionCatalogue(of: self)
    let identity = try catalogue.identity(text)
    let file = try followed(identity, catalogue, progress)
    let summary = try file.summary(of: identity, progress)
    let folder = try projectionFolder() + "/verify-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let again = try rebuilt(
      catalogue.projection(identity), in: folder, summary.size, progress
    ).summary(of: identity, progress)
    return ProjectionVerifyReport(
      projection: identity.description, size: summary.size, rows: summary.count,
      digest: summary.digest.hex, rebuilt: again.digest.hex)
  }

  /// Deletes the file of a version that does not answer.
  public func drop(projection text: String) throws -> ProjectionDropReport {
    let catalogue = try ProjectionCatalogue(of: self)
    let identity = try catalogue.identity(text)
    guard try catalogue.live(identity.name) != identity else {
      throw Failure(
        "\(identity) answers, and is not dropped.",
        advice: "Promote another version first; `meterbook projection rebuild` makes it anew.")
    }
    let dropped = try ProjectionFile.drop(identity, in: projectionFolder())
    return ProjectionDropReport(projection: identity.description, dropped: dropped)
  }
}

extension ProjectionFile {
  func summary(
    of identity: ProjectionIdentity, _ progress: @escaping ProgressHandler
  ) throws -> RowSummary {
    try summary { done, total in
      progress(WorkProgress("hashing \(identity)", done: done, of: total, unit: "rows"))
    }
  }
}
