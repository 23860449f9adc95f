import Crypto
import LMDB
import Synchronization

/// What must be forgettable, beside the book: raw rejected input, later names and addresses.
///
/// The book itself holds salted commitments only, so a value can be deleted here and the book still
/// verifies. Every change is durable when the call returns. A deleted value can no longer be read
/// through any program, but its bytes may stay in free pages of the file until they are written
/// over.
public final class PrivateStore: Sendable {
  private let environment: Environment
  private let values: Database
  /// 32 bytes that salt the commitments in the book: nobody without them can test a guess. Random;
  /// in a simulated book derived from its id, so that it can be made again to the byte.
  public let secret: [UInt8]

  /// Opens the private file of `book`.
  init(opening path: String, book: BookIdentity, readOnly: Bool) throws {
    let environment = try onFile(path) { () throws(LMDBError) in
      try Environment(
        path: path, mapSize: Limits.privateMapSize, maxDatabases: Limits.databases,
        options: readOnly ? .readOnly : .existing)
    }
    let (values, id, secret) = try onFile(path) {
      let databases = try environment.open(Table.privateFile)
      return try environment.read { transaction in
        (
          databases[0], try transaction.value(forKey: PrivateName.book, in: databases[1]),
          try transaction.value(forKey: PrivateName.secret, in: databases[1])
        )
      }
    }
    guard id == book.id else { throw BookError.foreign(path: path) }
    guard let secret, secret.count == MerkleHash.byteCount else {
      throw BookError.damaged(path: path, what: "it holds no secret")
    }
    self.environment = environment
    self.values = values
    self.secret = secret
  }

  /// Makes the private file of a new book.
  static func make(at path: String, _ book: BookIdentity) throws {
    try onFile(path) {
      let environment = try Environment(
        path: path, mapSize: Limits.privateMapSize, maxDatabases: Limits.databases)
      let databases = try environment.create(Table.privateFile)
      let secret =
        book.isSimulated
        ? Merkle.hash(of: Array("meterbook simulated secret".utf8) + book.id).bytes
        : Files.randomBytes(MerkleHash.byteCount)
      try environment.write { transaction in
        // Inserted, never replaced: of two who create a book at once, one is refused here.
        try transaction.insert(book.id, forKey: PrivateName.book, in: databases[1])
        try transaction.insert(secret, forKey: PrivateName.secret, in: databases[1])
      }
    }
  }
}

extension PrivateStore {
  /// Stores `value` under `key` (1 to `Limits.privateKeyBytes` bytes), replacing what was there.
  public func put(key: [UInt8], value: [UInt8]) throws {
    try put([(key, value)])
  }

  /// Stores many values in one transaction, all or none.
  public func put(_ pairs: [(key: [UInt8], value: [UInt8])]) throws {
    for (key, _) in pairs where !(1...Limits.privateKeyBytes).contains(key.count) {
      throw BookError.tooLarge(
        what: "a private key's length in bytes", size: key.count, limit: Limits.privateKeyBytes)
    }
    try onFile(environment.path) {
      try environment.write { transaction in
        for (key, value) in pairs { try transaction.put(value, forKey: key, in: values) }
      }
    }
  }

  /// The value under `key`, or `nil` if there is none.
  public func get(key: [UInt8]) throws -> [UInt8]? {
    try onFile(environment.path) {
      try environment.read { try $0.value(forKey: key, in: values) }
    }
  }

  /// A commitment to `content`, to stand in the book for what is kept here: HMAC-SHA256 under the
  /// secret, 32 bytes. Who lacks the secret cannot test a guess at the content.
  ///
  /// - Parameter purpose: What it is for; commitments of different purposes never agree.
  public func commitment(to content: [UInt8], for purpose: String) -> [UInt8] {
    let message = Array(purpose.utf8) + [0] + content
    let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: secret))
    return Array(code)
  }

  /// Forgets the value under `key`; whether there was one.
  @discardableResult
  public func delete(key: [UInt8]) throws -> Bool {
    try onFile(environment.path) {
      try environment.write { try $0.delete(key, in: values) }
    }
  }
}

extension Book {
  /// The book's private file, opened when first asked for.
  public func privateStore() throws -> PrivateStore {
    try store.privateStore.withLock { store in
      if let store { return store }
      let opened = try PrivateStore(
        opening: BookLayout(path: path).privateFile, book: identity,
        readOnly: !self.store.isWritable)
      store = opened
      return opened
    }
  }
}
