public import EventLog
public import EventSourcing
import FoundationEssentials
import Glibc
import LMDB

extension ProjectionFile {
  /// A copy, for this process alone, of a projection's file in a folder that it may read and not
  /// write; `nil` where there is none that can be believed. The copy can be followed, and is gone with
  /// the process.
  ///
  /// Who reads an LMDB file that others write has a place in its lock file, and has to write it. So
  /// the file is copied as it is. A transaction never touches the pages of the one before it: the copy
  /// is whole if none was committed meanwhile.
  ///
  /// - Throws: `ProjectionFault.busy` where one was, each time.
  public static func copying(
    _ identity: ProjectionIdentity, of book: Book, in folder: String
  ) throws -> ProjectionFile? {
    let path = path(of: identity, in: folder)
    guard unsafe access(path, R_OK) == 0 else { return nil }
    let manager = FileManager.default
    let place = manager.temporaryDirectory.appending(path: "meterbook-\(UUID().uuidString)").path()
    try manager.createDirectory(
      atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    // What is open stays readable and writable without a name.
    defer { try? manager.removeItem(atPath: place) }
    let copy = Self.path(of: identity, in: place)
    for _ in 0..<Limits.copyAttempts {
      let isWhole = try FileGuard.respecting(path + "-guard") {
        try copyUndisturbed(path, to: copy)
      }
      guard isWhole else { continue }
      return try openUsable(copy, of: book).map { ProjectionFile(identity, of: book, $0) }
    }
    throw ProjectionFault.busy(path: path)
  }

  /// Copies a file; whether no transaction was committed meanwhile.
  private static func copyUndisturbed(_ path: String, to copy: String) throws -> Bool {
    // Only the newest transaction's number is read here, never a page that may change.
    let source = try Environment(
      path: path, mapSize: Limits.mapSize, maxDatabases: 2, options: [.readOnly, .noLock])
    let before = try source.statistics().lastTransaction
    unsafe _ = unlink(copy)
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    return try source.statistics().lastTransaction == before
  }
}
