import LMDB
import Crypto
public import EventSourcing

/// SHA-256 over rows in key order: of each its key and its value, each after its length in four bytes,
/// big-endian.
///
/// Two makings of the same version of a projection from the same entries have the same digest, on any
/// machine.
public struct RowDigest: Sendable {
  private var hash = SHA256()
  private var buffer: [UInt8] = []
  /// How many rows were taken.
  public private(set) var count = 0

  /// Of no rows yet.
  public init() {}

  /// Takes the next row.
  public mutating func take(_ key: RawSpan, _ value: RawSpan) {
    count += 1
    for part in [key.byteCount, value.byteCount] {
      for shift in [24, 16, 8, 0] { buffer.append(UInt8(truncatingIfNeeded: part >> shift)) }
    }
    key.copy(0..<key.byteCount, to: &buffer)
    value.copy(0..<value.byteCount, to: &buffer)
    if buffer.count >= 1 << 16 { settle() }
  }

  /// The digest of what was taken: 32 bytes.
  public mutating func finish() -> [UInt8] {
    settle()
    return Array(hash.finalize())
  }

  private mutating func settle() {
    hash.update(data: buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

extension RowRun {
  /// The digest of the rows that are left.
  public func digest() -> [UInt8] {
    var digest = RowDigest()
    forEach { record, bytes in
      guard record.kind != .remove else { return }
      digest.take(bytes.extracting(record.key), bytes.extracting(record.value))
    }
    return digest.finish()
  }
}

/// A projection's rows at one moment, summed up.
public struct RowSummary: Hashable, Sendable {
  /// How many entries had been applied.
  public let size: UInt64
  /// How many rows there are.
  public let count: Int
  /// SHA-256 over them: see `RowDigest`.
  public let digest: [UInt8]
}

extension ProjectionFile {
  /// The digest of the rows.
  ///
  /// - Parameter progress: Hears how many rows were read, of how many.
  public func summary(progress: (Int, Int) -> Void = { _, _ in }) throws -> RowSummary {
    try environment.read { transaction in
      let total = try transaction.count(of: rows)
      var digest = RowDigest()
      try transaction.forEach(in: rows, from: ProjectionFile.firstKey) { key, value in
        digest.take(key, value)
        if digest.count % 65_536 == 0 { progress(digest.count, total) }
        return .proceed
      }
      let size = try Checkpoint(in: transaction, meta).size
      return RowSummary(size: size, count: total, digest: digest.finish())
    }
  }
}
