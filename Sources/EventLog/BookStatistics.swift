import LMDB

/// Figures about one volume.
public struct VolumeStatistics: Hashable, Sendable {
  /// The volume's name, as `2025-10`.
  public let name: String
  /// Bytes of the file up to its last page in use.
  public let bytes: Int
  /// Bytes of address space set aside for it: for a sealed volume those of the file.
  public let mapBytes: Int
  /// Transactions committed to it.
  public let transactions: Int
  /// Bytes that each of its databases occupies.
  public let databases: [String: Int]
  /// Entries in it.
  public let entries: Int
}

extension Book {
  /// Figures about every volume, oldest first.
  public func statistics() throws -> [VolumeStatistics] {
    let volumes = try read { $0.volumes }
    return try volumes.map { volume in
      try onFile(volume.path) {
        let file = try volume.environment.statistics()
        return try volume.environment.read { transaction in
          let databases = [
            ("entries", volume.entries), ("streams", volume.streams), ("heads", volume.heads),
            ("tree", volume.tree), ("meta", volume.meta),
          ]
          return VolumeStatistics(
            name: volume.name, bytes: file.bytesUsed, mapBytes: file.mapSize,
            transactions: file.lastTransaction,
            databases: try Dictionary(
              uniqueKeysWithValues: databases.map { name, database in
                (name, try transaction.statistics(of: database).bytes)
              }),
            entries: try transaction.count(of: volume.entries))
        }
      }
    }
  }
}
