import EventSourcing
import Glibc
import LMDB

/// Takes what parts of the book say of a projection's rows and appends the rows in key order, in
/// bounded memory: what does not fit waits on the disk, each time sorted, and is merged in the end.
final class RowSorter {
  private let path: String
  private let memory: RebuildMemory
  private var waiting: [RowRun] = []
  private var waitingBytes = 0
  private var spills: (environment: Environment, databases: [Database])?

  /// A sorter that may use a file at `path`.
  init(at path: String, memory: RebuildMemory) {
    self.path = path
    self.memory = memory
  }

  /// How many times something was set down on the disk.
  var spillCount: Int { spills?.databases.count ?? 0 }

  /// Takes what the next part says.
  func take(_ run: RowRun) throws {
    waiting.append(run)
    waitingBytes += run.byteCount
    if waitingBytes > memory.sortBytes { try spill() }
  }

  /// Deletes what it has on the disk.
  func discard() {
    spills = nil
    for file in [path, path + "-lock"] { unsafe _ = unlink(file) }
  }

  /// Appends the rows to an empty database.
  func append(to environment: Environment, _ rows: Database) throws {
    guard spills != nil else {
      return try RowRun.merging(waiting).append(to: environment, rows)
    }
    try spill()
    guard let (scratch, databases) = spills else { return }
    try Environment.read([scratch]) { group in
      var joiner = RowJoiner()
      try group.merge(databases.map { .init(0, $0) }, from: ProjectionFile.firstKey) {
        _, key, value in
        if let run = joiner.full(beyond: memory.appendBytes, before: key) {
          try run.append(to: environment, rows)
        }
        joiner.take(
          RowRecord.Kind(rawValue: value.byte(at: 0))!, key, value.extracting(droppingFirst: 1))
        return .proceed
      }
      try joiner.finish().append(to: environment, rows)
    }
  }

  /// Sets down what waits in memory, as a database of its own.
  private func spill() throws {
    let run = RowRun.merging(waiting)
    waiting = []
    waitingBytes = 0
    if spills == nil {
      discard()
      let environment = try Environment(
        path: path, mapSize: Limits.mapSize, maxDatabases: Limits.maximumSpills, options: .noSync)
      spills = (environment, [])
    }
    guard let environment = spills?.environment else { return }
    let name = DatabaseName("\(spills?.databases.count ?? 0)")
    let database = try environment.create([name])[0]
    try environment.write { transaction in
      var value: [UInt8] = []
      try run.forEach { record, bytes in
        value.removeAll(keepingCapacity: true)
        value.append(record.kind.rawValue)
        bytes.copy(record.value, to: &value)
        try transaction.append(value, forKey: bytes.extracting(record.key), in: database)
      }
    }
    spills?.databases.append(database)
  }
}

/// How much of a book and of its rows a rebuild holds in memory at once. The rows do not depend on it.
public struct RebuildMemory: Hashable, Sendable {
  /// Entries folded by one core at a time.
  public var partEntries: UInt64
  /// Bytes of changes kept in memory; beyond it they wait on the disk, sorted.
  public var sortBytes: Int
  /// Bytes of rows joined from the disk and appended in one transaction.
  public var appendBytes: Int

  /// What a machine with a few gigabytes of memory can bear.
  public init(
    partEntries: UInt64 = 65_536, sortBytes: Int = 256 << 20, appendBytes: Int = 64 << 20
  ) {
    self.partEntries = partEntries
    self.sortBytes = sortBytes
    self.appendBytes = appendBytes
  }
}

extension RowRun {
  /// Appends the rows that are left after the last row of the database.
  fileprivate func append(to environment: Environment, _ rows: Database) throws {
    try environment.write { transaction in
      try forEach { record, bytes in
        guard record.kind != .remove else { return }
        try transaction.append(
          bytes.extracting(record.value), forKey: bytes.extracting(record.key), in: rows)
      }
    }
  }
}
