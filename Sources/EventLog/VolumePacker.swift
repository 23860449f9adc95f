import EventSourcing
import LMDB

/// Rewrites a sealed volume with full pages.
///
/// A volume that was written month-long has half-empty pages wherever keys came between others. The
/// copy is written in key order, synced, and takes the place of the original by rename; whoever has
/// the original open goes on reading it. Killed at any moment it leaves the original or the copy.
struct VolumePacker {
  let layout: BookLayout

  /// Packs `volume` and returns the copy, open; `nil` if it is packed already.
  func pack(_ volume: Volume) throws -> Volume? {
    guard try !volume.isPacked() else { return nil }
    let path = layout.temporary(volume.name)
    try onFile(path) { try Files.remove(path) }
    defer { try? Files.remove(path) }
    try copy(volume, to: path)
    try onFile(volume.path) {
      try Files.rename(path, to: volume.path)
      try Files.syncDirectory(layout.volumes)
      // Nobody locks a sealed volume. Whoever still does has its own view of the lock file.
      try Files.remove(volume.path + "-lock")
    }
    return try Volume(opening: volume.path, .sealed)
  }

  private func copy(_ volume: Volume, to path: String) throws {
    let copy = try Volume(making: path, volume.information)
    let pairs = [
      (volume.entries, copy.entries), (volume.streams, copy.streams), (volume.heads, copy.heads),
      (volume.tree, copy.tree),
    ]
    try onFile(path) {
      for (source, target) in pairs {
        try source.copy(in: volume.environment, to: target, in: copy.environment)
      }
      try copy.environment.write { transaction in
        for name in [MetaName.head, MetaName.sealed] {
          guard
            let value = try volume.environment.read({ try $0.value(forKey: name, in: volume.meta) })
          else { throw BookError.damaged(path: volume.path, what: "its meta is incomplete") }
          try transaction.put(value, forKey: name, in: copy.meta)
        }
      }
      // In a transaction of its own, so that the one before is complete too: a process that took
      // the volume for the newest may open the copy with the original's lock file, whose transaction
      // number can make LMDB read the last state but one.
      try copy.environment.write { transaction in
        try transaction.put([] as [UInt8], forKey: MetaName.packed, in: copy.meta)
      }
      try copy.environment.sync()
    }
  }
}

extension Database {
  /// Appends every entry of this database to an empty one, some tens of thousands a transaction.
  fileprivate func copy(
    in source: Environment, to target: Database, in environment: Environment
  ) throws {
    try source.read { reading in
      try reading.withCursor(in: self) { cursor in
        var isAtEntry = try cursor.first()
        while isAtEntry {
          try environment.write { writing in
            var count = 0
            while isAtEntry, count < Limits.bulkEntries {
              try cursor.withEntry { key, value in
                try writing.append(value, forKey: key, in: target)
              }
              isAtEntry = try cursor.next()
              count += 1
            }
          }
        }
      }
    }
  }
}
