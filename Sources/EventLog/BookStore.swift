import EventSourcing
import LMDB
import Synchronization

/// The volumes of a book that this process has open, shared by all its `Book`s of one path: LMDB
/// must not open a file twice in a process, and waiting appends should share one fsync.
final class BookStore: Sendable {
  let layout: BookLayout
  let identity: BookIdentity
  let queue = Mutex(AppendQueue())
  /// Held while waiting for the write lock, so that writers of other processes get their turn.
  /// `nil` if this user may not write.
  let next: LockFile?
  private let roll: LockFile?
  /// Oldest first; at least one.
  private let open: Mutex<[Volume]>
  let privateStore = Mutex<PrivateStore?>(nil)

  private let folder: HeldDirectory

  private init(_ path: String, _ folder: HeldDirectory) throws {
    self.folder = folder
    layout = BookLayout(path: path)
    guard let newest = try layout.volumeNames().last else { throw BookError.notABook(path: path) }
    let volumes = try Self.openVolumes(layout, newest)
    identity = volumes[0].information.book
    for volume in volumes where volume.information.book != identity {
      throw BookError.foreign(path: volume.path)
    }
    let isWritable = !volumes.last!.environment.isReadOnly
    next = try isWritable ? onFile(layout.next) { [layout] in try LockFile(layout.next) } : nil
    roll = try isWritable ? onFile(layout.roll) { [layout] in try LockFile(layout.roll) } : nil
    open = Mutex(volumes)
  }

  private static func openVolumes(_ layout: BookLayout, _ newest: String) throws -> [Volume] {
    try layout.volumeNames().filter { !newest.utf8.lexicographicallyPrecedes($0.utf8) }.map {
      try Volume(opening: layout.volume($0), $0 == newest ? .newest : .sealed)
    }
  }

  /// Whether this user may write the book.
  var isWritable: Bool { next != nil }
}

// MARK: - Sharing

extension BookStore {
  private struct Shared: Sendable {
    weak var store: BookStore?
  }

  private static let shared = Mutex<[[UInt64]: Shared]>([:])

  /// The store of the book at `path`, which the process may have open already.
  static func opening(_ path: String) throws -> BookStore {
    let layout = BookLayout(path: path)
    guard Files.exists(layout.volumes) else { throw BookError.notABook(path: path) }
    let folder = try onFile(path) { try HeldDirectory(layout.volumes) }
    return try shared.withLock { shared in
      if let store = shared[folder.identity]?.store { return store }
      let store = try BookStore(path, folder)
      shared = shared.filter { $0.value.store != nil }
      shared[folder.identity] = Shared(store: store)
      return store
    }
  }
}

// MARK: - Volumes

extension BookStore {
  /// The volumes there are, oldest first, as far as this process knows.
  var volumes: [Volume] { open.withLock { $0 } }

  /// Opens the successor of `volume`, if there is one; false if there is none.
  func adoptSuccessor(of volume: Volume, _ seal: VolumeSeal) throws -> Bool {
    try open.withLock { volumes in
      guard volumes.last!.name == volume.name else { return true }
      let path = layout.volume(seal.successor)
      guard Files.exists(path) else { return false }
      let successor = try Volume(opening: path, .newest)
      guard successor.information.book == identity else { throw BookError.foreign(path: path) }
      guard successor.first == seal.next else {
        throw BookError.damaged(path: path, what: "it does not begin where the one before ends")
      }
      volumes.append(successor)
      return true
    }
  }

  /// Makes the successor of a sealed volume unless it is there, opens it, and packs what is sealed.
  func succeed(_ volume: Volume, _ seal: VolumeSeal) throws {
    guard let roll else { throw BookError.readOnly(path: layout.path) }
    roll.lock()
    defer { roll.unlock() }
    try removeLeftovers()
    try VolumeMaker(layout: layout).makeSuccessor(of: volume, seal)
    guard try adoptSuccessor(of: volume, seal) else {
      throw BookError.damaged(path: volume.path, what: "its successor was made and is not there")
    }
    try packSealed()
  }

  /// Finishes what a process that died may have left: packs sealed volumes, unless another process
  /// is about it.
  func tidy() throws {
    guard let roll else { return }
    let isLeftOver =
      try !leftovers().isEmpty || volumes.dropLast().contains { try !$0.isPacked() }
    guard isLeftOver, roll.tryLock() else { return }
    defer { roll.unlock() }
    try removeLeftovers()
    try packSealed()
  }

  /// Packs the sealed volumes that are not; only with the `roll` lock.
  private func packSealed() throws {
    for volume in volumes.dropLast() {
      guard let packed = try VolumePacker(layout: layout).pack(volume) else { continue }
      open.withLock { volumes in
        if let index = volumes.firstIndex(where: { $0 === volume }) { volumes[index] = packed }
      }
    }
  }

  /// Removes what makers and packers that died left behind; only with the `roll` lock, without
  /// which there are no others.
  private func removeLeftovers() throws {
    for path in try leftovers() { try onFile(path) { try Files.remove(path) } }
  }

  private func leftovers() throws -> [String] {
    try onFile(layout.volumes) {
      try Files.names(in: layout.volumes).filter { $0.hasSuffix(".new") }
        .map { "\(layout.volumes)/\($0)" }
    }
  }
}
