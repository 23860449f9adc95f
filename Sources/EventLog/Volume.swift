import EventSourcing
import LMDB

/// One month of the book: an LMDB file and its databases.
final class Volume: Sendable {
  let environment: Environment
  let entries: Database
  let streams: Database
  let heads: Database
  let tree: Database
  let meta: Database
  let information: VolumeInformation

  var path: String { environment.path }
  var name: String { information.name }
  var first: UInt64 { information.first }

  /// How a volume is opened.
  enum Mode {
    /// The newest: written if this user may.
    case newest
    /// Sealed: nobody writes it.
    case sealed
    /// Being made, under a name that nobody else knows.
    case making
  }

  /// Opens a volume that exists, and checks its format.
  convenience init(opening path: String, _ mode: Mode) throws {
    let environment = try onFile(path) { try Self.open(path, mode) }
    try self.init(environment)
  }

  private init(_ environment: Environment) throws {
    let path = environment.path
    let meta = try Self.meta(of: environment)
    let format = try onFile(path) {
      try environment.read { transaction in
        try transaction.withValue(forKey: MetaName.format, in: meta) { bytes in
          bytes.byteCount == 4 ? UInt32(bigEndianIn: bytes, at: 0) : 0
        }
      }
    }
    guard let format, format > 0 else { throw BookError.notABook(path: path) }
    guard format <= BookIdentity.currentFormat else {
      throw BookError.newerFormat(path: path, format: format, known: BookIdentity.currentFormat)
    }
    guard format == BookIdentity.currentFormat else {
      throw BookError.olderFormat(path: path, format: format, known: BookIdentity.currentFormat)
    }
    let information = try onFile(path) {
      try environment.read { transaction in
        try transaction.withValue(forKey: MetaName.volume, in: meta) { bytes in
          VolumeInformation(bytes, format: format)
        }
      }
    }
    guard let information = information ?? nil else {
      throw BookError.damaged(path: path, what: "its meta does not say which volume it is")
    }
    let databases = try onFile(path) { try environment.open(Table.volume) }
    self.environment = environment
    self.information = information
    (entries, streams, heads) = (databases[0], databases[1], databases[2])
    (tree, self.meta) = (databases[3], databases[4])
  }

  /// Makes an empty volume at `path`, where nothing may be; its head is still to be written.
  init(making path: String, _ information: VolumeInformation) throws {
    environment = try onFile(path) { try Self.open(path, .making) }
    self.information = information
    let databases = try onFile(path) { [environment] in try environment.create(Table.volume) }
    (entries, streams, heads) = (databases[0], databases[1], databases[2])
    (tree, meta) = (databases[3], databases[4])
    try onFile(path) {
      try environment.write { [meta] transaction in
        var format: [UInt8] = []
        format.append(bigEndian: BookIdentity.currentFormat)
        try transaction.put(format, forKey: MetaName.format, in: meta)
        try transaction.put(information.encoded(), forKey: MetaName.volume, in: meta)
      }
    }
  }

  private static func meta(of environment: Environment) throws -> Database {
    do {
      return try environment.open([Table.meta])[0]
    } catch .notFound {
      throw BookError.notABook(path: environment.path)
    } catch {
      throw BookError.file(path: environment.path, error)
    }
  }

  private static func open(_ path: String, _ mode: Mode) throws(LMDBError) -> Environment {
    func open(_ options: Environment.Options, _ mapSize: Int) throws(LMDBError) -> Environment {
      try Environment(
        path: path, mapSize: mapSize, maxDatabases: Limits.databases, options: options)
    }
    switch mode {
    case .making:
      return try open([.noLock, .noSync], Limits.volumeMapSize)
    case .sealed:
      return try open([.readOnly, .noLock, .existing], Limits.wholeFile)
    case .newest:
      do throws(LMDBError) {
        return try open(.existing, Limits.volumeMapSize)
      } catch  where error.isPermission {
        do throws(LMDBError) {
          return try open(.readOnly, Limits.volumeMapSize)
        } catch  where error.isPermission {
          // Not even the lock file may be written: on such a medium nobody writes the volume.
          return try open([.readOnly, .noLock], Limits.wholeFile)
        }
      }
    }
  }
}

extension LMDBError {
  fileprivate var isPermission: Bool {
    self == .notPermitted || self == .readOnlyFileSystem
  }
}

// MARK: - Meta

extension Volume {
  /// Where the book stands, as far as this volume knows.
  func head<Access>(_ transaction: borrowing Transaction<Access>) throws -> VolumeHead {
    let head = try transaction.withValue(forKey: MetaName.head, in: meta) { VolumeHead($0) }
    guard let head = head ?? nil, head.next >= first else {
      throw BookError.damaged(path: path, what: "its meta does not say where the book stands")
    }
    return head
  }

  /// Where the next volume begins, if this one is complete.
  func seal<Access>(_ transaction: borrowing Transaction<Access>) throws -> VolumeSeal? {
    let seal = try transaction.withValue(forKey: MetaName.sealed, in: meta) { VolumeSeal($0) }
    guard let seal else { return nil }
    guard let seal else { throw BookError.damaged(path: path, what: "its seal is unreadable") }
    return seal
  }

  /// Whether the volume has been rewritten with full pages.
  func isPacked() throws -> Bool {
    try onFile(path) {
      try environment.read { try $0.value(forKey: MetaName.packed, in: meta) != nil }
    }
  }
}

// MARK: - Streams

extension Volume {
  /// The position that a value of `streams` stands for: its offset from the volume's first, in four
  /// bytes, or in eight where four do not hold it. Greater than any if the value is neither.
  func position(_ value: RawSpan) -> UInt64 { Self.position(value, from: first) }

  /// The position that a value of `streams` stands for in a volume that begins at `first`.
  static func position(_ value: RawSpan, from first: UInt64) -> UInt64 {
    value.byteCount == 4
      ? first + UInt64(UInt32(bigEndianIn: value, at: 0))
      : value.byteCount == 8 ? first + UInt64(bigEndianIn: value, at: 0) : .max
  }
}
