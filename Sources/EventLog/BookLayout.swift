import Glibc

/// Where the files of a book lie.
///
/// ```
/// BOOK/volumes/2025-10.mdb   one a month; beside the newest LMDB's 2025-10.mdb-lock
/// BOOK/volumes/next.lock     held while waiting for the write lock, so that writers take turns
/// BOOK/volumes/roll.lock     held while a volume is made or packed
/// BOOK/private.mdb           what must be forgettable
/// ```
struct BookLayout: Sendable {
  let path: String

  var volumes: String { path + "/volumes" }
  var next: String { volumes + "/next.lock" }
  var roll: String { volumes + "/roll.lock" }
  var privateFile: String { path + "/private.mdb" }

  func volume(_ name: String) -> String { "\(volumes)/\(name).mdb" }

  /// A name for a volume being made or packed by this process.
  func temporary(_ name: String) -> String { "\(volumes)/\(name).\(getpid()).new" }

  /// The names of the volumes there are, oldest first.
  func volumeNames() throws -> [String] {
    guard Files.exists(volumes) else { throw BookError.notABook(path: path) }
    let names = try onFile(volumes) { try Files.names(in: volumes) }
    return names.compactMap { name in
      name.hasSuffix(".mdb") ? String(name.dropLast(4)) : nil
    }
  }
}
