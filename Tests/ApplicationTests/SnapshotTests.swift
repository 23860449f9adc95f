import Billing
import EventLog
import EventSourcing
import Foundation
import LMDB
import Snapshots
import Testing

@testable import Application

/// Saved folds of accounts, as decisions use them.
@Suite struct SnapshotTests {
  private static let stream = StreamID(.account, "1000000001")

  /// Everything happens to two books at once, and to one of them its saved folds are taken away,
  /// spoilt or exchanged between any two steps: the books are the same to the byte.
  @Test(arguments: [11, 12])
  func `a book is the same without saved folds, and with damaged and foreign and old ones`(
    _ seed: UInt64
  ) throws {
    var model = NaiveWorld()
    let (whole, spoilt) = (try RealWorld(model), try RealWorld(model))
    let foreign = try TestBook.first()
    try foreign.open().snapshots.keep(Self.stream, in: foreign, AccountState())
    var random = RandomLife(seed: seed)
    for step in 0..<120 {
      try Self.spoil(spoilt.book, step, foreign)
      let next = random.next(model).step
      _ = model.play(next)
      let (first, second) = (try whole.play(next), try spoilt.play(next))
      #expect(first.refusal == second.refusal)
      let same = try whole.book.root() == spoilt.book.root()
      try #require(same, "step \(step), \(next)")
    }
    #expect(try whole.book.read().status().snapshots == 4)
  }

  private static func spoil(_ book: TestBook, _ step: Int, _ foreign: TestBook) throws {
    let path = book.path + "/snapshots.mdb"
    switch step % 6 {
    // A file that others have open is replaced, and never cut: what lies in memory cannot be cut.
    case 1: FileGuard.remove(path)
    case 2:
      FileGuard.remove(path)
      try Data("nothing".utf8).write(to: URL(filePath: path))
    case 3:
      FileGuard.remove(path)
      try FileManager.default.copyItem(atPath: foreign.path + "/snapshots.mdb", toPath: path)
    case 4:
      try book.changeSaved { fold, state in
        fold.foldVersion += 1
        Self.close(&state)
      }
    case 5:
      try book.changeSaved { fold, state in
        fold.leafHash[31] ^= 1
        Self.close(&state)
      }
    default: break
    }
  }

  /// Makes a state one that no entries add up to.
  private static func close(_ state: inout AccountState) {
    let day = state.details?.day ?? NaiveWorld.begins
    state.append([.accountClosed(AccountClosed(day: day, reason: "moved"))])
  }

  @Test(arguments: [21, 22])
  func `what is saved and the entries since are the whole fold, wherever the cut`(
    _ seed: UInt64
  ) throws {
    var model = NaiveWorld()
    let real = try RealWorld(model)
    var random = RandomLife(seed: seed)
    for _ in 0..<160 {
      let step = random.next(model).step
      _ = model.play(step)
      _ = try real.play(step)
    }
    let book = real.book
    var chance = SeededChance(seed: seed)
    for account in model.accounts.map(\.terms.id) {
      let whole = try book.state(of: account)
      for _ in 0..<20 {
        let cut = UInt64(1 + chance.below(Int(whole.version)))
        let part = try book.state(of: account, through: cut)
        let ledger = try book.open()
        try ledger.snapshots.keep(StreamID(.account, account), in: book, part)
        let resumed = try ledger.book.read { try ledger.snapshots.state(of: account, in: $0) }
        #expect(resumed == whole, "seed \(seed), account \(account), cut at \(cut)")
      }
    }
    // All accounts in one walk, some from what is saved and some from their first entry.
    let ledger = try book.open()
    try ledger.snapshots.drop(StreamID(.account, model.accounts[1].terms.id), book)
    try ledger.book.read { snapshot in
      var seen = 0
      try ledger.snapshots.forEachAccount(in: StreamRange(from: nil, upTo: nil), snapshot) {
        account, fold in
        let whole = try book.state(of: account)
        #expect(fold.state == whole)
        seen += 1
      }
      #expect(seen == 4)
    }
    #expect(try book.read().verifySnapshots(progress: { _ in }).isSatisfied)
  }

  @Test func `an account is saved once a decision folded more than the tail, and not before`()
    throws
  {
    let book = try TestBook(begins: "2026-01-01", tail: 8)
    try book.accounts([
      "1000000001,residential,America/Chicago,US-ST,1,21,SP-1,R1,2026-01-01"
    ])
    for number in 1...7 { try Self.pay(number, book, at: "2026-01-02T00:0\(number):00Z") }
    #expect(try book.read().status().snapshots == 0)
    #expect(!FileManager.default.fileExists(atPath: book.path + "/snapshots.mdb"))
    // The eighth payment decides on the opening and seven payments: eight entries are no more than 8.
    try Self.pay(8, book)
    #expect(try book.read().status().snapshots == 0)
    try Self.pay(9, book)
    let status = try book.read().status()
    #expect(status.snapshots == 1)
    #expect(status.snapshotBytes > 0)
    #expect(status.text.contains("1 accounts"))
    var version: UInt64 = 0
    try book.changeSaved { fold, _ in version = fold.version }
    #expect(version == 9)
  }

  @Test func `a decision goes by what is saved, which verify --snapshots holds against the book`()
    throws
  {
    let book = try TestBook.first()
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    try book.open("2026-02-02").snapshots.keep(
      Self.stream, in: book, book.state(of: "1000000001"))
    let sound = try book.read().verifySnapshots { _ in }
    #expect(sound.isSatisfied)
    #expect(sound.same == 2)
    // A state that no entries add up to: closed, and nothing else is wrong with it.
    try book.changeSaved { Self.close(&$1) }
    let refusal = #expect(throws: Failure.self) {
      try book.open("2026-02-02", reason: "a call").startPlan("1000000001", [])
    }
    #expect(refusal?.problem.contains("was closed") == true)
    let report = try book.read().verifySnapshots { _ in }
    #expect(!report.isSatisfied)
    #expect(report.wrong.count == 2)
    #expect(report.wrong.first?.hasPrefix("account/1000000001: ") == true)
    #expect(report.text.contains("WRONG"))
    // The audit path does not look at it.
    #expect(try book.read().balance(of: "1000000001").balance == "120.96")
    #expect(try book.read().verify(progress: { _ in }).isSatisfied)
  }

  @Test
  func `verify --snapshots names a fold of another history, and passes over one of another fold`()
    throws
  {
    let book = try TestBook.first()
    try book.open().snapshots.keep(Self.stream, in: book, book.state(of: "1000000001"))
    try book.changeSaved { fold, _ in fold.leafHash[0] ^= 1 }
    let other = try book.read().verifySnapshots { _ in }
    #expect(other.wrong.first?.contains("is not the one that was folded last") == true)
    try book.changeSaved { fold, _ in fold.foldVersion = 0 }
    let old = try book.read().verifySnapshots { _ in }
    #expect(old.isSatisfied)
    #expect(old.ignored == 1)
    FileGuard.remove(book.path + "/snapshots.mdb")
    try Data("nothing".utf8).write(to: URL(filePath: book.path + "/snapshots.mdb"))
    let file = try book.read().verifySnapshots { _ in }
    #expect(file.wrong.first?.hasPrefix("the file: ") == true)
  }

  /// Two books of one id and two histories, as when a backup was put back and written on.
  @Test func `a fold of entries that the book does not hold is not believed`() throws {
    let (book, other) = (try TestBook.first(), try TestBook.first())
    for number in 1...3 {
      try Self.pay(number, book, at: "2026-02-02T00:0\(number):00Z")
      try Self.pay(number + 4, other, at: "2026-02-02T00:0\(number):00Z")
    }
    try other.open().snapshots.keep(Self.stream, in: other, other.state(of: "1000000001"))
    FileGuard.remove(book.path + "/snapshots.mdb")
    try FileManager.default.copyItem(
      atPath: other.path + "/snapshots.mdb", toPath: book.path + "/snapshots.mdb")
    try Self.pay(3, book, at: "2026-02-02T01:00:00Z")
    #expect(try book.read().balance(of: "1000000001").payments.count == 3)
    // A fold beyond the book's end, too.
    try Self.pay(8, other, at: "2026-02-02T01:00:00Z")
    try other.open().snapshots.keep(Self.stream, in: other, other.state(of: "1000000001"))
    FileGuard.remove(book.path + "/snapshots.mdb")
    try FileManager.default.copyItem(
      atPath: other.path + "/snapshots.mdb", toPath: book.path + "/snapshots.mdb")
    try Self.pay(2, book, at: "2026-02-02T01:00:00Z")
    #expect(try book.read().balance(of: "1000000001").payments.count == 3)
  }

  @Test func `a file that cannot be made is told by status, and keeps nobody from anything`() throws
  {
    let book = try TestBook.first()
    try FileManager.default.createDirectory(
      atPath: book.path + "/snapshots.mdb/in-the-way", withIntermediateDirectories: true)
    let other = try TestBook.first()
    for each in [book, other] {
      for number in 1...6 { try Self.pay(number, each, at: "2026-02-01T13:0\(number):00Z") }
      try each.bill("2026-02-01", at: "2026-02-01T14:00:00Z")
    }
    #expect(try book.root() == other.root())
    #expect(try other.read().status().snapshotProblem == nil)
    let status = try book.read().status()
    #expect(status.snapshotProblem != nil)
    #expect(status.text.contains("none of use: "))
    #expect(try !book.read().verifySnapshots(progress: { _ in }).isSatisfied)
  }

  private static func pay(_ number: Int, _ book: TestBook, at time: String? = nil) throws {
    _ = try book.open(time).pay(
      "1000000001",
      PaymentRequest(
        reference: "P-\(number)", amount: WholeLife.money("1.00"), received: nil, invoice: nil))
  }
}

extension TestBook {
  /// An account as its entries up to a version have it.
  func state(of account: String, through version: UInt64 = .max) throws -> AccountState {
    try read().book.read {
      try AccountState(of: StreamID(.account, account), through: version, in: $0)
    }
  }

  /// Changes every saved fold, and the state in it.
  func changeSaved(_ change: (inout SavedFold, inout AccountState) -> Void) throws {
    let (path, id) = (path + "/snapshots.mdb", try read().book.identity.id)
    guard let file = try? SnapshotFile.opening(path, book: id) else { return }
    var folds: [(stream: StreamID, fold: SavedFold)] = []
    try file.forEach { stream, saved, bytes in
      guard let saved else { return .proceed }
      var state = try WireReader.read(AccountState.self, bytes, saved.state)
      var fold = SavedFold(
        foldVersion: saved.foldVersion, version: saved.version, position: saved.position,
        leafHash: bytes.array(in: saved.leafHash), state: [])
      change(&fold, &state)
      // Not told from the true one by its version.
      state.begin(version: saved.version)
      fold.state = state.savedBytes
      folds.append((stream, fold))
      return .proceed
    }
    try file.save(folds)
  }
}

extension AccountSnapshots {
  /// Saves a state that a stream of `book` had.
  func keep(_ stream: StreamID, in book: TestBook, _ state: AccountState) throws {
    let ledger = try book.read()
    let fold = try ledger.book.read { snapshot in
      var position = Position(0)
      try snapshot.forEach(stream: stream) { place, bytes in
        guard try EntryView(bytes).header.version <= state.version else { return .stop }
        position = place
        return .proceed
      }
      let leaf = try snapshot.withEntry(at: position) { Merkle.leafHash($0) }
      return SavedFold(state, at: position, leaf)
    }
    try SnapshotFile.making(Self.path(of: ledger.book), book: ledger.book.identity.id)
      .save([(stream, fold)])
  }

  /// Makes what is saved of a stream one that is not believed.
  func drop(_ stream: StreamID, _ book: TestBook) throws {
    let ledger = try book.read()
    let fold = SavedFold(
      foldVersion: 0, version: 0, position: Position(0),
      leafHash: [UInt8](repeating: 0, count: 32), state: [])
    try SnapshotFile.making(Self.path(of: ledger.book), book: ledger.book.identity.id)
      .save([(stream, fold)])
  }
}
